"""What a matching starts from, as it was sealed at the freeze and drawn since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger import documents
from sampling import campaigns
from sampling.matching_inputs import Pool, Target, parse_pool
from sampling.tables import drawn, slot


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


def read_targets(tx: Connection, identifier: str, sealed: SealedMatching) -> tuple[Target, ...]:
    """Return a campaign's drawn slots as targets."""
    query = (
        select(slot.c.position, slot.c.enterprise, slot.c.sector)
        .join(drawn, (drawn.c.campaign == slot.c.campaign) & (drawn.c.position == slot.c.position))
        .where(slot.c.campaign == identifier)
        .order_by(slot.c.position)
    )
    return tuple(
        Target(position, code, sector, sealed.region(position)) for position, code, sector in tx.execute(query)
    )
