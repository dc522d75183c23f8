"""Many rows at once, by the driver alone: SQLAlchemy's work on each row takes longer than the insert itself."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

import psycopg
from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, String, Table, Text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

StoredRow: TypeAlias = tuple[int | str | bytes | None, ...]
StoredColumn: TypeAlias = Sequence[int | str | bytes | None]

FEW_ROWS = 20
"""As many are inserted rather than copied, which takes a few round trips whatever their number."""

MOST_VALUES = 32_000
"""Values in one statement on SQLite, which takes 32,766 at most."""

_POSTGRESQL_TYPES = {BigInteger: "int8", Integer: "int4", LargeBinary: "bytea", Text: "text", String: "varchar"}


def insert_rows(tx: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[StoredRow]) -> None:
    """Insert rows of stored values in the order of some columns: by COPY on PostgreSQL, many to a statement on SQLite.

    Both leave the interpreter to other threads meanwhile. Values are as `stored_type` of their column holds them;
    nobody converts or checks them here.
    """
    names = ", ".join(str(column.name) for column in columns)
    if tx.dialect.name == "sqlite":
        place = f"({', '.join('?' * len(columns))})"
        insert = f"INSERT INTO {table.name} ({names}) VALUES "  # noqa: S608
        at_once = MOST_VALUES // len(columns)
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            tx.exec_driver_sql(insert + ", ".join([place] * len(some)), tuple(chain.from_iterable(some)))
    elif len(rows) > FEW_ROWS:
        _copy(tx, f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)", columns, rows)
    elif rows:
        places = ", ".join(["%s"] * len(columns))
        tx.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({places})", list(rows))  # noqa: S608


def stored_type(column: Column[Any]) -> Any:
    """Return the type that both engines store a column as: integer, text or bytes."""
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def _copy(tx: Connection, statement: str, columns: Sequence[Column[Any]], rows: Sequence[StoredRow]) -> None:
    driver: Any = tx.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([_postgresql_type(column) for column in columns])
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error


def _postgresql_type(column: Column[Any]) -> str:
    held = stored_type(column)
    return next(name for kind, name in _POSTGRESQL_TYPES.items() if isinstance(held, kind))
