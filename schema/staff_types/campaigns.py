"""Campaigns as staff see them, with their sealed plans (抽查任务)."""

from datetime import datetime
from enum import Enum

import strawberry

from sampling import announcing, assigning, campaigns, disclosures, findings, previewing
from schema.connections import After, Connection, First, Keyset, following, page
from schema.context import Info, act, read, read_as_staff
from schema.decorators import field
from schema.public_types.campaigns import Campaign
from schema.staff_types.findings import RECORDED, VISITS, RecordedFinding, VisitAnswer
from schema.staff_types.matching import PredictableAssignment
from schema.staff_types.plans import Plan
from schema.staff_types.previews import PlanPreview

PLANNED = "planned"


@strawberry.enum(description="How far a campaign has come (任务状态).")
class StaffCampaignState(Enum):
    """The states."""

    PLANNED = strawberry.enum_value(PLANNED, description="The plan may still change (计划中).")
    LISTED = strawberry.enum_value("listed", description="No draw: the list of who is visited is fixed (名单已固定).")
    FROZEN = strawberry.enum_value("frozen", description="Nothing can change the outcome, nobody knows it (已冻结).")
    DRAWN = strawberry.enum_value("drawn", description="The positions are drawn and public (已抽取).")
    MATCHED = strawberry.enum_value("matched", description="The inspectors are matched; visits go on (检查中).")
    CLOSED = strawberry.enum_value("closed", description="Ended (已结束).")
    VOIDED = strawberry.enum_value("voided", description="Void, by rule or by two persons (已作废).")


@strawberry.type(description="A campaign as staff see it (抽查任务).")
class StaffCampaign:
    """A campaign."""

    code: str = strawberry.field(description="Its code, such as 2026-0001 (任务编号).")
    state: StaffCampaignState = strawberry.field(description="How far it has come.")
    plan: Plan = strawberry.field(description="Its plan; rates and exclusions stay sealed.")
    plan_expired: bool = strawberry.field(
        description="Whether rates and exclusions are gone for good, and only the public part is left (已到期销毁)."
    )
    planned_by: str = strawberry.field(description="Who planned it; empty once that has expired (计划人).")
    planned_at: datetime = strawberry.field(description="When it was planned (计划时间).")

    @classmethod
    def of(cls, found: campaigns.Campaign) -> "StaffCampaign":
        """Make the answer of a campaign."""
        return cls(
            code=found.id,
            state=StaffCampaignState(found.state),
            plan=Plan.of(found.plan),
            plan_expired=found.plan_expired,
            planned_by=found.planned_by,
            planned_at=found.planned_at,
        )

    @field("What the plan would give if it were frozen now; the reading of the grades is recorded (预览).")
    async def preview(self, info: Info) -> PlanPreview | None:
        """Return a preview."""
        serving = info.context.serving
        return PlanPreview.of(
            await act(
                info,
                lambda tx, actor, now: previewing.preview(
                    tx, actor, now, self.code, serving.limits, serving.inference_bound
                ),
            ),
            info.context.language,
        )

    @field("What the public sees of it from the freeze on (公示信息).")
    async def published(self) -> Campaign | None:
        """Return the public view."""
        if self.state is StaffCampaignState.PLANNED:
            return None
        return Campaign.of(await read(lambda tx: disclosures.campaign(tx, self.code)))

    @field("The parties of the ceremony that have not revealed yet, once it is frozen (尚未揭示的见证方).")
    async def waiting_for(self, info: Info) -> list[str] | None:
        """Return the names of the missing parties."""
        if self.state is StaffCampaignState.PLANNED:
            return []
        return await read_as_staff(info, lambda tx, actor: announcing.waiting_for(tx, actor, self.code))

    @field("Whom to visit, and who does, by position (检查任务).")
    async def visits(self, info: Info, first: First, after: After = None) -> Connection[VisitAnswer] | None:
        """Return a page of its visits."""
        return await visits(info, first, after, self.code)

    @field("The assignments that could be foreseen, for planners and auditors, once it is matched (可预见的匹配).")
    async def predictable_assignments(self, info: Info) -> list[PredictableAssignment] | None:
        """Return the assignments whose chance was above one half."""
        found = await read_as_staff(info, lambda tx, actor: assigning.predictable(tx, actor, self.code))
        return [PredictableAssignment.made(each) for each in found]

    @field("What the visits found, by position (检查结果).")
    async def findings(self, info: Info, first: First, after: After = None) -> Connection[RecordedFinding] | None:
        """Return a page of its findings."""
        return await recorded_findings(info, first, after, self.code)


CAMPAIGNS: Keyset[campaigns.Campaign] = Keyset("staff campaigns", (str,), lambda found: (found.id,))


async def visits(info: Info, first: int, after: str | None, campaign: str | None) -> Connection[VisitAnswer]:
    """Return a page of visits."""
    actor = info.context.signed_in
    return await page(
        VISITS,
        first,
        after,
        lambda tx, key, limit: following(assigning.visits(tx, actor, campaign), VISITS, key, limit),
        VisitAnswer.of,
    )


async def recorded_findings(info: Info, first: int, after: str | None, campaign: str) -> Connection[RecordedFinding]:
    """Return a page of a campaign's findings."""
    actor = info.context.signed_in
    return await page(
        RECORDED,
        first,
        after,
        lambda tx, key, limit: following(findings.visible_findings(tx, actor, campaign), RECORDED, key, limit),
        RecordedFinding.of,
    )
