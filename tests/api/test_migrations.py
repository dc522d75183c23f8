"""The migrations make the tables that the code knows, on both engines, and these refuse what they must."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.bureau import migrate
from ledger.database import Database
from ledger.tables import LOG_TABLES, metadata
from sampling.tables import BINDINGS as SAMPLING
from scoring.tables import BINDINGS as SCORING

BOUND = [bound.table for bound in (*SCORING, *SAMPLING)]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    with database.write() as tx:
        migrate(tx)
    yield database
    database.close()


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
    expected = {f"{name}_refuses_update" for name in ("document", "grade_reading", *(table.name for table in BOUND))}
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


def test_a_migration_that_fails_leaves_no_table(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[str]:
        yield "NO SQL"

    monkeypatch.setattr("ledger.append_only.statements", broken)
    database = Database(database_url)
    with pytest.raises(DBAPIError), database.write() as tx:
        migrate(tx)
    with database.read() as tx:
        assert [table for table in metadata.tables if tx.dialect.has_table(tx, table)] == []
    database.close()
