"""Campaigns as staff see them, with their sealed plans (抽查任务)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from sampling import announcing, assigning, campaigns, disclosures, findings, previewing, replacements
from sampling.campaign_filters import EVERY, CampaignFilter, CampaignOrder
from sampling.finding_filters import EVERY_FINDING, EVERY_VISIT
from sampling.listings import CampaignType
from sampling.reserves import Cause
from schema.connections import After, Before, Connection, First, Keyset, Last, Paging, page, page_of_each
from schema.context import Info, act, read_as_staff
from schema.decorators import field
from schema.filtering import WORDS, chosen, filter_of
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer, together
from schema.public_types.campaigns import Campaign, campaign_filter
from schema.scalars import USCC, BigInt
from schema.staff_types.filters import (
    RecordedFindingFilterInput,
    VisitFilterInput,
    WhichRecorded,
    WhichVisits,
)
from schema.staff_types.findings import (
    RECORDED_BY,
    VISITS_BY,
    RecordedBy,
    RecordedFinding,
    RecordedFindingOrderField,
    VisitAnswer,
    VisitOrderField,
    VisitsBy,
    recorded_order,
    visit_order,
)
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


@strawberry.input(name="StaffCampaignFilter", description="Which campaigns; all that is given must hold (筛选任务).")
class StaffCampaignFilterInput:
    """A filter."""

    states: list[StaffCampaignState] | None = strawberry.field(default=None, description="In any of these (状态).")
    types: list[CampaignType] | None = strawberry.field(default=None, description="Of any of these types (抽查类型).")
    department_code: str | None = strawberry.field(default=None, description="A department that takes part (部门代码).")
    since: date | None = strawberry.field(default=None, description="Whose period ends on this day or later (期间起).")
    until: date | None = strawberry.field(default=None, description="Whose period begins by this day (期间止).")
    text: str | None = strawberry.field(default=None, description=f"Words of the title, {WORDS} (名称).")

    def chosen(self) -> CampaignFilter:
        """Return what the use case takes."""
        states = [str(each.value) for each in self.states or ()]
        return campaign_filter(states, self.types, self.department_code, self.since, self.until, self.text)


WhichStaffCampaigns = Annotated[StaffCampaignFilterInput | None, filter_of("Which campaigns; none: all (筛选).")]


@strawberry.type(description="That reserves replace drawn enterprises, proposed and not confirmed yet (替补提议).")
class ReplacementProposal:
    """A proposal."""

    entry: BigInt = strawberry.field(description="The ledger's entry of it, by which it is confirmed (日志序号).")
    by: str = strawberry.field(description="Who proposed it; another person confirms it (提议人).")
    at: datetime = strawberry.field(description="When (提议时间).")
    enterprise_codes: list[USCC] = strawberry.field(
        description="Whom the next reserves are to replace, by position (被替换的企业)."
    )
    cause: Cause = strawberry.field(description="Why, of the closed list (替补事由).")
    explanation: str = strawberry.field(description="What shows it; confidential (说明).")

    @classmethod
    def of(cls, found: replacements.ReplacementProposal) -> "ReplacementProposal":
        """Make the answer of a proposal."""
        return cls(
            entry=BigInt(found.entry),
            by=found.by,
            at=found.at,
            enterprise_codes=[USCC(code) for code in found.enterprises],
            cause=found.cause,
            explanation=found.explanation,
        )


@strawberry.type(description="A campaign as staff see it (抽查任务).")
class StaffCampaign(Node, Peer):
    """A campaign."""

    code: str = strawberry.field(description="Its code, such as 2026-0001 (任务编号).")
    state: StaffCampaignState = strawberry.field(description="How far it has come (状态).")
    plan: Plan = strawberry.field(description="Its plan; rates and exclusions stay sealed (计划).")
    plan_expired: bool = strawberry.field(
        description="Whether rates and exclusions are gone for good, and only the public part is left (已到期销毁)."
    )
    planned_by: str = strawberry.field(description="Who planned it; empty once that has expired (计划人).")
    planned_at: datetime = strawberry.field(description="When it was planned (计划时间).")
    version: int = strawberry.field(description="The version of its plan, from 1: each change counts (计划版本).")

    @classmethod
    def of(cls, found: campaigns.Campaign) -> "StaffCampaign":
        """Make the answer of a campaign."""
        return cls(
            key=CAMPAIGNS.key(found),
            code=found.id,
            state=StaffCampaignState(found.state),
            plan=Plan.of(found.plan),
            plan_expired=found.plan_expired,
            planned_by=found.planned_by,
            planned_at=found.planned_at,
            version=found.version,
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
        return (await self.together("published", _published)).get(self.code)

    @field("The parties of the ceremony that have not revealed yet, once it is frozen (尚未揭示的参与方).")
    async def waiting_for(self, info: Info) -> list[str] | None:
        """Return the names of the missing parties."""
        if self.state is StaffCampaignState.PLANNED:
            return []
        actor = info.context.signed_in
        told = await self.together("waiting", lambda tx, all_of: announcing.waiting_for_of(tx, actor, _codes(all_of)))
        return told.get(self.code)

    @field("Whom to visit, and who does, by position (检查任务).")
    async def visits(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichVisits = None,
        order: VisitsBy = None,
    ) -> Connection[VisitAnswer] | None:
        """Return a page of its visits."""
        actor, wanted = info.context.signed_in, chosen(where, EVERY_VISIT)
        by = visit_order(VISITS_BY.field(order))
        return await page_of_each(
            self,
            f"visits {wanted}",
            VISITS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window, all_of: assigning.page_of_each(tx, actor, _codes(all_of), window, wanted, by),
            VisitAnswer.of,
            own=self.code,
            counts=lambda tx, all_of: assigning.count_of_each(tx, actor, _codes(all_of), wanted),
            filters=[self.code, wanted],
        )

    @field("The replacement that a second person may confirm now, for planners of the lead and auditors (待确认替补).")
    async def replacement_proposal(self, info: Info) -> ReplacementProposal | None:
        """Return the standing proposal."""
        actor = info.context.signed_in
        told = await self.together(
            "replacement proposals", lambda tx, all_of: replacements.standing_proposals_of(tx, actor, _codes(all_of))
        )
        found = told.get(self.code)
        return None if found is None else ReplacementProposal.of(found)

    @field("The assignments that could be foreseen, for planners and auditors, once it is matched (可预见的匹配).")
    async def predictable_assignments(self, info: Info) -> list[PredictableAssignment] | None:
        """Return the assignments whose chance was above one half."""
        found = await read_as_staff(info, lambda tx, actor: assigning.predictable(tx, actor, self.code))
        return [PredictableAssignment.made(each) for each in found]

    @field("What the visits found, by position (检查结果).")
    async def findings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichRecorded = None,
        order: RecordedBy = None,
    ) -> Connection[RecordedFinding] | None:
        """Return a page of its findings."""
        actor, wanted, by = info.context.signed_in, chosen(where, EVERY_FINDING), recorded_order(order)
        return await page_of_each(
            self,
            f"findings {wanted}",
            RECORDED_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window, all_of: findings.page_of_each(tx, actor, _codes(all_of), window, wanted, by),
            RecordedFinding.of,
            own=self.code,
            counts=lambda tx, all_of: findings.count_of_each(tx, actor, _codes(all_of), wanted),
            filters=[self.code, wanted],
        )


def _codes(several: Sequence[StaffCampaign]) -> list[str]:
    return [each.code for each in several]


def _published(tx: Transaction, several: Sequence[StaffCampaign]) -> dict[str, Campaign]:
    found = disclosures.campaigns_of(tx, _codes(several))
    return dict(zip(found, together([Campaign.of(each) for each in found.values()]), strict=True))


CAMPAIGNS: Keyset[campaigns.Campaign] = Keyset("staff campaigns", (str,), lambda found: (found.id,), descending=True)


@strawberry.enum(description="What campaigns may go by (任务排序字段).")
class StaffCampaignOrderField(Enum):
    """The orders."""

    CODE = strawberry.enum_value("code", description="Their code (任务编号).")
    STARTS = strawberry.enum_value("starts", description="The first day of their period, and code (开始日期).")
    ENDS = strawberry.enum_value("ends", description="The last day of their period, and code (结束日期).")
    DEPARTMENT = strawberry.enum_value("department", description="The department that leads, and code (牵头部门).")
    STATE = strawberry.enum_value("state", description="Their state, by its English word, and code (状态).")
    TYPE = strawberry.enum_value("type", description="Their type, by its English word, and code (抽查类型).")


def _by(order: CampaignOrder) -> Keyset[campaigns.Campaign]:
    return Keyset(
        f"staff campaigns by {order}",
        (str, str),
        lambda found: order.place(found.id, found.state, found.plan),
        descending=True,
    )


CAMPAIGNS_BY = Orders(
    {each: _by(CampaignOrder(str(each.value))) for each in StaffCampaignOrderField}
    | {StaffCampaignOrderField.CODE: CAMPAIGNS}
)
StaffCampaignsBy = Annotated[Order[StaffCampaignOrderField] | None, order_of("newest first (排序).")]


async def visits(
    info: Info, paging: Paging, where: VisitFilterInput | None, order: Order[VisitOrderField] | None
) -> Connection[VisitAnswer]:
    """Return a page of visits."""
    actor, wanted, by = info.context.signed_in, chosen(where, EVERY_VISIT), visit_order(VISITS_BY.field(order))
    return await page(
        VISITS_BY.keyset(order),
        paging,
        lambda tx, window: assigning.page(tx, actor, window, wanted, by),
        VisitAnswer.of,
        count=lambda tx: assigning.count(tx, actor, wanted),
        filters=wanted,
    )


async def recorded_findings(
    info: Info,
    paging: Paging,
    campaign: str,
    where: RecordedFindingFilterInput | None,
    order: Order[RecordedFindingOrderField] | None,
) -> Connection[RecordedFinding]:
    """Return a page of a campaign's findings."""
    actor, wanted, by = info.context.signed_in, chosen(where, EVERY_FINDING), recorded_order(order)
    return await page(
        RECORDED_BY.keyset(order),
        paging,
        lambda tx, window: findings.page(tx, actor, campaign, window, wanted, by),
        RecordedFinding.of,
        count=lambda tx: findings.count(tx, actor, campaign, wanted),
        filters=[campaign, wanted],
    )


async def campaign_page(
    info: Info, paging: Paging, where: StaffCampaignFilterInput | None, order: Order[StaffCampaignOrderField] | None
) -> Connection[StaffCampaign]:
    """Return a page of campaigns."""
    actor, wanted = info.context.signed_in, chosen(where, EVERY)
    by = CampaignOrder(str(CAMPAIGNS_BY.field(order).value))
    return await page(
        CAMPAIGNS_BY.keyset(order),
        paging,
        lambda tx, window: campaigns.page(tx, actor, window, wanted, by),
        StaffCampaign.of,
        count=lambda tx: campaigns.count(tx, actor, wanted),
        filters=wanted,
    )
