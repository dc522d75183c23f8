"""Whole databases as values, to compare."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

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


@contextmanager
def unchanged(database: Database) -> Iterator[None]:
    """Not one stored value is another after the block than before.

    SQLite tells whether anything was committed. PostgreSQL does not, so digests of all tables are compared.
    """
    if database.is_sqlite:
        with database.engine.connect() as watching:
            driver: Any = watching.connection.driver_connection
            before = driver.execute("PRAGMA data_version").fetchone()
            yield
            assert driver.execute("PRAGMA data_version").fetchone() == before, "something was committed"
    else:
        digests = _digests(database)
        yield
        assert _digests(database) == digests, "a stored value is another"


def _digests(database: Database) -> object:
    rows = "string_agg(row::text, ' ' ORDER BY row::text COLLATE \"C\")"
    each = (f"(SELECT md5({rows}) FROM {name} AS row)" for name in metadata.tables)
    with database.read() as tx:
        return tx.exec_driver_sql(f"SELECT {', '.join(each)}").one()


def rows_of(tx: Connection, name: str) -> Sequence[tuple[Any, ...]]:
    """Return the stored values of a table."""
    keys = ", ".join(column.name for column in metadata.tables[name].primary_key)
    columns = ", ".join(column.name for column in metadata.tables[name].columns)
    driver: Any = tx.connection.driver_connection  # there are many rows: what SQLAlchemy makes of each takes its time
    rows: Sequence[tuple[Any, ...]] = driver.execute(f"SELECT {columns} FROM {name} ORDER BY {keys}").fetchall()
    return rows


def bytes_of(database: Database) -> bytes:
    """Return all stored values, one after the other, texts in UTF-8, to search in."""
    values = (value for rows in dump(database).values() for row in rows for value in row)
    return b"\x00".join(value if isinstance(value, bytes) else str(value).encode() for value in values)
