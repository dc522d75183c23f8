"""The section on early warnings: how many, how far they have come, and how many were borne out."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from api.plotting.look import percent
from api.plotting.plot import Plot
from api.plotting.plots import series_plot
from api.plotting.series import Moment
from api.printing.forms import Grid, Heading, Paragraph
from api.quarterly.parts import Piece
from scoring.codes import region_text
from scoring.warnings.kinds import Kind, State
from scoring.warnings.precision import Precision
from scoring.warnings.tally import Surged, Tally

KINDS: Final[Mapping[Kind, str]] = {
    Kind.GRADE_JUMP: "等级或分值骤升",
    Kind.SURGE: "数量异常上升",
    Kind.RISK_POINT: "风险点（事项×行业）",
    Kind.LICENCE: "许可证即将到期",
    Kind.CORRECTION: "整改逾期",
    Kind.RELATED: "关联企业同时出现问题",
}

STATES: Final[Mapping[State, str]] = {
    State.NEW: "待处理",
    State.ACKNOWLEDGED: "已确认",
    State.DISMISSED: "已排除",
    State.CAMPAIGN: "已转专项检查",
}

MEASURES: Final[Mapping[str, str]] = {"problem": "检查发现问题", "complaint": "投诉", "penalty": "行政处罚"}
DIMENSIONS: Final[Mapping[str, str]] = {"sector": "行业", "region": "区域", "matter": "事项", "body": "单位"}


def warning_pieces(told: Tally, precisions: Sequence[Precision]) -> Iterator[Piece]:
    """Give the warnings of the quarter, and the precision of each kind over all that there were."""
    yield Heading("八、风险预警")
    total = sum(told.counts.values())
    yield Paragraph(f"本期发出预警 {total} 条。" if total else "本期没有发出预警。")
    kinds = [each for each in precisions if each.raised]
    if not kinds:
        return
    yield Grid(
        ("类别", "本期", *STATES.values(), "累计", "证实", "未证实", "准确率（95% 区间）"),
        [_row(each, told.counts) for each in kinds],
    )
    yield Paragraph("累计数为全部留存的预警；发出后无检查或期限未满的，不计入准确率。")
    for number, each in enumerate(told.surged, 1):
        yield _surge_plot(number, each, told.divisions)


def _row(each: Precision, counts: Mapping[tuple[Kind, State], int]) -> tuple[str, ...]:
    by_state = [counts.get((each.kind, state), 0) for state in STATES]
    numbers = (sum(by_state), *by_state, each.raised, each.borne_out, each.not_borne_out)
    shares = [each.share, each.low, each.high]
    told = [percent(share / 10_000) for share in shares if share is not None]
    precision = f"{told[0]}（{told[1]}–{told[2]}）" if len(told) == len(shares) else "—"
    return (KINDS[each.kind], *map(str, numbers), precision)


def _surge_plot(number: int, surged: Surged, divisions: Mapping[str, str]) -> Plot:
    subject, evidence = surged.subject, surged.evidence
    since = min(chart["since"] for chart in evidence["charts"].values() if chart["signals"])
    moments = [
        Moment(
            date.fromisoformat(week["week"]).strftime("%Y-%m-%d"),
            week["count"],
            None,
            None,
            signal=week["week"] >= since,
        )
        for week in evidence["series"]
    ]
    before = [each.statistic for each in moments if not each.signal]
    value = region_text(subject["value"], divisions)
    what = f"{MEASURES[subject['measure']]}（{DIMENSIONS[subject['dimension']]}：{value}）"
    centre = sum(before) / len(before) if before else None
    return series_plot(f"surge-{number}", f"{what}每周数，自 {since} 所在周起异常上升", moments, centre, "每周数")
