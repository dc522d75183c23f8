"""The machinery of file formats: columns with their parsers, and rules between the fields of a row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.fields import Parser
from scoring.rows import Columns, RowFault, SourceRow
from scoring.tabular import read_rows

Values: TypeAlias = dict[str, JSON]

Rule = Callable[[Mapping[str, JSON], date], None]
"""Given a row's values and today, raises Invalid with the `field` at fault; fields that are absent are left alone."""


KNOWN_VALUES, LONGEST_KNOWN = 4096, 64
"""So many values of a column are kept beside their texts, where these are not longer."""

_UNKNOWN: Any = object()


@dataclass(frozen=True)
class Column:
    """One column: its header in files, the name of its field, and what its cells may say."""

    header: str
    field: str
    parse: Parser
    required: bool = False


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

    `identity` names the field that no two rows of a file may share, where there is one. `shape` makes the values that
    are handed on of a row's fields; an optional field without text is None. A header with a `forbidden` word refuses
    the file.
    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    identity: str | None = None
    shape: Callable[[Values], Values] = dict
    forbidden: tuple[str, ...] = ()

    @cached_property
    def headers(self) -> Columns:
        """The headers that such a file may have and must have."""
        return Columns(
            tuple(column.header for column in self.columns),
            tuple(column.header for column in self.columns if column.required),
            self.forbidden,
        )

    def read(self, name: str, stream: BinaryIO, today: date) -> Iterator[ParsedRow | RefusedRow]:
        """Give every row of a file, parsed or refused; a second row of the same identity is refused (`row_twice`).

        Raises Invalid, at any row, for a fault of the file as a whole (see `read_rows`).
        """
        first_lines: dict[JSON, int] = {}
        for source in read_rows(name, stream, self.headers):
            parsed = self.parse(source, today)
            if isinstance(parsed, list):
                yield RefusedRow(source, tuple(parsed))
                continue
            if self.identity is not None:
                value = parsed.values[self.identity]
                first = first_lines.setdefault(value, source.line)
                if first != source.line:
                    fault = self._fault(source, Invalid("row_twice", field=self.identity, value=value, first=first))
                    yield RefusedRow(source, (fault,))
                    continue
            yield parsed

    def parse(self, row: SourceRow, today: date) -> ParsedRow | list[RowFault]:
        """Return the row's values, or all its faults in the order of the columns.

        `today` is the civil date that future dates are judged by.
        """
        faults = list(row.faults)
        unread = {fault.column for fault in faults} if faults else ()
        if None in unread:
            return faults
        present, absent = self._columns_under(tuple(row.values))
        values: Values = {}
        for column, header, known in present:
            if unread and header in unread:
                continue
            text = row.values[header]
            value = known.get(text, _UNKNOWN)
            if value is _UNKNOWN:
                try:
                    value = _value(column, text)
                except Invalid as error:
                    faults.append(self._fault(row, error, column))
                    continue
                if len(text) <= LONGEST_KNOWN:
                    if len(known) >= KNOWN_VALUES:
                        known.clear()
                    known[text] = value
            values[column.field] = value
        for column in absent:
            if column.required:
                faults.append(self._fault(row, Invalid("value_missing"), column))
            else:
                values[column.field] = None
        for rule in self.rules:
            try:
                rule(values, today)
            except Invalid as error:
                faults.append(self._fault(row, error))
        if faults:
            order = self.headers.known
            return sorted(faults, key=lambda fault: order.index(fault.column or ""))
        return ParsedRow(row, self.shape(values))

    def _columns_under(self, headers: tuple[str, ...]) -> tuple[list[tuple[Column, str, dict[str, Any]]], list[Column]]:
        """Return the columns that a row with these headers has, each with the values of some texts, and the others."""
        found = self._columns_by_headers.get(headers)
        if found is None:
            has = set(headers)
            found = (
                [
                    (column, column.header, self._known_values[column.header])
                    for column in self.columns
                    if column.header in has
                ],
                [column for column in self.columns if column.header not in has],
            )
            if len(self._columns_by_headers) >= KNOWN_VALUES:
                self._columns_by_headers.clear()
            self._columns_by_headers[headers] = found
        return found

    @cached_property
    def _columns_by_headers(
        self,
    ) -> dict[tuple[str, ...], tuple[list[tuple[Column, str, dict[str, Any]]], list[Column]]]:
        return {}

    @cached_property
    def _known_values(self) -> dict[str, dict[str, Any]]:
        """By header the values of some texts: most columns say few different things."""
        return {column.header: {} for column in self.columns}

    def _fault(self, row: SourceRow, error: Invalid, column: Column | None = None) -> RowFault:
        column = column or next(column for column in self.columns if column.field == error.field)
        value = row.values.get(column.header, "").strip()
        return RowFault.of(error, file=row.file, line=row.line, column=column.header, value=value)


def not_in_future(field: str) -> Rule:
    """Refuse a date after today (`date_in_future`)."""

    def rule(values: Mapping[str, JSON], today: date) -> None:
        value = values.get(field)
        if isinstance(value, str) and value > _text(today):
            raise Invalid("date_in_future", field=field, value=value, today=_text(today))

    return rule


_text = lru_cache(maxsize=4)(date.isoformat)


def in_order(earlier: str, later: str) -> Rule:
    """Refuse a date before the one that it must not precede (`dates_out_of_order`)."""

    def rule(values: Mapping[str, JSON], today: date) -> None:
        start, end = values.get(earlier), values.get(later)
        if isinstance(start, str) and isinstance(end, str) and end < start:
            raise Invalid("dates_out_of_order", field=later, value=end, earlier=start)

    return rule


def _value(column: Column, text: str) -> JSON:
    trimmed = text.strip()
    if trimmed:
        return column.parse(trimmed)
    if column.required:
        raise Invalid("value_missing")
    return None
