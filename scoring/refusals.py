"""Rows that were read well and are refused by what is held, beside those that were read badly."""

from bisect import bisect_left
from collections.abc import Iterator
from heapq import merge

from ledger.errors import Invalid
from scoring.chunks import Chunk
from scoring.columns import RefusedRow
from scoring.file_rows import BadRows
from scoring.files import FileRead, RefusedRows
from scoring.rows import RowFault


class Refusals:
    """The bad rows of one file, chunk by chunk."""

    def __init__(self, file: FileRead) -> None:
        """Begin with those that were read badly."""
        self._file = file
        self._headers = {column.field: column.header for column in file.format.columns}
        self._refused = BadRows(file.name)
        self._chunk = Chunk((), [], [], {}, [])
        self._of_chunk: list[RefusedRow] = []

    def begin(self, chunk: Chunk) -> None:
        """Go on with the rows of a chunk, which stand on later lines than those before."""
        self.end()
        self._chunk = chunk

    def add(self, line: int, error: Invalid, shown: str) -> None:
        """Refuse the row on a line of the chunk; `shown` is told with a fault of no column."""
        source = self._chunk.source(self._file.name, bisect_left(self._chunk.lines, line))
        header = self._headers.get(error.field or "")
        value = shown if header is None else source.values.get(header, "")
        fault = RowFault.of(error, file=source.file, line=line, column=header, value=value)
        self._of_chunk.append(RefusedRow(source, (fault,)))

    def end(self) -> None:
        """End the chunk, whose rows were refused in any order."""
        self._refused.extend(sorted(self._of_chunk, key=lambda row: row.source.line))
        self._of_chunk = []

    def rows(self) -> RefusedRows:
        """Return all bad rows."""
        self.end()
        return _Both(self._file.refused, self._refused)


class _Both:
    """Bad rows of two kinds."""

    def __init__(self, first: RefusedRows, second: RefusedRows) -> None:
        self._first = first
        self._second = second

    def __len__(self) -> int:
        return len(self._first) + len(self._second)

    def __iter__(self) -> Iterator[RefusedRow]:
        return merge(self._first, self._second, key=lambda row: row.source.line)
