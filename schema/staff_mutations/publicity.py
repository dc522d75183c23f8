"""Notices, and answers to what the public asks and objects (公告、咨询答复、异议处理)."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.actors import Actor
from sampling.publicity import notices, objections, questions
from sampling.publicity.notices import NoticeKind
from sampling.publicity.submissions import Submission
from schema.context import Info
from schema.decorators import mutation
from schema.nodes import own_key
from schema.staff_types.payloads import UseCase, attempt
from schema.staff_types.publicity import (
    NoticePayload,
    StaffNotice,
    StaffSubmission,
    SubmissionPayload,
    UpheldCorrectionInput,
)

NoticeId = Annotated[strawberry.ID, strawberry.argument(description="The notice's id (公告).")]
KindOf = Annotated[NoticeKind, strawberry.argument(description="What it is (类别).")]
Title = Annotated[str, strawberry.argument(description="Its title, one line; names no enterprise (标题).")]
NoticeText = Annotated[str, strawberry.argument(description="Its text, plain; names no enterprise (正文).")]
Note = Annotated[str, strawberry.argument(description="Why; told to staff alone (原因).")]
SubmissionId = Annotated[strawberry.ID, strawberry.argument(description="Its id (来件).")]
AnswerText = Annotated[str, strawberry.argument(description="The answer; names no enterprise (答复内容).")]
Reason = Annotated[str, strawberry.argument(description="Why; told by the receipt number (理由).")]
Turn = Annotated[
    int, strawberry.argument(description="The proposal that you have read, by its turn; the newest (拟定次序).")
]
Publish = Annotated[
    bool, strawberry.argument(description="Whether all may read it, as whoever asked allowed (是否公开).")
]
Uphold = Annotated[bool, strawberry.argument(description="Whether to uphold the objection or to reject it (是否成立).")]

CorrectionOf = Annotated[
    UpheldCorrectionInput | None,
    strawberry.argument(description="What the finding is to say where it is upheld (更正内容)."),
]


@strawberry.type
class PublicityMutations:
    """The public's side, as staff work it."""

    @mutation("Draft a notice or an explanation; another person publishes it (起草公告).")
    async def draft_notice(self, info: Info, kind: KindOf, title: Title, text: NoticeText) -> NoticePayload:
        """Draft."""
        return await _notice(info, lambda tx, actor, now: notices.draft(tx, actor, now, kind, title, text))

    @mutation("Publish a draft that another person wrote (发布公告).")
    async def publish_notice(self, info: Info, id: NoticeId) -> NoticePayload:  # noqa: A002
        """Publish."""
        return await _notice(info, lambda tx, actor, now: notices.publish(tx, actor, now, own_key("StaffNotice", id)))

    @mutation("Show a notice to nobody any more, or drop a draft (撤下公告).")
    async def withdraw_notice(self, info: Info, id: NoticeId, note: Note) -> NoticePayload:  # noqa: A002
        """Withdraw."""
        return await _notice(
            info, lambda tx, actor, now: notices.withdraw(tx, actor, now, own_key("StaffNotice", id), note)
        )

    @mutation("Propose an answer to a question, also in the place of an earlier proposal (拟定答复).")
    async def propose_answer(self, info: Info, id: SubmissionId, text: AnswerText) -> SubmissionPayload:  # noqa: A002
        """Propose an answer."""
        return await _submission(
            info, lambda tx, actor, now: questions.propose_answer(tx, actor, now, own_key("StaffSubmission", id), text)
        )

    @mutation("Give the answer that another person proposed (答复咨询).")
    async def answer_question(
        self,
        info: Info,
        id: SubmissionId,  # noqa: A002
        proposal: Turn,
        publish: Publish = False,
    ) -> SubmissionPayload:
        """Answer."""
        return await _submission(
            info,
            lambda tx, actor, now: questions.answer(tx, actor, now, own_key("StaffSubmission", id), proposal, publish),
        )

    @mutation("Refuse to answer a question, with a reason (不予答复).")
    async def set_question_aside(self, info: Info, id: SubmissionId, reason: Reason) -> SubmissionPayload:  # noqa: A002
        """Set a question aside."""
        return await _submission(
            info, lambda tx, actor, now: questions.set_aside(tx, actor, now, own_key("StaffSubmission", id), reason)
        )

    @mutation("Show a published answer only to whoever asked (撤下答复).")
    async def withdraw_answer(self, info: Info, id: SubmissionId, note: Note) -> SubmissionPayload:  # noqa: A002
        """Withdraw an answer."""
        return await _submission(
            info, lambda tx, actor, now: questions.withdraw(tx, actor, now, own_key("StaffSubmission", id), note)
        )

    @mutation("Refuse to take an objection up in its first days, with a reason (异议不予受理).")
    async def set_objection_aside(self, info: Info, id: SubmissionId, reason: Reason) -> SubmissionPayload:  # noqa: A002
        """Set an objection aside."""
        return await _submission(
            info, lambda tx, actor, now: objections.set_aside(tx, actor, now, own_key("StaffSubmission", id), reason)
        )

    @mutation("Propose to uphold or to reject an objection, also in the place of an earlier proposal (拟定异议决定).")
    async def propose_decision(
        self,
        info: Info,
        id: SubmissionId,  # noqa: A002
        uphold: Uphold,
        reason: Reason,
        correction: CorrectionOf = None,
    ) -> SubmissionPayload:
        """Propose a decision."""

        def work(tx: Transaction, actor: Actor, now: datetime) -> Submission:
            wanted = None if correction is None else correction.correction(now)
            return objections.propose_decision(tx, actor, now, own_key("StaffSubmission", id), uphold, reason, wanted)

        return await _submission(info, work)

    @mutation("Decide an objection as another person proposed; upheld, a correction is proposed (异议决定).")
    async def decide_objection(self, info: Info, id: SubmissionId, proposal: Turn) -> SubmissionPayload:  # noqa: A002
        """Decide."""
        return await _submission(
            info, lambda tx, actor, now: objections.decide(tx, actor, now, own_key("StaffSubmission", id), proposal)
        )


async def _notice(info: Info, use_case: UseCase[notices.Notice]) -> NoticePayload:
    found, refusal = await attempt(info, use_case)
    return NoticePayload(notice=None if found is None else StaffNotice.of(found), refusal=refusal)


async def _submission(info: Info, use_case: UseCase[Submission]) -> SubmissionPayload:
    found, refusal = await attempt(info, use_case)
    told = None if found is None else StaffSubmission.of(found, info.context.bureau.today)
    return SubmissionPayload(submission=told, refusal=refusal)
