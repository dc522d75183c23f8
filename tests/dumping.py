"""Whole databases as values, to compare."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from ledger.database import Database
from ledger.tables import metadata

Dump = Mapping[str, Sequence[tuple[Any, ...]]]


def dump(database: Database) -> Dump:
    """Return every stored value of every row of every table, in the order of the keys."""
    with database.read() as tx:
        return {table.name: rows_of(tx, table.name) for table in metadata.sorted_tables}


def held(database: Database) -> Dump:
    """Return what `dump` does but for the batches, which count the rows of every file, and what binds them."""
    counting = ("batch", "document", "log_checkpoint", "log_entry", "log_tile")
    return {name: rows for name, rows in dump(database).items() if name not in counting}


def rows_of(tx: Connection, name: str) -> Sequence[tuple[Any, ...]]:
    """Return the stored values of a table."""
    keys = ", ".join(column.name for column in metadata.tables[name].primary_key)
    columns = ", ".join(column.name for column in metadata.tables[name].columns)
    rows = tx.execute(text(f"SELECT {columns} FROM {name} ORDER BY {keys}"))
    return [tuple(map(_plain, row)) for row in rows]


def bytes_of(database: Database) -> bytes:
    """Return all stored values, one after the other, texts in UTF-8, to search in."""
    values = (value for rows in dump(database).values() for row in rows for value in row)
    return b"\x00".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
