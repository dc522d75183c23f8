"""The migrations make the tables that the code knows, on both engines, and these refuse what they must.

An older database is brought up by `qian migrate`, and by nothing else.
"""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from api import migrating
from api.auditing import audit_bureau
from api.bureau import Bureau, create
from api.migrating import migrate, migrate_database, newest_version, version_of, versions
from api.settings import Settings
from ledger.database import Database
from ledger.errors import Conflict
from ledger.tables import LOG_TABLES, metadata
from sampling import registers
from sampling.tables import BINDINGS as SAMPLING
from scoring import model_steps
from scoring.tables import BINDINGS as SCORING
from tests import bureau_files as files
from tests.api.console import ADMINISTRATOR, AUDITOR, Console
from tests.api.house import NAME, ORIGIN
from tests.engines import fresh_database
from tests.migrated import replaying
from tests.older_database import copy_at, store_model
from tests.service_role import service_role

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


def differences(tx: Connection) -> Any:
    """Return what is otherwise than in the code, but for indexes of texts, which each engine has in its own way."""
    ours = {"include_name": lambda name, *_: "_text_grams" not in (name or "")}
    return compare_metadata(MigrationContext.configure(tx, opts=ours), metadata)


def test_the_migrated_tables_are_those_of_the_code(database: Database) -> None:
    with database.read() as tx:
        assert differences(tx) == []


def test_the_versions_are_those_of_the_scripts_in_their_order() -> None:
    scripts = ScriptDirectory(str(Path(migrating.__file__).parent / "migrations")).walk_revisions()
    assert versions() == tuple(reversed([script.revision for script in scripts]))


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.write() as tx:
        migrate(tx)
    with database.read() as tx:
        assert differences(tx) == []


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


def test_bureaus_that_tests_create_have_the_same_tables(empty: Database, tmp_path: Path) -> None:
    replay = replaying(migrate)
    with empty.write() as tx:
        replay(tx)
    folder = tmp_path / "again"
    folder.mkdir()
    with fresh_database("sqlite" if empty.is_sqlite else "postgresql", folder) as url:
        again = Database(url)
        with again.write() as tx:
            replay(tx)
        with again.read() as tx:
            assert differences(tx) == []
            assert version_of(tx) == newest_version()
        assert triggers(again) == triggers(empty)
        again.close()


@pytest.fixture
def older(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A bureau with registrations, as the first release left it: nothing told the steps of its model."""
    with monkeypatch.context() as patched:
        patched.setattr(model_steps, "_store", store_model)
        present = create(Settings(home=tmp_path / "present"), ORIGIN, NAME)
    for kind, row in (("department", files.department("ZJ", "样例住建局")), ("registration", files.registration(1))):
        with present.write() as tx:
            file = files.file_of(kind, [row])
            registers.take_in(tx, ADMINISTRATOR, present.now, file, True, present.pseudonym_key)
    settings.home.mkdir()
    shutil.copytree(tmp_path / "present/keys", settings.home / "keys")
    database = Database(settings.url)
    copy_at("0001", present.database, database)
    database.close()
    present.close()
    return settings


def version(settings: Settings) -> str:
    database = Database(settings.url)
    try:
        with database.read() as tx:
            return version_of(tx)
    finally:
        database.close()


def test_an_older_bureau_is_refused_until_it_is_migrated(older: Settings, tmp_path: Path) -> None:
    console = Console(older, tmp_path)
    refused = console.json("key", "show")
    assert refused.error == "database_outdated"
    assert "qian migrate" in refused.json["error"]["remedy"]
    assert version(older) == "0001"
    assert console.done("migrate") == {"before": "0001", "after": newest_version(), "roles": []}
    assert console.done("migrate") == {"before": newest_version(), "after": newest_version(), "roles": []}
    bureau = Bureau(older)
    with bureau.write() as tx:
        file = files.file_of("registration", [files.registration(2)])
        registers.take_in(tx, ADMINISTRATOR, bureau.now, file, True, bureau.pseudonym_key)
    assert audit_bureau(bureau, AUDITOR) == []
    with bureau.read() as tx:
        assert differences(tx) == []
    bureau.close()


def test_several_machines_migrate_one_after_the_other(older: Settings) -> None:
    with ThreadPoolExecutor(4) as machines:
        done = list(machines.map(lambda _: migrate_database(older), range(4)))
    assert sorted(each.before for each in done) == ["0001", *[newest_version()] * 3]
    assert {each.after for each in done} == {newest_version()}


def test_a_migration_that_breaks_leaves_the_older_bureau(older: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[str]:
        yield "NO SQL"

    with monkeypatch.context() as patched:
        patched.setattr("ledger.append_only.triggers", broken)
        with pytest.raises(DBAPIError):
            migrate_database(older)
    assert version(older) == "0001"
    migrate_database(older)
    Bureau(older).close()


def test_a_newer_bureau_is_refused(bureau: Bureau, tmp_path: Path) -> None:
    with bureau.database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    console = Console(bureau.settings, tmp_path)
    assert console.json("key", "show").error == "database_newer"
    assert console.json("migrate").error == "database_newer"
    with pytest.raises(Conflict, match="database_newer"):
        Bureau(bureau.settings)


def test_without_a_bureau_nothing_is_migrated(settings: Settings, tmp_path: Path) -> None:
    assert Console(settings, tmp_path).json("migrate").error == "bureau_missing"


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_the_roles_that_need_their_grants_again_are_named(bureau: Bureau, tmp_path: Path) -> None:
    with service_role(bureau.database) as url:
        role = str(Database(url).url.username)
        assert Console(bureau.settings, tmp_path).done("migrate")["roles"] == [role]
        assert f"qian database role '{role}'" in Console(bureau.settings, tmp_path).run("migrate").stdout
