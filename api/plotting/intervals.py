"""Shares with their intervals, one below the other: a dot where the estimate is, a line from bound to bound."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from api.plotting.look import BLUE, GRID, INK, LABEL_SIZE, NOTE_SIZE, QUIET, RED, ceiling, percent, percent_ticks, short
from scoring.evaluation.intervals import Estimate


@dataclass(frozen=True)
class Share:
    """A share of 1 with its interval, of `count` visits; none where it cannot be estimated, with a note that says why.

    `weak` marks one that holds with reserve, as of very few visits: its dot is hollow.
    """

    label: str
    count: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    weak: bool = False

    @property
    def told(self) -> str:
        """The estimate in words."""
        if self.value is None:
            return self.note or "无法估计"
        if self.low is None or self.high is None:
            return percent(self.value)
        return f"{percent(self.value)}（{percent(self.low)}–{percent(self.high)}）"

    @classmethod
    def of(cls, label: str, count: int, estimate: Estimate, note: str = "") -> "Share":
        """Return an estimate as a share to be drawn; `note` is said where there is none."""
        held = estimate.interval
        low, high = (None, None) if held is None else (held.low, held.high)
        return cls(label, count, estimate.value, low, high, note, bool(estimate.notes))


def height_of(rows: Sequence[Share]) -> float:
    """Return the height of their picture in inches."""
    return 0.95 + 0.25 * max(2, len(rows))


def draw_shares(axes: Axes, rows: Sequence[Share], across: str, overall: float | None, overall_name: str) -> None:
    """Draw shares from top to bottom, with a dashed line at the overall one, which holds for comparison."""
    end = ceiling(max((each.high or each.value or 0 for each in rows), default=0))
    end = max(end, ceiling(overall or 0))
    for place, each in enumerate(rows):
        axes.axhline(place, color=GRID, linewidth=0.6, zorder=0)
        told = axes.text(1.02, place, each.told, transform=axes.get_yaxis_transform(), fontsize=NOTE_SIZE)
        told.set(verticalalignment="center", color=INK if each.value is not None else QUIET)
        if each.value is None:
            continue
        if each.low is not None and each.high is not None:
            axes.plot([each.low, each.high], [place, place], color=BLUE, linewidth=1.6, solid_capstyle="butt")
            axes.plot([each.low, each.high], [place, place], "|", color=BLUE, markersize=6, markeredgewidth=1.2)
        axes.plot(
            each.value,
            place,
            "o",
            color=BLUE,
            markersize=5,
            markerfacecolor="white" if each.weak else BLUE,
            clip_on=False,
        )
    if overall is not None:
        axes.axvline(overall, color=RED, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
        over = axes.text(overall, -0.75, f"{overall_name} {percent(overall)}", fontsize=NOTE_SIZE, color=RED)
        over.set(horizontalalignment="center", verticalalignment="bottom")
    axes.set_yticks(range(len(rows)), [f"{short(each.label)}（{each.count}）" for each in rows])
    axes.set_xticks(*percent_ticks(0, end))
    axes.set_xlim(0, end)
    axes.set_ylim(max(len(rows), 2) - 0.4, -0.7)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(across, fontsize=LABEL_SIZE, color=INK)
