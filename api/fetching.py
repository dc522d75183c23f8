"""Fetching the files of a source from where its document says: what all places have in common.

A place gives the files that it has now, each with a way to fetch it. What a server says of a file's state (size and
time, or an ETag) is its *mark*: while it is the one that the last fetch gave, the file is not fetched again.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Final

from ledger.errors import Conflict

SETTLING_SECONDS: Final = 30
"""A file without a marker is complete when nobody has written to it for so long."""

PIECE: Final = 1 << 16


@dataclass(frozen=True)
class Found:
    """A file that a place has: `fetch(mark, target)` writes it unless its mark is that one, and returns its new mark.

    It returns None where the file is as the mark says; a Refusal that it raises is of this file alone.
    """

    name: str
    fetch: Callable[[str | None, IO[bytes]], str | None]


@dataclass(frozen=True)
class Limits:
    """How much one file may hold, and how long fetching it may take."""

    largest_bytes: int
    seconds: int

    def copy(self, pieces: Iterable[bytes], target: IO[bytes]) -> int:
        """Write the pieces and return how many bytes they were; raises Conflict at the first limit that is passed."""
        size, latest = 0, time.monotonic() + self.seconds
        for piece in pieces:
            size += len(piece)
            if size > self.largest_bytes:
                raise Conflict("pull_too_large", largest=self.largest_bytes)
            if time.monotonic() > latest:
                raise self.too_slow()
            target.write(piece)
        return size

    def too_slow(self) -> Conflict:
        """Return the refusal of a file that takes too long."""
        return Conflict("pull_too_slow", seconds=self.seconds)


def has_settled(modified: float, now: float) -> bool:
    """Tell whether a file is complete by the time of its last change, both in Unix seconds.

    A time far ahead comes from a clock that is wrong, and tells as much.
    """
    return abs(now - modified) >= SETTLING_SECONDS


def stays(before: str, after: str) -> str:
    """Return the mark of a file that has the same one before and after it was read; raises Conflict otherwise."""
    if before != after:
        raise Conflict("pull_file_changed")
    return before
