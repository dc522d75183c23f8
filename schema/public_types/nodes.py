"""How the objects of the public schema are found again by their ids."""

from ledger import signed
from sampling import annual_planning, disclosures, registers
from sampling.publicity import notices, submissions
from schema.context import Info
from schema.nodes import Finders, Node, of_list, of_whole
from schema.public_types.auditors import Auditor, auditors
from schema.public_types.campaigns import CAMPAIGNS, Campaign
from schema.public_types.findings import ENDED, FINDINGS, EndedFindingAnswer, Finding
from schema.public_types.items import ITEMS_BY, Department, Item, departments
from schema.public_types.ledger import ENTRIES, Entry
from schema.public_types.programmes import PROGRAMMES, Programme
from schema.public_types.publicity import ANSWERS, NOTICES, PublicNotice, PublishedAnswer


async def _departments(info: Info) -> list[Node]:
    return [*(await departments()).values()]


async def _auditors(info: Info) -> list[Node]:
    return [*await auditors()]


PUBLIC: Finders = {
    Auditor: of_whole((int,), _auditors),
    Campaign: of_list(CAMPAIGNS, disclosures.campaigns, lambda info, row: Campaign.of(row)),
    Department: of_whole((str,), _departments),
    EndedFindingAnswer: of_list(ENDED, disclosures.ended, lambda info, row: EndedFindingAnswer.of(row)),
    Entry: of_list(ENTRIES, signed.entries, lambda info, row: Entry.of(row)),
    Finding: of_list(FINDINGS, disclosures.findings, lambda info, row: Finding.of(row)),
    Item: of_list(
        ITEMS_BY.keyset(None),
        lambda tx, window: registers.page(tx, None, "item", window),
        lambda info, row: Item.of(row),
    ),
    Programme: of_list(PROGRAMMES, annual_planning.published, lambda info, row: Programme.of(row)),
    PublicNotice: of_list(NOTICES, notices.public_page, lambda info, row: PublicNotice.of(row)),
    PublishedAnswer: of_list(ANSWERS, submissions.published, lambda info, row: PublishedAnswer.of(row)),
}
