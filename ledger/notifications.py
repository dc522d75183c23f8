"""How every process learns that something changed: LISTEN/NOTIFY on PostgreSQL, polling on SQLite."""

from collections.abc import Iterator
from enum import StrEnum
from threading import Event
from typing import Any

import psycopg
from sqlalchemy import Connection, text

from ledger.database import Database

POLL_SECONDS = 0.2


class Topic(StrEnum):
    """What changed; the values are PostgreSQL's channels."""

    JOBS = "qian_job"
    LOG = "qian_log"
    """A checkpoint was signed or cosigned."""


ALL = frozenset(Topic)

# A file's changes are not told apart, and jobs tell their progress every second: this tells whether the log grew.
_SIGNED = "SELECT (SELECT max(size) FROM log_checkpoint), (SELECT max(rowid) FROM log_cosignature)"


def notify(tx: Connection, topic: Topic) -> None:
    """Tell, once the transaction is committed, that something changed; on SQLite the commit itself tells."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_notify(:channel, '')"), {"channel": topic.value})


def changes(database: Database, stop: Event) -> Iterator[frozenset[Topic]]:
    """Yield what may have changed, whenever something may have, until `stop` is set; blocks between, so use a thread.

    It yields everything once at the start, so that a subscriber reads the state that it subscribes to.
    """
    source = _polled(database, stop) if database.is_sqlite else _notified(database, stop)
    yield from source


def _polled(database: Database, stop: Event) -> Iterator[frozenset[Topic]]:
    seen: int | None = None
    signed: object = None
    with database.engine.connect() as connection:
        connection.detach()  # a subscriber that stays takes no place in the pool
        driver: Any = connection.connection.dbapi_connection
        while not stop.is_set():
            version = driver.execute("PRAGMA data_version").fetchone()[0]
            if version != seen:
                before, signed = signed, driver.execute(_SIGNED).fetchone()
                seen = version
                yield ALL if signed != before else frozenset((Topic.JOBS,))
            stop.wait(POLL_SECONDS)


def _notified(database: Database, stop: Event) -> Iterator[frozenset[Topic]]:
    arguments, options = database.engine.dialect.create_connect_args(database.url)
    with psycopg.connect(*arguments, **options, autocommit=True) as connection:
        for topic in Topic:
            connection.execute(f"LISTEN {topic}")
        yield ALL
        while not stop.is_set():
            came = list(connection.notifies(timeout=POLL_SECONDS, stop_after=1))  # all that came together
            if came:
                yield frozenset(Topic(each.channel) for each in came)
