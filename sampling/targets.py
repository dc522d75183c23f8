"""What a matching starts from, as it was sealed at the freeze and drawn since."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger import documents
from sampling import campaigns
from sampling.matching_inputs import Pool, Target, parse_pool
from sampling.reserves import Replacement, visited
from sampling.standing import chosen
from sampling.tables import drawn, replacement, slot


@dataclass(frozen=True)
class SealedMatching:
    """The matching's inputs that a freeze seals: `regions` are by position, or none where no role needs them."""

    pool: Pool
    regions: Sequence[str]
    match_key: bytes

    def region(self, position: int) -> str:
        """Return the region of the enterprise at a position, empty where no role needs it."""
        return self.regions[position] if self.regions else ""


def sealed_matching(tx: Connection, identifier: str) -> SealedMatching:
    """Return what a campaign's freeze sealed."""
    sealed = documents.opened(tx, campaigns.fixing_entry(tx, identifier).documents["matching"]).value["content"]
    return SealedMatching(parse_pool(sealed["pool"]), sealed["regions"], bytes.fromhex(sealed["match_key"]))


def read_targets(
    tx: Connection, identifier: str, sealed: SealedMatching, replacements: Sequence[Replacement] = ()
) -> tuple[Target, ...]:
    """Return as targets a campaign's drawn slots, or those that are visited after replacements."""
    query = select(drawn.c.position).where(drawn.c.campaign == identifier)
    positions = visited(tx.execute(query).scalars(), replacements)
    rows = tx.execute(
        select(slot.c.position, slot.c.enterprise, slot.c.sector)
        .where(slot.c.campaign == identifier, chosen() | slot.c.position.in_([each.reserve for each in replacements]))
        .order_by(slot.c.position)
    )
    return tuple(
        Target(position, code, sector, sealed.region(position))
        for position, code, sector in rows
        if position in positions
    )


def replacements_of(tx: Connection, identifier: str) -> list[Replacement]:
    """Return which reserves replace which positions of a campaign so far, by position."""
    return replacements_of_each(tx, [identifier])[identifier]


def replacements_of_each(tx: Connection, identifiers: Collection[str]) -> dict[str, list[Replacement]]:
    """Return of each of some campaigns what `replacements_of` does."""
    found: dict[str, list[Replacement]] = {identifier: [] for identifier in identifiers}
    query = select(replacement.c.campaign, replacement.c.position, replacement.c.reserve)
    query = query.where(replacement.c.campaign.in_(identifiers))
    for identifier, *pair in tx.execute(query.order_by(replacement.c.position, replacement.c.reserve)):
        found[identifier].append(Replacement(*pair))
    return found
