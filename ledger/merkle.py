"""Merkle trees and their proofs (RFC 9162, sections 2.1.1 to 2.1.4; SHA-256).

Everything is computed from a `NodeReader`, which gives the hash of a complete subtree by its level and number, so a
proof over a stored tree reads O(log n) of its nodes. All hashes are 32 bytes, all indexes count from 0.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import TypeAlias

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()

NodeReader: TypeAlias = Callable[[int, int], bytes]
"""(level, index) → hash of the complete subtree over the leaves index·2^level up to (index + 1)·2^level − 1."""


class ProofError(ValueError):
    """A proof does not prove what it should."""


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def leaf_hashes(data: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of several leaves."""
    return [sha256(b"\x00" + each).digest() for each in data]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def complete_root(hashes: bytes) -> bytes:
    """Return the root over hashes in one string, as tiles hold them; their number is a power of two."""
    while len(hashes) > HASH_BYTES:
        pairs = range(0, len(hashes), 2 * HASH_BYTES)
        hashes = b"".join([sha256(b"\x01" + hashes[at : at + 2 * HASH_BYTES]).digest() for at in pairs])
    return hashes


def nodes_over(leaf_hashes: Sequence[bytes]) -> NodeReader:
    """Return a reader of the nodes over these leaf hashes, all computed now; it raises IndexError beyond them."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    def node(level: int, index: int) -> bytes:
        if level < 0 or index < 0:
            raise IndexError("a level or an index is negative")
        return levels[level][index]

    return node


def root(size: int, node: NodeReader) -> bytes:
    """Return the root of the tree over the first `size` leaves."""
    if size < 0:
        raise ValueError("a tree's size is negative")
    return _root_over(0, size, node) if size else EMPTY_ROOT


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over these leaf hashes."""
    growing = GrowingRoot()
    growing.extend(leaf_hashes)
    return growing.root()


class GrowingRoot:
    """The root over leaves that come one after the other; it keeps O(log n) hashes."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self.size = 0
        self._waiting: list[bytes] = []  # by level the node that waits for the one to its right, or nothing

    def extend(self, leaf_hashes: Iterable[bytes]) -> list[list[bytes]]:
        """Add leaves' hashes, and return by level, from 0, the hashes of the complete subtrees that they make."""
        made: list[list[bytes]] = []
        nodes = list(leaf_hashes)
        self.size += len(nodes)
        while nodes:
            level = len(made)
            made.append(nodes)
            if level == len(self._waiting):
                self._waiting.append(b"")
            if self._waiting[level]:
                nodes = [self._waiting[level], *nodes]
            self._waiting[level] = nodes[-1] if len(nodes) & 1 else b""
            pairs = zip(nodes[::2], nodes[1::2], strict=False)
            nodes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        return made

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        computed = b""
        for node in filter(None, self._waiting):
            computed = node_hash(node, computed) if computed else node
        return computed or EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size` leaves, from the leaf upwards.

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            proof.append(_root_over(middle, end, node))
            end = middle
        else:
            proof.append(_root_over(start, middle, node))
            start = middle
    return proof[::-1]


def consistency_proof(old_size: int, new_size: int, node: NodeReader) -> list[bytes]:
    """Return the proof that the tree of `new_size` leaves begins with that of `old_size`; empty where they are equal.

    Raises ValueError unless 0 < old_size <= new_size: every tree begins with the empty one, so there is no proof of it.
    """
    if not 0 < old_size <= new_size:
        raise ValueError(f"no consistency proof from {old_size} to {new_size} leaves")
    proof = []
    start, end = 0, new_size
    while old_size < end:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            proof.append(_root_over(middle, end, node))
            end = middle
        else:
            proof.append(_root_over(start, middle, node))
            start = middle
    if start > 0:  # a subtree that starts at 0 is the whole old tree, whose root the verifier has
        proof.append(_root_over(start, end, node))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless the proof leads from this leaf hash at `index` to the root of `size` leaves."""
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    _check_hashes([leaf, *proof])
    position, last = index, size - 1
    computed = leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            while position and not position & 1:  # levels on which the last node has no sibling
                position, last = position >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is too short")
    if computed != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless the proof shows that the new tree begins with the old one, which must not be empty."""
    if not 0 < old_size <= new_size:
        raise ProofError(f"no consistency proof from {old_size} to {new_size} leaves")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofError("trees of one size have one root and an empty proof")
        return
    if not proof:
        raise ProofError("the proof is too short")
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    hashes = list(proof) if position else [old_root, *proof]  # position 0: the old tree is one complete subtree
    _check_hashes(hashes)
    old, new = hashes[0], hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofError("the proof is too short")
    if old != old_root or new != new_root:
        raise ProofError("the proof leads to another root")


def _left_width(width: int) -> int:
    """Return the largest power of two below `width`, which is at least 2: the leaves of the left subtree."""
    return 1 << ((width - 1).bit_length() - 1)


def _root_over(start: int, end: int, node: NodeReader) -> bytes:
    """Return the root over the leaves start to end − 1, not none, where start is a multiple of a power of two ≥ width.

    Such a range is a row of complete subtrees, each smaller than the one before it.
    """
    subtrees = []
    while start < end:
        level = (end - start).bit_length() - 1
        subtrees.append(node(level, start >> level))
        start += 1 << level
    computed = subtrees.pop()
    while subtrees:
        computed = node_hash(subtrees.pop(), computed)
    return computed


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError(f"a hash has {HASH_BYTES} bytes")
