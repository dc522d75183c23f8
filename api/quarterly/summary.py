"""The first page: whose report it is, of when, and what it comes to in a few sentences."""

from collections.abc import Iterator

from api.plotting.look import percent
from api.printing.forms import Fields, Heading, Paragraph, Part
from api.printing.report_parts import day_text
from api.quarterly.methods import NOTICE
from api.quarterly.words import amount_text, share_text
from sampling.reports.quarterly_report import QuarterlyReport
from sampling.reports.quarters import Quarter

_NUMERALS = "一二三四"


def quarter_text(quarter: Quarter) -> str:
    """Return a quarter in words."""
    return f"{quarter.year} 年第{_NUMERALS[quarter.number - 1]}季度"


def summary_parts(report: QuarterlyReport, bureau: str) -> Iterator[Part]:
    """Give the head and the summary."""
    running = "" if report.until == report.quarter.last else "（季度尚未结束）"
    yield Fields(
        [
            ("填报单位", bureau),
            ("报告期", f"{day_text(report.quarter.first)}至{day_text(report.until)}{running}"),
            ("编制日期", day_text(report.on)),
            ("使用范围", f"内部资料。{NOTICE}。"),
        ]
    )
    yield Heading("一、摘要")
    yield Paragraph("\n".join(f"{number}. {each}" for number, each in enumerate(_sentences(report), 1)))


def _sentences(report: QuarterlyReport) -> Iterator[str]:
    found = report.evaluation
    drawn = sum(each.drawn for each in report.campaigns)
    if not report.campaigns and not found.overall.visits:
        yield "本季度没有抽查任务，也没有可用于评估的检查。"
    else:
        yield f"抽查任务 {len(report.campaigns)} 个，抽取 {drawn} 户次；纳入评估的检查 {found.overall.visits} 户次。"
        yield f"名录内可检查对象的问题率估计为 {share_text(found.overall.share)}。"
    if found.against_uniform.quotient.value is not None:
        yield f"按等级抽取发现的问题为同等数量均匀抽取的 {amount_text(found.against_uniform.quotient, 2, ' 倍')}。"
    falls = [f"{step.higher} 级低于 {step.lower} 级" for step in found.monotonicity.steps if step.falls_beyond_chance]
    if falls:
        yield f"问题率未随等级上升，且超出随机波动：{'、'.join(falls)}。建议复核模型。"
    elif found.monotonicity.trend.slope.value is not None:
        yield "未见超出随机波动的等级倒挂。"
    captured = found.capture.at(0.2)
    if captured is not None:
        yield f"分值最高的两成检查含 {percent(captured)} 的问题。"
    beyond = sum(each.beyond_998 for each in found.stringency.inspectors.values())
    if found.stringency.inspectors:
        yield f"检查人员 {len(found.stringency.inspectors)} 名，发现问题数超出 99.8% 界限的 {beyond} 名。"
    told = [each for held in report.evidence for each in held.indicators]
    doubtful = list(dict.fromkeys(each.title for each in told if not each.association.monotone))
    if doubtful:
        yield f"问题率未随得分上升的指标 {len(doubtful)} 项：{'、'.join(doubtful)}。"
    yield f"发出风险预警 {sum(report.warnings.counts.values())} 条；模型启用或更替 {len(report.models.replaced)} 次。"
