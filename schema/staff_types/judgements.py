"""Manual judgements (定性判定): each reading leaves its record, as that of a grade does."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.nodes import sealed_id
from schema.ordering import Order, Orders, order_of
from schema.scalars import USCC
from scoring.judgements import HeldJudgement, JudgementState
from scoring.scorecard import Effect


@strawberry.type(
    description="What two persons say of an enterprise beyond its records; as confidential as a grade (定性判定)."
)
class Judgement:
    """A judgement."""

    id: strawberry.ID = strawberry.field(
        description="Its id: opaque; it names it where it is confirmed or withdrawn, not to `node`, since each reading "
        "of a judgement is recorded with its purpose (标识)."
    )
    document_id: str = strawberry.field(
        description="The document that binds it, as the ledger's entries name it (文档编号)."
    )
    enterprise_code: USCC = strawberry.field(description="The enterprise (企业).")
    effect: Effect = strawberry.field(description="What it does to the grade (调整方式).")
    grade: str = strawberry.field(description="The grade that it is about (等级).")
    reason: str = strawberry.field(description="Why (理由).")
    legal_basis: str = strawberry.field(description="What it rests on (依据).")
    expires: date = strawberry.field(description="The last day that it counts (有效期至).")
    state: JudgementState = strawberry.field(description="How far it has come today (状态).")
    proposed_by: str = strawberry.field(description="Who proposed it (提出人).")
    proposed_at: datetime = strawberry.field(description="When (提出时间).")
    confirmed_by: str | None = strawberry.field(description="Who confirmed it, another person (确认人).")
    confirmed_at: datetime | None = strawberry.field(description="When; from that day on it counts (确认时间).")
    withdrawn_by: str | None = strawberry.field(description="Who withdrew or refused it (撤回人).")
    withdrawn_at: datetime | None = strawberry.field(description="When; from that day on it does not count (撤回时间).")
    note: str = strawberry.field(description="Why it was withdrawn (撤回说明).")

    @classmethod
    def of(cls, held: HeldJudgement, today: date) -> "Judgement":
        """Make the answer of a judgement as it stands on a day."""
        said = held.judgement
        return cls(
            id=sealed_id("Judgement", (held.document,)),
            document_id=held.document,
            enterprise_code=USCC(said.enterprise),
            effect=said.effect,
            grade=said.grade,
            reason=said.reason,
            legal_basis=said.legal_basis,
            expires=said.expires,
            state=held.state_on(today),
            proposed_by=held.proposed_by,
            proposed_at=held.proposed_at,
            confirmed_by=held.confirmed_by,
            confirmed_at=held.confirmed_at,
            withdrawn_by=held.withdrawn_by,
            withdrawn_at=held.withdrawn_at,
            note=held.note,
        )


@strawberry.type(description="A judgement after a step, or why the step was not done (定性判定).")
class JudgementPayload:
    """The answer of a judgement's steps."""

    judgement: Judgement | None = strawberry.field(description="The judgement as it is now (定性判定).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why nothing was done, where nothing was (拒绝).")


JUDGEMENTS: Keyset[HeldJudgement] = Keyset("judgements", (int,), lambda held: (held.number,), descending=True)


@strawberry.enum(description="What judgements may go by (判定排序字段).")
class JudgementOrderField(Enum):
    """The orders."""

    PROPOSED = strawberry.enum_value("proposed", description="When they were proposed (提出时间).")


JUDGEMENTS_BY = Orders({JudgementOrderField.PROPOSED: JUDGEMENTS})
JudgementsBy = Annotated[Order[JudgementOrderField] | None, order_of("newest first (排序).")]
