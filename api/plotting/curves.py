"""Curves: ROC, capture, what is found at which score. Each is named where it runs, not in a legend."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from api.plotting.look import (
    BLUE,
    FAINT,
    GRID,
    INK,
    NOTE_SIZE,
    PALE,
    QUIET,
    RED,
    ceiling,
    named,
    percent,
    percent_ticks,
    ticked,
)
from scoring.evaluation.calibration import Band

_STYLES = ((BLUE, "-"), (RED, (0, (5, 1.5))), (INK, (0, (1, 1.2))))


@dataclass(frozen=True)
class Curve:
    """A curve through points of shares, from (0, 0) to (1, 1)."""

    name: str
    points: Sequence[tuple[float, float]]


def draw_curves(axes: Axes, curves: Sequence[Curve], across: str, up: str, chance: str) -> None:
    """Draw up to three curves and the diagonal of chance."""
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.text(1.03, 0.06, f"- -  {chance}", transform=axes.transAxes, fontsize=NOTE_SIZE, color=QUIET)
    for number, (curve, (colour, style)) in enumerate(zip(curves, _STYLES, strict=False)):
        across_values, up_values = zip(*curve.points, strict=True)
        axes.plot(across_values, up_values, color=colour, linestyle=style, linewidth=1.6)
        at = 0.92 - 0.11 * number
        axes.plot(
            [1.03, 1.09],
            [at, at],
            color=colour,
            linestyle=style,
            linewidth=1.6,
            transform=axes.transAxes,
            clip_on=False,
        )
        axes.text(
            1.11, at, curve.name, transform=axes.transAxes, fontsize=NOTE_SIZE, color=INK, verticalalignment="center"
        )
    ticked(axes, percent_ticks(0, 1), percent_ticks(0, 1))
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.set_box_aspect(1)
    named(axes, across, up)


def draw_bands(axes: Axes, bands: Sequence[Band]) -> None:
    """Draw the finding rate of each band of scores with its interval; the larger a dot, the more visits."""
    told = [(each, each.rate.value, each.rate.interval) for each in bands if each.rate.value is not None]
    end = ceiling(max((held.high if held else value for _, value, held in told), default=0))
    most = max((each.visits for each in bands), default=0) or 1
    axes.plot([value for _, value, _ in told], color=PALE, linewidth=1)
    for place, (each, value, held) in enumerate(told):
        if held is not None:
            axes.plot([place] * 2, [held.low, held.high], color=BLUE, linewidth=1.2)
        size = 3.5 + 4 * (each.visits / most) ** 0.5
        axes.plot(place, value, "o", color=BLUE, markersize=size, markeredgecolor="white", markeredgewidth=0.5)
        words = axes.text(place + 0.08, value, percent(value), fontsize=NOTE_SIZE, color=INK)
        words.set_verticalalignment("top")
    axes.set_xlim(-0.5, max(len(told), 2) - 0.3)
    axes.set_yticks(*percent_ticks(0, end))
    axes.set_ylim(0, end)
    axes.set_xticks(range(len(told)), [f"{each.lowest}–{each.highest}\n（{each.visits}）" for each, _, _ in told])
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    named(axes, "分值段（括号内为检查户次）", "问题率")


def draw_capture(axes: Axes, curve: Curve, at: float | None, reached: float | None) -> None:
    """Draw which share of findings the first visits have; `at` is a share of visits, with the share it has reached."""
    draw_curves(axes, [curve], "按分值由高到低的检查比例", "所含问题比例", "不分先后")
    if at is not None and reached is not None:
        axes.plot([at, at, 0], [0, reached, reached], color=RED, linewidth=0.8, linestyle=(0, (2, 2)))
        axes.plot(at, reached, "s", color=RED, markersize=5)
        told = f"分值最高的 {percent(at)} 检查，\n含 {percent(reached)} 的问题"
        axes.plot(1.06, 0.7, "s", color=RED, markersize=5, transform=axes.transAxes, clip_on=False)
        words = axes.text(1.11, 0.725, told, transform=axes.transAxes, fontsize=NOTE_SIZE, color=INK, linespacing=1.4)
        words.set_verticalalignment("top")
