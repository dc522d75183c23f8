"""Inspectors in a funnel: how many problems each found, against how many the same visits let expect.

Who has few visits lies far from 1 by chance alone, so the limits open to the left.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes

from api.plotting.look import BLUE, FAINT, GRID, INK, NOTE_SIZE, RED, named
from scoring.evaluation.funnel import funnel_limits
from scoring.evaluation.stringency import Inspector

_GRID = 60
_FEWEST = 0.2
"""Of less than this expected, the limits are above any picture."""

_DASHED = (0, (4, 2))
_MARKS = (
    (BLUE, "o", "white", "95%界限以内"),
    (BLUE, "s", BLUE, "超出95%界限"),
    (RED, "D", RED, "超出99.8%界限"),
)


def draw_funnel(axes: Axes, inspectors: Sequence[Inspector], letters: Sequence[str]) -> None:
    """Draw each inspector and the limits; who lies beyond them has a letter."""
    drawn = [
        (each, each.ratio, letter) for each, letter in zip(inspectors, letters, strict=True) if each.ratio is not None
    ]
    end = max((each.expected for each, _, _ in drawn), default=1) * 1.1
    top = max([2.0, *(ratio for _, ratio, _ in drawn)]) * 1.1
    first = min(_FEWEST, end / 2)
    limits = [funnel_limits(first + (end - first) * (number / _GRID) ** 2) for number in range(_GRID + 1)]
    places = [each.expected for each in limits]
    axes.axhline(1, color=INK, linewidth=0.9)
    for inner in ([each.low_95 for each in limits], [each.high_95 for each in limits]):
        axes.plot(places, inner, color=FAINT, linewidth=1, linestyle=_DASHED)
    for outer in ([each.low_998 for each in limits], [each.high_998 for each in limits]):
        axes.plot(places, outer, color=INK, linewidth=1)
    for each, ratio, letter in drawn:
        colour, mark, face, _ = _MARKS[_kind(each)]
        axes.plot(each.expected, ratio, mark, color=colour, markersize=5, markerfacecolor=face)
        if each.beyond_95:
            words = axes.text(each.expected, ratio, f"   {letter}", fontsize=NOTE_SIZE, color=INK)
            words.set_verticalalignment("center")
    _explain(axes)
    axes.set(xlim=(0, end), ylim=(0, top))
    step = next(each for each in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if end / each <= 7)
    axes.set_xticks(*_ticks(step, end))
    steps = next(each for each in (0.5, 1, 2, 5, 10, 10**9) if top / each <= 6)
    axes.set_yticks(*_ticks(steps, top))
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    named(axes, "预期发现问题数", "实际 ÷ 预期")


def _kind(inspector: Inspector) -> int:
    return inspector.beyond_95 + inspector.beyond_998


def _explain(axes: Axes) -> None:
    for number, (colour, mark, face, told) in enumerate(_MARKS):
        at = 0.94 - 0.1 * number
        axes.plot(
            1.04, at, mark, color=colour, markersize=5, markerfacecolor=face, transform=axes.transAxes, clip_on=False
        )
        axes.text(1.08, at, told, transform=axes.transAxes, fontsize=NOTE_SIZE, color=INK, verticalalignment="center")
    for at, colour, style, told in ((0.56, INK, "-", "99.8%界限"), (0.46, FAINT, _DASHED, "95%界限")):
        axes.plot(
            [1.02, 1.06], [at, at], color=colour, linestyle=style, linewidth=1, transform=axes.transAxes, clip_on=False
        )
        axes.text(1.08, at, told, transform=axes.transAxes, fontsize=NOTE_SIZE, color=INK, verticalalignment="center")


def _ticks(step: float, end: float) -> tuple[list[float], list[str]]:
    places = [step * number for number in range(int(end / step) + 1)]
    return places, [f"{place:g}" for place in places]
