"""Rows kept in their order in a file of the system's, so that any number of them takes the same memory."""

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeVar

import orjson

CHUNK = 5000
"""So many rows are written, read and handed on together."""

MEMORY_BYTES = 4 << 20

T = TypeVar("T")


class Spool(Generic[T]):
    """A row after the other goes in, and all can be read as often as needed.

    `pack` gives a row's JSON and `unpack` the row of it. The file has no name, so that nobody else can open it, and is
    gone with the spool.
    """

    def __init__(self, pack: Callable[[T], Any], unpack: Callable[[Any], T]) -> None:
        """Begin empty."""
        self._pack = pack
        self._unpack = unpack
        self._count = 0
        self._pending: list[Any] = []
        self._file = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115
        self._end = 0

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._count

    def __iter__(self) -> Iterator[T]:
        """Give the rows in their order."""
        for chunk in self.chunks():
            yield from chunk

    def append(self, row: T) -> None:
        """Add a row."""
        self._pending.append(self._pack(row))
        self._count += 1
        if len(self._pending) >= CHUNK:
            self._file.seek(self._end)
            self._file.write(orjson.dumps(self._pending) + b"\n")
            self._end = self._file.tell()
            self._pending = []

    def chunks(self) -> Iterator[list[T]]:
        """Give the rows in lists of `CHUNK`, the last one shorter; rows that are added meanwhile are not among them."""
        pending, end, place = self._pending, self._end, 0
        unpack = self._unpack
        while place < end:
            self._file.seek(place)
            line = self._file.readline()
            place += len(line)
            yield [unpack(packed) for packed in orjson.loads(line)]
        if pending:
            yield [unpack(packed) for packed in pending]
