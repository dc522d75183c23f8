"""Visits and what they found, before and after publication (检查与结果)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from sampling import campaigns, findings
from sampling.assigning import Visit
from sampling.exchange.recognition import offers
from sampling.finding_filters import RecordedOrder, VisitOrder
from sampling.plans import Plan
from sampling.publication import penalties
from sampling.visits import numbering
from schema.connections import Keyset
from schema.context import Info, read_once
from schema.decorators import field
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer
from schema.public_types.findings import FollowUpAnswer, ResultAnswer
from schema.scalars import USCC
from schema.staff_types.exchange import InspectionElsewhere
from schema.staff_types.proceedings import LinkedPenaltyAnswer
from schema.staff_types.visits import CheckAnswer, SignatureAnswer, VisitForm


@strawberry.type(description="An inspector's place in a team (检查组成员).")
class TeamMember:
    """A member of a team."""

    role: str = strawberry.field(description="The place: lead, or member and a number (分工).")
    certificate: str = strawberry.field(description="The inspector's certificate number (证件号).")


@strawberry.type(
    name="Visit", description="A drawn enterprise with its team: sealed until its finding is published (检查任务)."
)
class VisitAnswer(Node, Peer):
    """A visit."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    position: int = strawberry.field(description="The drawn position (位置).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    enterprise_name: str = strawberry.field(description="Its name (企业名称).")
    address: str = strawberry.field(description="Where it is (地址).")
    team: list[TeamMember] = strawberry.field(description="Who visits; empty before the matching (检查组).")

    @field("The campaign's title (任务名称).")
    async def campaign_title(self) -> str:
        """Return the title."""
        return (await self._plans())[self.campaign_code].title

    @field("The last day of the campaign's period (任务截止日期).")
    async def campaign_ends_on(self) -> date:
        """Return the day."""
        return (await self._plans())[self.campaign_code].ends

    @field("What it found; nothing: nothing is recorded yet (检查结果).")
    async def finding(self, info: Info) -> "RecordedFinding | None":
        """Return the finding."""
        actor = info.context.signed_in
        found = await self.together(
            "findings",
            lambda tx, all_of: {
                (each.campaign, each.position): each for each in findings.visible_at(tx, actor, _places(all_of))
            },
        )
        finding = found.get((self.campaign_code, self.position))
        return None if finding is None else RecordedFinding.of(finding)

    @field("The printed forms that were issued for it (检查文书).")
    async def forms(self) -> list[VisitForm]:
        """Return the forms."""
        found = await self.together("forms", lambda tx, all_of: numbering.forms_at(tx, _places(all_of)))
        return [VisitForm.of(each) for each in found.get((self.campaign_code, self.position), ())]

    async def _plans(self) -> Mapping[str, Plan]:
        return await self.together(
            "plans", lambda tx, all_of: campaigns.plans_of(tx, {each.campaign_code for each in all_of})
        )

    @field("Another department's newest inspection that may stand for this visit, until a finding does (可互认).")
    async def inspected_elsewhere(self, info: Info) -> InspectionElsewhere | None:
        """Return the inspection."""
        actor, now = info.context.signed_in, info.context.bureau.now
        found = (await read_once("offers", lambda tx: offers(tx, actor, now))).get((self.campaign_code, self.position))
        return None if found is None else InspectionElsewhere.of(found)

    @classmethod
    def of(cls, visit: Visit) -> "VisitAnswer":
        """Make the answer of a visit."""
        return cls(
            key=VISITS.key(visit),
            campaign_code=visit.campaign,
            position=visit.position,
            enterprise_code=USCC(visit.enterprise),
            enterprise_name=visit.name,
            address=visit.address,
            team=[TeamMember(role=role, certificate=certificate) for role, certificate in visit.team],
        )


def _places(several: Sequence[VisitAnswer]) -> list[tuple[str, int]]:
    return [(each.campaign_code, each.position) for each in several]


VISITS: Keyset[Visit] = Keyset("visits", (str, int), lambda visit: (visit.campaign, visit.position))


@strawberry.enum(description="What visits may go by (检查任务排序字段).")
class VisitOrderField(Enum):
    """The orders."""

    POSITION = strawberry.enum_value("position", description="Campaign and drawn position (任务和位置).")
    ENTERPRISE_NAME = strawberry.enum_value(
        "name", description="The enterprise's name, character by character (企业名称)."
    )


VISITS_BY = Orders(
    {
        VisitOrderField.POSITION: VISITS,
        VisitOrderField.ENTERPRISE_NAME: Keyset[Visit](
            "visits by name", (str, str, int), lambda visit: (visit.name, visit.campaign, visit.position)
        ),
    }
)
VisitsBy = Annotated[Order[VisitOrderField] | None, order_of("by campaign and position (排序).")]


@strawberry.enum(description="How far a finding has come (结果状态).")
class FindingState(Enum):
    """The states."""

    RECORDED = strawberry.enum_value("recorded", description="Waits for the second inspector (待确认).")
    CONFIRMED = strawberry.enum_value("confirmed", description="Waits for review (待审核).")
    RETURNED = strawberry.enum_value("returned", description="To be recorded anew (已退回).")
    APPROVED = strawberry.enum_value("approved", description="May be published (已审核).")
    PUBLISHED = strawberry.enum_value("published", description="Published (已公示).")
    ENDED = strawberry.enum_value("ended", description="Was published, and is shown no more (已停止公示).")


@strawberry.type(description="What a visit found, as staff see it (检查结果).")
class RecordedFinding(Node):
    """The newest version of a finding."""

    campaign_code: str = strawberry.field(description="The campaign (任务编号).")
    position: int = strawberry.field(description="The drawn position (位置).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    enterprise_name: str = strawberry.field(description="Its name today (企业名称).")
    version: int = strawberry.field(description="Its version, from 1 (版本).")
    state: FindingState = strawberry.field(description="How far it has come (状态).")
    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")
    facts: str = strawberry.field(description="The facts in words; never published (检查情况).")
    recorded_by: str = strawberry.field(description="Who recorded it (录入人).")
    measures: str = strawberry.field(description="The measures that were taken; never published (采取的措施).")
    correct_by: date | None = strawberry.field(description="By when it is to be corrected (整改期限).")
    signature: SignatureAnswer | None = strawberry.field(
        description="How the on-site record was signed; nothing of findings of earlier releases (签字)."
    )
    answers: list[CheckAnswer] = strawberry.field(description="The answers to the checklist (检查要点作答).")
    entered_at: datetime | None = strawberry.field(
        description="When it was written down offline; nothing: it was recorded at once (离线录入时间)."
    )
    confirmed_by: str | None = strawberry.field(description="The inspector who confirmed it (确认人).")
    open_conflicts: int = strawberry.field(
        description="How many accounts that were handed in later are not settled (未处理冲突)."
    )

    @field("Penalties of the enterprise whose words name this finding, as campaign and position (关联处罚).")
    async def penalties(self, info: Info) -> list[LinkedPenaltyAnswer]:
        """Return the penalties."""
        actor, campaign = info.context.signed_in, self.campaign_code
        found = await read_once(f"penalties of {campaign}", lambda tx: penalties.linked(tx, actor, campaign))
        return [LinkedPenaltyAnswer.of(each) for each in found.get(self.position, ())]

    @classmethod
    def of(cls, found: findings.Finding) -> "RecordedFinding":
        """Make the answer of a finding."""
        detail = found.detail
        return cls(
            key=RECORDED.key(found),
            campaign_code=found.campaign,
            position=found.position,
            enterprise_code=USCC(found.enterprise),
            enterprise_name=found.name,
            version=found.version,
            state=FindingState(found.state),
            visited_on=found.visited,
            results=[ResultAnswer.of(each) for each in found.results],
            follow_up=FollowUpAnswer.of(found.follow_up),
            facts=found.facts,
            recorded_by=found.recorded_by,
            measures="" if detail is None else detail.measures,
            correct_by=None if detail is None else detail.correct_by,
            signature=None if detail is None else SignatureAnswer.of(detail.signature),
            answers=[] if detail is None else [CheckAnswer.of(each) for each in detail.answers],
            entered_at=None if detail is None else detail.entered_at,
            confirmed_by=found.confirmed_by,
            open_conflicts=found.conflicts,
        )


RECORDED: Keyset[findings.Finding] = Keyset(
    "recorded findings", (str, int), lambda found: (found.campaign, found.position)
)


@strawberry.enum(description="What findings may go by (检查结果排序字段).")
class RecordedFindingOrderField(Enum):
    """The orders."""

    POSITION = strawberry.enum_value("position", description="The drawn position (位置).")
    VISITED = strawberry.enum_value("visited", description="The day of the visit, and position (检查日期).")
    ENTERPRISE = strawberry.enum_value("enterprise", description="The enterprise's code, and position (企业代码).")


RECORDED_BY = Orders(
    {
        RecordedFindingOrderField.POSITION: RECORDED,
        RecordedFindingOrderField.VISITED: Keyset[findings.Finding](
            "recorded findings by visit",
            (date, str, int),
            lambda found: (found.visited, found.campaign, found.position),
        ),
        RecordedFindingOrderField.ENTERPRISE: Keyset[findings.Finding](
            "recorded findings by enterprise",
            (str, str, int),
            lambda found: (found.enterprise, found.campaign, found.position),
        ),
    }
)
RecordedBy = Annotated[Order[RecordedFindingOrderField] | None, order_of("by position (排序).")]


def visit_order(field: VisitOrderField) -> VisitOrder:
    """Return what the use case takes."""
    return VisitOrder(str(field.value))


def recorded_order(order: Order[RecordedFindingOrderField] | None) -> RecordedOrder:
    """Return what the use case takes."""
    return RecordedOrder(str(RECORDED_BY.field(order).value))
