"""What the public is told beside findings: notices, published answers, and what became of one's own (公众互动)."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from ledger.calendar import civil_date
from sampling.publicity import notices, submissions
from sampling.publicity.notices import NoticeKind
from sampling.publicity.submissions import Kind, State
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.filtering import filter_of
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of


@strawberry.type(name="Notice", description="A published notice or explanation (公告、解读).")
class PublicNotice(Node):
    """A notice."""

    number: int = strawberry.field(description="Its number in the order of publication, from 1 (序号).")
    kind: NoticeKind = strawberry.field(description="What it is (类别).")
    title: str = strawberry.field(description="Its title (标题).")
    text: str = strawberry.field(description="Its text, plain, in lines (正文).")
    department_code: str | None = strawberry.field(description="Whose it is; none: the whole bureau's (部门代码).")
    published_at: datetime = strawberry.field(description="When it was published (发布时间).")

    @classmethod
    def of(cls, found: notices.PublicNotice) -> "PublicNotice":
        """Make the answer of a notice."""
        return cls(
            key=NOTICES.key(found),
            number=found.number,
            kind=found.kind,
            title=found.title,
            text=found.text,
            department_code=found.department or None,
            published_at=found.published_at,
        )


@strawberry.type(description="A question with its answer, as both sides allowed to publish it (咨询答复选登).")
class PublishedAnswer(Node):
    """A published answer."""

    number: int = strawberry.field(description="Its number in the order of publication, from 1 (序号).")
    campaign_code: str | None = strawberry.field(description="The campaign that was asked about (抽查任务编号).")
    question: str = strawberry.field(description="What was asked (咨询内容).")
    answer: str = strawberry.field(description="What was answered (答复内容).")
    asked_on: date = strawberry.field(description="When it came in (来件日期).")
    answered_on: date = strawberry.field(description="When it was answered (答复日期).")

    @classmethod
    def of(cls, found: submissions.Submission) -> "PublishedAnswer":
        """Make the answer of a question whose answer is published."""
        answer, number = found.answer, found.published_number
        assert answer is not None and number is not None  # noqa: S101, PT018  - it is published
        return cls(
            key=ANSWERS.key(found),
            number=number,
            campaign_code=found.campaign or None,
            question=found.text,
            answer=answer.text,
            asked_on=civil_date(found.received_at),
            answered_on=civil_date(answer.at),
        )


@strawberry.type(description="What became of a question or an objection, by its receipt number (办理情况).")
class Submission:
    """What a receipt number shows."""

    kind: Kind = strawberry.field(description="What came in (来件类别).")
    state: State = strawberry.field(description="How far it has come (办理状态).")
    campaign_code: str | None = strawberry.field(description="The campaign that it is about (抽查任务编号).")
    position: int | None = strawberry.field(description="The position of the finding that it objects to (位置).")
    received_on: date = strawberry.field(description="When it came in (来件日期).")
    due_on: date = strawberry.field(description="The last day on which an answer is in time (办理期限).")
    is_overdue: bool = strawberry.field(description="Whether it is late (是否逾期).")
    answered_on: date | None = strawberry.field(description="When it was answered (答复日期).")
    answer: str | None = strawberry.field(description="The answer, or the decision's reason (答复内容).")

    @classmethod
    def of(cls, told: submissions.Told) -> "Submission":
        """Make the answer of what a receipt number shows."""
        return cls(
            kind=told.kind,
            state=told.state,
            campaign_code=told.campaign or None,
            position=told.position,
            received_on=told.received,
            due_on=told.due,
            is_overdue=told.is_overdue,
            answered_on=told.answered,
            answer=told.answer,
        )


@strawberry.type(description="What whoever asked or objected keeps (回执).")
class Receipt:
    """A receipt."""

    number: str = strawberry.field(
        description="The receipt number: it alone shows the answer, and is told only now (回执编号)."
    )
    due_on: date = strawberry.field(description="The last day on which an answer is in time (办理期限).")


@strawberry.type(description="The receipt of what was taken in, or why it was not (回执).")
class ReceiptPayload:
    """The answer of the public's mutations."""

    receipt: Receipt | None = strawberry.field(description="The receipt (回执).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")


@strawberry.input(name="NoticeFilter", description="Which notices; all that is given must hold (筛选公告).")
class NoticeFilterInput:
    """A filter."""

    kind: NoticeKind | None = strawberry.field(default=None, description="What they are (类别).")
    department_code: str | None = strawberry.field(default=None, description="Whose they are (部门代码).")

    def chosen(self) -> notices.NoticeFilter:
        """Return what the use case takes."""
        return notices.NoticeFilter(self.kind, self.department_code or "")


@strawberry.input(name="PublishedAnswerFilter", description="Which answers; all that is given must hold (筛选答复).")
class PublishedAnswerFilterInput:
    """A filter of published answers."""

    campaign_code: str | None = strawberry.field(default=None, description="About this campaign (抽查任务编号).")
    answered_since: date | None = strawberry.field(
        default=None, description="Not answered before this day (答复日期起)."
    )
    answered_until: date | None = strawberry.field(
        default=None, description="Not answered after this day (答复日期止)."
    )

    def chosen(self) -> submissions.AnswerFilter:
        """Return what the use case takes."""
        return submissions.AnswerFilter(self.campaign_code or "", self.answered_since, self.answered_until)


WhichNotices = Annotated[NoticeFilterInput | None, filter_of("Which notices; none: all of them (筛选).")]
WhichAnswers = Annotated[PublishedAnswerFilterInput | None, filter_of("Which answers; none: all of them (筛选).")]

NOTICES: Keyset[notices.PublicNotice] = Keyset("notices", (int,), lambda each: (each.number,), descending=True)


@strawberry.enum(description="What notices may go by (公告排序字段).")
class NoticeOrderField(Enum):
    """The orders."""

    PUBLISHED = strawberry.enum_value("published", description="When they were published (公布时间).")


NOTICES_BY = Orders({NoticeOrderField.PUBLISHED: NOTICES})
NoticesBy = Annotated[Order[NoticeOrderField] | None, order_of("newest first (排序).")]
ANSWERS: Keyset[submissions.Submission] = Keyset(
    "answers", (int,), lambda each: (each.published_number,), descending=True
)


@strawberry.enum(description="What answers may go by (答复排序字段).")
class PublishedAnswerOrderField(Enum):
    """The orders."""

    PUBLISHED = strawberry.enum_value("published", description="When they were published (公布时间).")


ANSWERS_BY = Orders({PublishedAnswerOrderField.PUBLISHED: ANSWERS})
AnswersBy = Annotated[Order[PublishedAnswerOrderField] | None, order_of("newest first (排序).")]
