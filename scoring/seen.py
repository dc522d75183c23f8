"""What a file said before: on which of its lines an identity stood first, in constant memory."""

import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import Generic, TypeVar

import orjson

T = TypeVar("T", int, str)

_ITEM = array("Q").itemsize


class Lines:
    """The line of a file that each row of a document came from, by the row's line in the document."""

    def __init__(self) -> None:
        """Begin with no row."""
        self._file = SpooledTemporaryFile(1 << 20)  # noqa: SIM115

    def extend(self, lines: Iterable[int]) -> None:
        """Add the lines of the rows that came next."""
        self._file.seek(0, 2)
        self._file.write(array("Q", lines).tobytes())

    def __getitem__(self, row: int) -> int:
        """Return the file's line of a row of the document."""
        self._file.seek(row * _ITEM)
        return array("Q", self._file.read(_ITEM))[0]


class Said(Generic[T]):
    """What some rows of a file said, an integer or a text each, and on which of its lines."""

    def __init__(self) -> None:
        """Begin with no row; the database is a file without a name."""
        self._database: sqlite3.Connection | None = None

    def add(self, rows: Sequence[tuple[str, T, int]]) -> None:
        """Add rows: an identity that was not added before, what it said, its line."""
        if not rows:
            return
        if self._database is None:
            self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("CREATE TABLE said (identity PRIMARY KEY, what, line) WITHOUT ROWID")
        self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO said VALUES (?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def find(self, identities: Iterable[str]) -> dict[str, tuple[T, int]]:
        """Return what those of some identities that were added said, and the line."""
        if self._database is None:
            return {}
        query = "SELECT identity, what, line FROM said WHERE identity IN (SELECT value FROM json_each(?))"
        rows = self._database.execute(query, (orjson.dumps(list(identities)).decode(),))
        return {identity: (what, line) for identity, what, line in rows}
