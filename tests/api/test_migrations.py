"""The migrations make the tables that the code knows, on both engines, and these refuse what they must."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.bureau import migrate
from api.settings import Settings
from ledger.database import Database
from ledger.tables import LOG_TABLES, metadata
from sampling.tables import BINDINGS as SAMPLING
from scoring.tables import BINDINGS as SCORING

BOUND = [bound.table for bound in (*SCORING, *SAMPLING)]


@pytest.fixture
def empty(settings: Settings) -> Iterator[Database]:
    settings.home.mkdir()
    database = Database(settings.url)
    yield database
    database.close()


@pytest.fixture
def database(empty: Database) -> Database:
    with empty.write() as tx:
        migrate(tx)
    return empty


def test_the_migrated_tables_are_those_of_the_code(database: Database) -> None:
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.write() as tx:
        migrate(tx)
    with database.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def triggers(database: Database) -> set[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    postgresql = (
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    )
    with database.read() as tx:
        return set(tx.execute(text(sqlite if database.is_sqlite else postgresql)).scalars())


def test_tables_of_the_log_refuse_every_change(database: Database) -> None:
    operations = ("update", "delete") if database.is_sqlite else ("update", "delete", "truncate")
    expected = {f"{table.name}_refuses_{operation}" for table in LOG_TABLES for operation in operations}
    assert expected <= triggers(database)


def test_bound_rows_documents_and_readings_refuse_updates(database: Database) -> None:
    names = ("document", "grade_reading", *(table.name for table in BOUND))
    expected = {f"{name}_refuses_{operation}" for name in names for operation in ("update", "delete")}
    assert expected <= triggers(database)


def test_a_changed_row_of_the_log_is_refused_by_the_database(database: Database) -> None:
    insert = text("INSERT INTO public_file (sha256, content) VALUES ('aa', :content)")
    with database.write() as tx:
        tx.execute(insert, {"content": b"before"})
    for statement in ("UPDATE public_file SET sha256 = 'bb'", "DELETE FROM public_file"):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as tx:
            tx.execute(text(statement))
    with database.read() as tx:
        assert bytes(tx.execute(text("SELECT content FROM public_file WHERE sha256 = 'aa'")).scalar_one()) == b"before"


def test_a_migration_that_fails_leaves_no_table(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[str]:
        yield "NO SQL"

    monkeypatch.setattr("ledger.append_only.statements", broken)
    with pytest.raises(DBAPIError), empty.write() as tx:
        migrate(tx)
    with empty.read() as tx:
        assert [table for table in metadata.tables if tx.dialect.has_table(tx, table)] == []


def test_tables_made_for_tests_have_the_triggers_of_the_migrations(
    database: Database, request: pytest.FixtureRequest
) -> None:
    template = request.getfixturevalue("sqlite_template" if database.is_sqlite else "postgresql_template")
    made = Database(template)
    assert triggers(made) == triggers(database)
    made.close()
