"""What staff may ask of publication and what follows it (公示)."""

import strawberry

from sampling.publication import calendars, proceedings, reminding
from schema.connections import After, Before, Connection, First, Last, Paging, page
from schema.context import Info, read_as_staff
from schema.decorators import field
from schema.staff_mutations.arguments import CampaignCode
from schema.staff_types.filters import ProceedingFilterInput, WhichProceedings
from schema.staff_types.proceedings import PROCEEDINGS_BY, CalendarYear, Proceeding, ProceedingsBy, PublicationDeadline


@strawberry.type
class PublicationQueries:
    """Publication."""

    @field("By when findings of a campaign that are not published yet are to be, by position (公示期限).")
    async def publication_deadlines(self, info: Info, campaign: CampaignCode) -> list[PublicationDeadline] | None:
        """Return the deadlines."""
        bureau = info.context.bureau
        found = await read_as_staff(
            info,
            lambda tx, actor: reminding.awaited(tx, actor, bureau.now, bureau.publication_terms, campaign),
        )
        return [PublicationDeadline.of(each) for each in found]

    @field("The years by which working days count: this one, the next, and the bureau's own (工作日历).")
    async def calendar_years(self, info: Info) -> list[CalendarYear]:
        """Return the years."""
        now = info.context.bureau.now
        found = await read_as_staff(info, lambda tx, actor: calendars.years(tx, actor, now))
        return [CalendarYear.of(each) for each in found]

    @field("Corrections, repairs, re-checks, transfers and punishments that you may see, oldest first (后续事项).")
    async def proceedings(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichProceedings = None,
        order: ProceedingsBy = None,
    ) -> Connection[Proceeding] | None:
        """Return a page of proceedings."""
        actor, chosen = info.context.signed_in, (where or ProceedingFilterInput()).chosen()
        return await page(
            PROCEEDINGS_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: proceedings.visible(tx, actor, chosen, window),
            Proceeding.of,
            count=lambda tx: len(proceedings.visible(tx, actor, chosen)),
            filters=chosen,
        )
