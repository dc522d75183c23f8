"""Sections of what the visits say of all enterprises: how many have problems, by trade, region, matter and grade."""

from collections.abc import Iterator, Sequence

from api.plotting.evaluated import UNNAMED, notes_text, prevalence_plot
from api.printing.forms import Heading, Paragraph
from api.quarterly.parts import Piece, grid
from api.quarterly.words import amount_text, points_text, probability_text, share_text
from scoring.evaluation.designed import Coverage
from scoring.evaluation.prevalence import Prevalence
from scoring.evaluation.trends import Monotonicity, Step

_HEADS = ("检查户次", "其中可检查", "发现问题", "问题率估计", "说明")


def overall_pieces(overall: Prevalence, uniform: Prevalence, coverage: Coverage) -> Iterator[Piece]:
    """Give the prevalence in all frames."""
    yield Heading("三、问题率估计")
    if overall.share.value is None:
        yield Paragraph(f"问题率无法估计（{notes_text(overall.share.notes)}）。")
        return
    yield Paragraph(
        f"估计所代表的名录共 {coverage.population:,} 户次；"
        f"抽取 {coverage.sampled:,} 户次，已检查 {coverage.visited:,} 户次。"
        f"可检查对象的问题率估计为 {share_text(overall.share)}，"
        f"折合有问题对象 {amount_text(overall.found_total, unit=' 户次')}。"
    )
    yield Paragraph(
        f"其中均匀抽取部分（不分等级，等概率）检查 {uniform.visits} 户次，"
        f"问题率估计为 {share_text(uniform.share)}，可用以核对。"
    )
    yield Paragraph("以上为按抽取概率加权的估计。高风险对象抽取较多，检查中发现问题的比例不代表总体，本报告不使用。")


def group_pieces(name: str, label: str, groups: Sequence[Prevalence], overall: Prevalence) -> Iterator[Piece]:
    """Give the prevalence by groups, such as trades (`label`: 行业), as a picture and a table."""
    plot = prevalence_plot(name, label, groups, overall)
    if plot is not None:
        yield plot
    yield grid((label, *_HEADS), [_row(each) for each in groups], f"没有可按{label}统计的检查。")


def unnamed_matters(count: int) -> Paragraph:
    """Return what is said of visits that found a problem and do not tell in which matter."""
    return Paragraph(f"另有 {count} 户次检查发现问题但未注明事项，故各事项的问题率为下限。")


def grade_pieces(
    grades: tuple[str, str, Sequence[Prevalence]], overall: Prevalence, monotone: Monotonicity
) -> Iterator[Piece]:
    """Give the prevalence by grade, and whether it rises with the grade."""
    yield Heading("四、分类等级与问题率")
    yield from group_pieces(*grades, overall)
    trend = monotone.trend
    if trend.slope.value is None:
        yield Paragraph(f"问题率随等级变化的趋势无法估计（{notes_text(trend.slope.notes)}）。")
    else:
        held = trend.slope.interval
        between = "" if held is None else f"（95% 区间 {points_text(held.low)} 至 {points_text(held.high)}）"
        yield Paragraph(
            f"按抽样设计估计，等级每升高一级，问题率平均变化 {points_text(trend.slope.value)}{between}，"
            f"{probability_text(trend.probability)}。"
        )
    falls = [each for each in monotone.steps if each.falls]
    if falls:
        yield Paragraph(f"问题率未随等级上升之处：{'；'.join(map(_fall, falls))}。")
    elif monotone.steps:
        yield Paragraph("问题率由低等级到高等级没有下降之处。")


def _fall(step: Step) -> str:
    chance = "超出随机波动" if step.falls_beyond_chance else "未超出随机波动"
    return f"{step.higher} 级低于 {step.lower} 级 {points_text(step.rise.value or 0)}（{chance}）"


def _row(found: Prevalence) -> tuple[str, ...]:
    told = share_text(found.share) if found.share.value is not None else "无法估计"
    counts = map(str, (found.visits, found.inspectable, found.found))
    return (found.domain or UNNAMED, *counts, told, notes_text(found.share.notes) or "—")
