"""What staff may ask of deliveries to platforms and of inspections elsewhere (报送与互认)."""

from typing import Annotated

import strawberry

from sampling.exchange import peers, platforms, recognition, status
from sampling.public_filters import FindingOrder
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, act, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.staff_mutations.arguments import AnyCode, CampaignCode
from schema.staff_types.exchange import (
    DELIVERIES_BY,
    PEER_FINDINGS_BY,
    CampaignOverlap,
    DeliveriesBy,
    Delivery,
    ExchangeMonth,
    InspectionElsewhere,
    PeerFinding,
    PeerFindingsBy,
    Platform,
    PlatformStatus,
    Recognition,
    delivery_of,
)
from schema.staff_types.filters import DeliveryFilterInput, WhichDeliveries, WhichPeerFindings

PlatformName = Annotated[str, strawberry.argument(description="The platform's name (平台).")]
Days = Annotated[int, strawberry.argument(description="Within how many days, 1 to 365 (天数).")]


@strawberry.type
class ExchangeQueries:
    """Exchange with other bodies."""

    @field("The platforms that the bureau reports to, and those that Qian ships to begin with, by name (报送平台).")
    async def platforms(self, info: Info) -> list[Platform] | None:
        """Return the platforms."""
        return [Platform.of(each) for each in await read_as_staff(info, platforms.read_all)]

    @field("How deliveries to each platform stand: what was delivered, when, and what is overdue (报送情况).")
    async def exchange_status(self, info: Info) -> list[PlatformStatus] | None:
        """Return the status."""
        now = info.context.bureau.now
        found = await read_as_staff(info, lambda tx, actor: status.status(tx, actor, now))
        return [PlatformStatus.of(each) for each in found]

    @field("Deliveries to platforms, the first queued first (报送明细).")
    async def deliveries(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichDeliveries = None,
        order: DeliveriesBy = None,
    ) -> Connection[Delivery] | None:
        """Return a page of deliveries."""
        wanted = (where or DeliveryFilterInput()).wanted()
        actor, now = info.context.signed_in, info.context.bureau.now
        return await page(
            DELIVERIES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: status.deliveries(tx, actor, now, window, *wanted),
            lambda each: delivery_of(info, each),
            count=lambda tx: status.count_deliveries(tx, actor, now, *wanted),
            filters=wanted,
        )

    @field("By kind and month: how much of what the bureau issued went to a platform (报送完整性).")
    async def exchange_completeness(self, info: Info, platform: PlatformName) -> list[ExchangeMonth] | None:
        """Return the report."""
        found = await read_as_staff(info, lambda tx, actor: status.completeness(tx, actor, platform))
        return [ExchangeMonth.of(each) for each in found]

    @field("What other departments' inspections found at an enterprise, the newest first (其他部门检查).")
    async def inspections_elsewhere(
        self, info: Info, enterprise: AnyCode, days: Days = recognition.MOST_DAYS
    ) -> list[InspectionElsewhere] | None:
        """Return the inspections."""
        now = info.context.bureau.now
        found = await read_as_staff(
            info, lambda tx, actor: recognition.inspections_elsewhere(tx, actor, now, enterprise, days)
        )
        return [InspectionElsewhere.of(each) for each in found]

    @field("For peer departments: published findings, newest first, and whether each may be recognised (互认结果).")
    async def recognisable_findings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichPeerFindings = None,
        order: PeerFindingsBy = None,
    ) -> Connection[PeerFinding] | None:
        """Return a page of findings."""
        actor, now = info.context.signed_in, info.context.bureau.now
        asked, by = chosen(where, peers.EVERYTHING), FindingOrder(str(PEER_FINDINGS_BY.field(order).value))
        return await page(
            PEER_FINDINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: peers.recognisable(tx, actor, now, window, asked, by),
            PeerFinding.of,
            count=lambda tx: peers.count(tx, actor, asked),
            filters=asked,
        )

    @field("How many members of a planned campaign other departments have inspected already (重复检查预览).")
    async def campaign_overlap(self, info: Info, campaign: CampaignCode, days: Days) -> CampaignOverlap | None:
        """Return the overlap."""
        found = await act(info, lambda tx, actor, now: recognition.overlap(tx, actor, now, campaign, days))
        return CampaignOverlap.of(found)

    @field("A campaign's findings that repeat an inspection of another department, by position (互认).")
    async def recognitions(self, info: Info, campaign: CampaignCode) -> list[Recognition] | None:
        """Return the recognitions."""
        found = await read_as_staff(info, lambda tx, actor: recognition.visible_recognitions(tx, actor, campaign))
        return [Recognition.of(each) for each in found]
