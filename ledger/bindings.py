"""Bound rows: each row's digest is stored beside it, and a sealed document commits to all of a table's digests.

A changed row no longer matches its digest, and a changed digest no longer matches the document's root; a lost or an
added row changes count and root. The log holds the document's commitment, so none of it can be made to fit again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, select, type_coerce
from sqlalchemy.engine import default
from sqlalchemy.types import TypeDecorator

from ledger.canonical import JSON
from ledger.digests import digests_root, row_digest

_DIALECT = default.DefaultDialect()


def bound_columns() -> tuple[Column[Any], ...]:
    """Return the columns that a bound table begins with: its document, its line there (from 0), its digest."""
    return (
        Column("document", String(32), primary_key=True),
        Column("line", Integer, primary_key=True, autoincrement=False),
        Column("digest", LargeBinary(32), nullable=False),
    )


@dataclass(frozen=True)
class BoundTable:
    """A table whose rows the log binds."""

    table: Table

    @property
    def name(self) -> str:
        """The table's name, which goes into each row's digest."""
        return str(self.table.name)

    @property
    def columns(self) -> list[Column[Any]]:
        """All columns that the digest covers."""
        return [column for column in self.table.columns if column.name != "digest"]

    def stored(self, row: Mapping[str, object]) -> dict[str, JSON]:
        """Return a row's values as both engines store them: integers, text, bytes as hex."""
        return {str(column.name): _stored(column, row.get(column.name)) for column in self.columns}


@dataclass(frozen=True)
class Bound:
    """What a document says of one table: how many rows, and the RFC 9162 root over their digests."""

    count: int
    root: str

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the document."""
        return {"count": self.count, "root": self.root}


def stored_rows(tx: Connection, bound: BoundTable, document: str) -> list[dict[str, JSON]]:
    """Return a document's rows of a table in order as they are stored, without document and line."""
    columns = [column for column in bound.columns if column.name not in ("document", "line")]
    query = select(*raw_columns(columns)).where(bound.table.c.document == document).order_by(bound.table.c.line)
    return [{str(name): raw_value(value) for name, value in row.items()} for row in tx.execute(query).mappings()]


def raw_columns(columns: Iterable[Column[Any]]) -> list[Any]:
    """Select columns as they are stored, so that a damaged value is compared and not parsed."""
    selected: list[Any] = []
    for column in columns:
        stored = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        selected.append(type_coerce(column, stored).label(column.name))
    return selected


def raw_value(value: object) -> JSON:
    """Return a stored value as it goes into a row's digest."""
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int):
        return value
    return str(value)


def insert_bound(tx: Connection, bound: BoundTable, document: str, rows: Sequence[Mapping[str, object]]) -> Bound:
    """Insert the rows under a document and return what binds them."""
    digests = []
    complete = []
    for line, row in enumerate(rows):
        values = {**row, "document": document, "line": line}
        digest = row_digest(bound.name, bound.stored(values))
        digests.append(digest)
        complete.append({**values, "digest": digest})
    if complete:
        tx.execute(bound.table.insert(), complete)
    return Bound(len(digests), digests_root(digests))


def _stored(column: Column[Any], value: object) -> JSON:
    if isinstance(column.type, TypeDecorator):
        value = column.type.process_bind_param(value, _DIALECT)
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{column} holds a {type(value).__name__}")
