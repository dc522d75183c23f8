"""What anybody may read of the log: all that its newest checkpoint signs, and nothing beyond."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from ledger import log, merkle
from ledger.entries import Entry
from ledger.errors import Invalid, Missing
from ledger.tables import log_checkpoint
from ledger.tiles import TILE_WIDTH, TileName, encode_bundle, width_in_tree


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
    return tx.execute(select(func.max(log_checkpoint.c.size))).scalar() or 0


def entries(tx: Connection, start: int, limit: int) -> list[Entry]:
    """Return up to `limit` entries from `start` on."""
    return list(log.scan(tx, start, min(start + limit, size(tx))))


def entry(tx: Connection, seq: int) -> Entry:
    """Return one entry; raises Missing."""
    if not 0 <= seq < size(tx):
        raise Missing("entry_missing", seq=seq)
    return log.read(tx, seq)


def inclusion(tx: Connection, seq: int, tree: int | None = None) -> Inclusion:
    """Return the proof of an entry in the tree of a size, by default the signed one; raises Missing or Invalid."""
    tree = _tree(tx, tree, "size")
    if not 0 <= seq < tree:
        raise Missing("entry_missing", seq=seq)
    nodes = log.node_reader(tx)
    proof = merkle.inclusion_proof(seq, tree, nodes)
    return Inclusion(seq, tree, log.read(tx, seq).leaf_hash, merkle.root(tree, nodes), tuple(proof))


def consistency(tx: Connection, old_size: int, new_size: int | None = None) -> Consistency:
    """Return the proof between two sizes, by default up to the signed one; raises Invalid."""
    new_size = _tree(tx, new_size, "new_size")
    if not 1 <= old_size <= new_size:
        raise Invalid("tree_size_out_of_range", field="old_size", size=old_size, least=1, greatest=new_size)
    nodes = log.node_reader(tx)
    proof = merkle.consistency_proof(old_size, new_size, nodes)
    roots = merkle.root(old_size, nodes), merkle.root(new_size, nodes)
    return Consistency(old_size, new_size, *roots, tuple(proof))


def tile(tx: Connection, name: TileName) -> bytes:
    """Return the content of a tile of hashes or a bundle of entries (c2sp.org/tlog-tiles); raises Missing."""
    if width_in_tree(name.level, name.index, size(tx)) < name.width:
        raise Missing("tile_missing", level=name.level, number=name.index, width=name.width)
    if name.level is not None:
        return log.tile(tx, name.level, name.index, name.width)
    start = name.index * TILE_WIDTH
    return encode_bundle([each.data for each in log.scan(tx, start, start + name.width)])


def _tree(tx: Connection, asked: int | None, field: str) -> int:
    signed = size(tx)
    if asked is None:
        return signed
    if not 1 <= asked <= signed:
        raise Invalid("tree_size_out_of_range", field=field, size=asked, least=1, greatest=signed)
    return asked
