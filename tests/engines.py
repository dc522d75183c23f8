"""Fresh databases for tests, on both engines."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

ENGINES = ("sqlite", "postgresql")
SERVER = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


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
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server answers at {SERVER.rpartition('@')[2]}: {type(error).__name__}")
    with server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
        try:
            yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
