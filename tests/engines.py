"""Fresh databases for tests, on both engines."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Dialect, Engine, event, make_url

from tests.restoring import Connection, Spoilt, Template, next_transaction

ENGINES = ("sqlite", "postgresql")
SERVER = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
PATIENCE_SECONDS = 60
T = TypeVar("T")

# The server writes all its memory to the disk before it drops a database, but once for all that are dropped meanwhile.
# So many wait for each other, and no test waits for them, only the end.
TOGETHER = 16
_unneeded: list[str] = []
_dropping = ThreadPoolExecutor(TOGETHER)
_running: list[Future[None]] = []

# Copies that a test has used, by what they are copies of, each with the first transaction that changed it.
_used: dict[str, list[tuple[str, str]]] = {}


def patiently(connect: Callable[[], T]) -> T:
    """Connect to a server; one that many tests fill at once is asked again until it has a place."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            if "too many clients" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(0.1)


@event.listens_for(Engine, "do_connect")
def wait_for_a_place(dialect: Dialect, _record: object, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Let every engine of the tests wait so."""
    return patiently(lambda: dialect.connect(*given, **named)) if dialect.name == "postgresql" else None


@contextmanager
def fresh_database(engine: str, folder: Path, copy_of: str | None = None) -> Iterator[str]:
    """Give the address of a database that vanishes afterwards: empty, or a copy of another one at rest."""
    template = None if copy_of is None else make_url(copy_of).database
    if engine == "sqlite":
        file = folder / "qian.sqlite"
        if template is not None:
            shutil.copy(template, file)
        yield f"sqlite+pysqlite:///{file}"
        return
    try:
        server = _server()
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server answers at {SERVER.rpartition('@')[2]}: {type(error).__name__}")
    with server:
        name, since = _used_copy(server, template) or _new(server, template or "template1")
    try:
        yield _address(name)
    finally:
        for copy, _ in _used.pop(name, ()):
            _drop_later(copy)
        if template is None:
            _drop_later(name)
        else:
            _used.setdefault(template, []).append((name, since))


def _new(server: Connection, template: str) -> tuple[str, str]:
    name = _fresh_name()
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    # No test takes the power away, so none waits until a disk has what was committed.
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    return name, next_transaction(server)


def _used_copy(server: Connection, template: str | None) -> tuple[str, str] | None:
    """Return one under a name that nobody has who used it before, if one can be made what it was."""
    while template is not None and (copies := _used.get(template)):
        name, since = copies.pop()
        if _still_used(server, name):
            _drop_later(name)
            continue
        renamed = _fresh_name()
        server.execute(f"ALTER DATABASE {name} RENAME TO {renamed}".encode())
        try:
            return renamed, _template(template).restore(_address(renamed), since)
        except Spoilt:
            _drop_later(renamed)
    return None


def _still_used(server: Connection, name: str) -> bool:
    """Tell whether anybody stays connected; sessions that were closed take a moment to end."""
    for _ in range(50):
        [(sessions,)] = server.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
        if not sessions:
            return False
        time.sleep(0.002)
    return True


@cache
def _template(name: str) -> Template:
    return Template.of(_address(name))


def _server() -> Connection:
    return patiently(lambda: psycopg.connect(SERVER, autocommit=True, connect_timeout=5))


def _address(database: str) -> str:
    return make_url(SERVER).set(database=database).render_as_string(hide_password=False)


def _fresh_name() -> str:
    return f"qian_test_{secrets.token_hex(8)}"


def wait_for_dropping() -> None:
    """Wait until nothing is dropped, for who measures this process's memory."""
    wait(_running)


def finish_dropping() -> None:
    """Wait until all databases that are not needed any more have vanished."""
    _unneeded.extend(name for copies in _used.values() for name, _ in copies)
    _drop_together()
    _dropping.shutdown()


def _drop_later(name: str) -> None:
    _unneeded.append(name)
    if len(_unneeded) == TOGETHER:
        _drop_together()


def _drop_together() -> None:
    _running[:] = [_dropping.submit(_drop, name) for name in _unneeded]
    _unneeded.clear()


def _drop(name: str) -> None:
    with _server() as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
