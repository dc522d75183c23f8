"""Many rows at once, by the driver alone: SQLAlchemy's work on each row takes longer than the insert itself."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeAlias

import psycopg
from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Select, String, Table, Text
from sqlalchemy.dialects import postgresql
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
    if rows:
        insert_columns(tx, table, columns, list(zip(*rows, strict=True)))


def insert_columns(tx: Connection, table: Table, columns: Sequence[Column[Any]], held: Sequence[StoredColumn]) -> None:
    """Insert rows, not none, of which each column is given; else as `insert_rows`."""
    names = ", ".join(str(column.name) for column in columns)
    if tx.dialect.name == "sqlite":
        _insert(tx, f"INSERT INTO {table.name} ({names}) VALUES ", held)  # noqa: S608
    elif len(held[0]) > FEW_ROWS:
        _copy(tx, f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)", columns, held)
    else:
        places = ", ".join(["%s"] * len(columns))
        insert = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608
        tx.exec_driver_sql(insert, list(zip(*held, strict=True)))


def read_bytes(tx: Connection, query: Select[bytes]) -> Iterator[bytes]:
    """Give a column of bytes, row by row, and of no other query until the last one.

    On PostgreSQL they come as they are, while the driver else has them written as text, and keeps all of them.
    """
    if tx.dialect.name == "sqlite":
        yield from map(bytes, tx.execute(query).scalars())
        return
    compiled = query.compile(dialect=postgresql.dialect(paramstyle="pyformat"))  # type: ignore[no-untyped-call]
    driver: Any = tx.connection.driver_connection
    with driver.cursor() as cursor:
        yield from (value for (value,) in cursor.stream(compiled.string, compiled.params, binary=True))


def stored_type(column: Column[Any]) -> Any:
    """Return the type that both engines store a column as: integer, text or bytes."""
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def _insert(tx: Connection, insert: str, held: Sequence[StoredColumn]) -> None:
    width, count = len(held), len(held[0])
    place = f"({', '.join('?' * width)})"
    at_once = MOST_VALUES // width
    values = chain.from_iterable(zip(*held, strict=True))
    for start in range(0, count, at_once):
        some = min(at_once, count - start)
        tx.exec_driver_sql(insert + ", ".join([place] * some), tuple(islice(values, some * width)))


def _copy(tx: Connection, statement: str, columns: Sequence[Column[Any]], held: Sequence[StoredColumn]) -> None:
    driver: Any = tx.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([_postgresql_type(column) for column in columns])
            for row in zip(*held, strict=True):
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error


def _postgresql_type(column: Column[Any]) -> str:
    held = stored_type(column)
    return next(name for kind, name in _POSTGRESQL_TYPES.items() if isinstance(held, kind))
