"""The section on indicators: which tell those with problems apart, which do not rise, and which have shifted."""

from collections.abc import Iterator, Mapping, Sequence

from api.plotting.look import percent
from api.plotting.plots import bin_name, weights_plot
from api.printing.forms import Grid, Heading, Paragraph
from api.quarterly.parts import Piece
from api.quarterly.words import number_text
from scoring.evaluation.correlations import Correlation
from scoring.evaluation.empirical import Evidence, IndicatorEvidence
from scoring.evaluation.indicators import Reversal

DRAWN = 3
"""So many indicators, those of the highest information value, have a picture."""

CLOSE = 0.7
"""Two indicators whose rank correlation is at least this, either way, say much the same."""


def indicator_pieces(evidence: Sequence[Evidence]) -> Iterator[Piece]:
    """Give the indicators of each model in force against what was found."""
    yield Heading("七、指标分析")
    if not evidence:
        yield Paragraph("没有有效的模型。")
    for number, each in enumerate(evidence, 1):
        yield from _of_model(each, number)
    if any(each.visits for each in evidence):
        yield Paragraph(
            "IV 为信息值，通常 0.02 以下无区分力，0.1 以上有中等区分力，0.3 以上较强；"
            "PSI 超过括号中的界限，说明分布变化不像随机波动。"
        )


def _of_model(found: Evidence, number: int) -> Iterator[Piece]:
    head = f"模型 {found.model} 版本 {found.version}"
    if not found.visits:
        yield Paragraph(f"{head}：本期没有可用于分析指标的检查。")
        return
    basis = "非随机抽取的检查，各计一次，比例不代表总体" if found.observational else "按抽取概率加权"
    yield Paragraph(
        f"{head}：适用的检查 {found.visits} 户次，其中发现问题 {found.found} 户次（{basis}）；"
        f"以检查前一日已知的记录重新计算的分值，AUC 为 {number_text(found.discrimination.auc)}。"
    )
    ordered = sorted(found.indicators, key=lambda each: -(each.association.iv or 0))
    yield Grid(("指标", "有值占比", "IV", "KS", "AUC", "单调", "PSI（95% 界限）"), [_row(each) for each in ordered])
    for place, each in enumerate([each for each in ordered if each.association.iv][:DRAWN], 1):
        yield weights_plot(f"woe-{number}-{place}", f"{each.title}：各分箱的证据权重", each.association)
    reversed_ = [
        f"{each.title}（{_reversals(each.association.reversals)}）" for each in ordered if not each.association.monotone
    ]
    yield Paragraph(f"问题率未随得分上升的指标：{'；'.join(reversed_) or '无'}。")
    shifted = [each.title for each in ordered if each.stability.shifted]
    yield Paragraph(f"期初至期末登记企业分布不稳定的指标：{'、'.join(shifted) or '无'}。")
    titles = {each.id: each.title for each in found.indicators}
    yield Paragraph(f"含义相近的指标（秩相关系数绝对值不低于 {CLOSE}）：{_close(found.correlations, titles) or '无'}。")


def _row(each: IndicatorEvidence) -> tuple[str, ...]:
    found = each.association
    covered = sum(held.coverage for held in found.bins[:-1])
    psi = f"{number_text(each.stability.psi)}（{number_text(each.stability.limit)}）"
    measures = (found.iv, found.discrimination.ks, found.discrimination.auc)
    monotone = "是" if found.monotone else "否"
    return (each.title, percent(covered), *map(number_text, measures), monotone, psi)


def _reversals(reversals: Sequence[Reversal]) -> str:
    return "，".join(
        f"“{bin_name(each.more_points)}”{percent(each.more_rate)} "
        f"低于“{bin_name(each.fewer_points)}”{percent(each.fewer_rate)}"
        for each in reversals
    )


def _close(correlations: Sequence[Correlation], titles: Mapping[str, str]) -> str:
    return "；".join(
        f"{titles[each.one]}与{titles[each.other]}（{number_text(each.value, 2)}）"
        for each in correlations
        if each.value is not None and abs(each.value) >= CLOSE
    )
