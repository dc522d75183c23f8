"""The register and what is recorded of each enterprise (企业与信用记录)."""

from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from schema.connections import After, Connection, First, Keyset, page
from schema.context import Info
from schema.decorators import field
from schema.scalars import USCC, FormerCode
from schema.staff_types.files import FileKind, OfKind
from scoring import enterprises
from scoring.enterprises import HeldRecord


@strawberry.type(description="Where a record was seen (数据来源).")
class RecordSource:
    """A sighting."""

    source: str = strawberry.field(description="The channel that its file came by (渠道).")
    unit: str = strawberry.field(description="The unit that told it (数据来源单位).")
    batch: str = strawberry.field(description="The batch that it came in, as the ledger's entry names it (批次).")
    seen_at: datetime = strawberry.field(description="When it came in (时间).")


@strawberry.type(description="One version of a fact about an enterprise (信用记录).")
class Record:
    """A record."""

    kind: FileKind = strawberry.field(description="Its kind.")
    version: int = strawberry.field(description="Its version, from 1 (版本).")
    superseded: bool = strawberry.field(description="Whether a later version says otherwise (已被更新).")
    revoked: bool = strawberry.field(description="Whether it takes back what the record said (撤销).")
    dated: date | None = strawberry.field(description="Its date (日期).")
    body: str = strawberry.field(description="The issuing body (机关).")
    number: str = strawberry.field(description="The document's number (文书号).")
    content: JSON = strawberry.field(description="What it says, by the fields of its kind; persons are pseudonyms.")
    sources: list[RecordSource] = strawberry.field(description="Where it was seen.")

    @classmethod
    def of(cls, held: HeldRecord) -> "Record":
        """Make the answer of a record."""
        return cls(
            kind=FileKind(held.kind),
            version=held.version,
            superseded=held.superseded,
            revoked=held.revoked,
            dated=held.date,
            body=held.body,
            number=held.number,
            content=JSON(dict(held.content)),
            sources=[
                RecordSource(source=each.source, unit=each.unit, batch=each.batch, seen_at=each.time)
                for each in held.sources
            ],
        )


RECORDS: Keyset[HeldRecord] = Keyset(
    "records",
    (str, str, int),
    lambda held: (held.date.isoformat() if held.date else "", held.identity, held.version),
)


@strawberry.type(description="A code that an enterprise, or one that it absorbed, had before (曾用代码).")
class CodeBefore:
    """A former code."""

    code: FormerCode = strawberry.field(description="The code, or the old registration number.")
    since: date = strawberry.field(description="When it changed (变更日期).")
    reason: str = strawberry.field(description="How it changed (变更类型).")


@strawberry.type(description="A name that an enterprise had before (曾用名).")
class NameBefore:
    """A former name."""

    name: str = strawberry.field(description="The name (名称).")
    until: date | None = strawberry.field(description="When it changed, where that is known (变更日期).")


@strawberry.type(description="A subject of supervision (监管对象).")
class Enterprise:
    """An enterprise as its newest registration says."""

    code: USCC = strawberry.field(description="Its unified social credit code (统一社会信用代码).")
    name: str = strawberry.field(description="Its name (企业名称).")
    sector: str = strawberry.field(description="Its trade (行业).")
    region: str = strawberry.field(description="Its place (区域).")
    address: str = strawberry.field(description="Its address (地址).")
    established: date = strawberry.field(description="When it was founded (成立日期).")
    status: str = strawberry.field(description="The state of its registration (登记状态).")
    former_codes: list[CodeBefore] = strawberry.field(description="Codes that it had before (曾用代码).")
    former_names: list[NameBefore] = strawberry.field(description="Names that it had before (曾用名).")
    succeeded_by: USCC | None = strawberry.field(description="The code that its own has become (变更后代码).")

    @classmethod
    def of(cls, found: enterprises.Enterprise) -> "Enterprise":
        """Make the answer of an enterprise."""
        return cls(
            code=USCC(found.code),
            name=found.name,
            sector=found.sector,
            region=found.region,
            address=found.address,
            established=found.established,
            status=found.status,
            former_codes=[
                CodeBefore(code=FormerCode(each.code), since=each.since, reason=each.reason)
                for each in found.former_codes
            ],
            former_names=[NameBefore(name=name, until=until) for name, until in found.former_names],
            succeeded_by=None if found.succeeded_by is None else USCC(found.succeeded_by),
        )

    @field("What is recorded of it, newest date first.")
    async def records(
        self, info: Info, first: First, after: After = None, kind: OfKind = None
    ) -> Connection[Record] | None:
        """Return a page of its records."""
        actor = info.context.signed_in
        return await page(
            RECORDS,
            first,
            after,
            lambda tx, key, limit: enterprises.records(
                tx, actor, self.code, key, limit, str(kind.value) if kind else None
            ),
            Record.of,
        )


ENTERPRISES: Keyset[enterprises.Enterprise] = Keyset("enterprises", (str,), lambda found: (found.code,))
