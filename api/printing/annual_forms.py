"""A year's report as a form and as sheets, in the form that a bureau files."""

from collections.abc import Iterator, Mapping, Sequence

from api.printing.forms import Fields, Form, Grid, Heading, Paragraph, Part, Signatures
from api.printing.report_parts import (
    COUNT_HEADS,
    COUNTED,
    NAMELESS_NOTE,
    RATE_NOTE,
    SIGNED,
    count_cells,
    count_row,
    day_text,
    deviation_parts,
    found_parts,
    item_grid,
    number_sheets,
    population,
    rate_text,
    where_text,
)
from api.printing.report_words import STATES, TYPES
from api.printing.xlsx import Cell, Sheet
from sampling.disclosures import PublicCampaign
from sampling.reports.annual_report import AnnualReport
from sampling.reports.campaign_report import CampaignReport

_CAMPAIGN_HEADS = ("任务编号", "名称", "类型", "状态", "名录总数", "抽取数", "已公示", "逾期", "完成率", "完结率")
_LINE_HEADS = ("编号", "名称", "计划检查数", "任务数", "应检查", "已公示", "已结束任务")


def annual_form(report: AnnualReport, bureau: str, origin: str) -> Form:
    """Return a year's report as a form."""
    planned = f"第 {report.plan} 版（已通过并公示）" if report.plan else "无已通过的年度计划"
    drawn = sum(each.drawn for each in report.campaigns)
    return Form(
        f"{report.year} 年度双随机抽查工作报告",
        f"编号：{report.department}-{report.year}",
        [
            Heading("一、基本情况"),
            Fields(
                [
                    ("填报单位", bureau),
                    ("部门", f"{report.name}（{report.department}）"),
                    ("年度", str(report.year)),
                    ("统计截止日期", day_text(report.on)),
                    ("年度计划", planned),
                    ("任务数", str(len(report.campaigns))),
                    ("抽取户次", str(drawn)),
                    ("公示企业数（户）", str(report.numbers.enterprises)),
                ]
            ),
            Heading("二、年度计划完成情况"),
            *_lines(report),
            Heading("三、抽查事项及依据"),
            item_grid(report.items, report.departments),
            Heading("四、抽查任务"),
            Grid(_CAMPAIGN_HEADS, [_campaign_row(each) for each in report.campaigns]),
            Grid(COUNT_HEADS, [count_cells(report.counts)]),
            Paragraph(RATE_NOTE),
            Heading("五、检查结果"),
            *found_parts(report.numbers),
            Heading("六、逾期与偏离情况"),
            *deviation_parts([told for each in report.campaigns for told in each.deviations], with_campaign=True),
            Heading("七、核验方式"),
            Paragraph(where_text(origin)),
            Grid(
                ("任务编号", "名单序号", "抽取序号", "结束序号"),
                [(each.id, *map(_seq, _main_entries(each.public))) for each in report.campaigns],
            ),
            Paragraph(NAMELESS_NOTE),
            Signatures(SIGNED),
        ],
    )


def annual_sheets(report: AnnualReport) -> list[Sheet]:
    """Return the numbers of a year's report as tables to compute with."""
    campaigns: list[tuple[Cell, ...]] = [
        (each.id, each.public.plan.title, STATES[each.state], population(each), each.drawn, *count_row(each.counts))
        for each in report.campaigns
    ]
    lines = [
        (each.line.code, each.line.title, each.line.enterprises, each.fixed, each.to_visit, each.published, each.closed)
        for each in report.lines
    ]
    return [
        Sheet("计划完成", _LINE_HEADS, lines),
        Sheet("抽查任务", ("任务编号", "名称", "状态", "名录总数", "抽取数", *COUNTED), campaigns),
        *number_sheets(report.numbers),
    ]


def _lines(report: AnnualReport) -> Iterator[Part]:
    if not report.lines:
        yield Paragraph("无。")
        return
    rows = [
        (
            each.line.code,
            each.line.title,
            str(each.line.enterprises),
            str(each.fixed),
            str(each.to_visit),
            str(each.published),
            str(each.closed),
        )
        for each in report.lines
    ]
    yield Grid(_LINE_HEADS, rows)
    for what, left in (
        ("实施的抽查事项", [_named(each.items_left, report.item_names) for each in report.lines]),
        ("参与的部门", [_named(each.departments_left, report.departments) for each in report.lines]),
    ):
        told = (f"{each.line.code}：{'、'.join(some)}" for each, some in zip(report.lines, left, strict=True) if some)
        yield Paragraph(f"尚未{what}：{'；'.join(told) or '无'}。")


def _named(codes: Sequence[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(code, code) for code in codes]


def _campaign_row(report: CampaignReport) -> tuple[str, ...]:
    plan, counts = report.public.plan, report.counts
    return (
        report.id,
        plan.title,
        TYPES[plan.type],
        STATES[report.state],
        str(population(report)),
        str(report.drawn),
        str(counts.published),
        str(counts.overdue),
        rate_text(counts.completion),
        rate_text(counts.conclusion),
    )


def _main_entries(public: PublicCampaign) -> tuple[int | None, ...]:
    entries = (public.frozen, public.drawn, public.closed)
    return tuple(None if entry is None else entry.seq for entry in entries)


def _seq(number: int | None) -> str:
    return "—" if number is None else str(number)
