"""Reading somebody's log by its paths, believing nothing that its checkpoint does not sign. Pure.

    reader = LogReader(read, open_checkpoint(note, pinned).checkpoint)
    for data in reader.entries(): ...

`read` gets what lies under the log's prefix (c2sp.org/tlog-tiles): from a folder, over HTTP, from anywhere. Rules:

- The partial tiles at the tree's right edge are read first; together they give the signed root, so each is proved.
- A full tile is proved by its root, which stands in the tile above it, and that tile is proved before.
- An entry is proved by its hash, which stands in a tile of level 0.
- Nothing that fails is given out: `LogFault` names its path.

Proofs read a tile a level, and entries come in bundles, so time grows as log n and memory does not grow.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from ledger import merkle
from ledger.errors import Refusal
from ledger.note import Checkpoint, parse_checkpoint
from ledger.tiles import TILE_WIDTH, TileName, decode_bundle, edge, width_in_tree

Read: TypeAlias = Callable[[str], bytes | None]
"""A path below the log's prefix, such as tile/0/000 → its content, None where the log has none."""

CHECKPOINT_PATH = "checkpoint"
TILE_HEIGHT = 8
TILES_KEPT = 64


class LogFault(Refusal):
    """A log does not hold what its checkpoint signs."""


class LogReader:
    """One log at one checkpoint, which must be verified already."""

    def __init__(self, read: Read, checkpoint: Checkpoint) -> None:
        """Read and prove the right edge; raises LogFault: log_part_missing, log_tile_malformed, log_root_differs."""
        self.checkpoint = checkpoint
        self._read = read
        self._edge = {name.level: read_tile(read, name) for name in edge(checkpoint.size)}
        self._full_tile = lru_cache(maxsize=TILES_KEPT)(self._proved_tile)
        if edge_root(checkpoint.size, self._edge) != checkpoint.root:
            raise LogFault("log_root_differs", size=checkpoint.size)

    def tile(self, level: int, number: int) -> bytes:
        """Return a tile's hashes, as many as the tree has, proved; raises IndexError beyond the tree, LogFault."""
        width = width_in_tree(level, number, self.checkpoint.size)
        if width == 0:
            raise IndexError("the tree has no such tile")
        return self._full_tile(level, number) if width == TILE_WIDTH else self._edge[level]

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree, proved; a `merkle.NodeReader`. Raises IndexError, LogFault."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, start = divmod(index << height, TILE_WIDTH)
        return _node(self.tile(tile_level, number), start, height)

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Return the proof that entry `index` is in the tree; raises ValueError beyond it, LogFault."""
        return merkle.inclusion_proof(index, self.checkpoint.size, self.node)

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Return the proof that the tree begins with that of `old_size` entries; raises ValueError, LogFault."""
        return merkle.consistency_proof(old_size, self.checkpoint.size, self.node)

    def entries(self, start: int = 0) -> Iterator[bytes]:
        """Yield the entries from `start` on, proved; raises LogFault."""
        for number in range(start // TILE_WIDTH, -(-self.checkpoint.size // TILE_WIDTH)):
            name = TileName(None, number, width_in_tree(None, number, self.checkpoint.size))
            bundle = read_bundle(self._read, name)
            hashes = b"".join(map(merkle.leaf_hash, bundle))
            if hashes != self.tile(0, number):
                raise LogFault("log_bundle_altered", path=name.path)
            yield from bundle[max(start - number * TILE_WIDTH, 0) :]

    def _proved_tile(self, level: int, number: int) -> bytes:
        name = TileName(level, number)
        hashes = read_tile(self._read, name)
        above, place = divmod(number, TILE_WIDTH)
        if merkle.complete_root(hashes) != _node(self.tile(level + 1, above), place, 0):
            raise LogFault("log_tile_altered", path=name.path)
        return hashes


def read_checkpoint(read: Read) -> tuple[str, Checkpoint]:
    """Return the log's signed note and what it says, unverified.

    Raises LogFault: log_part_missing, log_checkpoint_malformed.
    """
    signed = read(CHECKPOINT_PATH)
    if signed is None:
        raise LogFault("log_part_missing", path=CHECKPOINT_PATH)
    try:
        text = signed.decode()
        return text, parse_checkpoint(text.partition("\n\n")[0] + "\n")
    except ValueError:
        raise LogFault("log_checkpoint_malformed") from None


def edge_root(size: int, tiles: Mapping[int | None, bytes]) -> bytes:
    """Return the root that a tree's partial tiles, by level, give."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        return _node(tiles[tile_level], (index << height) % TILE_WIDTH, height)

    return merkle.root(size, node)


def read_tile(read: Read, name: TileName) -> bytes:
    """Return a tile's hashes, unproved; raises LogFault: log_part_missing, log_tile_malformed."""
    data, width = _read_part(read, name)
    if len(data) != width * merkle.HASH_BYTES:
        raise LogFault("log_tile_malformed", path=name.path, bytes=len(data))
    return data[: name.width * merkle.HASH_BYTES]


def read_bundle(read: Read, name: TileName) -> list[bytes]:
    """Return a bundle's entries, unproved; raises LogFault: log_part_missing, log_bundle_malformed."""
    data, width = _read_part(read, name)
    try:
        entries = decode_bundle(data)
    except ValueError:
        entries = []
    if len(entries) != width:
        raise LogFault("log_bundle_malformed", path=name.path)
    return entries[: name.width]


def _node(tile: bytes, start: int, height: int) -> bytes:
    """Return the hash over the 2^height hashes of a tile from `start` on; raises IndexError beyond them."""
    hashes = tile[start * merkle.HASH_BYTES : (start + (1 << height)) * merkle.HASH_BYTES]
    if len(hashes) != merkle.HASH_BYTES << height:
        raise IndexError("the tree has no such node")
    return merkle.complete_root(hashes)


def _read_part(read: Read, name: TileName) -> tuple[bytes, int]:
    """Return the content of a part and its width; a log may have dropped a partial one that is full by now."""
    data = read(name.path)
    if data is not None:
        return data, name.width
    data = None if name.width == TILE_WIDTH else read(TileName(name.level, name.index).path)
    if data is None:
        raise LogFault("log_part_missing", path=name.path)
    return data, TILE_WIDTH
