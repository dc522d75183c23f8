"""What a backtest shows as pictures: how scores order each period, first halves, the last period's curve."""

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes

from api.backtesting.rolling import Backtest, TestedPeriod
from api.plotting.look import BLUE, FAINT, GRID, INK, NOTE_SIZE, QUIET, RED, named, percent
from api.plotting.plot import Plot, Value
from api.plotting.plots import capture_plot

_FORMS = ((BLUE, "o", "-"), (RED, "s", (0, (5, 1.5))), (INK, "^", (0, (1, 1.2))))


def plots_of(found: Backtest) -> list[Plot]:
    """Return the pictures of a backtest."""
    last = found.periods[-1]
    curve = capture_plot(f"{last.first} 至 {last.last}：按分值由高到低检查，能发现多少问题", found.captured, 0.5)
    return [_auc(found.periods), _halves(found.periods), curve]


def _auc(periods: Sequence[TestedPeriod]) -> Plot:
    lines = [
        ("不知检查人员", [each.plain.auc for each in periods]),
        ("不知检查人员，按尺度校正后学习", [each.adjusted.auc for each in periods]),
        ("知道检查人员（仅作对照）", [each.with_inspector.auc for each in periods]),
    ]
    title = "各测试期的排序能力（AUC）"
    heads = ("period", "plain", "adjusted", "with_inspector")
    return _by_period("backtest-auc", title, heads, periods, lines, 0.5, "AUC")


def _halves(periods: Sequence[TestedPeriod]) -> Plot:
    lines = [
        ("按分值排序", [each.adjusted.order.first_half_by_score for each in periods]),
        ("实际次序", [each.adjusted.order.first_half_actual for each in periods]),
    ]
    title = "各测试期前一半时间内所发现问题的比例"
    heads = ("period", "by_score", "actual")
    return _by_period("backtest-first-half", title, heads, periods, lines, 0.5, "比例")


def _by_period(
    name: str,
    title: str,
    heads: Sequence[str],
    periods: Sequence[TestedPeriod],
    lines: Sequence[tuple[str, list[float | None]]],
    chance: float,
    up: str,
) -> Plot:
    labels = [each.first.isoformat() for each in periods]
    rows: list[tuple[Value, ...]] = [
        (label, *values) for label, *values in zip(labels, *(line for _, line in lines), strict=True)
    ]
    told = "；".join(f"{line}：{'、'.join(map(_told, values))}" for line, values in lines)
    draw = partial(_draw, labels=labels, lines=lines, chance=chance, up=up)
    return Plot(name, title, f"{title}。{told}。", heads, rows, draw, 3.0)


def _draw(
    axes: Axes, labels: Sequence[str], lines: Sequence[tuple[str, list[float | None]]], chance: float, up: str
) -> None:
    axes.axhline(chance, color=FAINT, linewidth=0.8, linestyle=(0, (4, 3)))
    for number, ((name, values), (colour, mark, style)) in enumerate(zip(lines, _FORMS, strict=False)):
        told = [(place, value) for place, value in enumerate(values) if value is not None]
        if told:
            across, heights = zip(*told, strict=True)
            axes.plot(across, heights, color=colour, marker=mark, linestyle=style, markersize=4, linewidth=1.4)
        at = 1.06 + 0.075 * (len(lines) - 1 - number)
        axes.plot([0, 0.05], [at, at], color=colour, linestyle=style, transform=axes.transAxes, clip_on=False)
        words = axes.text(0.065, at, name, transform=axes.transAxes, fontsize=NOTE_SIZE, color=QUIET)
        words.set_verticalalignment("center")
    axes.set_xticks(range(len(labels)), [label[2:] for label in labels], fontsize=NOTE_SIZE)
    axes.set_yticks([0.4, 0.5, 0.6, 0.7, 0.8, 0.9], ["0.4", "0.5", "0.6", "0.7", "0.8", "0.9"])
    axes.set(xlim=(-0.4, max(len(labels), 2) - 0.6), ylim=(0.38, 0.92))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    named(axes, "测试期的第一天", up)


def _told(value: float | None) -> str:
    return "无" if value is None else percent(value)
