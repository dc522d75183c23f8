"""What proves a campaign's entries to anybody who keeps the log's key (日志证明)."""

import strawberry
from sqlalchemy import Connection

from ledger import cosignatures, signed
from ledger.entries import Entry as LogEntry
from ledger.note import parse_checkpoint
from ledger.policy import Policy
from sampling.disclosures import PublicCampaign
from schema.public_types.ledger import Entry
from schema.scalars import Digest


@strawberry.type(description="An entry, and the hashes from its leaf to the checkpoint's root, RFC 9162 section 2.1.3.")
class ProvedEntry:
    """An entry with its proof."""

    entry: Entry = strawberry.field(description="The entry.")
    hashes: list[Digest] = strawberry.field(description="The hashes from the leaf to the root.")


@strawberry.type(
    description="The campaign's entries under one signed checkpoint. With the opening of a published finding and the "
    "file of drawn positions below /log/data/ it shows that a name was fixed before the draw and is listed as drawn "
    "(任务条目的日志证明)."
)
class CampaignProof:
    """The proof of a campaign's entries."""

    checkpoint: str = strawberry.field(description="The checkpoint, a signed note after c2sp.org/tlog-checkpoint.")
    entries: list[ProvedEntry] = strawberry.field(
        description="The campaign's entries that the checkpoint covers, in the order of the ledger (条目)."
    )
    drawn_file: Digest | None = strawberry.field(
        description="The SHA-256 and name of the file of drawn positions, which the drawn entry has (抽中位置文件)."
    )

    @classmethod
    def read(cls, tx: Connection, found: PublicCampaign, policy: Policy | None) -> "CampaignProof":
        """Read the proof of a campaign's entries under the checkpoint that is served."""
        note = cosignatures.served_checkpoint(tx, policy)
        size = parse_checkpoint(note.partition("\n\n")[0] + "\n").size
        covered = [entry for entry in found.entries if entry.seq < size]
        file = found.drawn.body["drawn"]["file"] if found.drawn else None
        return cls(
            checkpoint=note,
            entries=[_proved(tx, entry, size) for entry in covered],
            drawn_file=None if file is None else Digest(bytes.fromhex(file)),
        )


def _proved(tx: Connection, entry: LogEntry, size: int) -> ProvedEntry:
    proof = signed.inclusion(tx, entry.seq, size)
    return ProvedEntry(entry=Entry.of(entry), hashes=[Digest(each) for each in proof.hashes])
