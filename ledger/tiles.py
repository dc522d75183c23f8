"""Paths of tiles and the content of entry bundles (c2sp.org/tlog-tiles)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

TILE_WIDTH = 256
HIGHEST_LEVEL = 63
LARGEST_ENTRY = 65_535

_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?"
)


@dataclass(frozen=True)
class TileName:
    """One tile: `level` of the tree, or None for a bundle of entries; `index` in the level; `width` 1 to 256."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The tile's path below the log's prefix; raises ValueError for a tile that cannot be."""
        if self.level is None:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile of hashes, such as tile/0/x001/x234/067.p/8."""
    if not 0 <= level <= HIGHEST_LEVEL:
        raise ValueError(f"a tile's level is 0 to {HIGHEST_LEVEL}")
    return f"tile/{level}/{_index_path(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a bundle of entries, such as tile/entries/x001/x234/067.p/8."""
    return f"tile/entries/{_index_path(index, width)}"


def parse_tile_path(path: str) -> TileName:
    """Return the tile that a path names; raises ValueError for every path that the two functions above do not write."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise ValueError("not the path of a tile")
    name = TileName(
        level=None if found["level"] == "entries" else int(found["level"]),
        index=int(found["index"].replace("x", "").replace("/", "")),
        width=int(found["width"] or TILE_WIDTH),
    )
    if name.path != path:
        raise ValueError("not the path of a tile")
    return name


def width_in_tree(level: int | None, index: int, size: int) -> int:
    """Return how many hashes or entries a tile holds in a tree of `size` leaves: 0 before it begins, 256 when full."""
    nodes = size >> (8 * (level or 0))
    return min(max(nodes - index * TILE_WIDTH, 0), TILE_WIDTH)


def edge(size: int) -> list[TileName]:
    """Return the partial tiles of hashes of a tree, from the highest level down, so in the order of their leaves."""
    names = []
    for level in reversed(range((size.bit_length() + 7) // 8)):
        number, width = divmod(size >> (8 * level), TILE_WIDTH)
        if width:
            names.append(TileName(level, number, width))
    return names


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return (u16be length ‖ entry)* for 1 to 256 entries of at most 65,535 bytes; raises ValueError for others."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise ValueError(f"a bundle has 1 to {TILE_WIDTH} entries")
    if any(len(entry) > LARGEST_ENTRY for entry in entries):
        raise ValueError(f"an entry has at most {LARGEST_ENTRY} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle; raises ValueError where it is cut short, empty, or holds more than 256."""
    entries: list[bytes] = []
    position = 0
    while position < len(data) and len(entries) <= TILE_WIDTH:
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        entries.append(data[start:position])
    if position > len(data) or not 1 <= len(entries) <= TILE_WIDTH:
        raise ValueError("not a bundle of entries")
    return entries


def _index_path(index: int, width: int) -> str:
    if not 0 <= index < 10**18:
        raise ValueError("a tile's index is 0 to 10^18 − 1")
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"a tile's width is 1 to {TILE_WIDTH}")
    groups = f"{index:,}".split(",")
    path = "/".join(["x" + group.zfill(3) for group in groups[:-1]] + [groups[-1].zfill(3)])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
