"""CSV files (RFC 4180), UTF-8 with or without a byte order mark, or GB18030."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from ledger.errors import Invalid
from scoring.lines import Line, lines_of
from scoring.rows import RECORD_BYTES, Columns, Record, SourceRow, rows_under_header


def read_csv(name: str, stream: BinaryIO, columns: Columns) -> Iterator[SourceRow]:
    """Read a CSV file in bounded memory.

    The header line decides the encoding of the whole file: UTF-8 if it is UTF-8, else GB18030. Required headers are
    Chinese, and in GB18030 their bytes are not UTF-8.
    Raises Invalid `line_too_long`, `encoding_unknown`, `csv_malformed`, and what `rows_under_header` raises.
    """
    return rows_under_header(name, _records(lines_of(stream)), columns)


def _records(lines: Iterator[Line]) -> Iterator[Record]:
    text = _Text(lines)
    reader = csv.reader(text, strict=True)
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

    def __init__(self, lines: Iterator[Line]) -> None:
        self.record_bytes = 0
        self._lines = lines
        self._encoding = ""

    def __iter__(self) -> "_Text":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._encoding = self._encoding or ("utf-8" if line.is_utf8() else "gb18030")
        self.record_bytes += len(line.content)
        if self.record_bytes > RECORD_BYTES:
            raise Invalid("line_too_long", line=line.number, limit=RECORD_BYTES)
        return line.decode(self._encoding)
