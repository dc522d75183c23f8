"""Lines of canonical JSON that are written alike, sooner looked at as bytes than read. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import orjson

_TEXT = rb'"[^"\\\x00-\x1f]*+(?:\\["\\][^"\\\x00-\x1f]*+)*+"'
_INTEGER = rb"0|[1-9][0-9]{0,14}"
_VALUE = b"(?:" + _TEXT + b"|" + _INTEGER + b"|null)"
"""What is written in one way only: a text that escapes nothing but quotes and backslashes, a safe integer, nothing."""


@lru_cache(maxsize=64)
def _pattern(
    names: tuple[str, ...], same: tuple[tuple[str, bytes], ...], begin: bytes, end: bytes, number: str
) -> re.Pattern[bytes]:
    fixed = dict(same)
    members = [
        re.escape(orjson.dumps(name) + b":")
        + (re.escape(fixed[name]) if name in fixed else b"(" + _INTEGER + b")" if name == number else _VALUE)
        for name in names
    ]
    return re.compile(
        b"^" + re.escape(begin) + rb"\{" + b",".join(members) + rb"\}" + re.escape(end) + b"$", re.MULTILINE
    )


class AlikeLines:
    """Lines that hold an object with the names of a given one, whose values are texts, integers or nothing.

    `begin` and `end` stand around it, `same` says the canonical bytes of members that all lines have, and the member
    `number` counts the lines. Whatever is told to be alike is canonical.
    """

    def __init__(
        self, like: Mapping[str, object], same: Mapping[str, bytes], begin: bytes, end: bytes, number: str
    ) -> None:
        """Take an object that was read of canonical bytes."""
        self._pattern = _pattern(tuple(like), tuple(same.items()), begin, end, number)

    def are(self, lines: bytes, first: int, count: int) -> bool:
        """Tell whether so many lines, each with its line feed, are alike and count on from a number.

        Raises ValueError where they are not UTF-8.
        """
        numbers: Sequence[bytes] = self._pattern.findall(lines)
        if len(numbers) != count or numbers != [b"%d" % number for number in range(first, first + count)]:
            return False
        if not lines.isascii():
            lines.decode()
        return True
