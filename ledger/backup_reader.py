"""Reading a backup into the empty tables of a database of either engine, row by row."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, column, func, inspect, select, table
from sqlalchemy.exc import DataError

from ledger import documents
from ledger.backup_format import DECODERS, BackupError, Columns, parse_columns, parse_header, parse_line, typed
from ledger.backup_writer import ROWS_AT_ONCE
from ledger.errors import Conflict
from ledger.tables import document, metadata

BYTES_AT_ONCE: Final = 4 * 1024 * 1024


class BackupReader:
    """A backup, read from its beginning on; every step raises BackupError for what is none."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        """Read header and files."""
        self._lines = iter(lines)
        self.header = parse_header(self._next())
        self.files: dict[str, bytes] = {}
        """The files that go with it, by name."""
        self.stored: list[str] = []
        """The ids of the documents whose contents `insert` has put into the storage, where there were none before."""
        self._line = self._next()
        while isinstance(self._line, dict) and "file" in self._line:
            self.files[typed(self._line, "file", str)] = _value("bytes", typed(self._line, "content", str))
            self._line = self._next()

    def insert(self, tx: Connection) -> None:
        """Put all rows into the empty tables of the backup's version.

        Raises Conflict: backup_row_unstorable for a text that the database does not hold, and storage_failed.
        """
        known = metadata.tables.keys() & inspect(tx).get_table_names()
        rows: dict[str, int] = {}
        while isinstance(self._line, dict) and "table" in self._line:
            name, columns = typed(self._line, "table", str), parse_columns(self._line)
            if name not in known or name in rows or _names(tx, name) != {each for each, _ in columns}:
                raise BackupError(f"its version has no such table {name}")
            rows[name] = self._insert_table(tx, name, columns)
        if self._line != {"rows": rows} or rows.keys() != known:
            raise BackupError("its end does not tell what was read")
        if next(self._lines, None) is not None:
            raise BackupError("something follows its end")

    def _insert_table(self, tx: Connection, name: str, columns: Columns) -> int:
        insert = table(name, *(column(each) for each, _ in columns)).insert()
        count = 0
        for rows in self._batches(tx, name, columns):
            try:
                tx.execute(insert, rows)
            except DataError as error:  # such as the character U+0000 in a text, which PostgreSQL does not hold
                raise Conflict("backup_row_unstorable", table=name) from error
            count += len(rows)
        if tx.dialect.name == "postgresql":
            _go_on_counting(tx, name)
        return count

    def _batches(self, tx: Connection, name: str, columns: Columns) -> Iterator[list[dict[str, Any]]]:
        rows: list[dict[str, Any]] = []
        length = 0
        while isinstance(line := self._next(), list):
            if len(line) != len(columns):
                raise BackupError(f"a row of {name} has not its columns")
            row = {each: _value(kind, value) for (each, kind), value in zip(columns, line, strict=True)}
            if name == document.name:
                row["content"] = self._kept(tx, row["id"], row["content"])
            rows.append(row)
            length += sum(len(value) for value in row.values() if isinstance(value, bytes | str))
            if len(rows) == ROWS_AT_ONCE or length >= BYTES_AT_ONCE:
                yield rows
                rows, length = [], 0
        self._line = line
        if rows:
            yield rows

    def _kept(self, tx: Connection, identifier: str, content: bytes | None) -> bytes:
        """Put a document's content where this database has them, and return what its row holds of it."""
        storage = documents.storage_of(tx)
        if content is None or storage is None:
            return content or b""
        before = storage.get(identifier)
        if before is None:
            self.stored.append(identifier)
        if before != content:
            storage.put(identifier, content)
        return b""

    def _next(self) -> Any:
        line = next(self._lines, None)
        if line is None:
            raise BackupError("its end is missing")
        return parse_line(line)


def _value(kind: str, value: object) -> Any:
    try:
        return DECODERS[kind](value)
    except TypeError:
        raise BackupError("a value is not of its column's type") from None


def _names(tx: Connection, name: str) -> set[str]:
    return {each["name"] for each in inspect(tx).get_columns(name)}


def _go_on_counting(tx: Connection, name: str) -> None:
    """Have a key that PostgreSQL counts go on after the largest that was inserted."""
    for each in inspect(tx).get_columns(name):
        if each.get("autoincrement"):
            largest = tx.execute(select(func.max(column(each["name"]))).select_from(table(name))).scalar()
            if largest is not None:
                tx.execute(select(func.setval(func.pg_get_serial_sequence(name, each["name"]), largest)))
