"""Rows as Arrow record batches, streamed over the transaction's own connection, so that they show what it wrote itself.

On PostgreSQL they come by COPY, on SQLite by the driver's cursor; both as lines that Arrow's reader of delimited text
takes apart. No text that the database holds in one of our columns has a control character, so none needs quotes.
"""

from collections.abc import Generator, Iterator
from typing import Any

import pyarrow
import pyarrow.csv
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.waiting import Wait
from sqlalchemy import Connection, Integer, Select
from sqlalchemy.dialects import postgresql

FIELD, QUOTE, NOTHING = "\x1f", "\x01", "\x02"
ROWS_AT_ONCE = 8192


def stream(tx: Connection, query: Select[*tuple[Any, ...]]) -> pyarrow.RecordBatchReader:
    """Return the rows of a query, read as they are asked for; integers are int64, all else is text.

    A column may hold nothing only where it is text, which is then empty. Raises ArrowInvalid, when it comes to such a
    row, for a text with a control character.
    """
    schema = _schema(query)
    blocks = _blocks(tx, query) if tx.dialect.name == "sqlite" else _copied(tx, query)
    return pyarrow.RecordBatchReader.from_batches(
        schema, (batch for block in blocks for batch in _parsed(block, schema))
    )


def table(tx: Connection, query: Select[*tuple[Any, ...]]) -> pyarrow.Table:
    """Return all rows of a query as `stream` gives them."""
    return stream(tx, query).read_all()


def _schema(query: Select[*tuple[Any, ...]]) -> pyarrow.Schema:
    return pyarrow.schema(
        [
            (column.name, pyarrow.int64() if isinstance(column.type, Integer) else pyarrow.string())
            for column in query.selected_columns
        ]
    )


def _parsed(block: bytes, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    read = pyarrow.csv.read_csv(
        pyarrow.BufferReader(block),
        pyarrow.csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=schema.names),
        pyarrow.csv.ParseOptions(delimiter=FIELD, quote_char=QUOTE, ignore_empty_lines=False),
        pyarrow.csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
    )
    yield from read.to_batches()


def _blocks(tx: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[bytes]:
    compiled = query.compile(dialect=tx.dialect, compile_kwargs={"render_postcompile": True})
    connection: Any = tx.connection.driver_connection
    values = [compiled.params[name] for name in compiled.positiontup or ()]
    row = f" || char({ord(FIELD)}) || ".join(f'"{column.name}"' for column in query.selected_columns)
    # One value a row: the driver takes as long to make six texts of it as the database to find them.
    rows = connection.execute(f"SELECT CAST({row} || char(10) AS BLOB) FROM ({compiled})", values)  # noqa: S608
    while chunk := rows.fetchmany(ROWS_AT_ONCE):
        yield b"".join([written for (written,) in chunk])


def _copied(tx: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[bytes]:
    dialect = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
    compiled = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    options = f"FORMAT csv, DELIMITER '{FIELD}', QUOTE '{QUOTE}', NULL '{NOTHING}'"
    connection: Any = tx.connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT copied")
        at_work = False
        try:
            with cursor.copy(f"COPY ({compiled}) TO STDOUT ({options})", compiled.params or None):
                try:
                    while chunk := connection.wait(_rows(connection.pgconn)):
                        yield b"".join(chunk)
                except GeneratorExit:
                    at_work = connection.pgconn.transaction_status == TransactionStatus.ACTIVE
                    raise
        except GeneratorExit:
            if at_work:  # whoever read has enough: the driver has cancelled the copy, and the transaction goes on
                cursor.execute("ROLLBACK TO SAVEPOINT copied")
            raise
        cursor.execute("RELEASE SAVEPOINT copied")


def _rows(connection: Any) -> Generator[Wait, Any, list[bytes]]:
    """Return the next rows of a copy, none after the last one, asking the driver's C code for each.

    The driver's own way waits anew for every row, which takes three times as long as all the rest.
    """
    rows: list[bytes] = []
    if connection.transaction_status != TransactionStatus.ACTIVE:
        return rows
    next_row, keep = connection.get_copy_data, rows.append
    while len(rows) < ROWS_AT_ONCE:
        size, row = next_row(1)
        if size > 0:
            keep(bytes(row))  # what the driver lends is dear to keep
        elif size == 0:
            while not (yield Wait.R):
                continue
            connection.consume_input()
        else:
            _end(connection)
            break
    return rows


def _end(connection: Any) -> None:
    """Take what the server says after the last row."""
    result = connection.get_result()
    while connection.get_result() is not None:
        continue
    if result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)
