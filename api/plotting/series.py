"""A series in time with the limits of chance: EWMA and CUSUM."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from api.plotting.look import BLUE, FAINT, GRID, INK, NOTE_SIZE, PALE, QUIET, RED, named


@dataclass(frozen=True)
class Moment:
    """One period: its name, the statistic, the limits at that time (none where there is none), what was counted."""

    label: str
    statistic: float
    low: float | None
    high: float | None
    observed: float | None = None
    signal: bool = False


def draw_series(axes: Axes, moments: Sequence[Moment], centre: float | None, up: str) -> None:
    """Draw the statistic as a line, what was counted as pale dots, limits as stairs, and signals with their names."""
    places = range(len(moments))
    for place, each in enumerate(moments):
        if each.observed is not None:
            axes.plot(place, each.observed, "o", markersize=3, color=PALE, zorder=1)
    for name in ("low", "high"):
        told = [(place, getattr(each, name)) for place, each in enumerate(moments) if getattr(each, name) is not None]
        if told:
            across, values = zip(*told, strict=True)
            axes.step(across, values, where="mid", color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
            axes.text(
                len(moments) - 0.4, values[-1], "界限", fontsize=NOTE_SIZE, color=QUIET, verticalalignment="center"
            )
    if centre is not None:
        axes.axhline(centre, color=FAINT, linewidth=0.8)
        axes.text(len(moments) - 0.4, centre, "基准", fontsize=NOTE_SIZE, color=QUIET, verticalalignment="center")
    axes.plot(places, [each.statistic for each in moments], color=BLUE, linewidth=1.5)
    for place, each in enumerate(moments):
        if not each.signal:
            continue
        axes.plot(place, each.statistic, "D", color=RED, markersize=5)
        if not place or not moments[place - 1].signal:
            above = axes.text(place, each.statistic, f"{each.label}\n", fontsize=NOTE_SIZE, color=RED)
            above.set(horizontalalignment="center", verticalalignment="bottom")
    step = max(1, -(-len(moments) // 8))
    axes.set_xticks(list(places)[::step], [each.label for each in moments][::step])
    axes.set_xlim(-0.5, max(len(moments), 1) - 0.5)
    axes.margins(y=0.18)
    low, high = axes.get_ylim()
    span = high - low
    width = next(each for each in _STEPS if span / each <= 6)
    first = int(low // width) + 1 if low % width else int(low // width)
    ticks = [number * width for number in range(first, int(high // width) + 1)]
    axes.set_yticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks])
    axes.set_ylim(low, high)
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    named(axes, "", f"{up}（淡点为当期数）" if any(each.observed is not None for each in moments) else up)


_STEPS = [factor * 10**power for power in range(-3, 7) for factor in (1, 2, 5)]
