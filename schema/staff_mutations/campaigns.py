"""A campaign's steps: plan, freeze, reveal, draw, match, close (抽查任务)."""

from datetime import datetime
from typing import Annotated

import strawberry

from sampling import assigning, campaigns, drawing, planning, requests
from sampling.beacons import Party
from schema.context import Info
from schema.decorators import mutation
from schema.scalars import Digest
from schema.staff_mutations.arguments import CampaignCode
from schema.staff_types.campaigns import StaffCampaign
from schema.staff_types.payloads import CampaignPayload, JobPayload, RevealPayload, ask, attempt, step
from schema.staff_types.plans import PlanInput


@strawberry.input(description="A party of a ceremony and what it is bound to (见证方).")
class PartyInput:
    """A party."""

    name: str = strawberry.field(description="Its name.")
    commitment: Digest = strawberry.field(
        description="SHA-256(qian/ceremony/v1 ‖ salt ‖ name ‖ 00 ‖ value), salt and value 32 random bytes of its own."
    )


@strawberry.input(description="Two or more parties that commit before the freeze and reveal after it (见证仪式).")
class CeremonyInput:
    """A ceremony."""

    parties: list[PartyInput] = strawberry.field(description="The parties.")
    deadline: datetime = strawberry.field(description="Until when they reveal; then the fallback decides alone.")


PlanArgument = Annotated[PlanInput, strawberry.argument(description="What the campaign is to be (计划).")]
CeremonyArgument = Annotated[
    CeremonyInput | None,
    strawberry.argument(
        description="The ceremony that gives the randomness; none: the operating system's, which must be trusted."
    ),
]
PartyName = Annotated[str, strawberry.argument(description="The party's name.")]
Salt = Annotated[Digest, strawberry.argument(description="The salt of its commitment.")]
Value = Annotated[Digest, strawberry.argument(description="The value of its commitment.")]


@strawberry.type
class CampaignMutations:
    """The steps of a campaign."""

    @mutation("Plan a campaign (制定计划).")
    async def plan_campaign(self, info: Info, plan: PlanArgument) -> CampaignPayload:
        """Plan a campaign."""
        found, refusal = await attempt(info, lambda tx, actor, now: planning.plan_campaign(tx, actor, now, plan.plan()))
        return CampaignPayload(campaign=None if found is None else StaffCampaign.of(found), refusal=refusal)

    @mutation("Replace the plan of a campaign that is not frozen yet (修改计划).")
    async def change_plan(self, info: Info, campaign: CampaignCode, plan: PlanArgument) -> CampaignPayload:
        """Change a plan."""
        found, refusal = await attempt(
            info, lambda tx, actor, now: planning.change_plan(tx, actor, campaign, plan.plan())
        )
        return CampaignPayload(campaign=None if found is None else StaffCampaign.of(found), refusal=refusal)

    @mutation("Freeze a campaign: from then on nothing can change the outcome, and nobody can know it (冻结名单).")
    async def freeze_campaign(
        self, info: Info, campaign: CampaignCode, ceremony: CeremonyArgument = None
    ) -> JobPayload:
        """Ask for a freeze."""
        parties = [] if ceremony is None else [Party(each.name, each.commitment) for each in ceremony.parties]
        deadline = None if ceremony is None else ceremony.deadline
        return await ask(
            info, lambda tx, actor, now: requests.request_freeze(tx, actor, now, campaign, parties, deadline)
        )

    @mutation("Record what a party of the ceremony reveals (揭示随机数).")
    async def reveal_beacon(
        self, info: Info, campaign: CampaignCode, party: PartyName, salt: Salt, value: Value
    ) -> RevealPayload:
        """Record a reveal."""
        waiting, refusal = await attempt(
            info, lambda tx, actor, now: drawing.reveal(tx, actor, now, campaign, party, salt, value)
        )
        return RevealPayload(waiting_for=waiting, refusal=refusal)

    @mutation("Draw a frozen campaign, once its beacon has come (抽取).")
    async def draw_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Draw."""
        return await step(info, campaign, lambda tx, actor, now: drawing.draw_campaign(tx, actor, now, campaign))

    @mutation("Match inspectors with the drawn enterprises (匹配检查人员).")
    async def match_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Match."""
        return await step(info, campaign, lambda tx, actor, now: assigning.match_campaign(tx, actor, now, campaign))

    @mutation("End a campaign; drawn positions without a published finding are reported as overdue (结束任务).")
    async def close_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Close."""
        return await step(info, campaign, lambda tx, actor, now: campaigns.close(tx, actor, now, campaign))
