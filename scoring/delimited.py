"""CSV files (RFC 4180), UTF-8 or GB18030, with or without a byte order mark."""

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import count
from typing import BinaryIO

from ledger.errors import Invalid
from scoring.formula_cells import has_neutral, meant
from scoring.lines import BYTE_ORDER_MARKS, Lines, blocks_of
from scoring.rows import AUTO, GB18030, RECORD_BYTES, UTF8, Columns, Layout, Record, SourceRow, rows_under_header


def read_csv(name: str, stream: BinaryIO, columns: Columns, layout: Layout) -> Iterator[SourceRow]:
    """Read a CSV file in bounded memory.

    Where the layout leaves the encoding open, the first line decides it that is not ASCII, which is the header or
    stands before it: some required header is Chinese, and in GB18030 its bytes are not UTF-8. A byte order mark always
    decides it. The apostrophe by which a cell is kept from being a formula is no part of it.
    Raises Invalid `line_too_long`, `encoding_unknown`, `csv_malformed`, and what `rows_under_header` raises.
    """
    return rows_under_header(name, _records(blocks_of(stream), layout), columns)


def _records(blocks: Iterator[Lines], layout: Layout) -> Iterator[Record]:
    text = _Text(blocks, layout)
    reader = csv.reader(text, delimiter=layout.delimiter, strict=True)
    while text.more():
        line = text.number
        if records := text.plain():
            yield from map(Record, count(line), records)
            continue
        text.record_bytes = 0
        try:
            cells = next(reader)
        except csv.Error as error:
            raise Invalid("csv_malformed", line=line) from error
        yield Record(line, [meant(cell) for cell in cells])


class _Text:
    """The decoded lines; a quoted field may span several, so what one record takes is counted."""

    def __init__(self, blocks: Iterator[Lines], layout: Layout) -> None:
        self.record_bytes = 0
        self.number = 1
        """Of the next line."""
        self._blocks = blocks
        self._layout = layout
        self._encoding = layout.encoding
        self._block: Lines | None = None
        self._lines: list[Lines] = []
        """The rest of a block, backwards."""

    def more(self) -> bool:
        """Tell whether there is a further line."""
        if not self._lines and self._block is None:
            self._block = next(self._blocks, None)
        return bool(self._lines) or self._block is not None

    def plain(self) -> list[list[str]]:
        """Return the records of a whole block, if the next line begins one in which each line is a record."""
        block = self._block
        if block is None:
            return []
        try:
            text = self._decode(block)
            lines = list(StringIO(text, newline="\n"))
            records = list(csv.reader(lines, delimiter=self._layout.delimiter, strict=True))
        except (csv.Error, Invalid):  # which the lines tell better one by one
            return []
        if len(records) < len(lines):
            return []
        self._block = None
        self.number += len(lines)
        return [[meant(cell) for cell in record] for record in records] if has_neutral(text) else records

    def __iter__(self) -> "_Text":
        return self

    def __next__(self) -> str:
        if not self.more():
            raise StopIteration
        if self._block is not None:
            self._lines = [*self._block.each()][::-1]
            self._block = None
        line = self._lines.pop()
        self.number += 1
        self.record_bytes += len(line.content)
        if self.record_bytes > RECORD_BYTES:
            raise Invalid("line_too_long", line=line.number, limit=RECORD_BYTES)
        return self._decode(line)

    def _decode(self, lines: Lines) -> str:
        if lines.offset and lines.number == 1:  # after a byte order mark
            self._encoding = next(name for name, mark in BYTE_ORDER_MARKS.items() if len(mark) == lines.offset)
        if self._encoding == AUTO and not lines.content.isascii():
            first = next(line for line in lines.each() if not line.content.isascii())
            self._encoding = UTF8 if first.is_utf8() else GB18030
        return lines.decode(UTF8 if self._encoding == AUTO else self._encoding)
