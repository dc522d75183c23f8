"""The ledger as anybody may read it: everything that its newest checkpoint signs."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from ledger import cosignatures, signed
from ledger import entries as format_of_entries
from ledger.key_rotation import log_keys
from schema.connections import After, Before, Connection, First, Keyset, Last, Paging, page
from schema.context import Info, read, read_together
from schema.decorators import field
from schema.filtering import chosen, filter_of
from schema.nodes import Node
from schema.ordering import Order, Orders, order_of
from schema.scalars import BigInt, Digest

Seq = Annotated[BigInt, strawberry.argument(description="The entry's place in the ledger, from 0 (序号).")]
Size = Annotated[
    BigInt | None,
    strawberry.argument(description="The size of the tree; none: the size that is signed now (树的大小)."),
]
OldSize = Annotated[
    BigInt, strawberry.argument(description="The smaller size, such as that of a checkpoint you kept (较小的大小).")
]


@strawberry.type(description="A line of the ledger (日志条目).")
class Entry(Node):
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
            key=ENTRIES.key(entry),
            seq=BigInt(entry.seq),
            time=datetime.fromisoformat(entry.time),  # as it was checked when the entry was read
            kind=entry.kind,
            subject=entry.subject,
            leaf_hash=Digest(entry.leaf_hash),
            text=entry.data.decode(),
        )


@strawberry.type(description="The proof that an entry is in the tree of a size, RFC 9162 section 2.1.3 (包含证明).")
class InclusionProof:
    """An inclusion proof."""

    seq: BigInt = strawberry.field(description="The entry's place, from 0 (序号).")
    size: BigInt = strawberry.field(description="The size of the tree (树的大小).")
    leaf_hash: Digest = strawberry.field(description="The entry's leaf hash (叶哈希).")
    root: Digest = strawberry.field(description="The root of the tree; a checkpoint signs it (根哈希).")
    hashes: list[Digest] = strawberry.field(description="The hashes from the leaf to the root (证明路径).")


@strawberry.type(
    description="The proof that a smaller tree is the beginning of a larger one, RFC 9162 section 2.1.4 (一致性证明)."
)
class ConsistencyProof:
    """A consistency proof."""

    old_size: BigInt = strawberry.field(description="The smaller size (较小的大小).")
    new_size: BigInt = strawberry.field(description="The larger size (较大的大小).")
    old_root: Digest = strawberry.field(description="The root of the smaller tree (较小树的根哈希).")
    new_root: Digest = strawberry.field(description="The root of the larger tree (较大树的根哈希).")
    hashes: list[Digest] = strawberry.field(description="The hashes that lead to both roots (证明路径).")


ENTRIES: Keyset[format_of_entries.Entry] = Keyset("entries", (int,), lambda entry: (entry.seq,))


@strawberry.enum(description="What entries may go by (日志条目排序字段).")
class EntryOrderField(Enum):
    """The orders."""

    NUMBER = strawberry.enum_value("number", description="Their number in the ledger (序号).")


ENTRIES_BY = Orders({EntryOrderField.NUMBER: ENTRIES})
EntriesBy = Annotated[Order[EntryOrderField] | None, order_of("as the ledger has them (排序).")]


@strawberry.input(name="EntryFilter", description="Which entries of the ledger (筛选日志条目).")
class EntryFilterInput:
    """A filter."""

    kind: str | None = strawberry.field(
        default=None, description="Their kind, such as campaign.drawn, as docs/ledger.md has them (类型)."
    )

    def chosen(self) -> signed.EntryFilter:
        """Return what is read."""
        return signed.EntryFilter(self.kind or "")


WhichEntries = Annotated[EntryFilterInput | None, filter_of("Which entries; none: all of them (筛选).")]


@strawberry.type(description="The public, append-only log of all that happened (日志).")
class Ledger:
    """The ledger."""

    @field("Its name for ever, which is its key's name too (日志名称, origin).")
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

    @field("The entries in their order (日志条目).")
    async def entries(
        self,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        where: WhichEntries = None,
        order: EntriesBy = None,
    ) -> Connection[Entry] | None:
        """Return a page of entries."""
        wanted = chosen(where, signed.EVERY_ENTRY)
        return await page(
            ENTRIES_BY.keyset(order),
            Paging(first, after, last, before),
            lambda tx, window: signed.entries(tx, window, wanted),
            Entry.of,
            count=lambda tx: signed.count_entries(tx, wanted),
            filters=wanted,
        )

    @field("One entry (日志条目).")
    async def entry(self, seq: Seq) -> Entry | None:
        """Return an entry."""
        return Entry.of(await read(lambda tx: signed.entry(tx, seq)))

    @field("The proof that an entry is in the ledger (存在性证明).")
    async def inclusion_proof(self, seq: Seq, size: Size = None) -> InclusionProof | None:
        """Return an inclusion proof."""
        proof = await read_together(
            f"proofs of inclusion in {size}", int(seq), lambda tx, seqs: signed.inclusions(tx, seqs, size)
        )
        return InclusionProof(
            seq=BigInt(proof.seq),
            size=BigInt(proof.size),
            leaf_hash=Digest(proof.leaf),
            root=Digest(proof.root),
            hashes=_digests(proof.hashes),
        )

    @field("The proof that the ledger has only grown since it had a smaller size (一致性证明).")
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


def _digests(hashes: Sequence[bytes]) -> list[Digest]:
    return [Digest(each) for each in hashes]
