"""What staff may ask of records: how they came in, and what they cover (信用记录)."""

from typing import Annotated

import strawberry

from ledger.calendar import civil_date
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, act, read_as_staff
from schema.decorators import field
from schema.filtering import chosen
from schema.staff_types.files import FileKind, OfKind
from schema.staff_types.filters import WhichKept
from schema.staff_types.intake import KEPT_BY, Coverage, KeptBy, KeptRecord, ReconciliationRow, WaitingCount
from schema.staff_types.sources import Source, UnreadableSource, readable_sources, unreadable_sources
from scoring import coverage, kept_apart, reconciliation
from scoring.coverage import By

Month = Annotated[str | None, strawberry.argument(description="A civil month, YYYY-MM, itself included (月份).")]
CoverageOf = Annotated[By, strawberry.argument(description="What enterprises are grouped by (分组).")]
Years = Annotated[int, strawberry.argument(description="An older inspection counts as none (年数).")]


@strawberry.type
class RecordQueries:
    """Records."""

    @field("The sources that files come from, by name, and how their pulls go; see also unreadableSources (数据来源).")
    async def sources(self, info: Info) -> list[Source] | None:
        """Return the sources."""
        language = info.context.language
        return await read_as_staff(info, lambda tx, actor: readable_sources(tx, actor, language))

    @field("The sources that this release cannot read, by name, and why (无法读取的数据来源).")
    async def unreadable_sources(self, info: Info) -> list[UnreadableSource] | None:
        """Return the sources that cannot be read."""
        language = info.context.language
        return await read_as_staff(info, lambda tx, actor: unreadable_sources(tx, actor, language))

    @field("What came in by month and source, and what became of it (对账).")
    async def reconciliation(
        self, info: Info, first_month: Month = None, last_month: Month = None, kind: OfKind = None
    ) -> list[ReconciliationRow] | None:
        """Reconcile."""
        told = None if kind is None else str(kind.value)
        found = await read_as_staff(
            info, lambda tx, actor: reconciliation.reconciliation(tx, actor, first_month, last_month, told)
        )
        return [ReconciliationRow.of(each, info.context.language) for each in found]

    @field("Records that wait until their enterprises are registered, by code (待登记记录).")
    async def kept_apart(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichKept = None,
        order: KeptBy = None,
    ) -> Connection[KeptRecord] | None:
        """Return a page of what waits."""
        actor, told = info.context.signed_in, chosen(where, kept_apart.EVERY_KEPT)
        return await page(
            KEPT_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: kept_apart.page(tx, actor, window, told),
            KeptRecord.of,
            count=lambda tx: kept_apart.count(tx, actor, told),
            filters=told,
        )

    @field("How much waits, by source and kind (待登记统计).")
    async def kept_apart_counts(self, info: Info) -> list[WaitingCount] | None:
        """Count what waits."""
        found = await read_as_staff(info, kept_apart.counts)
        return [
            WaitingCount(source=source, kind=FileKind(kind), enterprises=enterprises, records=records)
            for source, kind, enterprises, records in found
        ]

    @field("How far the records cover the register, and what it lacks (覆盖情况).")
    async def coverage(self, info: Info, by: CoverageOf, years: Years = 3) -> Coverage | None:
        """Return the coverage."""
        return Coverage.of(
            await act(info, lambda tx, actor, now: coverage.coverage(tx, actor, by, civil_date(now), years))
        )
