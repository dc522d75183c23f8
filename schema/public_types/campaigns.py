"""Campaigns from their freeze on, as the ledger tells them (抽查任务)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from ledger import entries
from sampling import conditions, disclosures, listings, replacing
from sampling.campaign_filters import CampaignFilter, CampaignOrder
from sampling.disclosures import PublicCampaign
from sampling.entry_kinds import VOID_CONFIRMED
from sampling.listings import CampaignType
from sampling.public_filters import ANY_FINDING
from sampling.witnessing import witness_wait
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import After, Before, Connection, First, Keyset, Last, Paging, page_of_each
from schema.context import Info, read, read_once
from schema.decorators import field
from schema.filtering import WORDS, chosen, filter_of
from schema.nodes import Node
from schema.notes import Note
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer
from schema.public_types.auditors import Attestation
from schema.public_types.beacons import CampaignBeacon
from schema.public_types.findings import FINDINGS_BY, Finding, FindingsBy, WhichFindings
from schema.public_types.items import Department, Item, departments, items
from schema.public_types.ledger import Entry
from schema.public_types.proofs import CampaignProof
from schema.scalars import Digest


@strawberry.enum(description="How far a campaign has come (任务状态).")
class CampaignState(Enum):
    """The states that the public sees."""

    FROZEN = strawberry.enum_value("frozen", description="The frame stands, and nobody can know who is drawn (已冻结).")
    LISTED = strawberry.enum_value("listed", description="No draw: the list of who is visited is fixed (名单已固定).")
    DRAWN = strawberry.enum_value("drawn", description="The positions are drawn and public (已抽取).")
    MATCHED = strawberry.enum_value("matched", description="Visits are under way (检查中).")
    CLOSED = strawberry.enum_value("closed", description="Ended (已结束).")
    VOIDED = strawberry.enum_value("voided", description="Void, by rule or by two persons (已作废).")


@strawberry.input(name="CampaignFilter", description="Which campaigns; all that is given must hold (筛选任务).")
class CampaignFilterInput:
    """A filter by what the freeze makes public."""

    states: list[CampaignState] | None = strawberry.field(default=None, description="In any of these states (状态).")
    types: list[CampaignType] | None = strawberry.field(default=None, description="Of any of these types (抽查类型).")
    department_code: str | None = strawberry.field(default=None, description="A department that takes part (部门代码).")
    since: date | None = strawberry.field(default=None, description="Whose period ends on this day or later (期间起).")
    until: date | None = strawberry.field(default=None, description="Whose period begins by this day (期间止).")
    text: str | None = strawberry.field(default=None, description=f"Words of the title, {WORDS} (名称).")

    def chosen(self) -> CampaignFilter:
        """Return what the use case takes."""
        states = [str(each.value) for each in self.states or ()]
        return campaign_filter(states, self.types, self.department_code, self.since, self.until, self.text)


def campaign_filter(
    states: Sequence[str],
    types: Sequence[CampaignType] | None,
    department: str | None,
    since: date | None,
    until: date | None,
    text: str | None,
) -> CampaignFilter:
    """Return a filter of what was given."""
    kinds = tuple(sorted(set(types or ())))
    return CampaignFilter(tuple(sorted(set(states))), kinds, department or "", since, until, text or "")


WhichCampaigns = Annotated[CampaignFilterInput | None, filter_of("Which campaigns; none: all of them (筛选).")]


@strawberry.type(description="The public conditions that make the frame; an empty list means all (抽查范围).")
class Conditions:
    """Conditions."""

    sectors: list[str] = strawberry.field(description="Trades (行业).")
    regions: list[str] = strawberry.field(description="Places (区域).")
    statuses: list[str] = strawberry.field(description="States of registration (登记状态).")
    types: list[str] = strawberry.field(description="Types of enterprise, which their codes tell (主体类型).")
    sizes: list[str] = strawberry.field(description="Sizes, where the register tells them (企业规模).")
    tags: list[list[str]] = strawberry.field(description="Lists of tags, of each of which one suffices (对象标签).")

    @classmethod
    def of(cls, conditions: conditions.Conditions) -> "Conditions":
        """Make the answer of conditions."""
        return cls(
            sectors=list(conditions.sectors),
            regions=list(conditions.regions),
            statuses=list(conditions.statuses),
            types=list(conditions.types),
            sizes=list(conditions.sizes),
            tags=[list(tags) for tags in conditions.tags],
        )


@strawberry.type(description="The ledger's outside witnesses, whose quorum must see the freeze in time (日志见证方).")
class Witnesses:
    """How a freeze stands with its witnesses."""

    policy: str = strawberry.field(
        description="Who they are and what is a quorum, after c2sp.org/tlog-policy (见证策略)."
    )
    latest: datetime = strawberry.field(
        description="Until when they must have cosigned a checkpoint with the freeze (见证期限)."
    )
    is_met: bool = strawberry.field(
        description="Whether a quorum cosigned in time; the draw holds the evidence (是否已见证)."
    )
    awaited: list[str] = strawberry.field(
        description="Unless it is met: who could still make the quorum, by the policy's names (尚待见证方)."
    )


@strawberry.type(description="What takes the place of a draw; whom it names is told by each finding (非抽取).")
class Listing:
    """What stands in place of a draw."""

    reason: str = strawberry.field(description="Why there is no draw (理由).")
    issuing_body: str | None = strawberry.field(description="Which superior drew the list; none: nobody (印发机关).")
    document_number: str | None = strawberry.field(description="The number of its document (文号).")
    file_digest: Digest | None = strawberry.field(description="The SHA-256 of the list's file (文件摘要).")

    @classmethod
    def of(cls, found: listings.Listing) -> "Listing":
        """Make the answer of a listing."""
        origin = found.origin
        return cls(
            reason=found.reason,
            issuing_body=None if origin is None else origin.body,
            document_number=None if origin is None else origin.number,
            file_digest=None if origin is None else _digest(origin.sha256),
        )


CAMPAIGNS: Keyset[PublicCampaign] = Keyset("campaigns", (int,), lambda found: (found.frozen.seq,), descending=True)


@strawberry.enum(description="What campaigns may go by (任务排序字段).")
class CampaignOrderField(Enum):
    """The orders."""

    FROZEN = strawberry.enum_value("frozen", description="When they were frozen or listed (冻结时间).")
    CODE = strawberry.enum_value("code", description="Their code (任务编号).")
    STARTS = strawberry.enum_value("starts", description="The first day of their period, and code (开始日期).")
    ENDS = strawberry.enum_value("ends", description="The last day of their period, and code (结束日期).")
    DEPARTMENT = strawberry.enum_value("department", description="The department that leads, and code (牵头部门).")
    STATE = strawberry.enum_value("state", description="Their state, by its English word, and code (状态).")
    TYPE = strawberry.enum_value("type", description="Their type, by its English word, and code (抽查类型).")


def campaign_order(field: CampaignOrderField) -> CampaignOrder | None:
    """Return what the use case takes: none is by when they were frozen."""
    return None if field is CampaignOrderField.FROZEN else CampaignOrder(str(field.value))


def _by(order: CampaignOrder) -> Keyset[PublicCampaign]:
    return Keyset(
        f"campaigns by {order}",
        (str,) if order is CampaignOrder.CODE else (str, str),
        lambda found: order.place(found.id, found.state, found.plan),
        descending=True,
    )


CAMPAIGNS_BY = Orders(
    {CampaignOrderField.FROZEN: CAMPAIGNS} | {CampaignOrderField(each.value): _by(each) for each in CampaignOrder}
)
CampaignsBy = Annotated[Order[CampaignOrderField] | None, order_of("newest first (排序).")]


@strawberry.type(description="An organised round of inspections, from its freeze on (抽查任务).")
class Campaign(Node, Peer):
    """A campaign as its entries tell it."""

    found: strawberry.Private[PublicCampaign]
    code: str = strawberry.field(description="Its code, such as 2026-0001 (任务编号).")
    title: str = strawberry.field(description="Its title (名称).")
    state: CampaignState = strawberry.field(description="How far it has come (状态).")
    type: CampaignType = strawberry.field(description="How it finds whom to visit (抽查类型).")
    listing: Listing | None = strawberry.field(
        description="What takes the place of a draw, where there is none (非抽取)."
    )
    annual_line: str | None = strawberry.field(description="The line of the lead's programme that it is of (计划项).")
    starts_on: date = strawberry.field(description="The first day of its period (开始日期).")
    ends_on: date = strawberry.field(description="The last day of its period (结束日期).")
    conditions: Conditions = strawberry.field(description="Who belongs to its frame (抽查范围).")
    algorithm: str = strawberry.field(description="The version of the draw, as docs/draw.md has it (算法版本).")
    frame_size: int = strawberry.field(description="How many enterprises stand in the frame (名单总数).")
    frame_root: Digest = strawberry.field(description="The root over the frame's slots, RFC 9162 (名单根哈希).")
    to_draw: int = strawberry.field(description="How many are to be drawn; of a list none (抽取数).")
    to_visit: int = strawberry.field(description="How many are to be visited: those drawn, or all of a list (检查数).")
    beacon: CampaignBeacon = strawberry.field(description="The randomness that decides (随机数).")
    frozen_entry: Entry = strawberry.field(description="The entry that fixed all of this (冻结条目).")
    beacon_entries: list[Entry] = strawberry.field(
        description="The entries of what came of the beacon between freeze and draw (随机数条目)."
    )
    drawn_entry: Entry | None = strawberry.field(description="The entry of the draw (抽取条目).")
    matched_entry: Entry | None = strawberry.field(description="The entry of the matching (匹配条目).")
    closed_entry: Entry | None = strawberry.field(description="The entry of the end (结束条目).")
    voided_entry: Entry | None = strawberry.field(
        description="The entry that made it void, with the reason (作废条目)."
    )
    void_proposed_entries: list[Entry] = strawberry.field(
        description="The proposals to make it void, each with its reason, confirmed or not (作废提议条目)."
    )
    void_reason: str | None = strawberry.field(
        description="Why it is void, in the words of who proposed it; nothing where a rule voided it (作废理由)."
    )
    replaces: list[str] = strawberry.field(
        description="The voided campaigns of the same matters that it was frozen to replace (所替代的任务)."
    )
    attestations: list[Attestation] = strawberry.field(
        description="What auditors said of the draw, who and when, in the order of the ledger (审计证明)."
    )

    replacement_count: int = strawberry.field(
        description="How often drawn enterprises were replaced that should not have stood in the frame (替补次数)."
    )

    @classmethod
    def of(cls, found: PublicCampaign) -> "Campaign":
        """Make the answer of a campaign."""
        body = found.frozen.body
        listing = found.plan.listing
        return cls(
            key=CAMPAIGNS.key(found),
            found=found,
            code=found.id,
            title=body["title"],
            state=CampaignState(found.state),
            type=found.plan.type,
            annual_line=found.plan.annual_line or None,
            listing=None if listing is None else Listing.of(listing),
            starts_on=date.fromisoformat(body["starts"]),
            ends_on=date.fromisoformat(body["ends"]),
            conditions=Conditions.of(conditions.Conditions.from_json(body["conditions"])),
            algorithm=body["algorithm"],
            frame_size=body["slots"]["count"],
            frame_root=_digest(body["slots"]["root"]),
            to_draw=body["to_draw"],
            to_visit=body["to_draw"] if listing is None else body["slots"]["count"],
            beacon=CampaignBeacon.of(found),
            frozen_entry=Entry.of(found.frozen),
            beacon_entries=[Entry.of(entry) for entry in found.announced],
            drawn_entry=_entry(found.drawn),
            matched_entry=_entry(found.matched),
            closed_entry=_entry(found.closed),
            voided_entry=_entry(found.voided),
            void_proposed_entries=[Entry.of(entry) for entry in found.void_proposals],
            void_reason=_void_reason(found.voided),
            replaces=found.replaces,
            attestations=[Attestation.of(each) for each in found.attested],
            replacement_count=len(found.replacements),
        )

    async def _told(self, name: str) -> list[int] | None:
        if self.found.closed is None:
            return None
        told = await self.together(name, lambda tx, all_of: disclosures.closing_positions_of(tx, _found(all_of), name))
        return told[self.found.id]

    @field("The departments that take part, the leading one first (参与部门).")
    async def departments(self) -> list[Department]:
        """Return the departments."""
        known = await departments()
        return [known[code] for code in self.found.frozen.body["departments"]]

    @field("The items that are inspected (抽查事项).")
    async def items(self) -> list[Item]:
        """Return the items."""
        known = await items()
        return [known[code] for code in self.found.frozen.body["items"]]

    @field("The drawn positions of the frame in ascending order; whose they are is told by each finding (抽中位置).")
    async def drawn_positions(self) -> list[int]:
        """Return the drawn positions."""
        told = await self.together("drawn", lambda tx, all_of: disclosures.drawn_positions_of(tx, _found(all_of)))
        return told[self.found.id]

    @field("The ledger's witnesses of the freeze; none where the freeze's order must be trusted (日志见证方).")
    async def witnesses(self) -> Witnesses | None:
        """Return how the freeze stands with its witnesses."""
        wait = await read(lambda tx: witness_wait(tx, self.found.frozen))
        if wait is None:
            return None
        return Witnesses(
            policy=wait.rule.policy.text, latest=wait.rule.latest, is_met=wait.met, awaited=list(wait.awaited)
        )

    @field("What must be trusted where this draw is (须信任之处).")
    def to_be_trusted(self, info: Info) -> list[Note]:
        """Return the remarks on trust."""
        return [Note.of(code, info.context.language) for code in self.found.to_be_trusted]

    @field("Once it is closed: drawn positions whose findings did not come in time (逾期位置).")
    async def overdue_positions(self) -> list[int] | None:
        """Return positions that the close tells."""
        return await self._told("overdue")

    @field("Once it is closed: positions that are not visited, since others replace them (被替换位置).")
    async def replaced_positions(self) -> list[int] | None:
        """Return positions that the close tells."""
        return await self._told("replaced")

    @field("Once it is closed: the positions that are visited instead, tied to nobody (已用候补位置).")
    async def substitute_positions(self) -> list[int] | None:
        """Return positions that the close tells."""
        return await self._told("substitutes")

    @field("The campaign that was frozen to replace it, where it is void (替代本任务的任务).")
    async def replaced_by(self) -> str | None:
        """Return the code of what replaces it."""
        return (await read_once("replaced by", replacing.replaced_by)).get(self.found.id)

    @field("The signed checkpoint, and the proofs that the campaign's entries are in its tree (日志证明).")
    async def proof(self, info: Info) -> CampaignProof:
        """Return the proof of its entries."""
        policy = info.context.bureau.witness_policy
        proofs = await self.together("proofs", lambda tx, all_of: CampaignProof.read(tx, _found(all_of), policy))
        return proofs[self.found.id]

    @field("How many of its findings are published (已公示数).")
    async def published_count(self) -> int:
        """Return the number of published findings."""
        counts = await self.together("published", lambda tx, all_of: disclosures.count_published_of(tx, _codes(all_of)))
        return counts[self.found.id]

    @field("Its published findings, newest first (检查结果公示).")
    async def findings(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichFindings = None,
        order: FindingsBy = None,
    ) -> Connection[Finding] | None:
        """Return a page of its findings."""
        wanted, by, code = chosen(where, ANY_FINDING), FINDINGS_BY.field(order), self.found.id
        return await page_of_each(
            self,
            f"findings {wanted}",
            FINDINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window, all_of: disclosures.findings_of(tx, window, _codes(all_of), wanted, by),
            Finding.of,
            own=code,
            counts=lambda tx, all_of: disclosures.count_findings_of(tx, _codes(all_of), wanted),
            filters=[code, wanted],
        )


def _found(several: Sequence[Campaign]) -> list[PublicCampaign]:
    return [each.found for each in several]


def _codes(several: Sequence[Campaign]) -> list[str]:
    return [each.found.id for each in several]


def _entry(entry: entries.Entry | None) -> Entry | None:
    return None if entry is None else Entry.of(entry)


def _digest(text: str) -> Digest:
    return Digest(bytes.fromhex(text))


def _void_reason(voided: entries.Entry | None) -> str | None:
    return voided.body["reason"] if voided is not None and voided.kind == VOID_CONFIRMED else None
