"""Public lists of positions in an entry: as they are, or where they are long, as a file that the entry names. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ledger.canonical import JSON, canonical, parse_canonical
from sampling.bundle_format import Mismatch
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


def files_named(body: Mapping[str, Any]) -> list[str]:
    """Return the names of the files that an entry's body names as lists of positions."""
    return [value["file"] for value in body.values() if isinstance(value, dict) and "file" in value]


def positions_told(value: Any, files: Mapping[str, bytes]) -> list[int]:
    """Return the ascending positions that an entry tells, of which public files have been read by their names.

    Raises Mismatch where the file is not there or is another one, Invalid("positions_not_ascending").
    """
    if isinstance(value, list):
        positions_root(value)
        return value
    if value["file"] not in files:
        raise Mismatch(f"the list of positions {value['file']} is not there")
    positions: Any = parse_canonical(files[value["file"]])
    if named_file(positions) != value:
        raise Mismatch("the list of positions is not the one that its entry names")
    return list(positions)
