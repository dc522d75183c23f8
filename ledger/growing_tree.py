"""A Merkle tree that is given its leaves one by one and remembers one tile a level, whatever its size. Pure."""

from dataclasses import dataclass

from ledger.merkle import EMPTY_ROOT, node_hash


@dataclass(frozen=True)
class FullTile:
    """A tile that the last leaf has filled: its hashes in one string, and the root over them, 32 bytes."""

    level: int
    number: int
    hashes: bytes
    root: bytes


class GrowingTree:
    """The tree over the leaf hashes so far; `size` is their number."""

    def __init__(self, tile_height: int) -> None:
        """Begin an empty tree, whose tiles are 2^`tile_height` hashes wide."""
        self.size = 0
        self._tile_height = tile_height
        self._subtrees: list[bytes] = []  # the roots of the complete subtrees that the tree consists of, largest first
        self._edge: list[list[bytes]] = []  # the hashes of each level's last tile

    def add(self, leaf: bytes) -> list[FullTile]:
        """Add a leaf hash, and return the tiles that it fills, from level 0 upwards."""
        filled = []
        node, height, index = leaf, 0, self.size
        self._extend(0, leaf)
        while index & 1:
            node, height, index = node_hash(self._subtrees.pop(), node), height + 1, index >> 1
            above, inside = divmod(height, self._tile_height)
            if inside == 0:
                filled.append(FullTile(above - 1, index, b"".join(self._edge[above - 1]), node))
                self._edge[above - 1].clear()
                self._extend(above, node)
        self._subtrees.append(node)
        self.size += 1
        return filled

    def root(self) -> bytes:
        """Return the root over the leaves so far."""
        if not self._subtrees:
            return EMPTY_ROOT
        computed = self._subtrees[-1]
        for subtree in self._subtrees[-2::-1]:
            computed = node_hash(subtree, computed)
        return computed

    def _extend(self, level: int, node: bytes) -> None:
        if level == len(self._edge):
            self._edge.append([])
        self._edge[level].append(node)
