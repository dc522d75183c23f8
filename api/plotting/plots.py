"""The plots of evaluation's results: what is drawn, its words, and its data."""

from collections.abc import Sequence
from functools import partial

from api.plotting import bars, intervals
from api.plotting.bars import WeightBar, draw_counts, draw_weights
from api.plotting.curves import Curve, draw_bands, draw_capture, draw_curves
from api.plotting.funnels import draw_funnel
from api.plotting.intervals import Share, draw_shares
from api.plotting.look import percent
from api.plotting.matrices import draw_matrix
from api.plotting.plot import Plot
from api.plotting.series import Moment, draw_series
from scoring.evaluation.calibration import Band
from scoring.evaluation.capture import Capture
from scoring.evaluation.discrimination import Discrimination
from scoring.evaluation.empirical import MISSING
from scoring.evaluation.indicators import Association, Bin
from scoring.evaluation.stringency import Inspector
from scoring.grades import Migration

_TALL = 2.7
_SHARE_HEADS = ("label", "visits", "share", "low", "high", "note")


def shares_plot(
    name: str,
    title: str,
    rows: Sequence[Share],
    overall: float | None = None,
    across: str = "问题率（括号内为检查户次）",
) -> Plot:
    """Return shares with their intervals, and the overall one as a line."""
    told = "；".join(f"{each.label}（{each.count}）{each.told}" for each in rows)
    alt = f"{title}：{told or '无'}。" + ("" if overall is None else f"总体 {percent(overall)}。")
    data = [(each.label, each.count, each.value, each.low, each.high, each.note) for each in rows]
    draw = partial(draw_shares, rows=rows, across=across, overall=overall, overall_name="总体")
    return Plot(name, title, alt, _SHARE_HEADS, data, draw, intervals.height_of(rows))


def counts_plot(name: str, title: str, counts: Sequence[tuple[str, int]], across: str) -> Plot:
    """Return counts, such as of the enterprises in each grade."""
    alt = f"{title}：{'；'.join(f'{label} {count}' for label, count in counts) or '无'}。"
    draw = partial(draw_counts, counts=counts, across=across)
    return Plot(name, title, alt, ("label", "count"), counts, draw, bars.height_of(len(counts)))


def weights_plot(name: str, title: str, found: Association) -> Plot:
    """Return an indicator's weights of evidence by bin; the shares are weighted by the design."""
    rows = [
        (bin_name(each.bin), each.bin.points, each.visits, each.coverage, each.rate.value, each.woe)
        for each in found.bins
        if each.visits or each.bin.label != MISSING
    ]
    told = "；".join(
        f"{label}：WoE {'—' if woe is None else f'{woe:+.2f}'}，占 {percent(coverage)}"
        for label, _, _, coverage, _, woe in rows
    )
    iv = "—" if found.iv is None else f"{found.iv:.3f}"
    drawn = [WeightBar(label, woe, coverage, rate) for label, _, _, coverage, rate, woe in rows]
    draw = partial(draw_weights, bins=drawn, across="证据权重（WoE；正值（斜线）表示风险高于平均）")
    heads = ("bin", "points", "visits", "coverage", "rate", "woe")
    return Plot(name, title, f"{title}：信息值 IV {iv}。{told}。", heads, rows, draw, bars.height_of(len(rows)))


def roc_plot(title: str, held: Sequence[tuple[str, Discrimination]]) -> Plot:
    """Return the ROC curves of up to three scores."""
    curves, rows, told = [], [], []
    for name, found in held:
        points = [(0.0, 0.0), *((each.false_positive, each.true_positive) for each in found.points)]
        measure = "AUC —" if found.auc is None else f"AUC {found.auc:.3f}"
        curves.append(Curve(f"{name}  {measure}", points))
        told.append(f"{name} {measure}" + ("" if found.ks is None else f"，KS {found.ks:.3f}"))
        rows += [(name, each.score, each.true_positive, each.false_positive) for each in found.points]
    draw = partial(
        draw_curves, curves=curves, across="无问题检查的比例（误报）", up="有问题检查的比例（命中）", chance="随机排序"
    )
    heads = ("name", "score", "true_positive", "false_positive")
    return Plot("roc", title, f"{title}：{'；'.join(told) or '无'}。", heads, rows, draw, _TALL)


def capture_plot(title: str, found: Capture, at: float) -> Plot:
    """Return the capture curve, with what the first share of visits has."""
    reached = found.at(at)
    points = [(0.0, 0.0), *((each.visits, each.findings) for each in found.points)]
    told = "无法估计" if reached is None else f"分值最高的 {percent(at)} 检查含 {percent(reached)} 的问题"
    draw = partial(draw_capture, curve=Curve("按分值由高到低", points), at=at, reached=reached)
    rows = [(each.score, each.visits, each.findings) for each in found.points]
    return Plot("capture", title, f"{title}：{told}。", ("score", "visits", "findings"), rows, draw, _TALL)


def bands_plot(title: str, bands: Sequence[Band]) -> Plot:
    """Return the finding rate of bands of scores."""
    shares = [Share.of(f"{each.lowest}–{each.highest}", each.visits, each.rate) for each in bands]
    told = "；".join(f"{each.label} 分 {each.told}" for each in shares)
    rows = [
        (band.lowest, band.highest, band.mean_score, band.visits, share.value, share.low, share.high)
        for band, share in zip(bands, shares, strict=True)
    ]
    heads = ("lowest", "highest", "mean_score", "visits", "rate", "low", "high")
    return Plot("score-bands", title, f"{title}：{told or '无'}。", heads, rows, partial(draw_bands, bands=bands))


def funnel_plot(title: str, inspectors: Sequence[Inspector], names: Sequence[str]) -> Plot:
    """Return inspectors in their funnel, under the names given, which are no one's own where many may read it."""
    beyond = [name for each, name in zip(inspectors, names, strict=True) if each.beyond_998]
    rows = [
        (name, each.visits, each.observed, each.expected, each.ratio, *_outer(each))
        for each, name in zip(inspectors, names, strict=True)
    ]
    alt = f"{title}：{len(inspectors)} 名检查人员，超出 99.8% 界限：{'、'.join(beyond) or '无'}。"
    heads = ("inspector", "visits", "observed", "expected", "ratio", "low_998", "high_998")
    return Plot("funnel", title, alt, heads, rows, partial(draw_funnel, inspectors=inspectors, letters=names), _TALL)


def series_plot(name: str, title: str, moments: Sequence[Moment], centre: float | None, up: str) -> Plot:
    """Return a series with its limits."""
    signals = "、".join(each.label for each in moments if each.signal)
    rows = [(each.label, each.observed, each.statistic, each.low, each.high, int(each.signal)) for each in moments]
    heads = ("period", "observed", "statistic", "low", "high", "signal")
    draw = partial(draw_series, moments=moments, centre=centre, up=up)
    return Plot(name, title, f"{title}：超出界限的时期：{signals or '无'}。", heads, rows, draw, 2.6)


def migration_plot(title: str, found: Migration) -> Plot:
    """Return how many enterprises went from which grade to which."""
    names = [*found.scale, ""]
    counts = {key: count for key, count in found.counts.items() if count}
    if not any("" in key for key in counts):
        names.remove("")
    rows = [(before, after, counts.get((before, after), 0)) for before in names for after in names]
    stayed, moved = (sum(n for (old, new), n in counts.items() if (old == new) is same) for same in (True, False))
    shown = {(before or "无", after or "无"): count for (before, after), count in counts.items()}
    draw = partial(
        draw_matrix,
        names=[name or "无" for name in names],
        counts=shown,
        across=f"{found.until.isoformat()} 的等级",
        up=f"{found.since.isoformat()} 的等级",
    )
    alt = f"{title}：等级不变 {stayed} 户，变动 {moved} 户。"
    return Plot("migration", title, alt, ("from", "to", "enterprises"), rows, draw, 0.9 + 0.42 * len(names))


def bin_name(held: Bin) -> str:
    """Return what a bin is called where people read."""
    return "缺失" if held.label == MISSING else held.label


def _outer(inspector: Inspector) -> tuple[float | None, float | None]:
    limits = inspector.limits
    return (None, None) if limits is None else (limits.low_998, limits.high_998)
