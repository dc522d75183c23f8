"""Files on their way into the bureau: read and checked before any transaction begins, in constant memory."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import PurePath
from threading import Event, Thread
from typing import BinaryIO, Protocol

from ledger.errors import Invalid
from ledger.long_work import long_work
from scoring.chunks import Chunk, read_chunks
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


class ParsedRows:
    """Good rows of a file, in constant memory."""

    def __init__(self, form: Format, name: str) -> None:
        """Begin with none."""
        self._form = form
        self._name = name
        self._spool = Spool()
        self._count = 0

    def append(self, chunk: Chunk) -> None:
        """Add the good rows of a chunk."""
        if chunk.lines:
            self._spool.append(chunk[:4])
            self._count += len(chunk.lines)

    def complete(self, error: BaseException | None = None) -> None:
        """Say that no more will follow, or why."""
        self._spool.complete(error)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def chunks(self) -> Iterator[Chunk]:
        """Give them as they were added, also while they are; raises what ended the reading."""
        for headers, lines, cells, fields in self._spool:
            yield Chunk(tuple(headers), lines, cells, fields, [])

    def __iter__(self) -> Iterator[ParsedRow]:
        """Give them row by row."""
        for chunk in self.chunks():
            for place in range(len(chunk.lines)):
                values = {field: values[place] for field, values in chunk.fields.items()}
                yield ParsedRow(chunk.source(self._name, place), self._form.shape(values))


class RefusedSpool:
    """Bad rows of a file, in constant memory."""

    def __init__(self, name: str) -> None:
        """Begin with none."""
        self._name = name
        self._spool = Spool()
        self._count = 0

    def extend(self, rows: Sequence[RefusedRow]) -> None:
        """Add rows."""
        if rows:
            told = [(row.source.line, row.source.values, [astuple(fault) for fault in row.faults]) for row in rows]
            self._spool.append(told)
            self._count += len(rows)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __iter__(self) -> Iterator[RefusedRow]:
        """Give those that are there now, in their order."""
        for rows in self._spool.now():
            for line, values, faults in rows:
                yield RefusedRow(SourceRow(self._name, line, values), tuple(RowFault(*fault) for fault in faults))


@dataclass(frozen=True)
class FileRead:
    """A file that was read: its good rows and its bad ones. `source` is the channel that it came by."""

    format: Format
    source: str
    name: str
    sha256: str
    parsed: ParsedRows
    refused: RefusedSpool


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
    file = _unread(form, source, name, stream)
    _read(file, stream, today, progress)
    return file


@contextmanager
def reading(
    form: Format, source: str, name: str, stream: BinaryIO, today: date, progress: Progress = lambda rows: None
) -> Iterator[FileRead]:
    """Give a file whose rows a thread reads while they are taken in, which spares what both wait for.

    A fault of the file as a whole is raised to whoever asks for the rows after it, so that nothing of it goes in.
    """
    file = _unread(form, source, name, stream)
    stop = Event()

    def told(rows: int) -> None:
        if stop.is_set():
            raise _Stopped
        progress(rows)

    def read() -> None:
        try:
            _read(file, stream, today, told)
        except BaseException as error:
            file.parsed.complete(error)

    thread = Thread(target=read, name=f"reading of {name}", daemon=True)
    thread.start()
    try:
        yield file
    finally:
        stop.set()
        thread.join()


class _Stopped(Exception):
    """Nobody asks for the rows any more."""


def _unread(form: Format, source: str, name: str, stream: BinaryIO) -> FileRead:
    source = str(text_up_to(LONGEST_NAME)(source.strip()))
    if not source:
        raise Invalid("source_missing", field="source")
    name = str(text_up_to(LONGEST_NAME)(PurePath(name).name))
    return FileRead(form, source, name, sha256_of(stream), ParsedRows(form, name), RefusedSpool(name))


def _read(file: FileRead, stream: BinaryIO, today: date, progress: Progress) -> None:
    parsed, refused = file.parsed, file.refused
    told = 0
    with long_work():
        for chunk in read_chunks(file.format, file.name, stream, today):
            refused.extend(chunk.refused)
            parsed.append(chunk)
            while len(parsed) + len(refused) >= told + PROGRESS_ROWS:
                told += PROGRESS_ROWS
                progress(told)
    progress(len(parsed) + len(refused))
    parsed.complete()


def sha256_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of a seekable stream in hex, and go back to its beginning."""
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()
