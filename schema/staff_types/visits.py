"""What belongs to a visit beside its result: forms, checklists, evidence, and what was handed in later (现场检查)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from sampling.visits.accounts import Account, Answer, HandIn, Reply, Signature, Signed
from sampling.visits.evidence import KeptFile
from sampling.visits.numbering import FormKind, NumberedForm
from sampling.visits.settling import Choice, HeldConflict
from schema import enums  # noqa: F401  - names the enumerations
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.public_types.findings import FollowUpAnswer, ResultAnswer
from schema.scalars import USCC, Digest

NOTHING_DONE = "Why nothing was done, where nothing was (拒绝)."

OfForm = Annotated[FormKind, strawberry.argument(description="Which form (文书).")]


@strawberry.input(description="How the on-site record was signed (现场检查笔录签字).")
class SignatureInput:
    """A signature as it is handed in."""

    how: Signed = strawberry.field(description="Signed, refused, or nobody was there (签字情况).")
    by: str = strawberry.field(default="", description="Who signed for the enterprise (签字人).")
    reason: str = strawberry.field(default="", description="Why it was not signed (未签字理由).")

    def signature(self) -> Signature:
        """Return it as the use case takes it."""
        return Signature(self.how, self.by, self.reason)


@strawberry.input(description="The answer to a check point (检查要点作答).")
class CheckAnswerInput:
    """An answer as it is handed in."""

    item: str = strawberry.field(description="The item's code (事项编号).")
    point: str = strawberry.field(description="The point, as the checklist has it (检查要点).")
    reply: Reply = strawberry.field(description="The answer (结论).")
    remark: str = strawberry.field(default="", description="A remark (说明).")

    def answer(self) -> Answer:
        """Return it as the use case takes it."""
        return Answer(self.item, self.point, self.reply, self.remark)


@strawberry.input(
    description="For what was written down offline: handed in twice under the same id it is one; what somebody else "
    "recorded meanwhile is never overwritten (离线录入)."
)
class HandInInput:
    """What a client says of what it hands in later."""

    id: str = strawberry.field(description="The client's own id, such as a random UUID (编号).")
    entered_at: datetime = strawberry.field(description="When it was written down, by the client's clock (录入时间).")
    based_on: int = strawberry.field(description="The version that the client saw; 0: none (所见版本).")

    def hand_in(self) -> HandIn:
        """Return it as the use case takes it."""
        return HandIn(self.id, self.entered_at, self.based_on)


@strawberry.type(name="Signature", description="How the on-site record was signed (现场检查笔录签字).")
class SignatureAnswer:
    """A signature."""

    how: Signed = strawberry.field(description="Signed, refused, or nobody was there (签字情况).")
    by: str = strawberry.field(description="Who signed for the enterprise (签字人).")
    reason: str = strawberry.field(description="Why it was not signed (未签字理由).")

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "SignatureAnswer":
        """Make the answer of a kept signature."""
        signature = Signature.from_json(kept)
        return cls(how=signature.how, by=signature.by, reason=signature.reason)


@strawberry.type(description="The answer to a check point (检查要点作答).")
class CheckAnswer:
    """An answer."""

    item: str = strawberry.field(description="The item's code (事项编号).")
    point: str = strawberry.field(description="The point (检查要点).")
    reply: Reply = strawberry.field(description="The answer (结论).")
    remark: str = strawberry.field(description="A remark (说明).")

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "CheckAnswer":
        """Make the answer of a kept answer."""
        answer = Answer.from_json(kept)
        return cls(item=answer.item, point=answer.point, reply=answer.reply, remark=answer.remark)


@strawberry.type(description="The check points of an item, as they were when it was fixed whom to visit (检查要点).")
class Checklist:
    """An item's check points."""

    item: str = strawberry.field(description="The item's code (事项编号).")
    name: str = strawberry.field(description="Its name (事项名称).")
    points: list[str] = strawberry.field(description="The points; none: the item has no checklist (检查要点).")

    @classmethod
    def of(cls, code: str, named: tuple[str, Sequence[str]]) -> "Checklist":
        """Make the answer of an item."""
        return cls(item=code, name=named[0], points=list(named[1]))


@strawberry.type(description="A printed form with its number, without a gap by department and year (检查文书).")
class VisitForm:
    """A numbered form."""

    kind: FormKind = strawberry.field(description="Which form (文书).")
    number: str = strawberry.field(description="Its number, as it is printed (文号).")
    planned_on: date | None = strawberry.field(description="Of a notice: when the inspectors come (检查日期).")
    remark: str = strawberry.field(description="Of a notice: what is to be kept ready (需准备的材料).")
    issued_by: str = strawberry.field(description="Who issued it (签发人).")
    issued_at: datetime = strawberry.field(description="When (签发时间).")

    @classmethod
    def of(cls, form: NumberedForm) -> "VisitForm":
        """Make the answer of a form."""
        return cls(
            kind=form.kind,
            number=form.text,
            planned_on=form.day,
            remark=form.remark,
            issued_by=form.issued_by,
            issued_at=form.issued_at,
        )


@strawberry.type(description="A file that shows what was found; never public (证据).")
class EvidenceFile(Node):
    """A file of evidence."""

    name: str = strawberry.field(description="Its name (文件名).")
    type: str = strawberry.field(description="What its bytes are: image/jpeg, image/png or application/pdf (类型).")
    size: int = strawberry.field(description="How many bytes it has (字节数).")
    sha256: Digest = strawberry.field(description="The SHA-256 of the bytes as they came (摘要).")
    note: str = strawberry.field(description="What it shows (说明).")
    kept_by: str = strawberry.field(description="Who kept it (提交人).")
    kept_at: datetime = strawberry.field(description="When (提交时间).")
    path: str = strawberry.field(
        description="Where it is fetched; auditors get an image as it came, all others the picture alone (路径)."
    )

    @classmethod
    def of(cls, kept: KeptFile) -> "EvidenceFile":
        """Make the answer of a kept file."""
        return cls(
            key=(kept.id,),
            name=kept.name,
            type=kept.type,
            size=kept.size,
            sha256=Digest(bytes.fromhex(kept.sha256)),
            note=kept.note,
            kept_by=kept.kept_by,
            kept_at=kept.kept_at,
            path=f"/staff/files/{kept.id}",
        )


@strawberry.type(description="An account that was handed in later although another stood by then (离线冲突).")
class FindingConflict:
    """A conflict."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    number: int = strawberry.field(description="Its number at this enterprise, from 1 (序号).")
    stood_version: int = strawberry.field(description="The version of the finding that stood (当时版本).")
    handed_in_by: str = strawberry.field(description="Who handed it in (提交人).")
    entered_at: datetime = strawberry.field(description="When it was written down, by the client's clock (录入时间).")
    visited_on: date = strawberry.field(description="The date of the visit that it tells (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What it says was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What it says follows (后续处理).")
    facts: str = strawberry.field(description="Its facts (检查情况).")
    measures: str = strawberry.field(description="The measures that it tells (采取的措施).")
    correct_by: date | None = strawberry.field(description="Its deadline for correction (整改期限).")
    choice: Choice | None = strawberry.field(description="What came of it; nothing: it is open (处理结果).")
    note: str = strawberry.field(description="Why (处理说明).")
    settled_by: str = strawberry.field(description="Who settled it (处理人).")

    @classmethod
    def of(cls, held: HeldConflict) -> "FindingConflict":
        """Make the answer of a conflict."""
        account: Account = held.account
        return cls(
            campaign_code=held.campaign,
            enterprise_code=USCC(held.enterprise),
            number=held.number,
            stood_version=held.stood,
            handed_in_by=held.handed_in_by,
            entered_at=held.hand_in.at,
            visited_on=account.visited,
            results=[ResultAnswer.of(each) for each in account.results],
            follow_up=FollowUpAnswer.of(account.follow_up),
            facts=account.facts,
            measures=account.measures,
            correct_by=account.correct_by,
            choice=held.choice,
            note=held.note,
            settled_by=held.settled_by,
        )


@strawberry.type(description="A form that was issued, or why it was not (检查文书).")
class VisitFormPayload:
    """The answer of issuing a notice."""

    form: VisitForm | None = strawberry.field(description="The form with its number (检查文书).")
    refusal: RefusalAnswer | None = strawberry.field(description=NOTHING_DONE)


@strawberry.type(description="A file of evidence that is kept, or why it is not (证据).")
class EvidencePayload:
    """The answer of keeping evidence."""

    file: EvidenceFile | None = strawberry.field(description="The file as it is kept (证据文件).")
    refusal: RefusalAnswer | None = strawberry.field(description=NOTHING_DONE)
