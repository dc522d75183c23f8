"""What the bureau reports to platforms, and inspections of others that stand for its own (报送与互认)."""

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from ledger import deliveries
from ledger.calendar import civil_date
from ledger.deliveries import Operation
from ledger.deliveries import State as DeliveryState
from sampling.exchange import peers, recognition, status
from sampling.exchange.platforms import HeldPlatform
from schema.connections import Keyset
from schema.context import Info
from schema.decorators import field
from schema.errors import RefusalAnswer
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer
from schema.public_types.findings import FollowUpAnswer, ResultAnswer
from schema.scalars import USCC, BigInt, Digest
from schema.staff_types.files import FileKind
from schema.words import Language


@strawberry.type(description="A platform that the law names, and what of the bureau goes there (报送平台).")
class Platform(Node):
    """A platform."""

    name: str = strawberry.field(description="Its name (名称).")
    title: str = strawberry.field(description="Its title (标题).")
    version: str = strawberry.field(description="The version that holds (版本).")
    legal_basis: str = strawberry.field(description="The law that it rests on (法律依据).")
    kinds: list[FileKind] = strawberry.field(description="The kinds of records that go there (报送类别).")
    deadline: int = strawberry.field(description="Working days from a thing's date (报送期限，工作日).")
    since: date = strawberry.field(description="The first day of the backlog (补报起始日).")
    pushes: bool = strawberry.field(description="Whether Qian sends there; otherwise by files (接口推送).")
    added_by: str | None = strawberry.field(
        description="Who added it; nothing of one that Qian ships and nobody added, to which nothing goes (添加人)."
    )
    digest: Digest = strawberry.field(description="The SHA-256 of its document (文档摘要).")
    text: str = strawberry.field(description="Its document, TOML (平台文档).")

    @classmethod
    def of(cls, held: HeldPlatform) -> "Platform":
        """Make the answer of a platform."""
        platform = held.platform
        return cls(
            key=(platform.name,),
            name=platform.name,
            title=platform.title,
            version=platform.version,
            legal_basis=platform.legal_basis,
            kinds=[FileKind(kind) for kind in platform.kinds],
            deadline=platform.deadline,
            since=platform.since,
            pushes=platform.push is not None,
            added_by=held.added_by,
            digest=Digest(bytes.fromhex(platform.digest)),
            text=platform.text,
        )


@strawberry.type(description="How deliveries to a platform stand (报送情况).")
class PlatformStatus:
    """A platform's deliveries."""

    platform: str = strawberry.field(description="The platform's name (平台).")
    title: str = strawberry.field(description="Its title (标题).")
    queued: int = strawberry.field(description="Waiting to be sent (待报送).")
    failed: int = strawberry.field(description="Tried in vain, and tried again (报送失败).")
    refused: int = strawberry.field(description="Refused: to be mended (被拒收).")
    exported: int = strawberry.field(description="Handed over as files, without a receipt yet (已导出).")
    delivered: int = strawberry.field(description="Delivered, with a receipt (已送达).")
    superseded: int = strawberry.field(description="In the place of which a newer version goes (已被替代).")
    overdue: int = strawberry.field(description="Not delivered though due (逾期).")
    last_delivered_at: datetime | None = strawberry.field(description="When the last was delivered (最近送达).")

    @classmethod
    def of(cls, found: status.PlatformStatus) -> "PlatformStatus":
        """Make the answer of a platform's deliveries."""
        counts = {state.value: found.counts.get(state, 0) for state in DeliveryState}
        return cls(
            platform=found.platform.name,
            title=found.platform.title,
            overdue=found.overdue,
            last_delivered_at=found.last_delivered_at,
            **counts,
        )


@strawberry.type(description="What a platform answered, or what somebody entered (回执).")
class DeliveryReceipt:
    """A receipt."""

    at: datetime = strawberry.field(description="When (时间).")
    outcome: DeliveryState = strawberry.field(description="What it says (结果).")
    receipt: str = strawberry.field(description="The receipt, or the reason of a refusal (回执内容).")
    entered_by: str = strawberry.field(description="The worker that received it, or who entered it (登记人).")


@strawberry.type(description="One version of one thing that the bureau issued, to one platform (报送).")
class Delivery(Node, Peer):
    """A delivery."""

    number: BigInt = strawberry.field(description="Its number (编号).")
    platform: str = strawberry.field(description="The platform (平台).")
    kind: FileKind = strawberry.field(description="What it is about (类别).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    reference: Digest = strawberry.field(description="The thing, the same for all its versions (唯一标识).")
    version: int = strawberry.field(description="The version of the record (版本).")
    operation: Operation = strawberry.field(description="Whether it is delivered or withdrawn (操作).")
    state: DeliveryState = strawberry.field(description="What became of it (状态).")
    due: date = strawberry.field(description="By when it is to be delivered (期限).")
    overdue: bool = strawberry.field(description="Whether it is not delivered though due (逾期).")
    queued_at: datetime = strawberry.field(description="When it was queued (入队时间).")
    next_at: datetime | None = strawberry.field(description="When it is tried, or asked about, again (下次处理).")
    attempts: int = strawberry.field(description="How often it was tried (次数).")
    delivered_at: datetime | None = strawberry.field(description="When it was delivered (送达时间).")
    receipt: str = strawberry.field(description="The receipt that stands (回执).")
    export: str | None = strawberry.field(description="The export that it was handed over in (导出批次).")
    refusal: RefusalAnswer | None = strawberry.field(description="Why it failed or was refused (原因).")

    @classmethod
    def of(cls, held: deliveries.Delivery, today: date, language: Language) -> "Delivery":
        """Make the answer of a delivery."""
        return cls(
            key=DELIVERIES.key(held),
            number=BigInt(held.number),
            platform=held.channel,
            kind=FileKind(held.topic),
            enterprise_code=USCC(held.lane),
            reference=Digest(bytes.fromhex(held.reference)),
            version=held.version,
            operation=held.operation,
            state=held.state,
            due=held.due,
            overdue=held.state in deliveries.UNDELIVERED and held.due < today,
            queued_at=held.queued_at,
            next_at=held.next_at,
            attempts=held.attempts,
            delivered_at=held.delivered_at,
            receipt=held.receipt,
            export=held.export or None,
            refusal=None if held.refusal is None else RefusalAnswer.of(held.refusal, language),
        )

    @field("All its receipts, the first first (全部回执).")
    async def receipts(self, info: Info) -> list[DeliveryReceipt]:
        """Return the receipts."""
        actor = info.context.signed_in
        found = await self.together(
            "receipts", lambda tx, all_of: status.receipts(tx, actor, [int(each.number) for each in all_of])
        )
        return [
            DeliveryReceipt(at=each.time, outcome=each.outcome, receipt=each.text, entered_by=each.entered_by)
            for each in found[int(self.number)]
        ]


DELIVERIES: Keyset[deliveries.Delivery] = Keyset("deliveries", (int,), lambda each: (each.number,))


@strawberry.enum(description="What deliveries may go by (报送排序字段).")
class DeliveryOrderField(Enum):
    """The orders."""

    QUEUED = strawberry.enum_value("queued", description="When they were queued (入队先后).")


DELIVERIES_BY = Orders({DeliveryOrderField.QUEUED: DELIVERIES})
DeliveriesBy = Annotated[Order[DeliveryOrderField] | None, order_of("the first queued first (排序).")]


def delivery_of(info: Info, held: deliveries.Delivery) -> Delivery:
    """Make the answer of a delivery as it stands today."""
    return Delivery.of(held, civil_date(info.context.bureau.now), info.context.language)


@strawberry.type(description="Of what the bureau issued of a kind in a month: how much went to a platform (完整性).")
class ExchangeMonth:
    """A month of a kind."""

    kind: FileKind = strawberry.field(description="The kind (类别).")
    month: str = strawberry.field(description="The civil month, YYYY-MM; empty of what has no date (月份).")
    issued: int = strawberry.field(description="Records that stand (产生).")
    delivered: int = strawberry.field(description="Delivered (已送达).")
    waiting: int = strawberry.field(description="Queued (待报送).")
    failed: int = strawberry.field(description="Tried in vain (报送失败).")
    refused: int = strawberry.field(description="Refused (被拒收).")
    exported: int = strawberry.field(description="Handed over without a receipt yet (已导出).")
    incomplete: int = strawberry.field(description="Refused for want of a required field (缺少必填项).")
    never: int = strawberry.field(description="Never queued (从未报送).")

    @classmethod
    def of(cls, found: status.Month) -> "ExchangeMonth":
        """Make the answer of a month."""
        return cls(**{**vars(found), "kind": FileKind(found.kind)})


@strawberry.type(description="An inspection that another department has done (其他部门检查).")
class InspectionElsewhere:
    """An inspection of another department."""

    reference: Digest = strawberry.field(description="The record, to be named when it is recognised (唯一标识).")
    body: str = strawberry.field(description="The department (检查机关).")
    inspected_on: date = strawberry.field(description="The date of the inspection (检查日期).")
    number: str = strawberry.field(description="The document's number (文书号).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer | None = strawberry.field(description="What followed (后续处理).")
    item_names: list[str] = strawberry.field(description="Its items; none where it does not tell them (检查事项).")

    @classmethod
    def of(cls, found: recognition.Inspection) -> "InspectionElsewhere":
        """Make the answer of an inspection."""
        return cls(
            reference=Digest(bytes.fromhex(found.reference)),
            body=found.body,
            inspected_on=found.date,
            number=found.number,
            results=[ResultAnswer.of(each) for each in found.results],
            follow_up=FollowUpAnswer.of(found.follow_up) if found.follow_up else None,
            item_names=list(found.items),
        )


@strawberry.type(description="An item that a finding is about (抽查事项).")
class InspectedItem:
    """An item."""

    code: str = strawberry.field(description="Its code (事项编号).")
    name: str = strawberry.field(description="Its name when the finding was published (事项名称).")


@strawberry.type(
    description="A published finding as another department needs it, to recognise it instead of a visit (互认结果)."
)
class PeerFinding(Node):
    """A finding for mutual recognition."""

    number: int = strawberry.field(description="Its number in the order of publication, from 1 (公示序号).")
    version: int = strawberry.field(description="Its version, from 1; a later one was corrected (版本).")
    enterprise_code: USCC = strawberry.field(description="The enterprise (统一社会信用代码).")
    enterprise_name: str = strawberry.field(description="Its name when it was published (企业名称).")
    department_name: str = strawberry.field(description="The department that inspected (检查机关).")
    campaign_code: str = strawberry.field(description="The campaign (抽查任务编号).")
    position: int = strawberry.field(description="The drawn position (位置).")
    items: list[InspectedItem] = strawberry.field(description="What was inspected (抽查事项).")
    visited_on: date = strawberry.field(description="The date of the visit (检查日期).")
    results: list[ResultAnswer] = strawberry.field(description="What was found (检查结果).")
    follow_up: FollowUpAnswer = strawberry.field(description="What follows (后续处理).")
    published_at: datetime = strawberry.field(description="When it was published (公示时间).")
    obstacle: peers.Obstacle | None = strawberry.field(
        description="Why it does not stand for a visit of yours; nothing: it may be recognised (不予互认的原因)."
    )

    @classmethod
    def of(cls, found: peers.PeerFinding) -> "PeerFinding":
        """Make the answer of a finding."""
        published = found.published
        return cls(
            key=PEER_FINDINGS.key(found),
            number=published.number,
            version=published.version,
            enterprise_code=USCC(published.enterprise),
            enterprise_name=published.name,
            department_name=published.department,
            campaign_code=published.campaign,
            position=published.position,
            items=[InspectedItem(code=code, name=name) for code, name in found.items],
            visited_on=published.visited,
            results=[ResultAnswer.of(each) for each in published.results],
            follow_up=FollowUpAnswer.of(published.follow_up),
            published_at=published.published_at,
            obstacle=found.obstacle,
        )


PEER_FINDINGS: Keyset[peers.PeerFinding] = Keyset(
    "peer findings", (int,), lambda found: (found.published.number,), descending=True
)


@strawberry.enum(description="What findings may go by (互认结果排序字段).")
class PeerFindingOrderField(Enum):
    """The orders."""

    PUBLISHED = strawberry.enum_value("published", description="When they were published (公示时间).")
    VISITED = strawberry.enum_value("visited", description="The date of the visit (检查日期).")
    ENTERPRISE = strawberry.enum_value(
        "enterprise", description="The enterprise's code, and the order of publication (统一社会信用代码)."
    )


PEER_FINDINGS_BY = Orders(
    {
        PeerFindingOrderField.PUBLISHED: PEER_FINDINGS,
        PeerFindingOrderField.VISITED: Keyset[peers.PeerFinding](
            "peer findings by visit",
            (date, int),
            lambda found: (found.published.visited, found.published.number),
            descending=True,
        ),
        PeerFindingOrderField.ENTERPRISE: Keyset[peers.PeerFinding](
            "peer findings by enterprise",
            (str, int),
            lambda found: (found.published.enterprise, found.published.number),
        ),
    }
)
PeerFindingsBy = Annotated[Order[PeerFindingOrderField] | None, order_of("newest first (排序).")]


@strawberry.type(description="How many members of a planned campaign others have inspected already (重复检查预览).")
class CampaignOverlap:
    """An overlap."""

    member_count: int = strawberry.field(description="Enterprises that meet the conditions (范围内企业).")
    inspected: int = strawberry.field(description="Those that another department inspected (已被其他部门检查).")
    same_items: int = strawberry.field(description="Those inspected on an item of the campaign (同类事项).")
    unstated: int = strawberry.field(description="Those whose inspections do not tell their items (未载明事项).")

    @classmethod
    def of(cls, found: recognition.Overlap) -> "CampaignOverlap":
        """Make the answer of an overlap."""
        return cls(
            member_count=found.members,
            inspected=found.inspected,
            same_items=found.same_items,
            unstated=found.unstated,
        )


@strawberry.type(description="A finding that repeats another department's inspection: nobody went there again (互认).")
class Recognition:
    """A recognition."""

    position: int = strawberry.field(description="The position (位置).")
    reference: Digest = strawberry.field(description="The record that it repeats (唯一标识).")
    body: str = strawberry.field(description="Who inspected (检查机关).")
    inspected_on: date = strawberry.field(description="When (检查日期).")
    reason: str = strawberry.field(description="Why it stands for the visit (理由).")
    recognised_by: str = strawberry.field(description="Who decided so (登记人).")

    @classmethod
    def of(cls, found: recognition.Recognition) -> "Recognition":
        """Make the answer of a recognition."""
        return cls(
            position=found.position,
            reference=Digest(bytes.fromhex(found.reference)),
            body=found.body,
            inspected_on=found.inspected,
            reason=found.reason,
            recognised_by=found.recognised_by,
        )
