"""A campaign's steps: plan, freeze, draw, match, close (抽查任务)."""

import io
from collections.abc import Callable
from typing import Annotated

import strawberry

from sampling import assigning, closing, drawing, planning, rematching, replacements, requests, voiding
from sampling.listings import GivenList, read_list
from sampling.naming import name_beacon
from sampling.reserves import Cause
from schema.context import Info
from schema.decorators import mutation
from schema.public_types.ledger import Entry
from schema.scalars import USCC, BigInt
from schema.staff_mutations.arguments import CampaignCode, IfVersion
from schema.staff_mutations.beacon_inputs import BeaconInput, beacon_request
from schema.staff_types.campaigns import StaffCampaign
from schema.staff_types.files import Upload, read_upload
from schema.staff_types.payloads import BeaconPayload, CampaignPayload, JobPayload, ask, attempt, step
from schema.staff_types.plans import PlanInput

OfProposal = Annotated[
    BigInt | None,
    strawberry.argument(
        description="The ledger's entry of the proposal that you read: refused if another one stands by now; none: "
        "the newest (所依据提议)."
    ),
]
PlanArgument = Annotated[PlanInput, strawberry.argument(description="What the campaign is to be (计划).")]
ListFile = Annotated[
    Upload | None,
    strawberry.argument(description="A list's file, with a column 统一社会信用代码, in place of its codes (名单文件)."),
]
BeaconArgument = Annotated[
    BeaconInput | None,
    strawberry.argument(
        description="What gives the randomness; none: the operating system, which must be trusted (随机数)."
    ),
]

ReplacesArgument = Annotated[
    list[str] | None,
    strawberry.argument(
        description="The voided campaigns of the same matters, each of which must be named (所替代任务)."
    ),
]
ReasonArgument = Annotated[
    str, strawberry.argument(description="Why; public for ever, and names no enterprise (作废理由，永久公开).")
]

InspectorArgument = Annotated[str, strawberry.argument(description="The certificate of who is replaced (证件号).")]
CauseArgument = Annotated[str, strawberry.argument(description="Why; it stays sealed (原因).")]
ReplacedArgument = Annotated[list[USCC], strawberry.argument(description="Which drawn enterprises (被替换企业).")]
ReplacementCauseArgument = Annotated[Cause, strawberry.argument(description="Why, of the closed list (替补事由).")]
EnterprisesArgument = Annotated[
    list[USCC] | None, strawberry.argument(description="At which enterprises; none: all without a finding (企业).")
]


@strawberry.type
class CampaignMutations:
    """The steps of a campaign."""

    @mutation("Plan a campaign (制定计划).")
    async def plan_campaign(self, info: Info, plan: PlanArgument, file: ListFile = None) -> CampaignPayload:
        """Plan a campaign."""
        given = await _list_of(info, file)
        found, refusal = await attempt(
            info, lambda tx, actor, now: planning.plan_campaign(tx, actor, now, plan.plan(given()))
        )
        return CampaignPayload(campaign=None if found is None else StaffCampaign.of(found), refusal=refusal)

    @mutation("Replace the plan of a campaign that is not frozen yet (修改计划).")
    async def change_plan(
        self,
        info: Info,
        campaign: CampaignCode,
        plan: PlanArgument,
        file: ListFile = None,
        if_version: IfVersion = None,
    ) -> CampaignPayload:
        """Change a plan."""
        given = await _list_of(info, file)
        found, refusal = await attempt(
            info, lambda tx, actor, now: planning.change_plan(tx, actor, campaign, plan.plan(given()), if_version)
        )
        return CampaignPayload(campaign=None if found is None else StaffCampaign.of(found), refusal=refusal)

    @mutation("Freeze a campaign: from then on nothing can change the outcome, and nobody can know it (冻结名单).")
    async def freeze_campaign(
        self, info: Info, campaign: CampaignCode, beacon: BeaconArgument = None, replaces: ReplacesArgument = None
    ) -> JobPayload:
        """Ask for a freeze."""
        request = beacon_request(beacon)
        terms = info.context.bureau.beacon_terms
        return await ask(
            info,
            lambda tx, actor, now: requests.request_freeze(tx, actor, now, campaign, request, terms, replaces or ()),
        )

    @mutation("Draw a frozen campaign, once its beacon has come (抽取).")
    async def draw_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Draw."""
        return await step(info, campaign, lambda tx, actor, now: drawing.draw_campaign(tx, actor, now, campaign))

    @mutation("Match inspectors with the drawn enterprises (匹配检查人员).")
    async def match_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Match."""
        return await step(info, campaign, lambda tx, actor, now: assigning.match_campaign(tx, actor, now, campaign))

    @mutation("Record why an inspector is replaced, and which later beacon decides who comes instead (登记更换).")
    async def reopen_match(
        self,
        info: Info,
        campaign: CampaignCode,
        inspector: InspectorArgument,
        cause: CauseArgument,
        enterprises: EnterprisesArgument = None,
        beacon: BeaconArgument = None,
    ) -> BeaconPayload:
        """Reopen assignments."""
        request, bureau = beacon_request(beacon), info.context.bureau
        entry, refusal = await attempt(
            info,
            lambda tx, actor, now: rematching.reopen(
                tx,
                actor,
                now,
                campaign,
                inspector,
                enterprises,
                cause,
                name_beacon(request, now, bureau.beacon_terms),
                bureau.witness_policy,
                bureau.beacon_terms.margin,
            ),
        )
        return BeaconPayload(entry=None if entry is None else Entry.of(entry), refusal=refusal)

    @mutation("Propose that reserves replace drawn enterprises; what a visit can find is no cause (提议替补).")
    async def propose_replacement(
        self,
        info: Info,
        campaign: CampaignCode,
        enterprises: ReplacedArgument,
        cause: ReplacementCauseArgument,
        explanation: CauseArgument,
    ) -> CampaignPayload:
        """Propose a replacement."""
        return await step(
            info,
            campaign,
            lambda tx, actor, now: replacements.propose_replacement(
                tx, actor, now, campaign, enterprises, cause.value, explanation
            ),
        )

    @mutation("Have the next reserves replace whom another person proposed; a later beacon gives teams (确认替补).")
    async def confirm_replacement(
        self, info: Info, campaign: CampaignCode, beacon: BeaconArgument = None, proposal: OfProposal = None
    ) -> BeaconPayload:
        """Confirm a replacement."""
        request, bureau = beacon_request(beacon), info.context.bureau
        entry, refusal = await attempt(
            info,
            lambda tx, actor, now: replacements.confirm_replacement(
                tx,
                actor,
                now,
                campaign,
                name_beacon(request, now, bureau.beacon_terms),
                bureau.witness_policy,
                bureau.beacon_terms.margin,
                proposal,
            ),
        )
        return BeaconPayload(entry=None if entry is None else Entry.of(entry), refusal=refusal)

    @mutation("Match again what was reopened, once its beacon has come (重新匹配).")
    async def rematch_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Match again."""
        return await step(info, campaign, lambda tx, actor, now: rematching.rematch(tx, actor, now, campaign))

    @mutation(
        "Propose that a campaign be void, before its beacon or after its draw, or a list; public for ever (提议作废)."
    )
    async def propose_void(self, info: Info, campaign: CampaignCode, reason: ReasonArgument) -> CampaignPayload:
        """Propose a void."""
        return await step(info, campaign, lambda tx, actor, now: voiding.propose_void(tx, actor, now, campaign, reason))

    @mutation("Make a campaign void, as another person proposed; it is never undone (确认作废).")
    async def confirm_void(self, info: Info, campaign: CampaignCode, proposal: OfProposal = None) -> CampaignPayload:
        """Confirm a void."""
        return await step(
            info, campaign, lambda tx, actor, now: voiding.confirm_void(tx, actor, now, campaign, proposal)
        )

    @mutation("End a campaign; drawn positions without a published finding are reported as overdue (结束任务).")
    async def close_campaign(self, info: Info, campaign: CampaignCode) -> CampaignPayload:
        """Close."""
        return await step(info, campaign, lambda tx, actor, now: closing.close(tx, actor, now, campaign))


async def _list_of(info: Info, file: Upload | None) -> Callable[[], GivenList | None]:
    """Return what reads the list that was handed in, if any; its refusals are then the mutation's."""
    if file is None:
        return lambda: None
    held, today = await read_upload(file), info.context.bureau.today
    return lambda: read_list(held.name, io.BytesIO(held.content), today)
