"""Files on their way into the bureau: read and checked before any transaction begins, in constant memory."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from threading import Thread
from typing import BinaryIO, Protocol

from ledger.errors import Invalid
from scoring.chunks import read_chunks
from scoring.columns import Format, RefusedRow
from scoring.fields import text_up_to
from scoring.file_rows import BadRows, ComingRows, GoodRows, KeptRows, ReadingEnded

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


@dataclass(frozen=True)
class FileRead:
    """A file that was read: its good rows and its bad ones. `source` is the channel that it came by."""

    format: Format
    source: str
    name: str
    sha256: str
    parsed: GoodRows
    refused: BadRows


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `batch` is the document that binds it, None where it was refused as a whole.

    `released` are the documents of records that had waited for what it registered.

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
    released: tuple[str, ...] = ()


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
    source, name = _named(source, name)
    file = FileRead(form, source, name, sha256_of(stream), KeptRows(form, name), BadRows(name))
    _read(file, stream, today, progress)
    return file


@contextmanager
def reading(
    form: Format, source: str, name: str, stream: BinaryIO, today: date, progress: Progress = lambda rows: None
) -> Iterator[FileRead]:
    """Give a file whose rows a thread reads while they are taken in, which spares what both wait for.

    The rows can be asked for once, and the bad ones once all were. A fault of the file as a whole is raised to whoever
    asks for the rows after it.
    """
    source, name = _named(source, name)
    coming = ComingRows(form, name)
    file = FileRead(form, source, name, sha256_of(stream), coming, BadRows(name))

    def read() -> None:
        with suppress(ReadingEnded):
            try:
                _read(file, stream, today, progress)
            except Exception as error:
                coming.complete(error)
            else:
                coming.complete()

    thread = Thread(target=read, name=f"reading of {name}", daemon=True)
    thread.start()
    try:
        yield file
    finally:
        coming.end()
        thread.join()


def _named(source: str, name: str) -> tuple[str, str]:
    source = str(text_up_to(LONGEST_NAME)(source.strip()))
    if not source:
        raise Invalid("source_missing", field="source")
    return source, str(text_up_to(LONGEST_NAME)(PurePath(name).name))


def _read(file: FileRead, stream: BinaryIO, today: date, progress: Progress) -> None:
    parsed, refused = file.parsed, file.refused
    told = 0
    with _naming(file.name):
        for chunk in read_chunks(file.format, file.name, stream, today):
            refused.extend(chunk.refused)
            parsed.append(chunk)
            while len(parsed) + len(refused) >= told + PROGRESS_ROWS:
                told += PROGRESS_ROWS
                progress(told)
    progress(len(parsed) + len(refused))


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Have a fault of the whole file say of which file it is: several are handed in together."""
    try:
        yield
    except Invalid as error:
        error.parameters.setdefault("file", file)
        raise


def sha256_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of a seekable stream in hex, and go back to its beginning."""
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()
