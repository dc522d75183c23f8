"""The ledger as anybody may read it: everything that its newest checkpoint signs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import Connection as Transaction

from ledger import cosignatures, signed
from ledger import entries as format_of_entries
from ledger.calendar import parse_instant
from ledger.key_rotation import log_keys
from schema.connections import After, Connection, First, Keyset, page
from schema.context import Info, read
from schema.decorators import field
from schema.scalars import BigInt, Digest

Seq = Annotated[BigInt, strawberry.argument(description="The entry's place in the ledger, from 0 (序号).")]
Size = Annotated[
    BigInt | None, strawberry.argument(description="The size of the tree; none: the size that is signed now.")
]
OldSize = Annotated[BigInt, strawberry.argument(description="The smaller size, such as that of a checkpoint you kept.")]


@strawberry.type(description="A line of the ledger (日志条目).")
class Entry:
    """An entry."""

    seq: BigInt = strawberry.field(description="Its place in the ledger, from 0 (序号).")
    time: datetime = strawberry.field(description="When it was written (时间).")
    kind: str = strawberry.field(description="What happened, such as campaign.frozen (类型).")
    subject: str = strawberry.field(description="What it is about, such as a campaign's code (对象).")
    leaf_hash: Digest = strawberry.field(description="Its leaf hash in the Merkle tree, RFC 9162 (叶哈希).")
    text: str = strawberry.field(description="Its bytes as text: canonical JSON, RFC 8785 (规范文本).")

    @classmethod
    def of(cls, entry: format_of_entries.Entry) -> "Entry":
        """Make an entry's answer."""
        return cls(
            seq=BigInt(entry.seq),
            time=parse_instant(entry.time),
            kind=entry.kind,
            subject=entry.subject,
            leaf_hash=Digest(entry.leaf_hash),
            text=entry.data.decode(),
        )


@strawberry.type(description="The proof that an entry is in the tree of a size, RFC 9162 section 2.1.3 (包含证明).")
class InclusionProof:
    """An inclusion proof."""

    seq: BigInt = strawberry.field(description="The entry's place, from 0.")
    size: BigInt = strawberry.field(description="The size of the tree.")
    leaf_hash: Digest = strawberry.field(description="The entry's leaf hash.")
    root: Digest = strawberry.field(description="The root of the tree; a checkpoint signs it.")
    hashes: list[Digest] = strawberry.field(description="The hashes from the leaf to the root.")


@strawberry.type(
    description="The proof that a smaller tree is the beginning of a larger one, RFC 9162 section 2.1.4 (一致性证明)."
)
class ConsistencyProof:
    """A consistency proof."""

    old_size: BigInt = strawberry.field(description="The smaller size.")
    new_size: BigInt = strawberry.field(description="The larger size.")
    old_root: Digest = strawberry.field(description="The root of the smaller tree.")
    new_root: Digest = strawberry.field(description="The root of the larger tree.")
    hashes: list[Digest] = strawberry.field(description="The hashes that lead to both roots.")


ENTRIES: Keyset[format_of_entries.Entry] = Keyset("entries", (int,), lambda entry: (entry.seq,))


@strawberry.type(description="The public, append-only log of all that happened (日志).")
class Ledger:
    """The ledger."""

    @field("Its name for ever, which is its key's name too (origin).")
    def origin(self, info: Info) -> str:
        """Return the origin."""
        return info.context.bureau.origin

    @field("Its verifier key (vkey); keep it from a source that you trust, not from here (公钥).")
    async def verifier_key(self) -> str:
        """Return the vkey of the key that signs now."""
        keys = await read(log_keys)
        return keys[-1].verifier.vkey

    @field("How many entries the newest checkpoint signs (条目数).")
    async def size(self) -> BigInt:
        """Return the signed size."""
        return BigInt(await read(signed.size))

    @field(
        "The newest checkpoint, a signed note after c2sp.org/tlog-checkpoint; where the ledger has witnesses, the "
        "newest that their quorum cosigned, with the cosignatures (签名树头)."
    )
    async def checkpoint(self, info: Info) -> str:
        """Return the checkpoint that is served."""
        policy = info.context.bureau.witness_policy
        return await read(lambda tx: cosignatures.served_checkpoint(tx, policy))

    @field("The entries in their order.")
    async def entries(self, first: First, after: After = None) -> Connection[Entry] | None:
        """Return a page of entries."""
        return await page(ENTRIES, first, after, _entries, Entry.of)

    @field("One entry.")
    async def entry(self, seq: Seq) -> Entry | None:
        """Return an entry."""
        return Entry.of(await read(lambda tx: signed.entry(tx, seq)))

    @field("The proof that an entry is in the ledger.")
    async def inclusion_proof(self, seq: Seq, size: Size = None) -> InclusionProof | None:
        """Return an inclusion proof."""
        proof = await read(lambda tx: signed.inclusion(tx, seq, size))
        return InclusionProof(
            seq=BigInt(proof.seq),
            size=BigInt(proof.size),
            leaf_hash=Digest(proof.leaf),
            root=Digest(proof.root),
            hashes=_digests(proof.hashes),
        )

    @field("The proof that the ledger has only grown since it had a smaller size.")
    async def consistency_proof(self, old_size: OldSize, new_size: Size = None) -> ConsistencyProof | None:
        """Return a consistency proof."""
        proof = await read(lambda tx: signed.consistency(tx, old_size, new_size))
        return ConsistencyProof(
            old_size=BigInt(proof.old_size),
            new_size=BigInt(proof.new_size),
            old_root=Digest(proof.old_root),
            new_root=Digest(proof.new_root),
            hashes=_digests(proof.hashes),
        )


def _entries(tx: Transaction, after: int | None, limit: int) -> Sequence[format_of_entries.Entry]:
    return signed.entries(tx, 0 if after is None else after + 1, limit)


def _digests(hashes: Sequence[bytes]) -> list[Digest]:
    return [Digest(each) for each in hashes]
