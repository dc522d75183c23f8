"""Fresh databases for tests, on both engines."""

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from sqlalchemy import Dialect, Engine, event, make_url

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
    name = f"qian_test_{secrets.token_hex(8)}"
    try:
        server = patiently(lambda: psycopg.connect(SERVER, autocommit=True, connect_timeout=5))
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server answers at {SERVER.rpartition('@')[2]}: {type(error).__name__}")
    with server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
        # No test takes the power away, so none waits until a disk has what was committed.
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        try:
            yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            _unneeded.append(name)
            if len(_unneeded) == TOGETHER:
                _drop_together()


def wait_for_dropping() -> None:
    """Wait until nothing is dropped, for who measures this process's memory."""
    wait(_running)


def finish_dropping() -> None:
    """Wait until all databases that are not needed any more have vanished."""
    _drop_together()
    _dropping.shutdown()


def _drop_together() -> None:
    _running[:] = [_dropping.submit(_drop, name) for name in _unneeded]
    _unneeded.clear()


def _drop(name: str) -> None:
    with patiently(lambda: psycopg.connect(SERVER, autocommit=True, connect_timeout=5)) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
