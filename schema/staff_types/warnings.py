"""Early warnings (风险预警): each reading leaves its record, as that of a grade does."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from ledger.canonical import canonical
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import Keyset
from schema.errors import RefusalAnswer
from schema.ordering import Order, Orders, order_of
from schema.scalars import USCC
from schema.staff_types.payloads import REFUSAL
from scoring.warnings import precision, reading
from scoring.warnings.kinds import Kind, State


@strawberry.type(description="What somebody did with a warning (处理记录).")
class WarningStep:
    """A step."""

    step: State = strawberry.field(description="What the warning became (处理结果).")
    by: str = strawberry.field(description="Who did it (处理人).")
    at: datetime = strawberry.field(description="When (时间).")
    note: str = strawberry.field(description="The note or the reason (说明).")
    campaign_code: str | None = strawberry.field(description="The special check that it was turned into (任务编号).")


@strawberry.type(name="Warning", description="Something that was noticed; as confidential as a grade (风险预警).")
class WarningAnswer:
    """A warning."""

    reference: str = strawberry.field(description="What names it, random (编号).")
    kind: Kind = strawberry.field(description="What was noticed (类别).")
    subject: str = strawberry.field(description="Whom or what it is about, JSON: see docs/workshop.md (对象).")
    state: State = strawberry.field(description="How far it has come (状态).")
    raised_at: datetime = strawberry.field(description="When it was raised (预警时间).")
    run: strawberry.ID = strawberry.field(description="The run that raised it, by its document (批次).")

    @classmethod
    def of(cls, held: reading.HeldWarning) -> "WarningAnswer":
        """Make the answer of a warning."""
        return cls(**_common(held))


@strawberry.type(description="A warning with its evidence and all that was done with it (预警详情).")
class WarningDetail(WarningAnswer):
    """A warning as a whole."""

    evidence: str = strawberry.field(description="The evidence, JSON of integers and texts: docs/workshop.md (依据).")
    enterprise_codes: list[USCC] = strawberry.field(description="Whom it would send to a special check (所涉企业).")
    steps: list[WarningStep] = strawberry.field(description="What was done with it, the first first (处理记录).")

    @classmethod
    def of(cls, held: reading.HeldWarning) -> "WarningDetail":
        """Make the answer of a warning that was read as a whole."""
        return cls(
            **_common(held),
            evidence=canonical(dict(held.evidence or {})).decode(),
            enterprise_codes=[USCC(code) for code in held.enterprises],
            steps=[
                WarningStep(step=each.step, by=each.by, at=each.at, note=each.note, campaign_code=each.campaign or None)
                for each in held.steps
            ],
        )


@strawberry.type(description="A warning as planners see it: not why (待转专项检查的预警).")
class WarningToPlan:
    """A warning without its reason."""

    reference: str = strawberry.field(description="What names it (编号).")
    acknowledged_at: datetime = strawberry.field(description="When an analyst acknowledged it (确认时间).")
    enterprise_codes: list[USCC] = strawberry.field(description="The enterprises (企业).")

    @classmethod
    def of(cls, held: reading.WarningToPlan) -> "WarningToPlan":
        """Make the answer."""
        codes = [USCC(code) for code in held.enterprises]
        return cls(reference=held.reference, acknowledged_at=held.acknowledged_at, enterprise_codes=codes)


@strawberry.type(description="How many warnings of a kind visits bore out (预警准确率).")
class WarningPrecision:
    """The precision of a kind."""

    kind: Kind = strawberry.field(description="The kind (类别).")
    raised_count: int = strawberry.field(description="How many were raised (预警数).")
    borne_out_count: int = strawberry.field(description="Of how many a visit since found a problem (查实数).")
    not_borne_out_count: int = strawberry.field(description="Of how many visits found none in time (未查实数).")
    unknown_count: int = strawberry.field(description="Of how many it is not known (尚不明确数).")
    share: int | None = strawberry.field(description="Borne out of those known, basis points (准确率，万分比).")
    low: int | None = strawberry.field(description="Lower end of Wilson's interval of 95 %, basis points (下限).")
    high: int | None = strawberry.field(description="Its upper end, basis points (上限).")
    false_alarms_per_million: int = strawberry.field(description="The stated rate of false alarms (误报率，百万分比).")

    @classmethod
    def of(cls, found: precision.Precision) -> "WarningPrecision":
        """Make the answer of a kind."""
        return cls(
            kind=found.kind,
            raised_count=found.raised,
            borne_out_count=found.borne_out,
            not_borne_out_count=found.not_borne_out,
            unknown_count=found.unknown,
            share=found.share,
            low=found.low,
            high=found.high,
            false_alarms_per_million=found.false_alarms,
        )


@strawberry.type(description="Of how many warnings something was done, or why of none (预警).")
class WarningsPayload:
    """The answer of steps of warnings."""

    count: int | None = strawberry.field(description="How many warnings (预警数).")
    refusal: RefusalAnswer | None = strawberry.field(description=REFUSAL)


WARNINGS: Keyset[reading.HeldWarning] = Keyset("warnings", (int,), lambda held: (held.number,), descending=True)


@strawberry.enum(description="What warnings may go by (预警排序字段).")
class WarningOrderField(Enum):
    """The orders."""

    RAISED = strawberry.enum_value("raised", description="When they were raised (预警时间).")


WARNINGS_BY = Orders({WarningOrderField.RAISED: WARNINGS})
WarningsBy = Annotated[Order[WarningOrderField] | None, order_of("newest first (排序).")]
TO_PLAN: Keyset[reading.WarningToPlan] = Keyset("warningsToPlan", (int,), lambda held: (held.number,))


@strawberry.enum(description="What warnings may go by (待转预警排序字段).")
class WarningToPlanOrderField(Enum):
    """The orders."""

    ACKNOWLEDGED = strawberry.enum_value("acknowledged", description="When they were acknowledged (确认时间).")


TO_PLAN_BY = Orders({WarningToPlanOrderField.ACKNOWLEDGED: TO_PLAN})
ToPlanBy = Annotated[Order[WarningToPlanOrderField] | None, order_of("the first acknowledged first (排序).")]


def _common(held: reading.HeldWarning) -> dict[str, Any]:
    return {
        "reference": held.reference,
        "kind": held.kind,
        "subject": canonical(dict(held.subject)).decode(),
        "state": held.state,
        "raised_at": held.raised_at,
        "run": strawberry.ID(held.run),
    }
