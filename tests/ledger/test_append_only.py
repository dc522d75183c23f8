"""History cannot be rewritten, on either engine."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, Row, String, Table, select, text
from sqlalchemy.exc import IntegrityError

from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.database import Database
from ledger.tables import document, log_entry, metadata
from tests.conftest import APPEND_ONLY, BOUND, UNCHANGEABLE, on_postgresql, on_sqlite

KEPT = [metadata.tables[name] for name in (*APPEND_ONLY, *UNCHANGEABLE)]


def value_of(column: Column[Any]) -> object:
    match column.type:
        case Instant():
            return datetime(2026, 11, 23, tzinfo=UTC)
        case CivilDate():
            return date(2026, 11, 23)
        case CanonicalJSON():
            return ["a"]
        case String():
            return "a"
        case LargeBinary():
            return b"a"
    return 1


def rows(tx: Connection, table: Table) -> list[Row[*tuple[Any, ...]]]:
    return list(tx.execute(select(table)))


@pytest.fixture(autouse=True)
def one_row_each(database: Database) -> None:
    with database.write() as tx:
        for table in KEPT:
            tx.execute(table.insert().values({column.name: value_of(column) for column in table.columns}))


def refuse(database: Database, table: Table, statement: str) -> None:
    """The statement fails by the trigger, and changes nothing."""
    with database.read() as tx:
        before = rows(tx, table)
    with pytest.raises(IntegrityError, match=f"{table.name} is append-only"), database.write() as tx:
        tx.execute(text(statement))
    with database.read() as tx:
        assert rows(tx, table) == before
        assert len(before) == 1


def keys(table: Table) -> str:
    return ", ".join(column.name for column in table.primary_key)


def test_no_kept_table_takes_an_update(database: Database) -> None:
    for table in KEPT:
        last = list(table.columns)[-1].name
        refuse(database, table, f"UPDATE {table.name} SET {last} = {last}")


def test_no_kept_table_takes_an_insert_that_updates(database: Database) -> None:
    for table in KEPT:
        last = list(table.columns)[-1].name
        again = f"INSERT INTO {table.name} SELECT * FROM {table.name} WHERE true"
        refuse(database, table, f"{again} ON CONFLICT ({keys(table)}) DO UPDATE SET {last} = {table.name}.{last}")


def test_nothing_is_deleted_from_the_log(database: Database) -> None:
    for name in APPEND_ONLY:
        refuse(database, metadata.tables[name], f"DELETE FROM {name}")


@on_postgresql
def test_the_log_is_not_truncated(database: Database) -> None:
    for name in APPEND_ONLY:
        refuse(database, metadata.tables[name], f"TRUNCATE {name}")


@on_sqlite
def test_nothing_is_replaced_in_the_log(database: Database) -> None:
    for name in APPEND_ONLY:
        refuse(database, metadata.tables[name], f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")


def test_nothing_else_is_deleted_either(database: Database) -> None:
    for name in UNCHANGEABLE:
        refuse(database, metadata.tables[name], f"DELETE FROM {name}")


@on_postgresql
def test_no_table_of_documents_is_truncated(database: Database) -> None:
    for name in UNCHANGEABLE:
        refuse(database, metadata.tables[name], f"TRUNCATE {name}")


BLANK = "UPDATE document SET salt = :empty, content = :empty"


def test_a_document_is_not_blanked_before_the_log_says_so(database: Database) -> None:
    with pytest.raises(IntegrityError, match="document is append-only"), database.write() as tx:
        tx.execute(text(BLANK), {"empty": b""})


@pytest.fixture
def expired(database: Database) -> None:
    """The log says that the document "a", which has all rows, is gone."""
    entry = {column.name: value_of(column) for column in log_entry.columns}
    with database.write() as tx:
        tx.execute(log_entry.insert().values({**entry, "seq": 2, "kind": "document.expired"}))


@pytest.mark.usefixtures("expired")
def test_what_the_log_says_has_expired_is_let_go(database: Database) -> None:
    with database.write() as tx:
        for name in BOUND:
            tx.execute(metadata.tables[name].delete())
        tx.execute(text(BLANK), {"empty": b""})
    with database.read() as tx:
        assert [name for name in BOUND if rows(tx, metadata.tables[name])] == []
        (left,) = rows(tx, document)
    assert (left.id, left.kind, left.commitment, left.salt, left.content) == ("a", "a", "a", b"", b"")


@pytest.mark.usefixtures("expired")
@pytest.mark.parametrize("change", ["id = 'b'", "kind = 'b'", "commitment = 'b'", "salt = :one", "content = :one"])
def test_the_document_of_which_it_was_stays(database: Database, change: str) -> None:
    given = {"empty": b"", "one": b"1"}
    changed = change.partition(" ")[0]
    blank = ", ".join(f"{name} = :empty" for name in ("salt", "content") if name != changed)
    with pytest.raises(IntegrityError, match="document is append-only"), database.write() as tx:
        tx.execute(text(f"UPDATE document SET {change}, {blank}"), given)
    refuse(database, document, "DELETE FROM document")


@pytest.mark.usefixtures("expired")
def test_what_belongs_to_another_document_stays(database: Database) -> None:
    with database.write() as tx:
        for name in BOUND:
            table = metadata.tables[name]
            tx.execute(table.delete())
            values = {column.name: value_of(column) for column in table.columns}
            tx.execute(table.insert().values({**values, "document": "b"}))
    for name in BOUND:
        refuse(database, metadata.tables[name], f"DELETE FROM {name}")


def test_a_temporary_log_says_nothing(database: Database) -> None:
    """Anybody may make a temporary table, which comes before all others of its name."""
    with database.write() as tx:
        tx.execute(text("CREATE TEMPORARY TABLE log_entry AS SELECT 'document.expired' AS kind, 'a' AS subject"))
        tried = tx.begin_nested()
        with pytest.raises(IntegrityError, match="finding is append-only"):
            tx.execute(text("DELETE FROM finding"))
        tried.rollback()
