"""What staff may ask of early warnings (风险预警)."""

from typing import Annotated

import strawberry

from sampling import early_warning
from schema.connections import After, Before, Connection, First, Last, Paging, recorded_page
from schema.context import Info, act, read_as_staff
from schema.decorators import field
from schema.staff_mutations.arguments import Purpose
from schema.staff_types.filters import WarningFilterInput, WarningToPlanFilterInput, WhichToPlan, WhichWarnings
from schema.staff_types.warnings import (
    TO_PLAN_BY,
    WARNINGS_BY,
    ToPlanBy,
    WarningAnswer,
    WarningDetail,
    WarningPrecision,
    WarningsBy,
    WarningToPlan,
)
from scoring.warnings import reading

WarningReference = Annotated[str, strawberry.argument(description="The warning's reference (预警编号).")]


@strawberry.type
class WarningQueries:
    """Early warnings."""

    @field("Warnings, newest first; that you read them is recorded (风险预警).")
    async def warnings(
        self,
        info: Info,
        purpose: Purpose,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichWarnings = None,
        order: WarningsBy = None,
    ) -> Connection[WarningAnswer] | None:
        """Return a page of warnings."""
        kind, state, code = (where or WarningFilterInput()).wanted()
        return await recorded_page(
            info,
            WARNINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, actor, now: early_warning.begin(tx, actor, now, purpose, code),
            lambda tx, recorded, window: reading.rows(tx, recorded, window, kind, state),
            WarningAnswer.of,
            count=lambda tx, recorded: reading.count(tx, recorded, kind, state),
            filters=[kind, state, code],
        )

    @field("A warning with its evidence; that you read it is recorded (预警详情).")
    async def warning(self, info: Info, reference: WarningReference, purpose: Purpose) -> WarningDetail | None:
        """Read a warning."""
        return WarningDetail.of(
            await act(info, lambda tx, actor, now: early_warning.read(tx, actor, now, reference, purpose))
        )

    @field(
        "Acknowledged warnings that planners may turn into a special check, the first first; "
        "that you read them is recorded (待转专项检查的预警)."
    )
    async def warnings_to_plan(
        self,
        info: Info,
        purpose: Purpose,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichToPlan = None,
        order: ToPlanBy = None,
    ) -> Connection[WarningToPlan] | None:
        """Return a page of what planners see."""
        code = (where or WarningToPlanFilterInput()).enterprise_code
        return await recorded_page(
            info,
            TO_PLAN_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, actor, now: early_warning.begin_to_plan(tx, actor, now, purpose, code),
            reading.rows_to_plan,
            WarningToPlan.of,
            count=reading.count_to_plan,
            filters=code,
        )

    @field("How many warnings of each kind were borne out since (预警准确率).")
    async def warning_precision(self, info: Info) -> list[WarningPrecision] | None:
        """Return the precision."""
        now = info.context.bureau.now
        found = await read_as_staff(info, lambda tx, actor: early_warning.precision(tx, actor, now))
        return [WarningPrecision.of(each) for each in found]
