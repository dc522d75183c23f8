"""Counts and weights as bars, each with its number beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from api.plotting.look import BLUE, FAINT, INK, LABEL_SIZE, NOTE_SIZE, PALE, QUIET, RED, percent, short


def height_of(bars: int) -> float:
    """Return the height of a picture with this many bars one below the other, in inches."""
    return 0.8 + 0.27 * max(2, bars)


def draw_counts(axes: Axes, counts: Sequence[tuple[str, int]], across: str) -> None:
    """Draw counts from top to bottom, each with its share of all."""
    total, most = sum(count for _, count in counts), max((count for _, count in counts), default=0)
    places = range(len(counts))
    axes.barh(places, [count for _, count in counts], height=0.62, color=PALE, edgecolor=BLUE, linewidth=0.8)
    for place, (_, count) in enumerate(counts):
        share = f"  {count}（{percent(count / total)}）" if total else "  0"
        axes.text(count, place, share, fontsize=NOTE_SIZE, color=INK, verticalalignment="center")
    axes.set_yticks(places, [short(label) for label, _ in counts])
    axes.set_xticks([], [])
    axes.set_xlim(0, (most or 1) * 1.25)
    axes.set_ylim(max(len(counts), 2) - 0.5, -0.5)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(across, fontsize=LABEL_SIZE, color=INK)


@dataclass(frozen=True)
class WeightBar:
    """A bin of an indicator: weight of evidence (none where it has too few visits), share of all, finding rate."""

    label: str
    weight: float | None
    coverage: float
    rate: float | None


def draw_weights(axes: Axes, bins: Sequence[WeightBar], across: str) -> None:
    """Draw weights of evidence: what raises risk goes right, in another colour and hatched."""
    widest = max((abs(each.weight) for each in bins if each.weight is not None), default=0) or 1
    for place, each in enumerate(bins):
        told = f"占 {percent(each.coverage)}" + ("" if each.rate is None else f"，问题率 {percent(each.rate)}")
        beside = axes.text(1.02, place, told, transform=axes.get_yaxis_transform(), fontsize=NOTE_SIZE, color=QUIET)
        beside.set_verticalalignment("center")
        weight = each.weight
        if weight is None:
            axes.text(0, place, " 样本不足", fontsize=NOTE_SIZE, color=QUIET, verticalalignment="center")
            continue
        risky = weight > 0
        drawn = axes.barh(place, weight, height=0.62, linewidth=0.8)
        drawn[0].set(facecolor="white" if risky else PALE, edgecolor=RED if risky else BLUE)
        drawn[0].set_hatch("////" if risky else "")
        end = axes.text(weight, place, f" {weight:+.2f} ".replace("-", "−"), fontsize=NOTE_SIZE, color=INK)
        end.set(verticalalignment="center", horizontalalignment="left" if risky else "right")
    axes.axvline(0, color=FAINT, linewidth=0.8)
    axes.set_yticks(range(len(bins)), [short(each.label, 22) for each in bins])
    axes.set_xticks([], [])
    axes.set_xlim(-widest * 1.3, widest * 1.3)
    axes.set_ylim(max(len(bins), 2) - 0.5, -0.5)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(across, fontsize=LABEL_SIZE, color=INK)
