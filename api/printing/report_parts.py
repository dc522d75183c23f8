"""What the reports of campaigns and of years have in common."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from api.printing.forms import Fields, Grid, Paragraph, Part
from api.printing.report_words import DEVIATIONS
from api.printing.xlsx import Sheet
from ledger.calendar import SHANGHAI, parse_instant
from sampling.reports.campaign_report import CampaignReport, ReportedDeviation, ReportedItem
from sampling.reports.counting import Counts, Share
from sampling.reports.public_numbers import PublicNumbers
from scoring.codes import region_text
from scoring.results import FollowUp, Result

SIGNED = ("填报人", "审核人", "单位负责人（签章）")
COUNTED = ("应检查", "已检查", "已录入", "已审核", "已公示", "已完结", "逾期")
COUNT_HEADS = (*COUNTED, "完成率", "完结率")
RESULT_NOTE = (
    "一项检查结果可以同时有多个结果代码，各代码之和可以大于已公示数。行业、区域按登记信息统计，均以在公示期内的结果计。"
)
RATE_NOTE = "完成率＝已公示÷应检查，完结率＝已完结÷已公示，均舍去千分位以下。已完结指已公示且无待后续处理事项。"
NAMELESS_NOTE = "本报告不含企业名称、分类等级、抽查比例和分层信息。"


def item_grid(items: Iterable[ReportedItem], departments: Mapping[str, str]) -> Grid:
    """Return the table of items with their legal bases."""
    return Grid(
        ("事项编号", "事项名称", "部门", "检查依据", "检查内容", "检查方式"),
        [
            (
                each.code,
                each.name,
                departments.get(each.department, each.department),
                each.legal_basis,
                each.content,
                each.method,
            )
            for each in items
        ],
    )


def where_text(origin: str) -> str:
    """Return where anybody checks what a report says."""
    return (
        f"本单位公开日志“{origin}”逐条记载了名单冻结、随机数、抽取和结束，任何人可以用 qian log fsck 或"
        "任何标准的透明日志工具核对下列条目；每项公示结果附有其在抽取之前已列入名单的证明。"
    )


def count_row(counts: Counts) -> tuple[int, ...]:
    """Return counts in the order of `COUNTED`."""
    return tuple(vars(counts).values())


def count_cells(counts: Counts) -> tuple[str, ...]:
    """Return counts and both rates as cells, in the order of `COUNT_HEADS`."""
    return (*map(str, count_row(counts)), rate_text(counts.completion), rate_text(counts.conclusion))


def rate_text(share: Share) -> str:
    """Return a share as a percentage with one digit behind the point, rounded down; a dash of nothing."""
    permille = share.permille
    return "—" if permille is None else f"{permille // 10}.{permille % 10}%"


def found_parts(numbers: PublicNumbers) -> Iterator[Part]:
    """Give what was found, counted."""
    gone = numbers.published - numbers.shown
    yield Fields(
        [
            ("累计公示（项）", str(numbers.published)),
            ("在公示期内（项）", str(numbers.shown)),
            *([("公示期满或已修复（项）", str(gone))] if gone else []),
        ]
    )
    yield Grid(("检查结果", "数量"), _rows(numbers.results, Result))
    yield Grid(("后续处理", "数量"), _rows(numbers.follow_ups, FollowUp))
    yield Grid(("行业", "数量"), [(name, str(count)) for name, count in sorted(numbers.sectors.items())])
    yield Grid(("区域", "数量"), [(name, str(count)) for name, count in _regions(numbers)])
    yield Paragraph(RESULT_NOTE)


def _regions(numbers: PublicNumbers) -> list[tuple[str, int]]:
    return [(region_text(region, numbers.divisions), count) for region, count in sorted(numbers.regions.items())]


def _rows(
    counted: Mapping[Result, int] | Mapping[FollowUp, int], every: Iterable[Result | FollowUp]
) -> list[tuple[str, str]]:
    held = {str(code): count for code, count in counted.items()}
    return [(code.text, str(held[code])) for code in every if held.get(code)]


def number_sheets(numbers: PublicNumbers) -> list[Sheet]:
    """Return what was found as tables to compute with."""
    results = [(code.text, numbers.results[code]) for code in Result]
    follow_ups = [(code.text, numbers.follow_ups[code]) for code in FollowUp]
    return [
        Sheet("检查结果", ("检查结果", "数量"), results),
        Sheet("后续处理", ("后续处理", "数量"), follow_ups),
        Sheet("行业", ("行业", "数量"), sorted(numbers.sectors.items())),
        Sheet("区域", ("区域", "数量"), _regions(numbers)),
    ]


def deviation_parts(told: Sequence[ReportedDeviation], with_campaign: bool) -> Iterator[Part]:
    """Give what was not the plain way, as a table."""
    if not told:
        yield Paragraph("无。")
        return
    heads = ("日志序号", "时间", "情况", "理由或数量")
    rows = [
        (
            *((each.campaign,) if with_campaign else ()),
            str(each.entry.seq),
            clock_text(each.entry.time),
            DEVIATIONS[each.kind],
            each.reason or (f"{each.count} 户" if each.count else ""),
        )
        for each in told
    ]
    yield Grid(("任务编号", *heads) if with_campaign else heads, rows)


def day_text(day: date) -> str:
    """Return a civil date."""
    return f"{day.year}年{day.month}月{day.day}日"


def clock_text(instant: str) -> str:
    """Return an entry's instant by the civil clock."""
    return parse_instant(instant).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def population(report: CampaignReport) -> int:
    """Return how many stood in a campaign's frame."""
    return int(report.public.frozen.body["slots"]["count"])
