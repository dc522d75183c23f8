"""The log's tree in the database (c2sp.org/tlog-tiles): a full tile is a row that never changes.

The partial tiles at the right edge follow from the rows below them: that of level 0 from the entries, that of a higher
level from the roots of the full tiles below it. So an append writes at most one row a level beside its entries, and a
proof reads O(log n) rows, all at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from ledger import merkle
from ledger.bulk import insert_rows
from ledger.errors import Missing
from ledger.tables import log_tile

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

_FULL = "SELECT {at}, 0, hashes FROM log_tile WHERE level = {p} AND number = {p}"
_LEAVES = "SELECT {at}, seq, leaf_hash FROM log_entry WHERE seq >= {p} AND seq < {p}"
_ROOTS = "SELECT {at}, number, root FROM log_tile WHERE level = {p} AND number >= {p} AND number < {p}"


@dataclass(frozen=True)
class _Tile:
    level: int
    number: int
    full: bool = True


def complete_tiles(tx: Connection, start: int, leaves: Sequence[bytes]) -> None:
    """Write the full tiles that the leaf hashes from entry `start` on, which are written, have completed."""
    level, new = 0, leaves
    while start // TILE_WIDTH < (start + len(new)) // TILE_WIDTH:
        first, before = divmod(start, TILE_WIDTH)
        edge = _read_at_once(tx, [_Tile(level, first, full=False)])[level, first] if before else b""
        hashes = _cut(edge, 0, before) + b"".join(new)
        past = (start + len(new)) // TILE_WIDTH
        tiles = [_cut(hashes, place * TILE_WIDTH, TILE_WIDTH) for place in range(past - first)]
        roots = [merkle.complete_root(tile) for tile in tiles]
        rows = [(level, first + place, tile, root) for place, (tile, root) in enumerate(zip(tiles, roots, strict=True))]
        insert_rows(tx, log_tile, list(log_tile.c), rows)
        level, start, new = level + 1, first, roots


def tile(tx: Connection, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
    """Return a tile's first `width` hashes; raises Missing where the log is shorter."""
    hashes = _read_tile(tx, level, number)[: width * merkle.HASH_BYTES]
    if len(hashes) != width * merkle.HASH_BYTES:
        raise Missing("tile_missing", level=level, number=number, width=width)
    return hashes


@dataclass(frozen=True)
class Edge:
    """The right edge of a tree whose entries are committed, so that it never changes: its partial tiles.

    `nodes` are the hashes of complete subtrees inside them that were computed so far.
    """

    size: int
    tiles: Mapping[tuple[int, int], bytes]
    nodes: dict[tuple[int, int], bytes]


def read_edge(tx: Connection, size: int) -> Edge:
    """Return the right edge of the tree of `size` entries, to be used for many proofs."""
    return Edge(size, _read_at_once(tx, [tile for tile in _above(size, [size]) if not tile.full]), {})


def node_reader(tx: Connection, edge: Edge | None = None, places: Iterable[int] = ()) -> merkle.NodeReader:
    """Return the reader of complete subtrees that `merkle` builds roots and proofs from; IndexError beyond the log.

    In the tree of an edge, the tiles above the leaves at some places are read now and at once, others when they are
    asked for.
    """
    kept = edge or Edge(0, {}, {})
    above = [tile for tile in _above(kept.size, places) if (tile.level, tile.number) not in kept.tiles]
    tiles = _read_at_once(tx, above)
    nodes: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        found = kept.nodes.get((level, index)) or nodes.get((level, index))
        if found is None:
            tile_level, height = divmod(level, TILE_HEIGHT)
            number, start = divmod(index << height, TILE_WIDTH)
            hashes = kept.tiles.get((tile_level, number))
            keep = nodes if hashes is None else kept.nodes
            if hashes is None:
                if (tile_level, number) not in tiles:
                    tiles[tile_level, number] = _read_tile(tx, tile_level, number)
                hashes = tiles[tile_level, number]
            found = keep[level, index] = merkle.complete_root(_cut(hashes, start, 1 << height))
        return found

    return node


def root(tx: Connection, size: int) -> bytes:
    """Return the root over the first `size` entries."""
    return merkle.root(size, node_reader(tx, read_edge(tx, size)))


def _above(size: int, places: Iterable[int]) -> list[_Tile]:
    """Return the tiles of all levels of a tree that the paths from some leaves to the root go through."""
    found = []
    for place in places:
        level, nodes, number = 0, size, place // TILE_WIDTH
        while nodes:
            if number * TILE_WIDTH < nodes:
                found.append(_Tile(level, number, full=nodes >= (number + 1) * TILE_WIDTH))
            level, nodes, number = level + 1, nodes // TILE_WIDTH, number // TILE_WIDTH
    return list(dict.fromkeys(found))


def _read_tile(tx: Connection, level: int, number: int) -> bytes:
    """Return as many of a tile's hashes as there are."""
    hashes = _read_at_once(tx, [_Tile(level, number)])[level, number]
    return hashes or _read_at_once(tx, [_Tile(level, number, full=False)])[level, number]


def _read_at_once(tx: Connection, tiles: Iterable[_Tile]) -> dict[tuple[int, int], bytes]:
    """Return the hashes of full tiles, and as many as there are of others, in one query by the driver alone."""
    parameter = "?" if tx.dialect.name == "sqlite" else "%s"
    queries: list[str] = []
    parameters: list[int] = []
    hashes: dict[tuple[int, int], list[bytes]] = {}
    for tile in tiles:
        first = tile.number * TILE_WIDTH
        hashes[tile.level, tile.number] = []
        if tile.full:
            query, values = _FULL, [tile.level, tile.number]
        elif tile.level == 0:
            query, values = _LEAVES, [first, first + TILE_WIDTH]
        else:
            query, values = _ROOTS, [tile.level - 1, first, first + TILE_WIDTH]
        queries.append(query.format(at=len(queries), p=parameter))
        parameters += values
    if not queries:
        return {}
    found = list(hashes.values())
    for at, _, content in tx.exec_driver_sql(" UNION ALL ".join(queries) + " ORDER BY 1, 2", tuple(parameters)):
        found[at].append(content)
    return {key: b"".join(parts) for key, parts in hashes.items()}


def _cut(hashes: bytes, start: int, count: int) -> bytes:
    """Return `count` hashes from a place on; raises IndexError beyond them."""
    part = hashes[start * merkle.HASH_BYTES : (start + count) * merkle.HASH_BYTES]
    if len(part) != count * merkle.HASH_BYTES:
        raise IndexError(f"the log has not these {count} hashes")
    return part
