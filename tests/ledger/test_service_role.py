"""The service's role on PostgreSQL: it does all that the service does, and changes no history."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import documents, jobs, log
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.entries import EXPIRED
from ledger.errors import Conflict
from ledger.log import NewEntry
from ledger.service_role import grants
from ledger.tables import metadata
from scoring.tables import DEPARTMENT
from tests.conftest import APPEND_ONLY, BOUND, UNCHANGEABLE, on_postgresql, on_sqlite
from tests.ledger.stepwise import NOW, SIGNER, append_and_sign, goes_on, whole
from tests.service_role import service_role

ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR)
BLANK = "UPDATE document SET salt = '', content = '' WHERE id = :id"


@pytest.fixture
def service(database: Database) -> Iterator[Database]:
    """The database as a new role sees it, which has been given what the service needs; there is an entry already."""
    append_and_sign(database, 1)
    with service_role(database) as url:
        service = Database(url)
        yield service
        service.close()


def work_a_job(service: Database) -> None:
    with service.write() as tx:
        identifier = jobs.enqueue(tx, ADMINISTRATOR, NOW, "import", {}, [jobs.JobFile("a.csv", b"a")])
    with service.write() as tx:
        assert jobs.claim(tx, NOW, "worker") is not None
        jobs.finish(tx, identifier, "worker", NOW, None)


@on_postgresql
def test_the_service_appends_signs_and_works_jobs(service: Database) -> None:
    assert goes_on(service) == 1
    work_a_job(service)
    with service.write() as tx:
        name = documents.publish_file(tx, b"[]")
        log.append(tx, NOW, [NewEntry("test.published", "a", body={"file": name})])
    with service.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
    assert whole(service) == 3


def refuse(service: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), service.write() as tx:
        tx.execute(text(statement))


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "TRUNCATE {table}",
        "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({keys}) DO UPDATE SET {column} = {table}.{column}",
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} ADD COLUMN other text",
        "ALTER TABLE {table} OWNER TO CURRENT_USER",
        "DROP TRIGGER {table}_refuses_update ON {table}",
        "CREATE TRIGGER other BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION qian_refuse_change()",
        "DROP TABLE {table} CASCADE",
    ],
)
def test_the_service_cannot_change_history(service: Database, statement: str) -> None:
    names = (*APPEND_ONLY, *UNCHANGEABLE)
    if statement.startswith("DELETE"):  # rows of documents are guarded by their triggers alone
        names = tuple(name for name in names if name not in BOUND)
    for name in names:
        keys = [column.name for column in metadata.tables[name].primary_key]
        refuse(service, statement.format(table=name, keys=", ".join(keys), column=keys[0]))


@on_postgresql
def test_the_service_deletes_only_what_the_log_says_has_expired(database: Database, service: Database) -> None:
    with database.write() as tx:
        sealed = documents.seal(tx, "batch", {}, [(DEPARTMENT, [{"code": "ZJ", "content": {}}])])
        log.append(tx, NOW, [NewEntry("test.kept", "a", {"batch": sealed})])
    forge = "CREATE TEMPORARY TABLE log_entry AS SELECT 'document.expired' AS kind, document AS subject FROM department"
    for before in ("SELECT 1", forge):
        with service.write() as tx:
            tx.execute(text(before))
            tried = tx.begin_nested()
            with pytest.raises(DBAPIError, match="append-only"):
                tx.execute(text("DELETE FROM department"))
            tried.rollback()
    service.close()  # and with it the temporary table
    with pytest.raises(DBAPIError, match="append-only"), service.write() as tx:
        tx.execute(text(BLANK), {"id": sealed.id})
    with service.write() as tx:
        log.append(tx, NOW, [NewEntry(EXPIRED, sealed.id)])
        tx.execute(text("DELETE FROM department"))
        tx.execute(text(BLANK), {"id": sealed.id})


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION qian_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$",
        "DROP FUNCTION qian_refuse_change() CASCADE",
        "CREATE TABLE other (a text)",
        "SET session_replication_role = replica",
        "DROP SCHEMA public CASCADE",
    ],
)
def test_the_service_cannot_get_round_the_triggers(service: Database, statement: str) -> None:
    refuse(service, statement)


@on_postgresql
def test_the_service_cannot_allow_itself_more(service: Database) -> None:
    with service.write() as tx:
        tx.execute(text("GRANT ALL ON log_entry TO CURRENT_USER"))  # PostgreSQL warns and grants nothing
    refuse(service, "DELETE FROM log_entry")


@on_postgresql
def test_a_table_that_is_not_ours_is_only_read(database: Database) -> None:
    with database.write() as tx:
        tx.execute(text("CREATE TABLE alembic_version (version_num text)"))
        (granted,) = [statement for statement in grants(tx, "qian") if "alembic_version" in statement]
    assert granted == 'GRANT SELECT ON "public"."alembic_version" TO "qian"'


@on_sqlite
def test_sqlite_has_no_roles(database: Database) -> None:
    with database.read() as tx, pytest.raises(Conflict, match="roles_need_postgresql"):
        grants(tx, "qian")
