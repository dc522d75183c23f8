"""Settings and databases of all tests."""

import gc
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

import sampling.tables
import scoring.tables
from api.migrating import migrate
from ledger.append_only import expiring, kept, statements
from ledger.database import PRAGMAS, Database
from ledger.tables import LOG_TABLES, document, metadata
from scoring.tables import grade_reading
from tests.engines import ENGINES, finish_dropping, fresh_database
from tests.migrated import replaying

# No test depends on how fast the machine is, or on examples that nobody drew before.
settings.register_profile("qian", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("qian")

# For what only one of the engines has.
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

APPEND_ONLY = [table.name for table in LOG_TABLES]
BOUND = [bound.name for bound in (*scoring.tables.BINDINGS, *sampling.tables.BINDINGS)]
UNCHANGEABLE = [document.name, *BOUND, grade_reading.name]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pictures of pages be taken anew; else tests leave them as they are."""
    parser.addoption("--pictures", action="store_true", help="take the pictures in docs/pages anew")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what is loaded for tests, neither meanwhile nor later: all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 10, 10)
        gc.enable()


def pytest_sessionfinish() -> None:
    """Leave no database on the server, though no test waited for that."""
    finish_dropping()


@pytest.fixture(scope="session", autouse=True)
def quick_creation() -> Iterator[None]:
    """Let bureaus be made without running every migration each time; tests/api/test_migrations.py does run them."""
    with pytest.MonkeyPatch.context() as patched:
        quick = replaying(migrate)
        patched.setattr("api.bureau.migrate", quick)
        patched.setattr("api.backups.migrate", quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_answers() -> Iterator[None]:
    """Let workers look for jobs, and watchers for changes, more often than users need: tests wait for each of them.

    No test takes the power away, so none waits until a disk has what was committed.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.worker.WAIT_SECONDS", 0.05)
        patched.setattr("ledger.notifications.POLL_SECONDS", 0.02)
        patched.setattr("ledger.database.PRAGMAS", (*PRAGMAS, "synchronous = OFF"))
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Let all databases of an engine share the statements that were compiled for it: each test opens one of its own.

    What was compiled is found by the dialect that it is for, of which each database has one, and all are alike.
    """
    compiled: dict[str, Any] = {}

    def sharing(url: URL, **how: Any) -> Engine:
        engine = create_engine(url, query_cache_size=5000, **how)
        engine._compiled_cache = compiled.setdefault(engine.dialect.name, engine._compiled_cache)
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ledger.database.create_engine", sharing)
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patched.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other), raising=False)
            patched.setattr(dialect, "__hash__", lambda one: hash(type(one)), raising=False)
        yield


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty bureau's database with all tables and triggers, once on each engine."""
    template = request.getfixturevalue(f"{request.param}_template")
    with fresh_database(request.param, tmp_path, template) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database to copy, since making all tables takes longer."""
    with fresh_database("sqlite", tmp_path_factory.mktemp("template")) as url:
        make_tables(url)
        yield url


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database to copy."""
    with fresh_database("postgresql", tmp_path_factory.mktemp("template")) as url:
        make_tables(url)
        yield url


def make_tables(url: str) -> None:
    """Create all tables with their triggers, as the migrations do."""
    database = Database(url)
    with database.write() as tx:
        metadata.create_all(tx)
        dialect = tx.dialect.name
        for statement in (
            *statements(dialect, APPEND_ONLY, UNCHANGEABLE),
            *kept(dialect, [grade_reading.name]),
            *expiring(dialect, document.name, BOUND),
        ):
            tx.execute(text(statement))
    database.close()
