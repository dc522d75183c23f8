"""Early warning: a run of it, and what becomes of each warning (风险预警)."""

from typing import Annotated

import strawberry

from sampling import early_warning
from schema.context import Info
from schema.decorators import mutation
from schema.staff_types.campaigns import StaffCampaign
from schema.staff_types.payloads import CampaignPayload, JobPayload, UseCase, ask, attempt
from schema.staff_types.plans import PlanInput
from schema.staff_types.warnings import WarningsPayload

References = Annotated[list[str], strawberry.argument(description="The references of warnings (预警编号).")]
Note = Annotated[str, strawberry.argument(description="A note (说明).")]
Reason = Annotated[str, strawberry.argument(description="Why; on the same evidence none is raised again (理由).")]
CheckPlan = Annotated[
    PlanInput,
    strawberry.argument(description="A special check with its public reason, which names nobody (专项检查计划)."),
]


@strawberry.type
class WarningMutations:
    """The steps of warnings."""

    @mutation("Look for warnings now, and raise those that are new; the job does it (运行风险预警).")
    async def raise_warnings(self, info: Info) -> JobPayload:
        """Ask for a run."""
        return await ask(info, early_warning.request_warnings)

    @mutation("Say that somebody looks after new warnings; planners may then turn them into a check (确认预警).")
    async def acknowledge_warnings(self, info: Info, references: References, note: Note = "") -> WarningsPayload:
        """Acknowledge warnings."""
        return await _counted(info, lambda tx, actor, now: early_warning.acknowledge(tx, actor, now, references, note))

    @mutation("Dismiss open warnings with a reason (排除预警).")
    async def dismiss_warnings(self, info: Info, references: References, reason: Reason) -> WarningsPayload:
        """Dismiss warnings."""
        return await _counted(info, lambda tx, actor, now: early_warning.dismiss(tx, actor, now, references, reason))

    @mutation("Plan a special check of the enterprises of acknowledged warnings (预警转专项检查).")
    async def plan_special_check(self, info: Info, references: References, plan: CheckPlan) -> CampaignPayload:
        """Turn warnings into a special check."""
        found, refusal = await attempt(
            info,
            lambda tx, actor, now: early_warning.plan_special_check(tx, actor, now, plan.plan(), references),
        )
        return CampaignPayload(campaign=None if found is None else StaffCampaign.of(found), refusal=refusal)


async def _counted(info: Info, use_case: UseCase[int]) -> WarningsPayload:
    count, refusal = await attempt(info, use_case)
    return WarningsPayload(count=count, refusal=refusal)
