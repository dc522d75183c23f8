"""The database: one engine for SQLite or PostgreSQL, and its two kinds of transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from sqlite3 import SQLITE_BUSY, SQLITE_FULL
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    URL,
    ColumnElement,
    Connection,
    Engine,
    Table,
    Text,
    any_,
    create_engine,
    event,
    func,
    literal,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from ledger.errors import Conflict
from ledger.storage import Storage
from ledger.time_limits import before_statement, waiting_seconds

BUSY_SECONDS = 60
DISK_FULL = "53100"
"""PostgreSQL's SQLSTATE."""

# Recursive triggers, so that INSERT OR REPLACE, too, meets the trigger that refuses DELETE. What is deleted is
# overwritten, so that what has expired is not left in the file.
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",
    "secure_delete = ON",
)
# What a connection may keep of the file, negative in KiB; a writer of many rows changes pages everywhere in an index.
READER_CACHE, WRITER_CACHE = -16_384, -65_536


class Database:
    """One bureau's database.

    `read()` is a snapshot that cannot write; `write()` commits when its block ends and rolls back when it raises.
    On SQLite the driver's own transactions are off: readers BEGIN, writers BEGIN IMMEDIATE, so that a writer
    never fails half-way for a lock that it should have asked for first. On PostgreSQL readers are REPEATABLE READ,
    READ ONLY; writers READ COMMITTED, so that what they read after taking the log's lock is current. No error tells
    the values of a statement, which may be secret.
    """

    def __init__(self, url: str, storage: Storage | None = None) -> None:
        """Open a database whose documents have their contents in a storage; None: in their rows."""
        self.url = _driver_named(make_url(url))
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgresql_engine(self.url)
        event.listen(self.engine, "before_cursor_execute", before_statement)
        self._reader: Engine = self.engine.execution_options(qian_storage=storage)
        self._writer: Engine = self._reader
        if self.is_sqlite:
            self._writer = self._writer.execution_options(qian_immediate=True)
        else:
            self._reader = self._reader.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that sees one snapshot."""
        with self._reader.begin() as tx:
            yield tx

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes."""
        with self._writer.begin() as tx:
            yield tx

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def upsert(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole rows, each in the place of the one that has its primary key."""
    if not rows:
        return
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(table)
    key = [column.name for column in table.primary_key]
    changed = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in key}
    tx.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), rows)


def among(tx: Connection, column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column is among texts, however many: they go over as one value."""
    listed = list(values)
    if tx.dialect.name == "sqlite":
        each = func.json_each(orjson.dumps(listed).decode()).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(literal(listed, ARRAY(Text)))


def refusal_of(error: BaseException) -> Conflict | None:
    """Return what is to be told of a database that is busy, full or away; None of any other error."""
    if not isinstance(error, OperationalError):
        return None
    if error.connection_invalidated:
        return Conflict("database_lost")
    sqlite_code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if sqlite_code == SQLITE_BUSY:
        return Conflict("database_busy")
    if sqlite_code == SQLITE_FULL or getattr(error.orig, "sqlstate", None) == DISK_FULL:
        return Conflict("database_full")
    return None


def _driver_named(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgres", "postgresql") else url


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", hide_parameters=True)


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("qian_immediate", False)
        driver: Any = connection.connection.driver_connection
        seconds = waiting_seconds.get()
        driver.execute(f"PRAGMA busy_timeout = {round(1000 * (BUSY_SECONDS if seconds is None else seconds))}")
        driver.execute(f"PRAGMA query_only = {'OFF' if immediate else 'ON'}")
        driver.execute(f"PRAGMA cache_size = {WRITER_CACHE if immediate else READER_CACHE}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
