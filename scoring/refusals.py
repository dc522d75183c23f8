"""Rows that were read well and are refused by what is held, beside those that were read badly."""

from collections.abc import Iterator
from heapq import merge

from ledger.errors import Invalid
from scoring.columns import ParsedRow, RefusedRow
from scoring.drafts import Draft
from scoring.files import FileRead, RefusedRows, refused_rows
from scoring.rows import RowFault


class Refusals:
    """The bad rows of one file."""

    def __init__(self, file: FileRead) -> None:
        """Begin with those that were read badly."""
        self._file = file
        self._refused = refused_rows(file.name)
        self._chunk: list[RefusedRow] = []

    def add(self, draft: Draft, error: Invalid) -> None:
        """Refuse the row of a draft."""
        assert draft.row is not None  # noqa: S101  - drafts of files have one
        self.add_row(draft.row, error, draft.enterprise)

    def add_row(self, row: ParsedRow, error: Invalid, code: str) -> None:
        """Refuse a row, which is about an enterprise."""
        source = row.source
        columns = {column.field: column.header for column in self._file.format.columns}
        header = columns.get(error.field or "")
        value = code if header is None else source.values.get(header, "")
        fault = RowFault.of(error, file=source.file, line=source.line, column=header, value=value)
        self._chunk.append(RefusedRow(source, (fault,)))

    def end_chunk(self) -> None:
        """End some rows of the file, which were refused in any order; later ones stand on later lines."""
        for row in sorted(self._chunk, key=lambda row: row.source.line):
            self._refused.append(row)
        self._chunk = []

    def rows(self) -> RefusedRows:
        """Return all bad rows."""
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
