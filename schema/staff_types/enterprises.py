"""The register and what is recorded of each enterprise (企业与信用记录)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, true
from sqlalchemy import Connection as Transaction

from sampling import registers
from sampling.conditions import type_of
from sampling.publishing import campaign_of
from schema import enums  # noqa: F401  - names the enumerations
from schema.connections import After, Before, Connection, First, Keyset, Last, Paging, page, page_of_each
from schema.context import Info
from schema.decorators import field
from schema.filtering import WORDS, chosen, filter_of
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.peers import Peer
from schema.scalars import JSON, USCC, FormerCode
from schema.staff_types.files import FileKind
from schema.staff_types.filters import WhichRecords
from scoring import enterprises, shared_parties
from scoring.enterprises import EVERY, EVERY_RECORD, EnterpriseFilter, EnterpriseOrder, HeldRecord
from scoring.parties import Via
from scoring.shared_parties import EVERY_RELATED, Related, RelatedFilter


@strawberry.type(description="Where a record was seen (数据来源).")
class RecordSource:
    """A sighting."""

    source: str = strawberry.field(description="The channel that its file came by (渠道).")
    campaign_code: str | None = strawberry.field(
        description="The campaign whose published finding it is; none of another channel (抽查任务)."
    )
    unit: str = strawberry.field(description="The unit that told it (数据来源单位).")
    batch: str = strawberry.field(description="The batch that it came in, as the ledger's entry names it (批次).")
    seen_at: datetime = strawberry.field(description="When it came in (时间).")


@strawberry.type(description="One version of a fact about an enterprise (信用记录).")
class Record(Node):
    """A record."""

    kind: FileKind = strawberry.field(description="Its kind (类别).")
    version: int = strawberry.field(description="Its version, from 1 (版本).")
    superseded: bool = strawberry.field(description="Whether a later version says otherwise (已被更新).")
    revoked: bool = strawberry.field(description="Whether it takes back what the record said (撤销).")
    dated: date | None = strawberry.field(description="Its date (日期).")
    body: str = strawberry.field(description="The issuing body (机关).")
    number: str = strawberry.field(description="The document's number (文书号).")
    content: JSON = strawberry.field(
        description="What it says, by the fields of its kind; persons are pseudonyms (记录内容)."
    )
    sources: list[RecordSource] = strawberry.field(description="Where it was seen (数据来源).")

    @classmethod
    def of(cls, held: HeldRecord) -> "Record":
        """Make the answer of a record."""
        return cls(
            key=RECORDS.key(held),
            kind=FileKind(held.kind),
            version=held.version,
            superseded=held.superseded,
            revoked=held.revoked,
            dated=held.date,
            body=held.body,
            number=held.number,
            content=JSON(dict(held.content)),
            sources=[
                RecordSource(
                    source=each.source,
                    campaign_code=campaign_of(each.source),
                    unit=each.unit,
                    batch=each.batch,
                    seen_at=each.time,
                )
                for each in held.sources
            ],
        )


RECORDS: Keyset[HeldRecord] = Keyset(
    "records",
    (str, str, int),
    lambda held: (held.date.isoformat() if held.date else "", held.identity, held.version),
    descending=True,
)


@strawberry.enum(description="What records may go by (记录排序字段).")
class RecordOrderField(Enum):
    """The orders."""

    DATED = strawberry.enum_value("dated", description="Their date (日期).")


RECORDS_BY = Orders({RecordOrderField.DATED: RECORDS})
RecordsBy = Annotated[Order[RecordOrderField] | None, order_of("newest date first (排序).")]


@strawberry.type(description="A code that an enterprise, or one that it absorbed, had before (曾用代码).")
class CodeBefore:
    """A former code."""

    code: FormerCode = strawberry.field(description="The code, or the old registration number (原代码).")
    since: date = strawberry.field(description="When it changed (变更日期).")
    reason: str = strawberry.field(description="How it changed (变更类型).")


@strawberry.type(description="A name that an enterprise had before (曾用名).")
class NameBefore:
    """A former name."""

    name: str = strawberry.field(description="The name (名称).")
    until: date | None = strawberry.field(description="When it changed, where that is known (变更日期).")


@strawberry.enum(name="SharedPartyKind", description="What enterprises share (关联类型).")
class ViaAnswer(Enum):
    """The kinds."""

    REPRESENTATIVE = strawberry.enum_value(Via.REPRESENTATIVE.value, description="A representative (法定代表人).")
    SHAREHOLDER = strawberry.enum_value(Via.SHAREHOLDER.value, description="A shareholder (股东).")
    ADDRESS = strawberry.enum_value(Via.ADDRESS.value, description="An address (地址).")
    PROJECT = strawberry.enum_value(Via.PROJECT.value, description="A project (项目).")


@strawberry.type(description="What two enterprises share, as registrations and relations tell it (关联方).")
class SharedParty:
    """A tie."""

    kind: ViaAnswer = strawberry.field(description="What it is (关联类型).")
    party: str = strawberry.field(
        description="Whose or which: an address, a project, an organisation; of a person a keyed pseudonym (关联方)."
    )


@strawberry.type(description="An enterprise that shares something with another one (关联企业).")
class RelatedEnterprise(Node):
    """A related enterprise."""

    code: USCC = strawberry.field(description="Its unified social credit code (统一社会信用代码).")
    name: str = strawberry.field(description="Its name (企业名称).")
    address: str = strawberry.field(description="Its address (地址).")
    status: str = strawberry.field(description="The state of its registration (登记状态).")
    shared: list[SharedParty] = strawberry.field(description="What it shares with the other one (关联方).")

    @classmethod
    def of(cls, found: Related) -> "RelatedEnterprise":
        """Make the answer of a related enterprise."""
        return cls(
            key=RELATED.key(found),
            code=USCC(found.code),
            name=found.name,
            address=found.address,
            status=found.status,
            shared=[SharedParty(kind=ViaAnswer(tie.via), party=tie.party) for tie in found.ties],
        )


@strawberry.input(
    name="RelatedEnterpriseFilter", description="Which related enterprises; all that is given must hold (筛选关联企业)."
)
class RelatedFilterInput:
    """A filter of related enterprises."""

    kinds: list[ViaAnswer] | None = strawberry.field(
        default=None, description="Those that share something of any of these kinds (关联类型)."
    )

    def chosen(self) -> RelatedFilter:
        """Return what the use case takes."""
        return RelatedFilter(tuple(sorted({Via(str(each.value)) for each in self.kinds or ()})))


WhichRelated = Annotated[RelatedFilterInput | None, filter_of("Which of them; none: all of them (筛选).")]
RELATED: Keyset[Related] = Keyset("related", (str, str), lambda found: (found.of, found.code))


@strawberry.enum(description="What related enterprises may go by (关联企业排序字段).")
class RelatedEnterpriseOrderField(Enum):
    """The orders."""

    CODE = strawberry.enum_value("code", description="Their code (统一社会信用代码).")


RELATED_BY = Orders({RelatedEnterpriseOrderField.CODE: RELATED})
RelatedBy = Annotated[Order[RelatedEnterpriseOrderField] | None, order_of("by code (排序).")]


@strawberry.type(description="A subject of supervision (监管对象).")
class Enterprise(Node, Peer):
    """An enterprise as its newest registration says."""

    code: USCC = strawberry.field(description="Its unified social credit code (统一社会信用代码).")
    name: str = strawberry.field(description="Its name (企业名称).")
    sector: str = strawberry.field(description="Its trade (行业).")
    region: str = strawberry.field(description="Its place (区域).")
    address: str = strawberry.field(description="Its address (地址).")
    established: date = strawberry.field(description="When it was founded (成立日期).")
    status: str = strawberry.field(description="The state of its registration (登记状态).")
    type: str = strawberry.field(description="Its type, as its code tells (主体类型).")
    former_codes: list[CodeBefore] = strawberry.field(description="Codes that it had before (曾用代码).")
    former_names: list[NameBefore] = strawberry.field(description="Names that it had before (曾用名).")
    succeeded_by: USCC | None = strawberry.field(description="The code that its own has become (变更后代码).")

    @classmethod
    def of(cls, found: enterprises.Enterprise) -> "Enterprise":
        """Make the answer of an enterprise."""
        return cls(
            key=ENTERPRISES.key(found),
            code=USCC(found.code),
            name=found.name,
            sector=found.sector,
            region=found.region,
            address=found.address,
            established=found.established,
            status=found.status,
            type=type_of(found.code),
            former_codes=[
                CodeBefore(code=FormerCode(each.code), since=each.since, reason=each.reason)
                for each in found.former_codes
            ],
            former_names=[NameBefore(name=name, until=until) for name, until in found.former_names],
            succeeded_by=None if found.succeeded_by is None else USCC(found.succeeded_by),
        )

    @field("Its tags, as departments whose objects you may read gave them (对象标签).")
    async def tags(self, info: Info) -> list[str]:
        """Return the tags."""
        actor = info.context.signed_in
        found = await self.together("tags", lambda tx, all_of: registers.tags(tx, actor, _codes(all_of)))
        return sorted(found.get(str(self.code), ()))

    @field("What is recorded of it, newest date first (企业记录).")
    async def records(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichRecords = None,
        order: RecordsBy = None,
    ) -> Connection[Record] | None:
        """Return a page of its records."""
        actor = info.context.signed_in
        code, told = self.code, chosen(where, EVERY_RECORD)
        return await page_of_each(
            self,
            f"records {told}",
            RECORDS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window, all_of: enterprises.records_of(tx, actor, _codes(all_of), window, told),
            Record.of,
            own=code,
            counts=lambda tx, all_of: enterprises.count_records_of(tx, actor, _codes(all_of), told),
            filters=[code, told],
        )

    @field("Other enterprises that share a representative, shareholder, address or project with it (关联企业).")
    async def related(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichRelated = None,
        order: RelatedBy = None,
    ) -> Connection[RelatedEnterprise] | None:
        """Return a page of related enterprises."""
        actor, told = info.context.signed_in, chosen(where, EVERY_RELATED)
        return await page_of_each(
            self,
            f"related {told}",
            RELATED_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window, all_of: shared_parties.related(tx, actor, _codes(all_of), window, told),
            RelatedEnterprise.of,
            own=self.code,
            counts=lambda tx, all_of: shared_parties.count(tx, actor, _codes(all_of), told),
            filters=[self.code, told],
        )


@strawberry.input(name="EnterpriseFilter", description="Which enterprises; all that is given must hold (筛选企业).")
class EnterpriseFilterInput:
    """A filter."""

    text: str | None = strawberry.field(
        default=None,
        description=f"Words of names, that it has or had, and of its address, {WORDS} (名称、曾用名或地址).",
    )
    code_prefix: str | None = strawberry.field(
        default=None, description="A code that it has or had begins so (代码开头)."
    )
    region_prefix: str | None = strawberry.field(
        default=None, description="Its place begins so, such as 3301 where places are GB/T 2260 codes (区域开头)."
    )
    sectors: list[str] | None = strawberry.field(default=None, description="Of any of these trades (行业).")
    statuses: list[str] | None = strawberry.field(default=None, description="In any of these states (登记状态).")
    tag: str | None = strawberry.field(
        default=None, description="A department whose objects you may read gave it this tag (对象标签)."
    )

    def chosen(self) -> EnterpriseFilter:
        """Return what the use case takes, but for the tag."""
        return EnterpriseFilter(
            self.text or "",
            self.code_prefix or "",
            self.region_prefix or "",
            tuple(sorted(set(self.sectors or ()))),
            tuple(sorted(set(self.statuses or ()))),
        )


WhichEnterprises = Annotated[EnterpriseFilterInput | None, filter_of("Which enterprises; none: all of them (筛选).")]
EnterprisesBy = Annotated[Order[EnterpriseOrder] | None, order_of("by code (排序).")]


def _codes(several: Sequence[Enterprise]) -> list[str]:
    return [str(each.code) for each in several]


ENTERPRISES: Keyset[enterprises.Enterprise] = Keyset("enterprises", (str,), lambda found: (found.code,))
ENTERPRISES_BY = Orders(
    {
        EnterpriseOrder.CODE: ENTERPRISES,
        EnterpriseOrder.NAME: Keyset[enterprises.Enterprise](
            "enterprises by name", (str, str), lambda found: (found.name, found.code)
        ),
        EnterpriseOrder.REGION: Keyset[enterprises.Enterprise](
            "enterprises by region", (str, str), lambda found: (found.region, found.code)
        ),
        EnterpriseOrder.SECTOR: Keyset[enterprises.Enterprise](
            "enterprises by sector", (str, str), lambda found: (found.sector, found.code)
        ),
        EnterpriseOrder.ESTABLISHED: Keyset[enterprises.Enterprise](
            "enterprises by age", (date, str), lambda found: (found.established, found.code), descending=True
        ),
    }
)


@dataclass(frozen=True)
class Within:
    """Among which enterprises a page is looked for: the condition, and what tells it apart from others."""

    condition: Callable[[Transaction], ColumnElement[bool]]
    told: object


EVERYWHERE = Within(lambda tx: true(), None)


async def enterprise_page(
    info: Info,
    paging: Paging,
    where: EnterpriseFilterInput | None,
    order: Order[EnterpriseOrder] | None,
    within: Within = EVERYWHERE,
) -> Connection[Enterprise]:
    """Return a page of enterprises: of all, or of some."""
    actor, wanted, tag = info.context.signed_in, chosen(where, EVERY), where and where.tag
    by = ENTERPRISES_BY.field(order)

    def tagged(tx: Transaction) -> EnterpriseFilter:
        return replace(wanted, codes=registers.tagged(tx, actor, tag)) if tag else wanted

    return await page(
        ENTERPRISES_BY.keyset(order),
        paging,
        lambda tx, window: enterprises.page(tx, actor, window, tagged(tx), by, within.condition(tx)),
        Enterprise.of,
        count=lambda tx: enterprises.count(tx, actor, tagged(tx), within.condition(tx)),
        filters=[wanted, tag or None, within.told],
    )
