"""Manual judgements, by two persons (定性判定)."""

from datetime import date
from typing import Annotated

import strawberry

from ledger.calendar import civil_date
from schema.context import Info
from schema.decorators import mutation
from schema.nodes import own_key
from schema.staff_mutations.arguments import AnyCode
from schema.staff_types.judgements import Judgement, JudgementPayload
from schema.staff_types.payloads import UseCase, attempt
from scoring import judgements
from scoring.judgements import HeldJudgement
from scoring.scorecard import Effect

EffectOf = Annotated[Effect, strawberry.argument(description="What it does to the grade (调整方式).")]
GradeLabel = Annotated[str, strawberry.argument(description="The grade, by its label (等级).")]
Reason = Annotated[str, strawberry.argument(description="Why (理由).")]
Basis = Annotated[str, strawberry.argument(description="What it rests on (依据).")]
Expires = Annotated[date, strawberry.argument(description="The last day that it counts (有效期至).")]
JudgementId = Annotated[strawberry.ID, strawberry.argument(description="The judgement's id (判定编号).")]
WhyWithdrawn = Annotated[str, strawberry.argument(description="Why it ends (撤回说明).")]


@strawberry.type
class JudgementMutations:
    """The steps of a judgement."""

    @mutation("Propose a judgement of an enterprise, for a second person to confirm (提出定性判定).")
    async def propose_judgement(
        self,
        info: Info,
        enterprise: AnyCode,
        effect: EffectOf,
        grade: GradeLabel,
        reason: Reason,
        legal_basis: Basis,
        expires: Expires,
    ) -> JudgementPayload:
        """Propose a judgement."""
        return await _answer(
            info,
            lambda tx, actor, now: judgements.propose(
                tx, actor, now, enterprise, effect, grade, reason, legal_basis, expires
            ),
        )

    @mutation("Confirm a judgement; never by who proposed it (确认定性判定).")
    async def confirm_judgement(self, info: Info, id: JudgementId) -> JudgementPayload:  # noqa: A002
        """Confirm a judgement."""
        return await _answer(info, lambda tx, actor, now: judgements.confirm(tx, actor, now, own_key("Judgement", id)))

    @mutation("End a judgement before its term, or refuse one that is proposed (撤回定性判定).")
    async def withdraw_judgement(self, info: Info, id: JudgementId, note: WhyWithdrawn) -> JudgementPayload:  # noqa: A002
        """Withdraw a judgement."""
        return await _answer(
            info, lambda tx, actor, now: judgements.withdraw(tx, actor, now, own_key("Judgement", id), note)
        )


async def _answer(info: Info, use_case: UseCase[HeldJudgement]) -> JudgementPayload:
    held, refusal = await attempt(info, use_case)
    today = civil_date(info.context.bureau.now)
    return JudgementPayload(judgement=None if held is None else Judgement.of(held, today), refusal=refusal)
