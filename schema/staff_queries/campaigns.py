"""What staff may ask of campaigns and annual plans (抽查任务)."""

from typing import Annotated

import strawberry

from sampling import annual_planning, campaigns, population, previewing, reporting
from sampling.reports import progress
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, act, read_as_staff
from schema.decorators import field
from schema.staff_mutations.annual_plans import DepartmentCode, Year
from schema.staff_mutations.arguments import CampaignCode
from schema.staff_types.annual_plans import AnnualPlanVersion, AnnualProgress
from schema.staff_types.campaigns import StaffCampaign, StaffCampaignsBy, WhichStaffCampaigns, campaign_page
from schema.staff_types.deviations import DEVIATIONS_BY, Deviation, DeviationsBy
from schema.staff_types.filters import DeviationFilterInput, WhichDeviations
from schema.staff_types.plans import ConditionsInput, PlanInput
from schema.staff_types.population import ConditionsPreview
from schema.staff_types.previews import PlanPreview
from schema.staff_types.progress import CampaignProgress

WantedConditions = Annotated[ConditionsInput, strawberry.argument(description="The conditions (抽查范围).")]
WantedPlan = Annotated[PlanInput, strawberry.argument(description="The plan (计划).")]


@strawberry.type
class CampaignQueries:
    """Campaigns."""

    @field("The versions of a department's plan of a year, newest first (年度抽查计划).")
    async def annual_plan(self, info: Info, department: DepartmentCode, year: Year) -> list[AnnualPlanVersion] | None:
        """Return the versions."""
        found = await read_as_staff(info, lambda tx, actor: annual_planning.versions(tx, actor, department, year))
        return [AnnualPlanVersion.of(each) for each in found]

    @field("How far each line of a plan of a year has come (年度计划进度).")
    async def annual_progress(self, info: Info, department: DepartmentCode, year: Year) -> list[AnnualProgress] | None:
        """Return the progress."""
        found = await read_as_staff(info, lambda tx, actor: annual_planning.progress(tx, actor, department, year))
        return [AnnualProgress.of(each) for each in found]

    @field("The campaigns that you may see, newest first (抽查任务).")
    async def campaigns(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichStaffCampaigns = None,
        order: StaffCampaignsBy = None,
    ) -> Connection[StaffCampaign] | None:
        """Return a page of campaigns."""
        return await campaign_page(info, Paging(first, after, last, before), where, order)

    @field("One campaign (抽查任务).")
    async def campaign(self, info: Info, code: CampaignCode) -> StaffCampaign | None:
        """Return a campaign."""
        return StaffCampaign.of(await read_as_staff(info, lambda tx, actor: campaigns.read(tx, actor, code)))

    @field("How far a campaign has come: all, your department's part, or your own visits (任务进度).")
    async def campaign_progress(self, info: Info, campaign: CampaignCode) -> CampaignProgress | None:
        """Return a campaign's progress."""
        now = info.context.bureau.now
        return CampaignProgress.of(
            await read_as_staff(info, lambda tx, actor: progress.progress(tx, actor, now, campaign))
        )

    @field(
        "Who meets conditions now, and whom each of them leaves out; for planners. Of tags those count that you may "
        "read: your department's, or all if you are of none (抽查范围预览)."
    )
    async def conditions_preview(self, info: Info, conditions: WantedConditions) -> ConditionsPreview | None:
        """Preview conditions."""
        asked = conditions.conditions()
        return ConditionsPreview.of(
            asked, await read_as_staff(info, lambda tx, actor: population.counts(tx, actor, asked))
        )

    @field(
        "What a plan would give if it were frozen now, before a campaign has it; for planners. That the grades are "
        "read is recorded (计划预览)."
    )
    async def plan_preview(self, info: Info, plan: WantedPlan) -> PlanPreview | None:
        """Preview a plan."""
        serving = info.context.serving
        return PlanPreview.of(
            await act(
                info,
                lambda tx, actor, now: previewing.preview_plan(
                    tx, actor, now, plan.plan(), serving.limits, serving.inference_bound
                ),
            ),
            info.context.language,
        )

    @field("The grades that planners name rates by, low risk first; none before anything is graded (等级).")
    async def grade_scale(self, info: Info) -> list[str] | None:
        """Return the labels."""
        return list(await read_as_staff(info, previewing.grade_scale))

    @field("For auditors: whatever in one campaign or all was not the plain way from freeze to close (偏离情况报告).")
    async def deviations(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichDeviations = None,
        order: DeviationsBy = None,
    ) -> Connection[Deviation] | None:
        """Return a page of deviations."""
        actor, now, asked = info.context.signed_in, info.context.bureau.now, where or DeviationFilterInput()
        wanted = asked.wanted()
        return await page(
            DEVIATIONS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: reporting.report(tx, actor, now, *wanted, window),
            Deviation.of,
            count=lambda tx: reporting.count(tx, actor, now, *wanted),
            filters=wanted,
        )
