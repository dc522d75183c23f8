"""Notices, questions and objections as staff see them (公告、咨询、异议)."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from sampling.publicity import notices, submissions
from sampling.publicity.claims import Claim
from sampling.publicity.notices import NoticeKind
from sampling.publicity.submissions import Kind, State
from sampling.publicity.upheld import Correction
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Connection, Keyset, Paging, page
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer
from schema.public_types.findings import FollowUpAnswer, ResultAnswer
from schema.scalars import USCC
from scoring.results import FollowUp, Result


@strawberry.enum(description="How far a notice has come (公告状态).")
class NoticeState(Enum):
    """The states."""

    DRAFTED = strawberry.enum_value("drafted", description="Waits for a second person (待审核).")
    PUBLISHED = strawberry.enum_value("published", description="Everybody may read it (已发布).")
    WITHDRAWN = strawberry.enum_value("withdrawn", description="Nobody is shown it any more (已撤下).")


@strawberry.type(description="A notice or an explanation, from its draft on (公告、解读).")
class StaffNotice(Node):
    """A notice."""

    document_id: str = strawberry.field(
        description="The document that binds it, as the ledger's entries name it (文档编号)."
    )
    kind: NoticeKind = strawberry.field(description="What it is (类别).")
    title: str = strawberry.field(description="Its title (标题).")
    text: str = strawberry.field(description="Its text (正文).")
    department_code: str | None = strawberry.field(description="Whose it is; none: the whole bureau's (部门代码).")
    state: NoticeState = strawberry.field(description="How far it has come (状态).")
    number: int | None = strawberry.field(description="Its public number (序号).")
    drafted_by: str = strawberry.field(description="Who drafted it (拟稿人).")
    drafted_at: datetime = strawberry.field(description="When (拟稿时间).")
    published_by: str | None = strawberry.field(description="Who published it, another person (发布人).")
    published_at: datetime | None = strawberry.field(description="When (发布时间).")
    withdrawn_by: str | None = strawberry.field(description="Who withdrew it (撤下人).")
    withdrawn_at: datetime | None = strawberry.field(description="When (撤下时间).")
    note: str = strawberry.field(description="Why it was withdrawn (撤下原因).")

    @classmethod
    def of(cls, found: notices.Notice) -> "StaffNotice":
        """Make the answer of a notice."""
        return cls(
            key=STAFF_NOTICES.key(found),
            document_id=found.id,
            kind=found.kind,
            title=found.title,
            text=found.text,
            department_code=found.department or None,
            state=NoticeState(found.state),
            number=found.number,
            drafted_by=found.drafted_by,
            drafted_at=found.drafted_at,
            published_by=found.published_by,
            published_at=found.published_at,
            withdrawn_by=found.withdrawn_by,
            withdrawn_at=found.withdrawn_at,
            note=found.note,
        )


@strawberry.input(description="What a finding is to say after an objection was upheld (更正内容).")
class UpheldCorrectionInput:
    """A correction."""

    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[Result] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUp = strawberry.field(description="What follows (后续处理).")

    def correction(self, now: datetime) -> Correction:
        """Return it, checked."""
        results = [each.value for each in self.results]
        return Correction.checked(now, self.visited_on, results, self.follow_up.value)


@strawberry.type(description="What a finding is to say after an objection was upheld (更正内容).")
class UpheldCorrection:
    """A correction."""

    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")

    @classmethod
    def of(cls, found: Correction) -> "UpheldCorrection":
        """Make the answer of a correction."""
        results = [ResultAnswer.of(each) for each in found.results]
        return cls(visited_on=found.visited, results=results, follow_up=FollowUpAnswer.of(found.follow_up))


@strawberry.type(description="What was done with a question or an objection (办理步骤).")
class SubmissionStep:
    """A step."""

    turn: int = strawberry.field(description="Its place among the steps, from 1 (次序).")
    step: str = strawberry.field(description="proposed, confirmed, set_aside or withdrawn (步骤).")
    outcome: State | None = strawberry.field(description="What it comes to (结论).")
    text: str = strawberry.field(description="The answer, or the reason (内容).")
    correction: UpheldCorrection | None = strawberry.field(description="What the finding is to say (更正内容).")
    by: str = strawberry.field(description="Who did it (经办人).")
    at: datetime = strawberry.field(description="When (时间).")

    @classmethod
    def of(cls, step: submissions.Step) -> "SubmissionStep":
        """Make the answer of a step."""
        outcome = State(step.outcome) if step.outcome else None
        correction = None if step.correction is None else UpheldCorrection.of(step.correction)
        return cls(
            turn=step.turn,
            step=step.step,
            outcome=outcome,
            text=step.text,
            correction=correction,
            by=step.by,
            at=step.at,
        )


@strawberry.type(description="A question or an objection, as staff see it (来件).")
class StaffSubmission(Node, Peer):
    """A submission."""

    held: strawberry.Private[submissions.Submission]
    document_id: str = strawberry.field(
        description="The document that binds it, as the ledger's entries name it (文档编号)."
    )
    kind: Kind = strawberry.field(description="What came in (来件类别).")
    state: State = strawberry.field(description="How far it has come (办理状态).")
    department_code: str | None = strawberry.field(description="Who is to answer; none: any department (部门代码).")
    campaign_code: str | None = strawberry.field(description="The campaign that it is about (抽查任务编号).")
    position: int | None = strawberry.field(description="The position of the finding that it objects to (位置).")
    finding_number: int | None = strawberry.field(description="That finding's public number (公示序号).")
    enterprise_code: USCC | None = strawberry.field(description="That finding's enterprise (统一社会信用代码).")
    claim: Claim | None = strawberry.field(description="What the objection says is wrong (异议类别).")
    text: str = strawberry.field(description="What was written (来件内容).")
    consent: bool = strawberry.field(description="Whether whoever asked lets it be published (是否同意公开).")
    channel: str = strawberry.field(description="web, or counter: taken in by a person (渠道).")
    received_at: datetime = strawberry.field(description="When it came in (来件时间).")
    due_on: date = strawberry.field(description="The last day on which an answer is in time (办理期限).")
    is_overdue: bool = strawberry.field(description="Whether it is late (是否逾期).")
    published_number: int | None = strawberry.field(description="The number of its published answer (选登序号).")
    steps: list[SubmissionStep] = strawberry.field(description="What was done with it, in order (办理过程).")

    @field("How whoever asked may be reached; empty: nothing was said, none: it has expired (联系方式).")
    async def contact(self, info: Info) -> str | None:
        """Return the contact."""
        actor = info.context.signed_in
        found = await self.together(
            "contacts", lambda tx, all_of: submissions.contacts_of(tx, actor, [each.held for each in all_of])
        )
        return found[self.held.id]

    @classmethod
    def of(cls, found: submissions.Submission, today: date) -> "StaffSubmission":
        """Make the answer of a submission as it stands on a day."""
        return cls(
            held=found,
            key=SUBMISSIONS.key(found),
            document_id=found.id,
            kind=found.kind,
            state=found.state,
            department_code=found.department or None,
            campaign_code=found.campaign or None,
            position=found.position,
            finding_number=found.disclosure,
            enterprise_code=USCC(found.enterprise) if found.enterprise else None,
            claim=Claim(found.claim) if found.claim else None,
            text=found.text,
            consent=found.consent,
            channel=found.channel,
            received_at=found.received_at,
            due_on=found.due,
            is_overdue=found.is_overdue(today),
            published_number=found.published_number,
            steps=[SubmissionStep.of(each) for each in found.steps],
        )


@strawberry.type(description="How much of the public's waits for an answer (待办来件).")
class PublicWork:
    """Counts."""

    open_question_count: int = strawberry.field(description="Questions that wait (未办结咨询).")
    overdue_question_count: int = strawberry.field(description="Those of them that are late (逾期咨询).")
    open_objection_count: int = strawberry.field(description="Objections that wait (未办结异议).")
    overdue_objection_count: int = strawberry.field(description="Those of them that are late (逾期异议).")


async def public_work(info: Info) -> PublicWork:
    """Count what waits for whoever asks."""
    today = info.context.bureau.today

    def count(tx: Transaction, actor: Actor) -> PublicWork:
        asked, late = submissions.count_open(tx, actor, Kind.QUESTION, today)
        objected, overdue = submissions.count_open(tx, actor, Kind.OBJECTION, today)
        return PublicWork(
            open_question_count=asked,
            overdue_question_count=late,
            open_objection_count=objected,
            overdue_objection_count=overdue,
        )

    return await read_as_staff(info, count)


@strawberry.type(description="A notice after a step, or why the step was not done (公告).")
class NoticePayload:
    """The answer of a notice's steps."""

    notice: StaffNotice | None = strawberry.field(description="The notice as it is now (公告).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")


@strawberry.type(description="A question or an objection after a step, or why the step was not done (来件办理).")
class SubmissionPayload:
    """The answer of the steps of questions and objections."""

    submission: StaffSubmission | None = strawberry.field(description="It as it is now (来件).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")


STAFF_NOTICES: Keyset[notices.Notice] = Keyset(
    "staff notices",
    (datetime, str),
    lambda each: (each.drafted_at, each.id),
    descending=True,
)


@strawberry.enum(description="What notices may go by (公告排序字段).")
class StaffNoticeOrderField(Enum):
    """The orders."""

    DRAFTED = strawberry.enum_value("drafted", description="When they were drafted (起草时间).")


STAFF_NOTICES_BY = Orders({StaffNoticeOrderField.DRAFTED: STAFF_NOTICES})
StaffNoticesBy = Annotated[Order[StaffNoticeOrderField] | None, order_of("newest first (排序).")]
SUBMISSIONS: Keyset[submissions.Submission] = Keyset(
    "submissions",
    (datetime, str),
    lambda each: (each.received_at, each.id),
    descending=True,
)


@strawberry.enum(description="What came in may go by (来件排序字段).")
class StaffSubmissionOrderField(Enum):
    """The orders."""

    RECEIVED = strawberry.enum_value("received", description="When it came in (来件时间).")


SUBMISSIONS_BY = Orders({StaffSubmissionOrderField.RECEIVED: SUBMISSIONS})
SubmissionsBy = Annotated[Order[StaffSubmissionOrderField] | None, order_of("newest first (排序).")]


async def submissions_page(
    info: Info,
    kind: Kind,
    paging: Paging,
    wanted: submissions.SubmissionFilter,
    order: Order[StaffSubmissionOrderField] | None,
) -> Connection[StaffSubmission]:
    """Return a page of questions or objections."""
    actor, today = info.context.signed_in, info.context.bureau.today
    return await page(
        SUBMISSIONS_BY.keyset(order),
        paging,
        lambda tx, window: submissions.page(tx, actor, kind, window, wanted),
        lambda found: StaffSubmission.of(found, today),
        count=lambda tx: submissions.count(tx, actor, kind, wanted),
        filters=[kind, wanted],
    )
