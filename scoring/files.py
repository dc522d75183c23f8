"""Files on their way into the bureau: read and checked before any transaction begins, in constant memory."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import PurePath
from typing import BinaryIO, Protocol

from ledger.canonical import JSON
from ledger.errors import Invalid
from ledger.long_work import long_work
from scoring.columns import Format, ParsedRow, RefusedRow
from scoring.fields import text_up_to
from scoring.rows import RowFault, SourceRow
from scoring.spool import Spool

LONGEST_NAME = 200
PROGRESS_ROWS = 1000
Progress = Callable[[int], None]
"""Told how many rows have been read so far."""


class RefusedRows(Protocol):
    """Bad rows that can be counted and read as often as needed."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __iter__(self) -> Iterator[RefusedRow]:
        """Give them in the order of their lines."""


def parsed_rows(name: str) -> Spool[ParsedRow]:
    """Return an empty spool for good rows of a file."""
    headers: list[tuple[str, ...]] = []
    places: dict[tuple[str, ...], int] = {}

    def pack(row: ParsedRow) -> tuple[int, int, list[str], Mapping[str, JSON]]:
        under = tuple(row.source.values)
        if (place := places.get(under)) is None:
            place = places[under] = len(headers)
            headers.append(under)
        return row.line, place, list(row.source.values.values()), row.values

    def unpack(packed: tuple[int, int, list[str], Mapping[str, JSON]]) -> ParsedRow:
        line, place, cells, values = packed
        return ParsedRow(SourceRow(name, line, Cells(headers[place], cells)), values)

    return Spool(pack, unpack)


def refused_rows(name: str) -> Spool[RefusedRow]:
    """Return an empty spool for bad rows of a file."""
    return Spool(
        lambda row: (row.source.line, dict(row.source.values), [astuple(fault) for fault in row.faults]),
        lambda packed: RefusedRow(SourceRow(name, *packed[:2]), tuple(RowFault(*fault) for fault in packed[2])),
    )


class Cells(Mapping[str, str]):
    """A row's texts by header."""

    __slots__ = ("_cells", "_headers")

    def __init__(self, headers: Sequence[str], cells: Sequence[str]) -> None:
        """Keep both as they are: of most rows nobody asks again."""
        self._headers = headers
        self._cells = cells

    def __getitem__(self, header: str) -> str:
        """Return a text."""
        try:
            return self._cells[self._headers.index(header)]
        except ValueError:
            raise KeyError(header) from None

    def __iter__(self) -> Iterator[str]:
        """Give the headers."""
        return iter(self._headers)

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self._headers)


@dataclass(frozen=True)
class FileRead:
    """A file that was read: its good rows and its bad ones. `source` is the channel that it came by."""

    format: Format
    source: str
    name: str
    sha256: str
    parsed: Spool[ParsedRow]
    refused: Spool[RefusedRow]


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `batch` is the document that binds it, None where nothing was new.

    Each row that was read is one of the others. `refused` are in the order of their lines.
    """

    kind: str
    file: str
    batch: str | None
    read: int
    new: int
    same: int
    superseding: int
    refused: RefusedRows
    revoking: int = 0
    kept_apart: int = 0


class ImportRefused(Invalid):
    """A strict import of a file with bad rows: nothing went in."""

    def __init__(self, name: str, refused: RefusedRows) -> None:
        """Keep the rows, so that they can be handed back."""
        super().__init__("import_refused", file=name, count=len(refused))
        self.refused = refused


def read_file(
    form: Format, source: str, name: str, stream: BinaryIO, today: date, progress: Progress = lambda rows: None
) -> FileRead:
    """Read a seekable stream; raises Invalid for a fault of the file as a whole."""
    source = str(text_up_to(LONGEST_NAME)(source.strip()))
    if not source:
        raise Invalid("source_missing", field="source")
    sha256 = _sha256(stream)
    name = str(text_up_to(LONGEST_NAME)(PurePath(name).name))
    parsed, refused = parsed_rows(name), refused_rows(name)
    with long_work():
        for count, row in enumerate(form.read(name, stream, today), start=1):
            if isinstance(row, ParsedRow):
                parsed.append(row)
            else:
                refused.append(row)
            if count % PROGRESS_ROWS == 0:
                progress(count)
    progress(len(parsed) + len(refused))
    return FileRead(form, source, name, sha256, parsed, refused)


def _sha256(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()
