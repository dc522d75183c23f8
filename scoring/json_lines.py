"""JSON Lines: one object on each line, its keys the headers, its values texts, integers or null (UTF-8, RFC 8259)."""

import json
from collections.abc import Iterator
from typing import BinaryIO

from ledger.errors import Invalid
from scoring.lines import Lines, lines_of
from scoring.rows import DROPPED, Columns, Layout, RowFault, SourceRow


class _Fraction(str):
    """A number with a point or an exponent, as it was written."""


class _Object(list[tuple[str, object]]):
    """An object's members in their order, so that a key that stands twice is seen."""


def read_json_lines(name: str, stream: BinaryIO, columns: Columns, layout: Layout) -> Iterator[SourceRow]:
    """Read a JSON Lines file in bounded memory; blank lines are left out, null is an empty text.

    A line that is no such object, or a key that stands twice, is a fault of its row (`json_malformed`,
    `json_not_an_object`, `json_key_twice`); so is a value of another type (`json_value_type`, naming the key).
    Raises Invalid `line_too_long`, `encoding_unknown`, `column_unknown`, `file_empty`.
    """
    found = False
    for line in lines_of(stream):
        text = line.decode("utf-8")
        if text.strip():
            found = True
            yield _row(name, line, text, columns)
    if not found:
        raise Invalid("file_empty")


def _row(name: str, line: Lines, text: str, columns: Columns) -> SourceRow:
    def fault(error: Invalid, column: str | None, value: str) -> RowFault:
        return RowFault.of(error, file=name, line=line.number, column=column, value=value)

    try:
        members = json.loads(
            text, object_pairs_hook=_Object, parse_int=str, parse_float=_Fraction, parse_constant=_Fraction
        )
    except (ValueError, RecursionError):
        return SourceRow(name, line.number, {}, (fault(Invalid("json_malformed"), None, text.strip()),))
    if not isinstance(members, _Object):
        return SourceRow(name, line.number, {}, (fault(Invalid("json_not_an_object"), None, text.strip()),))
    unknown = [key for key, _ in members if columns.named(key) is None]
    if unknown:
        raise columns.unknown(_printable(key) for key in unknown)
    values: dict[str, str] = {}
    faults: list[RowFault] = []
    for key, value in members:
        header, shown = columns.named(key), _shown(value)
        if header is None or header == DROPPED:
            continue
        if header in values:
            faults.append(fault(Invalid("json_key_twice", key=header), header, shown))
            continue
        values[header] = shown
        if not (value is None or (type(value) is str and value == shown)):
            faults.append(fault(Invalid("json_value_type", key=header), header, shown))
    return SourceRow(name, line.number, values, tuple(faults))


def _shown(value: object) -> str:
    """Return a value as text; what is inside objects and lists is left out."""
    match value:
        case None:
            return ""
        case str():
            return _printable(value)
        case _Object():
            return "{…}"
        case list():
            return "[…]"
        case _:
            return json.dumps(value)


def _printable(text: str) -> str:
    """Return the text with lone surrogates, which no encoding can hold, written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
