"""Rows of files: what every reader of a file gives, whatever the file's form.

A fault of one row or cell goes with its row; a fault that makes the file doubtful as a whole (its encoding, columns,
structure) is raised as Invalid, at any row, and then nothing of the file counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Self

from ledger.canonical import JSON
from ledger.errors import Invalid

RECORD_BYTES = 1 << 20
"""No line may be longer, and no record that spans several lines."""

VALUE_SHOWN = 200
"""As many characters of a wrong value are repeated in its fault."""

ADDED_HEADERS = ("行号", "列", "值", "原因", "处理办法")
"""What is handed back with refused rows; a file that still has them is read as if it had not."""

DROPPED = ""
"""What stands for the header of a column that does not count."""

AUTO, UTF8, GB18030 = ENCODINGS = ("auto", "utf-8", "gb18030")
"""Of a CSV file; `auto` takes the header's: UTF-8 if it is UTF-8, else GB18030."""

_BREAKS = re.compile(r"\s*[\r\n]\s*")
_BRACKETS = str.maketrans("（）", "()")


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one row: `code` and `parameters` as in a Refusal; `column` is None if it is the row itself."""

    file: str
    line: int
    column: str | None
    value: str
    code: str
    parameters: Mapping[str, JSON]

    @classmethod
    def of(cls, error: Invalid, *, file: str, line: int, column: str | None, value: str) -> Self:
        """Make the fault of a refusal; a long value is cut."""
        counts = {name: value for name, value in error.parameters.items() if isinstance(value, int)}
        told: dict[str, JSON] = {**error.told(), **counts}
        return cls(file, line, column, shortened(value), error.code, told)


class Cells(Mapping[str, str]):
    """The texts of a row under headers that it shares with others."""

    __slots__ = ("headers", "texts")

    def __init__(self, headers: tuple[str, ...], texts: Sequence[str]) -> None:
        """Keep both as they are: of most rows nobody asks for one text."""
        self.headers = headers
        self.texts = texts

    def __getitem__(self, header: str) -> str:
        """Return a text."""
        try:
            return self.texts[self.headers.index(header)]
        except ValueError:
            raise KeyError(header) from None

    def __iter__(self) -> Iterator[str]:
        """Give the headers."""
        return iter(self.headers)

    def __len__(self) -> int:
        """Count them."""
        return len(self.headers)


class SourceRow(NamedTuple):
    """One row as it stood in its file.

    `line` is the 1-based line where the row begins, in a workbook its row number. `values` has the texts by header, in
    the file's order. `faults` are those found while reading.
    """

    file: str
    line: int
    values: Mapping[str, str]
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True)
class Layout:
    """How files are written, where that can be in several ways; what does not concern a file's form is left alone.

    `encoding` (of CSV) is one of ENCODINGS. `delimiter` stands between the cells of a CSV file. `sheet` names the
    sheet of a workbook; none: it has but one. `form` is the ending that a file is read by whose own tells nothing.
    """

    encoding: str = AUTO
    delimiter: str = ","
    sheet: str | None = None
    form: str | None = None


PLAIN = Layout()


@dataclass(frozen=True)
class Columns:
    """The headers that a file may have, and those that it must have.

    `others` are further names of known headers: a file has one or the other. `ignored` may stand in a file too; their
    cells are dropped unread. No other header may have one of the words in `forbidden`.
    """

    known: tuple[str, ...]
    required: tuple[str, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()

    def named(self, text: str) -> str | None:
        """Return the known header that is written so, DROPPED for one whose cells do not count, None for no such one.

        Full-width and half-width brackets are the same.
        """
        return self._by_spelling.get(spelling(text))

    def unknown(self, headers: Iterable[str], *, are_all: bool = False) -> Invalid:
        """Return the refusal of headers that are not known, of what must never come in before all others."""
        headers = list(headers)
        for header in headers:
            if any(word in header for word in self.forbidden):
                return Invalid("column_names_complainant", column=shortened(header))
        column, known = shortened("、".join(headers)), list(self.known)
        if are_all:
            return Invalid("header_unknown", column=column, known=known)
        return Invalid("column_unknown", column=column, known=known)

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        dropped = dict.fromkeys(map(spelling, (*ADDED_HEADERS, *self.ignored)), DROPPED)
        known = {spelling(header): header for header in self.known}
        return {**dropped, **known, **{spelling(other): header for other, header in self.others.items()}}


class Record(NamedTuple):
    """Cells by position, before they have headers, and what is wrong with some of them."""

    line: int
    cells: Sequence[str]
    faults: Mapping[int, Invalid] = {}


def rows_under_header(name: str, records: Iterator[Record], columns: Columns) -> Iterator[SourceRow]:
    """Read the first record as the header and give the others as rows; records without any text do not count.

    Raises Invalid `file_empty`, `column_unnamed`, `header_unknown`, `column_unknown`, `column_twice`, `column_missing`,
    `file_without_rows`.
    """
    filled = _filled(records)
    header = next(filled, None)
    if header is None:
        raise Invalid("file_empty")
    headers = tuple(_headers(header.cells, columns))
    found = False
    for record in filled:
        found = True
        yield _row(name, headers, record)
    if not found:
        raise Invalid("file_without_rows")


def spelling(header: str) -> str:
    """Return what is the same for all ways to write a header, which may be broken into lines."""
    return _BREAKS.sub("", header.strip()).translate(_BRACKETS)


def _filled(records: Iterator[Record]) -> Iterator[Record]:
    for record in records:
        cells = record.cells
        if (cells and cells[0].strip()) or record.faults or any(map(str.strip, cells)):
            yield record


def shortened(text: str, limit: int = VALUE_SHOWN) -> str:
    """Return a text for a message, cut where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[:limit] + "…"


def _headers(cells: Sequence[str], columns: Columns) -> list[str]:
    """Return the known header of each column, DROPPED for those that do not count."""
    texts = [cell.strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    added = len(ADDED_HEADERS) if tuple(texts[-len(ADDED_HEADERS) :]) == ADDED_HEADERS else 0  # a file handed back
    return [*_known_headers(texts[: len(texts) - added], columns), *[DROPPED] * added]


def _known_headers(texts: Sequence[str], columns: Columns) -> list[str]:
    if "" in texts:
        raise Invalid("column_unnamed", position=texts.index("") + 1)
    headers = [columns.named(text) for text in texts]
    known = [header for header in headers if header is not None]
    if not known:
        raise columns.unknown(texts, are_all=True)
    if len(known) < len(headers):
        raise columns.unknown(text for text, header in zip(texts, headers, strict=True) if header is None)
    for header in known:
        if header != DROPPED and known.count(header) > 1:
            written = {spelling(text): text for text, name in zip(texts, known, strict=True) if name == header}
            raise Invalid("column_twice", column=header if len(written) == 1 else list(written.values()))
    missing = [header for header in columns.required if header not in known]
    if missing:
        raise Invalid("column_missing", column=missing)
    return known


def _row(name: str, headers: tuple[str, ...], record: Record) -> SourceRow:
    if len(record.cells) == len(headers) and not record.faults and DROPPED not in headers:
        return SourceRow(name, record.line, Cells(headers, record.cells))

    def fault(error: Invalid, column: str | None, value: str) -> RowFault:
        return RowFault.of(error, file=name, line=record.line, column=column, value=value)

    count, columns = len(record.cells), len(headers)
    surplus = record.cells[columns:]
    faults: list[RowFault] = []
    if any(cell.strip() for cell in surplus):
        faults.append(fault(Invalid("row_too_long", count=count, columns=columns), None, ",".join(surplus)))
    if count < columns:
        faults.append(fault(Invalid("row_too_short", count=count, columns=columns), None, ""))
    for position, error in sorted(record.faults.items()):
        if position < columns and headers[position] != DROPPED:
            faults.append(fault(error, headers[position], record.cells[position]))
    cells = [*record.cells[:columns], *[""] * (columns - count)]
    values = {header: cell for header, cell in zip(headers, cells, strict=True) if header != DROPPED}
    return SourceRow(name, record.line, values, tuple(faults))
