"""CSV files (RFC 4180), UTF-8 with or without a byte order mark, or GB18030."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from ledger.errors import Invalid
from scoring.lines import Line, lines_of
from scoring.rows import AUTO, GB18030, RECORD_BYTES, UTF8, Columns, Layout, Record, SourceRow, rows_under_header


def read_csv(name: str, stream: BinaryIO, columns: Columns, layout: Layout) -> Iterator[SourceRow]:
    """Read a CSV file in bounded memory.

    Where the layout leaves the encoding open, the first line decides it that is not ASCII, which is the header or
    stands before it: some required header is Chinese, and in GB18030 its bytes are not UTF-8. A byte order mark always
    means UTF-8.
    Raises Invalid `line_too_long`, `encoding_unknown`, `csv_malformed`, and what `rows_under_header` raises.
    """
    return rows_under_header(name, _records(lines_of(stream), layout), columns)


def _records(lines: Iterator[Line], layout: Layout) -> Iterator[Record]:
    text = _Text(lines, layout.encoding)
    reader = csv.reader(text, delimiter=layout.delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        text.record_bytes = 0
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Invalid("csv_malformed", line=line) from error
        if cells is None:
            return
        yield Record(line, cells)


class _Text:
    """The decoded lines; a quoted field may span several, so what one record takes is counted."""

    def __init__(self, lines: Iterator[Line], encoding: str) -> None:
        self.record_bytes = 0
        self._lines = lines
        self._encoding = encoding

    def __iter__(self) -> "_Text":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if line.offset and line.number == 1:  # after a byte order mark
            self._encoding = UTF8
        if self._encoding == AUTO and not line.content.isascii():
            self._encoding = UTF8 if line.is_utf8() else GB18030
        self.record_bytes += len(line.content)
        if self.record_bytes > RECORD_BYTES:
            raise Invalid("line_too_long", line=line.number, limit=RECORD_BYTES)
        return line.decode(UTF8 if self._encoding == AUTO else self._encoding)
