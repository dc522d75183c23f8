"""The machinery of file formats: columns with their parsers, and rules between the fields of a row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import repeat
from operator import le
from typing import BinaryIO, NamedTuple, Protocol, TypeAlias

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.fields import NOTHING, Parser
from scoring.rows import PLAIN, Columns, Layout, RowFault, SourceRow
from scoring.tabular import read_rows
from scoring.templates import Template

Values: TypeAlias = dict[str, JSON]

Fields: TypeAlias = Mapping[str, Sequence[JSON]]
"""By field the values of several rows."""


class Rule(Protocol):
    """Given a row's values and today, raises Invalid with the `field` at fault; fields that are absent are left alone.

    A rule may have a method `holds(fields, today)` that tells at once that no row of several breaks it.
    """

    def __call__(self, values: Mapping[str, JSON], today: date, /) -> None:
        """Judge a row."""


@dataclass(frozen=True)
class Column:
    """One field of a kind of file: under which header its cells stand, and what they may say.

    `others` are further headers that it may have instead. A field that is made of several columns, or of none, has a
    template, and the first of its headers; a field that files of this source do not give has neither: "".
    """

    header: str
    field: str
    parse: Parser
    required: bool = False
    others: tuple[str, ...] = ()
    template: Template | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of the columns that its text is made of."""
        if self.template is not None:
            return self.template.headers
        return (self.header,) if self.header else ()

    def text(self, row: SourceRow) -> str:
        """Return what a row says of the field, trimmed; "" where it says nothing."""
        text = row.values.get(self.header, "") if self.template is None else self.template.fill(row.values)
        return text.strip()


class ParsedRow(NamedTuple):
    """A good row. `values` is as the format's `shape` gives it; integers, texts and lists of texts, or None."""

    source: SourceRow
    values: Mapping[str, JSON]

    @property
    def line(self) -> int:
        """Where the row begins in its file."""
        return self.source.line


class RefusedRow(NamedTuple):
    """A bad row, with all that is wrong in it."""

    source: SourceRow
    faults: tuple[RowFault, ...]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    `identity` names the field that no two rows of a file may share, where there is one; with `within`, no two whose
    field of that name is the same. `shape` makes the values that
    are handed on of a row's fields; an optional field without text is None. Of a source's format, `ignored` are the
    columns that are not taken, and `source_digest` is the SHA-256 of its document in hex, `observational` and
    `department` as it says. A header with a `forbidden` word refuses the file.
    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    identity: str | None = None
    within: str | None = None
    shape: Callable[[Values], Values] = dict
    forbidden: tuple[str, ...] = ()
    layout: Layout = PLAIN
    ignored: tuple[str, ...] = ()
    source_digest: str | None = None
    observational: bool = False
    department: str = ""

    @cached_property
    def headers(self) -> Columns:
        """The headers that such a file may have and must have."""
        return Columns(
            tuple(dict.fromkeys(header for column in self.columns for header in column.headers)),
            tuple(dict.fromkeys(header for column in self.columns if column.required for header in column.headers)),
            {other: column.header for column in self.columns for other in column.others},
            self.ignored,
            self.forbidden,
        )

    def read(self, name: str, stream: BinaryIO, today: date) -> Iterator[ParsedRow | RefusedRow]:
        """Give every row of a file, parsed or refused; a second row of the same identity is refused (`row_twice`).

        Raises Invalid, at any row, for a fault of the file as a whole (see `read_rows`).
        """
        first_lines: dict[str, int] = {}
        for source in read_rows(name, stream, self.headers, self.layout):
            parsed = self.parse(source, today)
            if isinstance(parsed, list):
                yield RefusedRow(source, tuple(parsed))
                continue
            if self.identity is not None:
                value = self.key(parsed.values)
                first = first_lines.setdefault(value, source.line)
                if first != source.line:
                    fault = self._fault(source, Invalid("row_twice", field=self.identity, value=value, first=first))
                    yield RefusedRow(source, (fault,))
                    continue
            yield parsed

    def key(self, values: Mapping[str, JSON]) -> str:
        """Return what no two rows of a file share; only for a format with an identity."""
        own = str(values[self.identity or ""])
        return own if self.within is None else f"{values[self.within]}/{own}"

    def parse(self, row: SourceRow, today: date) -> ParsedRow | list[RowFault]:
        """Return the row's values, or all its faults in the order of the columns.

        `today` is the civil date that future dates are judged by. `scoring.chunks` finds good rows sooner, many at
        once; what it cannot tell to be good is judged here.
        """
        values = self.values(row, today)
        return values if isinstance(values, list) else ParsedRow(row, self.shape(values))

    def values(self, row: SourceRow, today: date) -> Values | list[RowFault]:
        """Return what `parse` does, the values by field, before they get their shape."""
        if any(fault.column is None for fault in row.faults):
            return list(row.faults)
        faults = list(row.faults)
        unread = {fault.column for fault in faults}
        values: Values = {}
        for column in self.columns:
            if not unread.isdisjoint(column.headers):
                continue
            try:
                values[column.field] = _value(column, column.text(row))
            except Invalid as error:
                faults.append(self._fault(row, error, column))
        for rule in self.rules:
            try:
                rule(values, today)
            except Invalid as error:
                faults.append(self._fault(row, error))
        if faults:
            order = {header: place for place, header in enumerate(self.headers.known)}
            return sorted(faults, key=lambda fault: order.get(fault.column or "", -1))
        return values

    def _fault(self, row: SourceRow, error: Invalid, column: Column | None = None) -> RowFault:
        column = column or next(column for column in self.columns if column.field == error.field)
        header = next((each for each in column.headers if not row.values.get(each, "").strip()), column.header)
        return RowFault.of(error, file=row.file, line=row.line, column=header or None, value=column.text(row))


@dataclass(frozen=True)
class _NotInFuture:
    field: str

    def __call__(self, values: Mapping[str, JSON], today: date, /) -> None:
        value = values.get(self.field)
        if isinstance(value, str) and value > _text(today):
            raise Invalid("date_in_future", field=self.field, value=value, today=_text(today))

    def holds(self, fields: Fields, today: date) -> bool:
        return max(filter(None, fields[self.field]), default="") <= _text(today)  # type: ignore[operator, type-var]


@dataclass(frozen=True)
class _InOrder:
    earlier: str
    later: str

    def __call__(self, values: Mapping[str, JSON], today: date, /) -> None:
        start, end = values.get(self.earlier), values.get(self.later)
        if isinstance(start, str) and isinstance(end, str) and end < start:
            raise Invalid("dates_out_of_order", field=self.later, value=end, earlier=start)

    def holds(self, fields: Fields, today: date) -> bool:
        starts, ends = fields[self.earlier], fields[self.later]
        return all(map(le, map(_or, starts, repeat("")), map(_or, ends, repeat("9"))))


def not_in_future(field: str) -> Rule:
    """Refuse a date after today (`date_in_future`)."""
    return _NotInFuture(field)


def in_order(earlier: str, later: str) -> Rule:
    """Refuse a date before the one that it must not precede (`dates_out_of_order`)."""
    return _InOrder(earlier, later)


def _or(value: JSON, other: str) -> str:
    return other if value is None else str(value)


_text = lru_cache(maxsize=4)(date.isoformat)


def _value(column: Column, text: str) -> JSON:
    if text:
        try:
            return column.parse(text)
        except Invalid:
            if text in NOTHING:
                raise Invalid("value_says_nothing", value=text) from None
            raise
    if column.required:
        raise Invalid("value_missing")
    return None
