"""Fresh databases for tests, on both engines."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

ENGINES = ("sqlite", "postgresql")
SERVER = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://127.0.0.1:5432/test")


@contextmanager
def fresh_database(engine: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database, which vanishes afterwards; on PostgreSQL a schema of the tests' own."""
    if engine == "sqlite":
        yield f"sqlite+pysqlite:///{folder / 'qian.sqlite'}"
        return
    name = f"qian_test_{secrets.token_hex(8)}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server answers at {SERVER.rpartition('@')[2]}: {type(error).__name__}")
    with server:
        server.execute(f"CREATE SCHEMA {name}")
        try:
            yield f"{SERVER}{'&' if '?' in SERVER else '?'}options=-csearch_path%3D{name}"
        finally:
            server.execute(f"DROP SCHEMA {name} CASCADE")
