"""How every process learns that a job changed: LISTEN/NOTIFY on PostgreSQL, polling on SQLite."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import psycopg

from ledger.database import Database
from ledger.jobs import CHANNEL

POLL_SECONDS = 0.2


def changes(database: Database, stop: Event) -> Iterator[None]:
    """Yield whenever some job may have changed, until `stop` is set; blocks between, so run it in a thread.

    It yields once at the start, so that a subscriber reads the state that it subscribes to.
    """
    source = _polled(database, stop) if database.is_sqlite else _notified(database, stop)
    yield from source


def _polled(database: Database, stop: Event) -> Iterator[None]:
    seen: int | None = None
    with database.engine.connect() as connection:
        connection.detach()  # a subscriber that stays takes no place in the pool
        driver: Any = connection.connection.dbapi_connection
        while not stop.is_set():
            version = driver.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                seen = version
                yield
            stop.wait(POLL_SECONDS)


def _notified(database: Database, stop: Event) -> Iterator[None]:
    arguments, options = database.engine.dialect.create_connect_args(database.url)
    with psycopg.connect(*arguments, **options, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield
        while not stop.is_set():
            if list(connection.notifies(timeout=POLL_SECONDS, stop_after=1)):  # one for all that came together
                yield
