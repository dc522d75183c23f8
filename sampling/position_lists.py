"""Public lists of positions in an entry: as they are, or where they are long, as a file that the entry names. Pure."""

import hashlib
from collections.abc import Sequence

from ledger.canonical import JSON, canonical
from sampling.draw import positions_root

MOST_INLINE = 2000
"""More positions than that are a file: an entry has at most 65,535 bytes, and up to three such lists."""


def file_of(positions: Sequence[int]) -> bytes:
    """Return the bytes of the file that lists ascending positions."""
    return canonical([*positions])


def named_file(positions: Sequence[int]) -> dict[str, JSON]:
    """Return what an entry says of a file of ascending positions: their number, their root, and the file's name."""
    return {
        "count": len(positions),
        "root": positions_root(positions).hex(),
        "file": hashlib.sha256(file_of(positions)).hexdigest(),
    }


def told(positions: Sequence[int]) -> JSON:
    """Return how an entry tells ascending positions: the list itself, or the name of its file."""
    return [*positions] if len(positions) <= MOST_INLINE else named_file(positions)
