"""Plans of a year: drafting and adopting (年度抽查计划)."""

from typing import Annotated

import strawberry

from sampling import annual_planning
from schema.context import Info
from schema.decorators import mutation
from schema.staff_mutations.arguments import IfVersion
from schema.staff_types.annual_plans import AnnualPlanInput, AnnualPlanPayload, AnnualPlanVersion
from schema.staff_types.payloads import attempt

PlanArgument = Annotated[AnnualPlanInput, strawberry.argument(description="The plan (年度计划).")]
DepartmentCode = Annotated[str, strawberry.argument(description="The department (部门代码).")]
Year = Annotated[int, strawberry.argument(description="The civil year (年度).")]
VersionNumber = Annotated[int, strawberry.argument(description="The version, which must be the newest (版本).")]


@strawberry.type
class AnnualPlanMutations:
    """Steps of a plan of a year."""

    @mutation("Hand in the next version of a department's plan of a year (起草年度计划).")
    async def draft_annual_plan(
        self, info: Info, plan: PlanArgument, if_version: IfVersion = None
    ) -> AnnualPlanPayload:
        """Draft a plan."""
        held, refusal = await attempt(
            info, lambda tx, actor, now: annual_planning.draft(tx, actor, now, plan.plan(), if_version)
        )
        return AnnualPlanPayload(plan=None if held is None else AnnualPlanVersion.of(held), refusal=refusal)

    @mutation("Adopt and publish a version; by another person than who drafted it (通过并公示年度计划).")
    async def adopt_annual_plan(
        self, info: Info, department: DepartmentCode, year: Year, version: VersionNumber
    ) -> AnnualPlanPayload:
        """Adopt a plan."""
        held, refusal = await attempt(
            info, lambda tx, actor, now: annual_planning.adopt(tx, actor, now, department, year, version)
        )
        return AnnualPlanPayload(plan=None if held is None else AnnualPlanVersion.of(held), refusal=refusal)
