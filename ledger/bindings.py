"""Bound rows: each row's digest is stored beside it, and a sealed document commits to all of a table's digests.

A changed row no longer matches its digest, and a changed digest no longer matches the document's root; a lost or an
added row changes count and root. The log holds the document's commitment, so none of it can be made to fit again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Integer, LargeBinary, RowMapping, String, Table, select, type_coerce
from sqlalchemy.engine import default
from sqlalchemy.types import TypeDecorator

from ledger.bulk import StoredColumn, StoredRow, insert_columns, stored_type
from ledger.canonical import JSON, LARGEST_INTEGER, canonical_rows
from ledger.digests import ROW_TAG
from ledger.long_work import ahead
from ledger.merkle import GrowingRoot, leaf_hashes
from ledger.tables import metadata

_DIALECT = default.DefaultDialect()
_ABSENT = "absent"


def bound_columns() -> tuple[Column[Any], ...]:
    """Return the columns that a bound table begins with: its document, its line there (from 0), its digest."""
    return (
        Column("document", String(32), primary_key=True),
        Column("line", Integer, primary_key=True, autoincrement=False),
        Column("digest", LargeBinary(32), nullable=False),
    )


def bound_tables() -> list[Table]:
    """Return all tables of the database that begin with the columns of a bound one."""
    names = {column.name for column in bound_columns()}
    return [table for table in metadata.sorted_tables if names <= set(table.columns.keys())]


def added_column(name: str, type_: Any, absent: int | str) -> Column[Any]:
    """Return a column that a bound table got when it had rows already, which hold `absent` in it.

    `absent` is as it is stored. Where a row holds it, its digest does not name the column, so that the digests of the
    earlier rows stand.
    """
    return Column(name, type_, nullable=False, server_default=str(absent), info={_ABSENT: absent})


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
        """All columns that the digest covers; of those that were added later, it names what is not absent."""
        return [column for column in self.table.columns if column.name != "digest"]

    def stored(self, row: Mapping[str, object]) -> dict[str, JSON]:
        """Return what a row's digest names as both engines store it: integers, text, bytes as hex."""
        return _named(self.columns, (_stored(column, row.get(column.name)) for column in self.columns))

    def raw(self, row: RowMapping | Mapping[str, Any]) -> dict[str, JSON]:
        """Return what `stored` returns of a row that was selected by `raw_columns`, damaged or not."""
        return _named(self.columns, (raw_value(column, row[column.name]) for column in self.columns))


@dataclass(frozen=True)
class Bound:
    """What a document says of one table: how many rows, and the RFC 9162 root over their digests."""

    count: int
    root: str

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the document."""
        return {"count": self.count, "root": self.root}


def stored_rows(tx: Connection, bound: BoundTable, document: str) -> list[dict[str, JSON]]:
    """Return what the digests name of a document's rows of a table, in order, without document and line."""
    columns = [column for column in bound.columns if column.name not in ("document", "line")]
    query = select(*raw_columns(columns)).where(bound.table.c.document == document).order_by(bound.table.c.line)
    rows = tx.execute(query).mappings()
    return [_named(columns, (raw_value(column, row[column.name]) for column in columns)) for row in rows]


def raw_columns(columns: Iterable[Column[Any]]) -> list[Any]:
    """Select columns as they are stored, so that a damaged value is compared and not parsed."""
    return [type_coerce(column, stored_type(column)).label(column.name) for column in columns]


def raw_value(column: Column[Any], value: object) -> JSON:
    """Return a stored value as it goes into a row's digest; one that the column cannot hold as no value that it can."""
    try:
        return _as_json(column, value)
    except TypeError:
        return [type(value).__name__, repr(value)]


class BoundInsert:
    """Inserts rows under a document, some at a time and in constant memory, and remembers what binds them all."""

    def __init__(self, tx: Connection, bound: BoundTable, document: str) -> None:
        """Begin with no row."""
        self._tx = tx
        self._bound = bound
        self._document = document
        self._root = GrowingRoot()
        self._columns = bound.columns[2:]
        self._inserted = [*bound.columns[:2], bound.table.c.digest, *self._columns]
        self._given = [str(column.name) for column in bound.columns]
        self._begin = ROW_TAG + b"[" + orjson.dumps(bound.name) + b","
        self._bytes = [str(column.name) for column in bound.columns if _is_bytes(column)]
        self._absent = [(str(each.name), each.info[_ABSENT]) for each in bound.columns if _ABSENT in each.info]
        self._empty = {str(column.name): _empty(column) for column in self._columns}

    @property
    def count(self) -> int:
        """How many rows went in so far."""
        return self._root.size

    def add(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Insert rows by the names of their columns.

        A column that a row does not name holds nothing, or what is absent in it. Raises TypeError for an unknown column
        or a value of another type than the column's.
        """
        self.add_stored([self._stored_row(row) for row in rows])

    def add_stored(self, rows: Sequence[StoredRow]) -> None:
        """Insert rows of all columns but document, line and digest, in their order, as they are stored.

        The caller answers for the types: integers below 2^53, texts, bytes, None.
        """
        if rows:
            self.add_columns(list(zip(*rows, strict=True)))

    def add_columns(self, columns: Sequence[StoredColumn]) -> None:
        """Insert rows, not none, of which each column is given; else as `add_stored`."""
        self.adding(columns)()

    def adding(self, columns: Sequence[StoredColumn]) -> Callable[[], object]:
        """Return what inserts rows as `add_columns` does; nothing may be added before it has been called."""
        count = len(columns[0])
        held: list[StoredColumn] = [[self._document] * count, range(self._root.size, self._root.size + count), *columns]
        digests = [sha256(written).digest() for written in self._digested(held)]
        self._root.extend(leaf_hashes(digests))
        complete = [*held[:2], digests, *held[2:]]
        return partial(insert_columns, self._tx, self._bound.table, self._inserted, complete)

    def _digested(self, held: Sequence[StoredColumn]) -> Iterable[bytes]:
        """Give what the digests are of, as `row_digest` says, of rows that are given by columns."""
        columns: dict[str, Sequence[Any]] = dict(zip(self._given, held, strict=True))
        for name in self._bytes:
            columns[name] = [value.hex() if isinstance(value, bytes) else value for value in columns[name]]
        for name, absent in self._absent:
            if all(value == absent for value in columns[name]):
                del columns[name]
        some_absent = [each for each in self._absent if each[0] in columns]
        if not some_absent:
            return canonical_rows(columns, self._begin, b"]")
        names = sorted(columns)
        rows = (dict(zip(names, row, strict=True)) for row in zip(*(columns[name] for name in names), strict=True))
        return (self._begin + orjson.dumps(_without(row, some_absent)) + b"]" for row in rows)

    def bound(self) -> Bound:
        """Return what binds the rows."""
        return Bound(self._root.size, self._root.root().hex())

    def _stored_row(self, row: Mapping[str, object]) -> StoredRow:
        if unknown := row.keys() - self._empty.keys():
            raise TypeError(f"{self._bound.name} has no column {min(unknown)}")
        stored: list[int | str | bytes | None] = []
        for column in self._columns:
            name = str(column.name)
            value = _bound_value(column, row.get(name, self._empty[name]))
            _as_json(column, value)
            stored.append(value)
        return tuple(stored)


def add_to_each(inserts: Iterable[tuple[BoundInsert, Sequence[StoredColumn]]]) -> None:
    """Insert rows by columns into several tables, each one's digests made while the database takes those before."""
    for insert in ahead(insert.adding(columns) for insert, columns in inserts):
        insert()


def _empty(column: Column[Any]) -> object:
    absent = column.info.get(_ABSENT)
    return column.type.process_result_value(absent, _DIALECT) if isinstance(column.type, TypeDecorator) else absent


def _without(row: dict[str, Any], absent: Iterable[tuple[str, int | str]]) -> dict[str, Any]:
    for name, value in absent:
        if row[name] == value:
            del row[name]
    return row


def _named(columns: Iterable[Column[Any]], values: Iterable[JSON]) -> dict[str, JSON]:
    held = zip(columns, values, strict=True)
    return {
        str(column.name): value for column, value in held if _ABSENT not in column.info or value != column.info[_ABSENT]
    }


def _stored(column: Column[Any], value: object) -> JSON:
    return _as_json(column, _bound_value(column, value))


def _bound_value(column: Column[Any], value: object) -> Any:
    return column.type.process_bind_param(value, _DIALECT) if isinstance(column.type, TypeDecorator) else value


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(stored_type(column), LargeBinary)


def _as_json(column: Column[Any], value: object) -> JSON:
    held = stored_type(column)
    if value is None:
        return None
    if isinstance(held, LargeBinary):
        if isinstance(value, bytes):
            return value.hex()
    elif isinstance(held, Integer):
        if type(value) is int and abs(value) <= LARGEST_INTEGER:  # True is an int, and no integer to PostgreSQL
            return value
    elif isinstance(value, str):
        return value
    raise TypeError(f"{column} does not hold this {type(value).__name__}")
