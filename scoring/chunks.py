"""Rows of a file, some thousands at a time and by columns, which takes a third of the time of row by row.

What is found to be good here is what `Format.values` finds to be good; every other row is left to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import compress, islice
from typing import Any, BinaryIO, NamedTuple

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.columns import Column, Format, ParsedRow, RefusedRow, Rule
from scoring.rows import Cells, SourceRow
from scoring.tabular import read_rows

CHUNK = 5000
"""So many rows are read, kept and taken in together."""

KNOWN_VALUES, LONGEST_KNOWN = 4096, 64
"""So many values of a column are kept beside their texts, where these are not longer."""

_BAD: Any = object()


class Chunk(NamedTuple):
    """Some rows of a file in their order: of the good ones line, cells under the headers and values by field."""

    headers: tuple[str, ...]
    lines: list[int]
    cells: list[Sequence[str]]
    fields: dict[str, list[JSON]]
    refused: list[RefusedRow]

    def source(self, name: str, place: int) -> SourceRow:
        """Return a good row of the file of a name as it stood there."""
        return SourceRow(name, self.lines[place], dict(zip(self.headers, self.cells[place], strict=True)))


def read_chunks(form: Format, name: str, stream: BinaryIO, today: date) -> Iterator[Chunk]:
    """Give every row of a file as `Format.read` does; raises what it raises."""
    if form.identity is not None:
        rows = form.read(name, stream, today)
        while some := list(islice(rows, CHUNK)):
            good = [row for row in some if isinstance(row, ParsedRow)]
            yield from _by_headers([row.source for row in good], [row.values for row in good])
            yield _bad([row for row in some if isinstance(row, RefusedRow)])
        return
    reader = _Reader(form, today)
    sources = read_rows(name, stream, form.headers, form.layout)
    while rows_ := list(islice(sources, CHUNK)):
        yield from reader.read(rows_)


class _Reader:
    """Reads rows of one file."""

    def __init__(self, form: Format, today: date) -> None:
        self._form = form
        self._today = today
        self._known: dict[str, dict[str, JSON]] = {column.field: {} for column in form.columns}

    def read(self, rows: Sequence[SourceRow]) -> Iterator[Chunk]:
        """Give the good rows, and then the bad ones."""
        bad: list[RefusedRow] = []
        yield from self._good(rows, bad)
        yield _bad(sorted(bad, key=lambda row: row.source.line))

    def _good(self, rows: Sequence[SourceRow], bad: list[RefusedRow]) -> Iterator[Chunk]:
        headers, cells = _under_same_headers(rows)
        if cells is None:
            yield from self._one_by_one(rows, bad)
            return
        good, fields = self._by_columns(headers, cells)
        if all(good):
            yield Chunk(headers, [row.line for row in rows], cells, fields, [])
            return
        yield from self._one_by_one([row for row, is_good in zip(rows, good, strict=True) if not is_good], bad)
        if any(good):
            yield from self._good(list(compress(rows, good)), bad)

    def _one_by_one(self, rows: Iterable[SourceRow], bad: list[RefusedRow]) -> Iterator[Chunk]:
        sources, good = [], []
        for row in rows:
            values = self._form.values(row, self._today)
            if isinstance(values, list):
                bad.append(RefusedRow(row, tuple(values)))
            else:
                sources.append(row)
                good.append(values)
        yield from _by_headers(sources, good)

    def _by_columns(
        self, headers: tuple[str, ...], cells: Sequence[Sequence[str]]
    ) -> tuple[list[bool], dict[str, list[JSON]]]:
        """Return which rows are good, and the values by field, if all are."""
        texts = dict(zip(headers, zip(*cells, strict=True), strict=True))
        good = [True] * len(cells)
        fields: dict[str, list[JSON]] = {}
        for column in self._form.columns:
            if column.template is not None:
                filled = [column.template.fill(dict(zip(headers, row, strict=True))) for row in cells]
                fields[column.field] = self._values(column, filled, good)
            elif column.header in texts:
                fields[column.field] = self._values(column, texts[column.header], good)
            else:
                fields[column.field] = [None] * len(cells)
                if column.required:
                    good = [False] * len(cells)
        if not all(good):
            return good, fields
        for rule in self._form.rules:
            holds = getattr(rule, "holds", None)
            if holds is None or not holds(fields, self._today):
                self._break(rule, fields, good)
        return good, fields

    def _break(self, rule: Rule, fields: dict[str, list[JSON]], good: list[bool]) -> None:
        """Mark the rows that break a rule."""
        for place in range(len(good)):
            try:
                rule({field: values[place] for field, values in fields.items()}, self._today)
            except Invalid:
                good[place] = False

    def _values(self, column: Column, texts: Sequence[str], good: list[bool]) -> list[JSON]:
        """Return the values of a column's texts, of which each different one is parsed once; mark the bad ones."""
        all_plain = getattr(column.parse, "all_plain", None)
        if all_plain is not None and all_plain(texts):
            return list(texts)
        known = self._known[column.field]
        found = {text: _value(column, text) for text in set(texts).difference(known)}
        by_text = {**known, **found} if found else known
        values = list(map(by_text.__getitem__, texts))
        if _BAD in found.values():
            for place, value in enumerate(values):
                good[place] &= value is not _BAD
        if len(by_text) > KNOWN_VALUES:
            known.clear()
        if len(found) <= KNOWN_VALUES:
            short = {text: value for text, value in found.items() if len(text) <= LONGEST_KNOWN and value is not _BAD}
            known.update(short)
        return values


def _value(column: Column, text: str) -> JSON:
    trimmed = text.strip()
    try:
        value = column.parse(trimmed) if trimmed else None
    except Invalid:
        return _BAD  # type: ignore[no-any-return]
    return _BAD if value is None and column.required else value


def _under_same_headers(rows: Sequence[SourceRow]) -> tuple[tuple[str, ...], list[Sequence[str]] | None]:
    """Return the headers of sound rows and their cells, none where the headers differ or a row has a fault."""
    first = rows[0].values
    if isinstance(first, Cells):
        headers = first.headers
        if all(isinstance(row.values, Cells) and row.values.headers is headers for row in rows):
            return headers, [row.values.texts for row in rows]  # type: ignore[attr-defined]
    headers = tuple(first)
    if any(row.faults or tuple(row.values) != headers for row in rows):
        return headers, None
    return headers, [list(row.values.values()) for row in rows]


def _by_headers(sources: Sequence[SourceRow], values: Sequence[Any]) -> Iterator[Chunk]:
    """Give good rows whose headers may differ."""
    start = 0
    for end in range(1, len(sources) + 1):
        headers = tuple(sources[start].values)
        if end < len(sources) and tuple(sources[end].values) == headers:
            continue
        some = values[start:end]
        yield Chunk(
            headers,
            [row.line for row in sources[start:end]],
            [list(row.values.values()) for row in sources[start:end]],
            {field: [each[field] for each in some] for field in some[0]},
            [],
        )
        start = end


def _bad(rows: list[RefusedRow]) -> Chunk:
    return Chunk((), [], [], {}, rows)
