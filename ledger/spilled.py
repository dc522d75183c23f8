"""A mapping whose memory does not grow: what is too much for a small cache lies in a temporary file."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson

_CACHE_BYTES = 4 << 20


class Spilled:
    """JSON values by name, in the order of their names' first coming.

    The file is SQLite's own unnamed one: nobody else can open it, and it vanishes with the mapping or the process.
    """

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        for statement in (
            f"PRAGMA cache_size = -{_CACHE_BYTES >> 10}",
            "PRAGMA journal_mode = OFF",
            "CREATE TABLE spilled (place INTEGER PRIMARY KEY, name UNIQUE, value BLOB)",
            "BEGIN",
        ):
            self._file.execute(statement)

    def __setitem__(self, name: str, value: object) -> None:
        """Set the value of a name."""
        self._file.execute(
            "INSERT INTO spilled (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, orjson.dumps(value)),
        )

    def get(self, name: object) -> Any:
        """Return the value of a name; None where there is none."""
        found = self._file.execute("SELECT value FROM spilled WHERE name = ?", (name,)).fetchone()
        return None if found is None else orjson.loads(found[0])

    def pop(self, name: object) -> Any:
        """Take out the value of a name; None where there is none."""
        found = self._file.execute("DELETE FROM spilled WHERE name = ? RETURNING value", (name,)).fetchall()
        return orjson.loads(found[0][0]) if found else None

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield names and values."""
        for name, value in self._file.execute("SELECT name, value FROM spilled ORDER BY place"):
            yield name, orjson.loads(value)
