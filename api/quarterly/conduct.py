"""The sections on what was done: which campaigns, how they were drawn, and what cannot be told of them."""

from collections.abc import Iterator, Mapping, Sequence

from api.plotting.evaluated import notes_text
from api.printing.forms import Heading, Paragraph
from api.printing.report_parts import population
from api.printing.report_words import BEACONS, STATES, TYPES
from api.quarterly.parts import Piece, grid
from sampling.beacon_reader import parse_beacon
from sampling.reports.campaign_report import CampaignReport
from scoring.evaluation.designed import Coverage


def conduct_pieces(campaigns: Sequence[CampaignReport]) -> Iterator[Piece]:
    """Give the campaigns of the quarter and how each was drawn."""
    yield Heading("二、抽查开展情况")
    yield grid(
        ("任务编号", "名称", "类型", "状态", "随机数", "名录数", "抽取数", "已检查", "已公示", "逾期"),
        [_campaign(each) for each in campaigns],
        "本期没有抽查任务。",
    )
    if not campaigns:
        return
    yield Paragraph(
        "抽取方法：名单及各层抽取数在抽取前封存并登记于公开日志，再由事先指定的随机数按公开算法抽取；"
        "每层先抽均匀部分（等概率），其余按分类等级的抽取比例抽取。抽取概率因此准确已知，是下列估计的依据。"
    )


def left_out_pieces(coverage: Coverage, left_out: Mapping[str, int]) -> Iterator[Piece]:
    """Give what no estimate tells of, and why."""
    yield Heading("十、未纳入及不能估计的内容")
    rows = [
        ("抽中但尚未检查", coverage.pending, "按层内随机缺失处理，不计入估计"),
        ("所在层没有任何检查的名录对象", coverage.not_covered, "抽取比例为零、已排除或尚未检查，估计不代表这些对象"),
        ("非随机抽取来源的检查", coverage.observational, "没有抽取概率，不能用于估计问题率"),
        *((notes_text([code]), count, "不用于估计") for code, count in sorted(left_out.items())),
    ]
    yield grid(
        ("内容", "户次", "处理"),
        [(what, str(count), how) for what, count, how in rows if count],
        "本期没有未纳入的检查。",
    )
    yield Paragraph(
        "无法检查的对象（如查无下落）不计入问题率的分母。各表中注明“无法估计”的，均附原因，不以实际发现比例代替。"
    )


def _campaign(report: CampaignReport) -> tuple[str, ...]:
    plan, counts = report.public.plan, report.counts
    beacon = parse_beacon(report.public.frozen.body["beacon"])
    numbers = (population(report), report.drawn, counts.visited, counts.published, counts.overdue)
    return (report.id, plan.title, TYPES[plan.type], STATES[report.state], BEACONS[beacon.kind], *map(str, numbers))
