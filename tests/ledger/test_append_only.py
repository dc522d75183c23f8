"""History cannot be rewritten, on either engine."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Connection, LargeBinary, Row, String, Table, select, text
from sqlalchemy.exc import IntegrityError

from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.database import Database
from ledger.tables import metadata
from tests.conftest import APPEND_ONLY, UNCHANGEABLE, on_postgresql, on_sqlite

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


def test_documents_and_their_rows_may_expire(database: Database) -> None:
    with database.write() as tx:
        for name in UNCHANGEABLE:
            tx.execute(metadata.tables[name].delete())
    with database.read() as tx:
        assert [name for name in UNCHANGEABLE if rows(tx, metadata.tables[name])] == []
