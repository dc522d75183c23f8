"""The printed forms of a visit: the inspection notice (检查通知书) and the on-site record (现场检查笔录)."""

from collections.abc import Iterator

from api.printing.forms import Fields, Form, Grid, Heading, Paragraph, Part, Signatures
from ledger.calendar import civil_date
from sampling.findings import Detail, Finding
from sampling.visits.accounts import Answer, Reply, Signature, Signed
from sampling.visits.noticing import Printed
from sampling.visits.numbering import FormKind
from scoring.results import FollowUp, Result

REPLIES = {Reply.YES: "是", Reply.NO: "否", Reply.NOT_APPLICABLE: "不适用"}
SIGNED = {Signed.SIGNED: "已签字", Signed.REFUSED: "拒绝签字", Signed.NOBODY_THERE: "现场无人签字"}


def form_of(printed: Printed) -> Form:
    """Return a visit's form, to be printed."""
    notice = printed.form.kind is FormKind.NOTICE
    title = "检查通知书" if notice else "现场检查笔录"
    parts = _notice(printed) if notice else _record(printed)
    return Form(f"{printed.department}\n{title}", printed.form.text, tuple(parts))


def _notice(printed: Printed) -> Iterator[Part]:
    form, visit = printed.form, printed.visit
    yield Paragraph(
        f"{visit.name}：\n根据“双随机、一公开”监管工作安排，本机关将对你单位进行检查，请予配合。检查人员到场时将出示执法证件。"
    )
    yield Fields(
        (
            ("被检查单位", visit.name),
            ("统一社会信用代码", visit.enterprise),
            ("地址", visit.address),
            ("抽查任务", f"{printed.title}（{visit.campaign}）"),
            ("检查日期", "" if form.day is None else form.day.isoformat()),
            ("检查事项", "、".join(printed.items)),
            ("需准备的材料", form.remark or "—"),
        )
    )
    yield _team(printed)
    yield Paragraph("如认为检查人员与你单位有直接利害关系，可以申请其回避。")
    yield Fields((("签发日期", civil_date(form.issued_at).isoformat()),))
    yield Signatures(("检查机关（盖章）", "被检查单位签收"))


def _record(printed: Printed) -> Iterator[Part]:
    visit, found = printed.visit, printed.finding
    yield Fields(
        (
            ("被检查单位", visit.name),
            ("统一社会信用代码", visit.enterprise),
            ("地址", visit.address),
            ("抽查任务", f"{printed.title}（{visit.campaign}）"),
            ("检查事项", "、".join(printed.items)),
        )
    )
    yield _team(printed)
    if found is not None:
        yield from _found(found)
    yield Paragraph("以上笔录经本人核对，与实际情况相符。")
    yield Signatures(("被检查单位现场负责人", "检查人员", "检查人员"))


def _found(found: Finding) -> Iterator[Part]:
    detail = found.detail
    yield Fields(
        (
            ("检查日期", found.visited.isoformat()),
            ("检查结果", "；".join(Result(each).text for each in found.results)),
            ("后续处理", FollowUp(found.follow_up).text),
            ("版本", str(found.version)),
        )
    )
    yield Heading("检查情况")
    yield Paragraph(found.facts or "—")
    if detail is not None:
        yield from _detailed(detail)


def _detailed(detail: Detail) -> Iterator[Part]:
    if detail.answers:
        yield Heading("检查要点")
        answers = map(Answer.from_json, detail.answers)
        rows = tuple((each.item, each.point, REPLIES[each.reply], each.remark) for each in answers)
        yield Grid(("事项", "检查要点", "结论", "说明"), rows)
    signature = Signature.from_json(detail.signature)
    yield Fields(
        (
            ("采取的措施", detail.measures or "—"),
            ("整改期限", "—" if detail.correct_by is None else detail.correct_by.isoformat()),
            ("签字情况", SIGNED[signature.how]),
            ("签字人" if signature.how is Signed.SIGNED else "未签字理由", signature.by or signature.reason),
        )
    )


def _team(printed: Printed) -> Grid:
    return Grid(("检查人员", "执法证件号"), tuple((name, certificate) for _, name, certificate in printed.team))
