"""Files on their way into the bureau: read and checked before any transaction begins."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import BinaryIO

from ledger.errors import Invalid
from scoring.columns import Format, ParsedRow, RefusedRow
from scoring.fields import text_up_to

LONGEST_NAME = 200
PROGRESS_ROWS = 1000
Progress = Callable[[int], None]
"""Told how many rows have been read so far."""


@dataclass(frozen=True)
class FileRead:
    """A file that was read: its good rows and its bad ones. `source` is the channel that it came by."""

    format: Format
    source: str
    name: str
    sha256: str
    parsed: tuple[ParsedRow, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True)
class ImportReport:
    """What an import did. `batch` is the document that binds it, None where nothing was new."""

    kind: str
    file: str
    batch: str | None
    read: int
    new: int
    same: int
    superseding: int
    refused: tuple[RefusedRow, ...]


class ImportRefused(Invalid):
    """A strict import of a file with bad rows: nothing went in."""

    def __init__(self, name: str, refused: tuple[RefusedRow, ...]) -> None:
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
    sha256 = sha256_of(stream)
    parsed: list[ParsedRow] = []
    refused: list[RefusedRow] = []
    name = str(text_up_to(LONGEST_NAME)(PurePath(name).name))
    for count, row in enumerate(form.read(name, stream, today), start=1):
        if isinstance(row, ParsedRow):
            parsed.append(row)
        else:
            refused.append(row)
        if count % PROGRESS_ROWS == 0:
            progress(count)
    progress(len(parsed) + len(refused))
    return FileRead(form, source, name, sha256, tuple(parsed), tuple(refused))


def sha256_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of a seekable stream in hex, and go back to its beginning."""
    digest = hashlib.sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
    stream.seek(0)
    return digest.hexdigest()
