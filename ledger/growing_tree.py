"""The tiles of a Merkle tree that is given its leaves one by one; it remembers one tile a level. Pure."""

from dataclasses import dataclass

from ledger.merkle import GrowingRoot


@dataclass(frozen=True)
class FullTile:
    """A tile that the last leaf has filled: its hashes in one string, and the root over them, 32 bytes."""

    level: int
    number: int
    hashes: bytes
    root: bytes


class GrowingTree:
    """The tree over the leaf hashes so far."""

    def __init__(self, tile_height: int) -> None:
        """Begin an empty tree, whose tiles are 2^`tile_height` hashes wide."""
        self._tile_height = tile_height
        self._growing = GrowingRoot()
        self._edge: list[list[bytes]] = []  # the hashes of each level's last tile

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self._growing.size

    def add(self, leaf: bytes) -> list[FullTile]:
        """Add a leaf hash, and return the tiles that it fills, from level 0 upwards."""
        filled = []
        for height, (node,) in enumerate(self._growing.extend([leaf])):
            level, inside = divmod(height, self._tile_height)
            if inside:
                continue
            if level:
                below = self._edge[level - 1]
                filled.append(FullTile(level - 1, (self.size >> height) - 1, b"".join(below), node))
                below.clear()
            if level == len(self._edge):
                self._edge.append([])
            self._edge[level].append(node)
        return filled

    def root(self) -> bytes:
        """Return the root over the leaves so far."""
        return self._growing.root()
