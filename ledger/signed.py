"""What anybody may read of the log: all that its newest checkpoint signs, and nothing beyond."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Select, exists, func, select

from ledger import log, merkle, tree
from ledger.entries import Entry, parse_entry
from ledger.errors import Invalid, Missing
from ledger.note import LARGEST_SIZE, parse_checkpoint
from ledger.tables import log_checkpoint, log_entry, log_tile
from ledger.tiles import TILE_WIDTH, TileName, encode_bundle
from ledger.tlog_proof import TlogProof
from ledger.windows import Window, counted

_SIZE: Final = select(func.max(log_checkpoint.c.size))
_EDGES: Final[WeakKeyDictionary[Engine, tree.Edge]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Inclusion:
    """The proof that an entry stands at `seq` in the tree of `size` entries with this root (RFC 9162, 2.1.3)."""

    seq: int
    size: int
    leaf: bytes
    root: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class Consistency:
    """The proof that the tree of `old_size` entries is the beginning of the tree of `new_size` (RFC 9162, 2.1.4)."""

    old_size: int
    new_size: int
    old_root: bytes
    new_root: bytes
    hashes: tuple[bytes, ...]


def size(tx: Connection) -> int:
    """Return the size that the newest checkpoint signs, 0 before the first."""
    return tx.execute(_SIZE).scalar() or 0


@dataclass(frozen=True)
class EntryFilter:
    """Which entries are asked for: of which kind; what is empty asks for nothing."""

    kind: str = ""


EVERY_ENTRY = EntryFilter()


def entries(tx: Connection, window: Window, chosen: EntryFilter = EVERY_ENTRY) -> list[Entry]:
    """Return the entries of a window, by their place."""
    query = window.on(_chosen(chosen), log_entry.c.seq)
    return [parse_entry(data) for data in tx.execute(query).scalars()]


def count_entries(tx: Connection, chosen: EntryFilter = EVERY_ENTRY) -> int:
    """Return how many entries there are of which `entries` tells."""
    return size(tx) if chosen == EVERY_ENTRY else counted(tx, _chosen(chosen).with_only_columns(log_entry.c.seq))


def _chosen(chosen: EntryFilter) -> Select[Any]:
    query = select(log_entry.c.data).where(log_entry.c.seq < _SIZE.scalar_subquery())
    return query.where(log_entry.c.kind == chosen.kind) if chosen.kind else query


def entry(tx: Connection, seq: int) -> Entry:
    """Return one entry; raises Missing."""
    if not 0 <= seq < size(tx):
        raise Missing("entry_missing", seq=seq)
    return log.read(tx, seq)


def inclusion(tx: Connection, seq: int, tree_size: int | None = None) -> Inclusion:
    """Return the proof of an entry in the tree of a size, by default the signed one; raises Missing or Invalid."""
    return inclusions(tx, [seq], tree_size)[seq]


def inclusions(tx: Connection, seqs: Collection[int], tree_size: int | None = None) -> dict[int, Inclusion]:
    """Return the proofs of entries by place, as `inclusion` does; what they share of the tree is read at once."""
    tree_size = _tree_size(tx, tree_size, "size")
    for seq in seqs:
        if not 0 <= seq < tree_size:
            raise Missing("entry_missing", seq=seq)
    nodes = tree.node_reader(tx, _edge(tx, tree_size), seqs)
    root = merkle.root(tree_size, nodes)
    proofs = {seq: tuple(merkle.inclusion_proof(seq, tree_size, nodes)) for seq in seqs}
    return {seq: Inclusion(seq, tree_size, nodes(0, seq), root, proof) for seq, proof in proofs.items()}


def entry_proof(tx: Connection, seq: int, signed_note: str) -> TlogProof:
    """Return the file that proves an entry, which it holds, by a signed checkpoint of this log; raises Missing."""
    checkpoint = parse_checkpoint(signed_note.partition("\n\n")[0] + "\n")
    proof = inclusion(tx, seq, checkpoint.size)
    return TlogProof(seq, proof.hashes, signed_note, entry(tx, seq).data)


def consistency(tx: Connection, old_size: int, new_size: int | None = None) -> Consistency:
    """Return the proof between two sizes, by default up to the signed one; raises Invalid."""
    new_size = _tree_size(tx, new_size, "new_size")
    if not 1 <= old_size <= new_size:
        raise Invalid("tree_size_out_of_range", field="old_size", size=old_size, least=1, greatest=new_size)
    nodes = tree.node_reader(tx, _edge(tx, new_size), [old_size])
    proof = merkle.consistency_proof(old_size, new_size, nodes)
    roots = merkle.root(old_size, nodes), merkle.root(new_size, nodes)
    return Consistency(old_size, new_size, *roots, tuple(proof))


def tile(tx: Connection, name: TileName) -> bytes:
    """Return the content of a tile of hashes or a bundle of entries (c2sp.org/tlog-tiles); raises Missing.

    A full tile of hashes is one row.
    """
    level, start = name.level, name.index * TILE_WIDTH
    end = (start + name.width) << (8 * (level or 0))
    signs_all = exists().where(log_checkpoint.c.size >= end)
    if end > LARGEST_SIZE:  # more than a database counts
        pass
    elif level is None:
        columns = select(log_entry.c.data).where(log_entry.c.seq >= start, log_entry.c.seq < start + name.width)
        entries = tx.execute(columns.where(signs_all).order_by(log_entry.c.seq)).scalars().all()
        if len(entries) == name.width:
            return encode_bundle(entries)
    elif name.width == TILE_WIDTH:
        full = select(log_tile.c.hashes).where(log_tile.c.level == level, log_tile.c.number == name.index)
        hashes = tx.execute(full.where(signs_all)).scalar_one_or_none()
        if hashes is not None:
            return bytes(hashes)
    elif tx.execute(select(signs_all)).scalar():
        return tree.tile(tx, level, name.index, name.width)
    raise Missing("tile_missing", level=level, number=name.index, width=name.width)


def _edge(tx: Connection, tree_size: int) -> tree.Edge:
    """Return the right edge of a signed tree: what it signs is committed, so the last one is kept for each engine."""
    edge = _EDGES.get(tx.engine)
    if edge is None or edge.size != tree_size:
        edge = _EDGES[tx.engine] = tree.read_edge(tx, tree_size)
    return edge


def _tree_size(tx: Connection, asked: int | None, field: str) -> int:
    signed = size(tx)
    if asked is None:
        return signed
    if not 1 <= asked <= signed:
        raise Invalid("tree_size_out_of_range", field=field, size=asked, least=1, greatest=signed)
    return asked
