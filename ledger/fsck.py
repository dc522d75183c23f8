"""Checking a whole log by its paths: signature, every tile and entry, the chain, the named files. Pure.

Everything is read once, from the tree's edge down and in the order of the entries, with a tile a level in memory.
What is proved from above (`log_reader`) is believed; so where two parts contradict each other the fault names the one
that is not the signed tree's. Below a tile that is itself at fault nothing is proved: there the parts are compared
with each other, and what they give together with the nearest hash that is proved.
"""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from typing import TypeAlias

from ledger import merkle
from ledger.chain import Chain, verify_checkpoint
from ledger.entries import Entry
from ledger.log_reader import LogFault, Read, edge_root, read_bundle, read_checkpoint, read_tile
from ledger.note import Checkpoint, Verifier
from ledger.tiles import TILE_WIDTH, TileName, edge

DATA_PREFIX = "data/"

_Hashes: TypeAlias = Generator[LogFault, None, bytes | None]
"""Faults on the way, and hashes at the end; None where something that they rest on cannot be read."""


def check_log(read: Read, pinned: Sequence[Verifier]) -> Iterator[LogFault]:
    """Yield all faults of a log in the order in which they are met; none is a sound log signed by a pinned key's log.

    A key that came after a pinned one by the log's own entries (`rotation`) is as good as it.
    """
    try:
        signed, checkpoint = read_checkpoint(read)
    except LogFault as fault:
        yield fault
        return
    walk = _Walk(read)
    yield from walk.tree(checkpoint)
    try:
        verify_checkpoint(signed, checkpoint.size, walk.chain.keys(), pinned)
    except LogFault as fault:
        yield fault


class _Walk:
    """One pass over a log."""

    def __init__(self, read: Read) -> None:
        self.chain = Chain()
        self._read = read

    def tree(self, checkpoint: Checkpoint) -> Iterator[LogFault]:
        told = []
        for name in edge(checkpoint.size):
            told.append((name, (yield from self._told(name))))
        proved = _root(checkpoint.size, told) == checkpoint.root
        found = []
        for name, hashes in told:
            found.append((name, (yield from self._below(name, hashes if proved else None))))
        if proved:
            return
        sound = _root(checkpoint.size, found) == checkpoint.root
        for (name, hashes), (_, below) in zip(told, found, strict=True):
            if hashes is not None and below is not None and hashes != below:
                yield LogFault("log_tile_altered" if sound else "log_parts_differ", path=name.path)
        if not sound:
            yield LogFault("log_root_differs", size=checkpoint.size)

    def _told(self, name: TileName) -> _Hashes:
        try:
            return read_tile(self._read, name)
        except LogFault as fault:
            yield fault
            return None

    def _full(self, name: TileName, expected: bytes | None) -> _Hashes:
        """Check a full tile and all below it; return its root: the expected one, or else what the entries give."""
        told = yield from self._told(name)
        proved = told is not None and merkle.complete_root(told) == expected
        below = yield from self._below(name, told if proved else None)
        if proved:
            return expected
        computed = None if below is None else merkle.complete_root(below)
        if expected is None:
            if told is not None and below is not None and told != below:
                yield LogFault("log_parts_differ", path=name.path)
            return computed
        if told is not None:
            yield LogFault("log_tile_altered", path=name.path)
        if computed is not None and computed != expected:
            yield LogFault("log_subtree_altered", path=name.path)
        return expected

    def _below(self, name: TileName, proved: bytes | None) -> _Hashes:
        """Check what lies below a tile; return the hashes that it should hold."""
        if name.level == 0:
            return (yield from self._entries(name, proved))
        assert name.level is not None  # noqa: S101  - bundles have no tiles below them
        hashes = []
        for place in range(name.width):
            child = TileName(name.level - 1, name.index * TILE_WIDTH + place)
            hashes.append((yield from self._full(child, _hash(proved, place))))
        return b"".join(each for each in hashes if each is not None) if None not in hashes else None

    def _entries(self, name: TileName, proved: bytes | None) -> _Hashes:
        bundle = TileName(None, name.index, name.width)
        try:
            entries = read_bundle(self._read, bundle)
        except LogFault as fault:
            yield fault
            self.chain.go_on_after(_hash(proved, name.width - 1))
            return proved
        hashes = []
        for place, data in enumerate(entries):
            seq = name.index * TILE_WIDTH + place
            leaf, expected = merkle.leaf_hash(data), _hash(proved, place)
            if expected is not None and leaf != expected:
                yield LogFault("log_entry_altered", seq=seq, path=bundle.path)
            yield from self.chain.follow(seq, data)
            if self.chain.last is not None:
                yield from self._files(self.chain.last)
            hashes.append(expected or leaf)
            self.chain.go_on_after(hashes[-1])
        return b"".join(hashes)

    def _files(self, entry: Entry) -> Iterator[LogFault]:
        for name in entry.files:
            path = DATA_PREFIX + name
            content = self._read(path)
            if content is None:
                yield LogFault("log_part_missing", path=path)
            elif hashlib.sha256(content).hexdigest() != name:
                yield LogFault("log_file_altered", path=path)


def _root(size: int, edge_tiles: Sequence[tuple[TileName, bytes | None]]) -> bytes | None:
    """Return the root that the partial tiles give, None where one cannot be read."""
    tiles = {name.level: hashes for name, hashes in edge_tiles if hashes is not None}
    return edge_root(size, tiles) if len(tiles) == len(edge_tiles) else None


def _hash(hashes: bytes | None, place: int) -> bytes | None:
    return None if hashes is None else hashes[place * merkle.HASH_BYTES : (place + 1) * merkle.HASH_BYTES]
