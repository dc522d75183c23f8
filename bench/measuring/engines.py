"""Empty migrated databases of each engine, for benchmarks."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from api.bureau import migrate
from ledger.database import Database

POSTGRESQL = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
ENGINES = ("SQLite", "PostgreSQL")


@contextmanager
def migrated(engine: str, folder: Path) -> Iterator[str | None]:
    """Give the address of a database with all tables, which vanishes; None where no server answers."""
    if engine == "SQLite":
        url = f"sqlite+pysqlite:///{folder / f'{secrets.token_hex(8)}.sqlite'}"
        _migrate(url)
        yield url
        return
    name = f"qian_bench_{secrets.token_hex(8)}"
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        print("No PostgreSQL server answers; QIAN_TEST_POSTGRESQL names one.")
        yield None
        return
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            url = make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
            _migrate(url)
            yield url
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str) -> None:
    database = Database(url)
    with database.write() as tx:
        migrate(tx)
    database.close()
