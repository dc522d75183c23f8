"""Rows as Arrow record batches, streamed over the transaction's own connection, so that they show what it wrote itself.

On PostgreSQL they come by COPY, on SQLite by the driver's cursor; both as text that Arrow's reader of delimited text
takes apart. No text that the database holds in one of our columns has a control character, so none needs quotes.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow
import pyarrow.csv
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
    rows = connection.execute(str(compiled), values)
    whole = all(not isinstance(column.type, Integer) for column in query.selected_columns)
    while chunk := rows.fetchmany(ROWS_AT_ONCE):
        texts = chunk if whole else (map(str, row) for row in chunk)
        yield "\n".join(map(FIELD.join, texts)).encode()


def _copied(tx: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[bytes]:
    dialect = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
    compiled = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    options = f"FORMAT csv, DELIMITER '{FIELD}', QUOTE '{QUOTE}', NULL '{NOTHING}'"
    connection: Any = tx.connection.driver_connection
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({compiled}) TO STDOUT ({options})", compiled.params or None) as copy,
    ):
        rows = iter(copy)
        while chunk := list(islice(rows, ROWS_AT_ONCE)):
            yield b"".join(chunk)
