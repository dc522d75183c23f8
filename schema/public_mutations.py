"""What anybody may hand in, without an account: questions, and objections to published findings."""

from collections.abc import Callable
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger.errors import Refusal
from sampling.publicity import objections, questions, submissions
from sampling.publicity.claims import Claim
from sampling.publicity.limits import Origin
from schema.context import Info, act_as_anybody
from schema.decorators import mutation
from schema.errors import RefusalAnswer
from schema.public_types.publicity import Receipt, ReceiptPayload

QuestionText = Annotated[str, strawberry.argument(description="The question, plain text (咨询内容).")]
ObjectionText = Annotated[
    str, strawberry.argument(description="What is wrong and what shows it, plain text (异议理由与依据).")
]
AboutCampaign = Annotated[
    str | None, strawberry.argument(description="The campaign that it is about; none: nothing in particular (任务).")
]
Consent = Annotated[
    bool, strawberry.argument(description="Whether question and answer may be published (是否同意公开).")
]
Contact = Annotated[
    str | None,
    strawberry.argument(
        description="How you may be reached; sealed, never published, and gone after its time (联系方式，可不填)."
    ),
]
ObjectedCampaign = Annotated[
    str | None, strawberry.argument(description="The finding's campaign, with its position (任务编号).")
]
ObjectedPosition = Annotated[int | None, strawberry.argument(description="The finding's position (位置).")]
ObjectedNumber = Annotated[
    int | None, strawberry.argument(description="The published finding's number instead (公示序号).")
]
ClaimOf = Annotated[Claim, strawberry.argument(description="What is wrong (异议类别).")]


@strawberry.type(description="What anybody may hand in (公众办理).")
class Mutation:
    """The public's mutations."""

    @mutation("Put a question; the receipt number shows the answer (提交咨询).")
    async def ask_question(
        self,
        info: Info,
        text: QuestionText,
        campaign: AboutCampaign = None,
        consent: Consent = False,
        contact: Contact = None,
    ) -> ReceiptPayload:
        """Ask."""
        context = info.context
        origin, now, limits = Origin.web(context.address), context.bureau.now, context.serving.intake

        def work(tx: Transaction) -> submissions.Receipt:
            return questions.ask(tx, now, text, campaign, consent, contact, origin, limits)

        return await _answer(info, lambda: questions.checked(text, contact), work)

    @mutation("Object to a published finding, for its enterprise; the receipt number shows the decision (提出异议).")
    async def object_to_finding(
        self,
        info: Info,
        claim: ClaimOf,
        text: ObjectionText,
        campaign: ObjectedCampaign = None,
        position: ObjectedPosition = None,
        number: ObjectedNumber = None,
        contact: Contact = None,
    ) -> ReceiptPayload:
        """Object."""
        context = info.context
        origin, now, limits = Origin.web(context.address), context.bureau.now, context.serving.intake

        def work(tx: Transaction) -> submissions.Receipt:
            target = objections.published_finding(tx, campaign, position, number)
            return objections.object_to(tx, now, target, claim, text, contact, origin, limits)

        return await _answer(info, lambda: objections.checked(text, contact), work)


async def _answer(
    info: Info, check: Callable[[], object], use_case: Callable[[Transaction], submissions.Receipt]
) -> ReceiptPayload:
    """Answer what is handed in; what is refused for its text alone waits for no transaction."""
    try:
        check()
        given = await act_as_anybody(use_case)
    except Refusal as refusal:
        return ReceiptPayload(receipt=None, refusal=RefusalAnswer.to(info, refusal))
    return ReceiptPayload(receipt=Receipt(number=given.number, due_on=given.due), refusal=None)
