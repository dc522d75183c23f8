"""Lines of canonical JSON that are written alike, sooner looked at where they stand than read one by one. Pure."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy
import orjson

from ledger.canonical import JSON, canonical, parse_canonical

_TEXT = r'[^"\\\x00-\x1f]*+'
_TO_QUOTE, _TO_BACKSLASH, _TO_BRACKET = r'[^"]*+', r"[^\\]*+", r"\[[^]]*+\]"
"""What is a text too where nothing is escaped and no control character stands: sought sooner, looked at apart."""
_INTEGER = "0|[1-9][0-9]{0,14}"
_VALUE = rf'(?:"{_TEXT}(?:\\["\\]{_TEXT})*+"|{_INTEGER}|null)'
"""What is written in one way only: a text that escapes nothing but quotes and backslashes, a safe integer, nothing."""

_INTEGERS = r"\[[0-9nul,-]*+\]"
"""Whatever is written of these characters is a list of integers or nothing, if it is JSON."""

WITHIN = "/"
"""Stands between the name of a text that is canonical JSON itself and the name of a member of it."""

_SPACE = ord(" ")
"""The first byte that is none of a control character."""

_Read = Callable[[Sequence[str]], Sequence[Any]]


class AlikeLines:
    """Lines that hold an object with the names of a given one, whose values are texts, integers or nothing.

    `begin` and `end` stand around it, `same` says the canonical text of members that all lines have, and the member
    `number` counts the lines. Whatever is told to be alike is canonical.

    If they are `plain`, values are of the same kind as the given one's and escape nothing: this is sooner seen, by
    the next quote, and by how many quotes, backslashes and control characters there are in all.

    Of columns that are named it is told what stands there: texts that escape nothing, and integers. Of a text that is a
    canonical object itself, such texts and lists of integers or nothing, each as `NAME/MEMBER`, and the text as `NAME`.
    """

    def __init__(
        self,
        like: Mapping[str, JSON],
        same: Mapping[str, str],
        begin: str,
        end: str,
        number: str,
        columns: Sequence[str] = (),
        absent: Collection[str] = (),
        plain: bool = False,
    ) -> None:
        """Take an object that was read of canonical text.

        Raises ValueError where such lines, or a column that is not one of `absent`, cannot be looked at so.
        """
        self._columns = columns
        self._plain = plain
        self._marks: dict[int, int] = {}
        self._texts: dict[str, _Read] = {}
        members = []
        for name, value in like.items():
            if name in same:
                written = re.escape(same[name])
            elif name == number:
                written = self._told(name, _numbers, f"({_INTEGER})")
            else:
                written = self._written(name, value)
            members.append(re.escape(f"{_quoted(name)}:") + written)
        if not {*columns} <= {*self._texts, *absent}:
            raise ValueError("a column that none of the lines has")
        self._number = number
        self._pattern = re.compile(rf"^{re.escape(begin)}\{{{','.join(members)}\}}{re.escape(end)}$", re.MULTILINE)
        if plain:
            line = begin.encode() + canonical(like) + end.encode()
            self._marks = {mark: line.count(mark) for mark in b'"\\'}  # none in what may differ from line to line

    def _told(self, column: str, read: _Read, pattern: str) -> str:
        self._texts[column] = read
        return pattern

    def _written(self, name: str, value: object) -> str:
        if any(column.startswith(name + WITHIN) for column in self._columns):
            return self._nested(name, value)
        if type(value) not in (str, int, type(None)):
            raise ValueError("a value that is neither text nor integer")
        if name not in self._columns:
            return self._unread(name, value)
        if value is None:
            raise ValueError("a column of nothing")
        if isinstance(value, str):
            return self._told(name, list, f'"({self._text(value, _TO_QUOTE)})"')
        return self._told(name, _numbers, f"({_INTEGER})")

    def _unread(self, name: str, value: object) -> str:
        if not self._plain:
            return _VALUE
        if isinstance(value, str):
            return f'"{_TO_QUOTE}"' if _is_plain(value) else self._nested(name, value)
        return "null" if value is None else f"(?:{_INTEGER})"

    def _text(self, value: str, plain: str) -> str:
        """Return what is written of a text; raises ValueError where plain ones must escape nothing and this does."""
        if self._plain and not _is_plain(value):
            raise ValueError("a text that is escaped")
        return plain if self._plain else _TEXT

    def _nested(self, name: str, value: object) -> str:
        inner: Any = parse_canonical(value.encode()) if isinstance(value, str) else None
        if not isinstance(inner, dict):
            raise ValueError("no object where one must be")
        whole = name in self._columns
        if whole:
            self._texts[name] = _unescaped
        members = [
            re.escape(_quoted(f"{_quoted(member)}:")[1:-1]) + self._member(name + WITHIN + member, each)
            for member, each in inner.items()
        ]
        text = rf"\{{{','.join(members)}\}}"
        return f'"({text})"' if whole else f'"{text}"'

    def _member(self, column: str, value: object) -> str:
        wanted = column in self._columns
        if isinstance(value, str):
            text = self._text(value, _TO_BACKSLASH)
            return self._told(column, list, rf'\\"({text})\\"') if wanted else rf'\\"{text}\\"'
        if type(value) is int and not wanted:
            return f"(?:{_INTEGER})"
        if isinstance(value, list) and {*map(type, value)} <= {int, type(None)}:
            if wanted:
                return self._told(column, _lists, f"({_INTEGERS})")
            if not self._is_read(column.partition(WITHIN)[0]):
                return _TO_BRACKET  # of a text that nobody reads no more is asked than that it is one
        raise ValueError("a member that cannot be read where it stands")

    def _is_read(self, name: str) -> bool:
        """Tell whether a column is a text or a member of it."""
        return any(column == name or column.startswith(name + WITHIN) for column in self._columns)

    def _are_plain(self, lines: bytes, count: int) -> bool:
        """Tell whether lines that must be plain have as many quotes and backslashes as they must, so in no text."""
        if not self._plain:
            return True
        written = numpy.frombuffer(lines, numpy.uint8)
        line_feeds = numpy.count_nonzero(written < _SPACE)
        marks = ((numpy.count_nonzero(written == mark), each) for mark, each in self._marks.items())
        ended = lines.endswith(b"\n") and line_feeds == count  # so there is none within a line
        return ended and all(found == each * count for found, each in marks)

    def read(self, lines: bytes, numbers: range) -> list[Sequence[Any]] | None:
        """Return the columns of as many lines as numbers, if they are alike and have these; None of others.

        A column that is in no line is one of None. Raises UnicodeDecodeError.
        """
        count = len(numbers)
        found = self._pattern.findall(str(lines, "utf-8")) if self._are_plain(lines, count) else []
        columns = zip(*found, strict=True) if len(self._texts) > 1 else [found]
        texts = dict(zip(self._texts, columns, strict=False))
        if len(found) != count or [*texts.pop(self._number, ())] != [*map(str, numbers)]:
            return None
        try:
            return [self._texts[name](texts[name]) if name in texts else [None] * count for name in self._columns]
        except ValueError:
            return None


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()


def _is_plain(text: str) -> bool:
    return re.fullmatch(_TEXT, text) is not None


def _numbers(texts: Sequence[str]) -> list[int]:
    return list(map(int, texts))


def _unescaped(texts: Sequence[str]) -> list[str]:
    return [text.replace('\\"', '"') for text in texts]


def _lists(texts: Sequence[str]) -> list[list[int | None]]:
    """Return lists of integers or nothing; raises ValueError where one is not canonical."""
    joined = f"[{','.join(texts)}]".encode()
    values: list[list[int | None]] = orjson.loads(joined)
    try:
        written = orjson.dumps(values, option=orjson.OPT_STRICT_INTEGER)
    except TypeError as error:  # an integer beyond 2^53 - 1
        raise ValueError("not canonical JSON") from error
    if written != joined:
        raise ValueError("not canonical JSON")
    return values
