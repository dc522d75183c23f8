"""A campaign's report as a form and as sheets, in the form that a bureau files."""

from collections.abc import Iterator, Mapping, Sequence

from api.printing.forms import Fields, Form, Grid, Heading, Paragraph, Part, Signatures
from api.printing.report_parts import (
    COUNT_HEADS,
    COUNTED,
    NAMELESS_NOTE,
    RATE_NOTE,
    SIGNED,
    clock_text,
    count_cells,
    count_row,
    day_text,
    deviation_parts,
    found_parts,
    item_grid,
    number_sheets,
    population,
    where_text,
)
from api.printing.report_words import BEACONS, CONDITIONS, ENTRIES, STATES, TYPES
from api.printing.xlsx import Cell, Sheet
from sampling.attestations import Attestation
from sampling.beacon_reader import parse_beacon
from sampling.conditions import Conditions
from sampling.entry_kinds import ATTESTED
from sampling.reports.campaign_report import CampaignReport
from scoring.codes import region_text


def campaign_form(report: CampaignReport, bureau: str, origin: str) -> Form:
    """Return a campaign's report as a form; `origin` is the log's name, by which anybody finds it."""
    return Form(
        "双随机抽查任务情况报告",
        f"任务编号：{report.id}",
        [
            Heading("一、基本情况"),
            Fields(_basics(report, bureau)),
            Heading("二、抽查事项及依据"),
            item_grid(report.items, report.departments),
            Heading("三、抽取情况"),
            Fields(_draw(report)),
            Heading("四、核验方式"),
            *_checking(report, origin),
            Heading("五、检查进度"),
            Fields([("检查组数", str(report.teams)), ("参加检查人数", str(report.inspectors))]),
            Grid(("部门", *COUNT_HEADS), [*_by_department(report), ("合计", *count_cells(report.counts))]),
            Paragraph(RATE_NOTE),
            Heading("六、检查结果"),
            *found_parts(report.numbers),
            Heading("七、逾期与偏离情况"),
            *deviation_parts(report.deviations, with_campaign=False),
            Paragraph(NAMELESS_NOTE),
            Signatures(SIGNED),
        ],
    )


def campaign_sheets(report: CampaignReport) -> list[Sheet]:
    """Return the numbers of a campaign's report as tables to compute with."""
    rows: list[tuple[Cell, ...]] = [
        (name, *count_row(report.by_department[code])) for code, name in report.departments.items()
    ]
    return [
        Sheet("检查进度", ("部门", *COUNTED), [*rows, ("合计", *count_row(report.counts))]),
        *number_sheets(report.numbers),
    ]


def _basics(report: CampaignReport, bureau: str) -> list[tuple[str, str]]:
    plan = report.public.plan
    departments = "、".join(f"{name}（{code}）" for code, name in report.departments.items())
    rows = [
        ("填报单位", bureau),
        ("任务名称", plan.title),
        ("抽查类型", TYPES[plan.type]),
        ("实施部门（牵头在前）", departments),
        ("检查期限", f"{day_text(plan.starts)}至{day_text(plan.ends)}"),
        ("年度计划项", plan.annual_line),
        ("抽查范围", _conditions(plan.conditions, report.divisions)),
        ("任务状态", STATES[report.state]),
        ("统计截止日期", day_text(report.on)),
    ]
    return [(label, value) for label, value in rows if value]


def _conditions(conditions: Conditions, divisions: Mapping[str, str]) -> str:
    told = [
        f"{label}：{'、'.join(region_text(value, divisions) for value in values)}"
        for name, label in CONDITIONS.items()
        if (values := getattr(conditions, name))
    ]
    return "；".join([*told, *(f"对象标签：{'或'.join(tags)}" for tags in conditions.tags)])


def _draw(report: CampaignReport) -> list[tuple[str, str]]:
    frozen = report.public.frozen
    beacon = parse_beacon(frozen.body["beacon"])
    listing = report.public.plan.listing
    decided = report.public.drawn if listing is None else report.public.matched
    rows = [("名录总数（户）", str(population(report)))]
    if listing is not None:
        origin = "" if listing.origin is None else f"{listing.origin.body} {listing.origin.number}"
        rows += [("名单来源或理由", origin or listing.reason), ("随机匹配检查人员所用随机数", BEACONS[beacon.kind])]
    else:
        rows += [
            ("应抽取（户）", str(frozen.body["to_draw"])),
            ("已抽取（户）", str(report.drawn)),
            ("抽取方法", f"名单封存冻结后，由事先指定的随机数按公开算法抽取（{frozen.body['algorithm']}）"),
            ("随机数", BEACONS[beacon.kind]),
        ]
    rows.append(("随机数熵值（比特）", str(beacon.entropy_bits)))
    if decided is not None and "output" in decided.body:
        rows.append(("随机数结果", str(decided.body["output"])))
    return rows


def _checking(report: CampaignReport, origin: str) -> Iterator[Part]:
    yield Paragraph(where_text(origin))
    entries = [
        (str(entry.seq), ENTRIES.get(entry.kind, entry.kind), clock_text(entry.time), entry.leaf_hash.hex())
        for entry in report.public.entries
        if entry.kind != ATTESTED
    ]
    yield Grid(("日志序号", "内容", "时间", "叶哈希"), entries)
    yield Paragraph(_attested(report.public.attested))


def _attested(attested: Sequence[Attestation]) -> str:
    standing = [each.verdict.verified for each in attested if each.stands]
    if not standing:
        return "尚无审计员对本任务出具意见。"
    return f"审计员意见：予以证明 {standing.count(True)} 份，不予证明 {standing.count(False)} 份。"


def _by_department(report: CampaignReport) -> list[tuple[str, ...]]:
    return [(name, *count_cells(report.by_department[code])) for code, name in report.departments.items()]
