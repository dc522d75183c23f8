"""What proves a campaign's entries to anybody who keeps the log's key (日志证明)."""

from collections.abc import Sequence

import strawberry
from sqlalchemy import Connection

from ledger import cosignatures, signed
from ledger.entries import Entry as LogEntry
from ledger.note import parse_checkpoint
from ledger.policy import Policy
from sampling.disclosures import PublicCampaign
from schema.public_types.ledger import Entry
from schema.scalars import Digest


@strawberry.type(
    description="An entry, and the hashes from its leaf to the checkpoint's root, RFC 9162 section 2.1.3 "
    "(附证明的条目)."
)
class ProvedEntry:
    """An entry with its proof."""

    entry: Entry = strawberry.field(description="The entry (条目).")
    hashes: list[Digest] = strawberry.field(description="The hashes from the leaf to the root (证明路径).")


@strawberry.type(
    description="The campaign's entries under one signed checkpoint. With the opening of a published finding and the "
    "file of drawn positions below /log/data/ it shows that a name was fixed before the draw and is listed as drawn "
    "(任务条目的日志证明)."
)
class CampaignProof:
    """The proof of a campaign's entries."""

    checkpoint: str = strawberry.field(
        description="The checkpoint, a signed note after c2sp.org/tlog-checkpoint (检查点)."
    )
    entries: list[ProvedEntry] = strawberry.field(
        description="The campaign's entries that the checkpoint covers, in the order of the ledger (条目)."
    )
    drawn_file: Digest | None = strawberry.field(
        description="The SHA-256 and name of the file of drawn positions, which the drawn entry has (抽中位置文件)."
    )

    @classmethod
    def read(
        cls, tx: Connection, several: Sequence[PublicCampaign], policy: Policy | None
    ) -> dict[str, "CampaignProof"]:
        """Read the proofs of campaigns' entries under the checkpoint that is served, by campaign."""
        note = cosignatures.served_checkpoint(tx, policy)
        size = parse_checkpoint(note.partition("\n\n")[0] + "\n").size
        covered = {each.id: [entry for entry in each.entries if entry.seq < size] for each in several}
        proofs = signed.inclusions(tx, {entry.seq for entries in covered.values() for entry in entries}, size)
        files = {each.id: each.drawn.body["drawn"]["file"] for each in several if each.drawn is not None}
        return {
            identifier: cls(
                checkpoint=note,
                entries=[_proved(entry, proofs[entry.seq]) for entry in entries],
                drawn_file=Digest(bytes.fromhex(files[identifier])) if identifier in files else None,
            )
            for identifier, entries in covered.items()
        }


def _proved(entry: LogEntry, proof: signed.Inclusion) -> ProvedEntry:
    return ProvedEntry(entry=Entry.of(entry), hashes=[Digest(each) for each in proof.hashes])
