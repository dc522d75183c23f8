"""A plot of each kind, of made-up results, under any labels."""

from collections.abc import Callable
from datetime import date
from typing import Final

from api.plotting import plots
from api.plotting.intervals import Share
from api.plotting.plot import Plot
from api.plotting.series import Moment
from scoring.evaluation.calibration import Band
from scoring.evaluation.capture import Capture, CapturePoint
from scoring.evaluation.discrimination import Discrimination, RocPoint
from scoring.evaluation.funnel import FunnelLimits
from scoring.evaluation.indicators import Association, Bin, BinFindings
from scoring.evaluation.intervals import Estimate, Interval
from scoring.evaluation.notes import Note
from scoring.evaluation.stringency import Inspector
from scoring.grades import Migration


def shares(label: str) -> Plot:
    rows = [
        Share(label, 120, 0.021, 0.007, 0.061),
        Share("B", 402, 0.151, 0.12, 0.19, weak=True),
        Share("D", 2, note="检查数不足"),
        Share.of("全部", 88, estimate(0.33)),
    ]
    return plots.shares_plot("rate-by-grade", "各等级问题率", rows, 0.112)


def counts(label: str) -> Plot:
    return plots.counts_plot("grades", "企业等级分布", [(label, 8123), ("B", 4102), ("C", 0)], "企业户数")


def weights(label: str) -> Plot:
    bins = (
        BinFindings(Bin("0 次", 0), 700, 56, 0.71, estimate(0.08), -0.62, 0.2),
        BinFindings(Bin(label, 20), 200, 82, 0.2, estimate(0.41), 1.21, 0.3),
        BinFindings(Bin("缺失", 5), 0, 0, 0.0, Estimate(None, notes=(Note.NO_VISITS,)), None, None),
    )
    return plots.weights_plot("woe-1", "近三年行政处罚：证据权重", Association(bins, 0.5, told(), ()))


def roc(label: str) -> Plot:
    return plots.roc_plot("排序能力", [(label, told()), ("候选模型", told(0.7))])


def capture(label: str) -> Plot:
    points = tuple(CapturePoint(50 - number, number / 50, (number / 50) ** 0.5) for number in range(1, 51))
    return plots.capture_plot(f"捕获曲线 {label}", Captured(points), 0.12)


def bands(label: str) -> Plot:
    held = [Band(low, low + 9, low + 5.0, 300 - low, 20, estimate(0.03 + low / 200)) for low in (0, 10, 30, 60)]
    return plots.bands_plot(f"各分值段问题率 {label}", held)


def funnel(label: str) -> Plot:
    people = [inspector(4 + 0.8 * number, 1 + 0.05 * (-1) ** number) for number in range(20)]
    return plots.funnel_plot("检查人员", [inspector(20, 2.2), inspector(12, 1.7), *people], [label, "乙", *"某" * 20])


def series(label: str) -> Plot:
    moments = [Moment(f"3-{number + 1}", 0.2 + number / 30, None, 0.5, 0.3, False) for number in range(11)]
    return plots.series_plot("ewma", "餐饮业投诉", [*moments, Moment(label, 1.1, 0.0, 0.5, 2.0, True)], 0.2, "EWMA")


def migration(label: str) -> Plot:
    moved = {("A", "A"): 810, ("A", "B"): 40, (label, "B"): 11, (label, label): 90, ("", "A"): 3}
    return plots.migration_plot("等级迁移", Migration(date(2026, 6, 30), date(2026, 9, 30), ("A", "B", label), moved))


EVERY: Final[tuple[Callable[[str], Plot], ...]] = (
    shares, counts, weights, roc, capture, bands, funnel, series, migration,
)  # fmt: skip


class Captured(Capture):
    """A curve of which every share is reached by its square root."""

    def at(self, share: float) -> float | None:
        """Return the share of findings."""
        return float(share**0.5)


def estimate(value: float) -> Estimate:
    return Estimate(value, 0.02, 40, Interval(value * 0.7, value * 1.3))


def told(power: float = 0.5) -> Discrimination:
    points = tuple(RocPoint(30 - number, (number / 30) ** power, number / 30) for number in range(1, 31))
    return Discrimination(900, 100, 1 / (1 + power), 2 / (1 + power) - 1, 0.25, points)


def inspector(expected: float, ratio: float) -> Inspector:
    wide = expected**-0.5
    limits = FunnelLimits(expected, 1 - 1.96 * wide, 1 + 1.96 * wide, 1 - 3.09 * wide, 1 + 3.09 * wide)
    return Inspector("X", 40, expected * ratio, expected, ratio, 1.0, limits)
