"""The rows that grading reads: of every enterprise, or of some, the newest version of all that is not revoked."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow
from sqlalchemy import (
    ARRAY,
    Connection,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql import ColumnElement

from ledger import columnar
from ledger.canonical import canonical
from ledger.tables import log_entry
from scoring.engine import FACTS, OUTSIDE
from scoring.entry_kinds import IMPORTED
from scoring.measure_sql import CHANGE, SELDOM_ASKED
from scoring.tables import former_code, outside_grade, record

CODES_AT_ONCE = 100_000
BATCHES_AT_ONCE = 1000
NEWS = pyarrow.schema([*FACTS, ("revoked", pyarrow.int64()), ("version", pyarrow.int64())])


def all_rows(tx: Connection, texts: Collection[str] = SELDOM_ASKED) -> pyarrow.RecordBatchReader:
    """Return the rows of all enterprises, read as they are asked for.

    Of the columns that models seldom ask for, those that are not among `texts` are left empty.
    """
    if tx.dialect.name != "sqlite":
        return columnar.stream(tx, _rows(texts).where(is_newest()))
    later = select(record.c.identity, func.max(record.c.version).label("newest")).where(record.c.version > 1)
    newest = later.group_by(record.c.identity).subquery()
    old: Select[Any] = (
        select(literal_column("record.rowid"))
        .select_from(record)
        .join(newest, (record.c.identity == newest.c.identity) & (record.c.version < newest.c.newest))
    )
    return columnar.stream(tx, _rows(texts).where(literal_column("record.rowid").not_in(old)))


def rows_of(tx: Connection, codes: Iterable[str], kinds: Sequence[str] = ()) -> list[pyarrow.RecordBatch]:
    """Return the rows of some enterprises, of all kinds or of some."""
    query = _rows().where(is_newest())
    if kinds:
        query = query.where(record.c.kind.in_(kinds))
    return [
        batch
        for some in _chunks(codes, CODES_AT_ONCE)
        for batch in columnar.stream(tx, query.where(_among(tx, record.c.enterprise, some)))
    ]


def rows_of_kind(tx: Connection, kind: str) -> pyarrow.RecordBatchReader:
    """Return the rows of all enterprises that are of a kind."""
    return columnar.stream(tx, _rows().where(is_newest(), record.c.kind == kind))


def rows_between(tx: Connection, lower: str, upper: str, texts: Collection[str]) -> pyarrow.RecordBatchReader:
    """Return the rows of the codes from `lower` to before `upper` ('': without bound), and of what has become one.

    `texts` as in `all_rows`.
    """

    def inside(code: ColumnElement[str]) -> ColumnElement[bool]:
        return and_(code >= lower, code < upper) if upper else code >= lower

    former = select(former_code.c.code).where(inside(former_code.c.enterprise))
    query = _rows(texts).where(is_newest(), or_(inside(record.c.enterprise), record.c.enterprise.in_(former)))
    return columnar.stream(tx, query)


def former_codes(tx: Connection) -> dict[str, str]:
    """Return by each former code the present one."""
    return dict(tx.execute(select(former_code.c.code, former_code.c.enterprise)).all())


def changed_codes(tx: Connection) -> set[str]:
    """Return the codes that changes were ever told of, those that were revoked among them, before and after."""
    told = tx.execute(select(record.c.enterprise, record.c.content).where(record.c.kind == CHANGE)).all()
    before = {content["former_code"] for _, content in told if "former_code" in content}
    leading = former_codes(tx)
    return before | {code for code, _ in told} | {*leading, *leading.values()}


def outside(tx: Connection) -> pyarrow.Table:
    """Return all grades from outside, in the order of the log."""
    columns: list[ColumnElement[Any]] = [type_coerce(outside_grade.c[name], Text).label(name) for name in OUTSIDE.names]
    query = select(*columns).join(log_entry, log_entry.c.subject == outside_grade.c.document)
    query = query.where(log_entry.c.kind == IMPORTED).order_by(log_entry.c.seq, outside_grade.c.line)
    return columnar.table(tx, query)


def batches_after(tx: Connection, seq: int) -> Sequence[str]:
    """Return the documents of what came in after an entry; the server finds its rows by them, and reads no others."""
    found = select(log_entry.c.subject).where(log_entry.c.kind == IMPORTED, log_entry.c.seq > seq)
    return tx.execute(found).scalars().all()


def rows_in(tx: Connection, batches: Iterable[str], texts: Collection[str]) -> Iterator[pyarrow.RecordBatch]:
    """Yield what came in some batches, old versions and what is revoked among it: rows of `NEWS`.

    `texts` as in `all_rows`.
    """
    columns = [column.label(name) for name, column in _columns(texts).items()]
    query = select(*columns, record.c.revoked, record.c.version)
    for some in _chunks(batches, BATCHES_AT_ONCE):
        yield from columnar.stream(tx, query.where(record.c.document.in_(some)))


def corrected_codes(tx: Connection, batches: Iterable[str]) -> set[str]:
    """Return under which other codes stood what some batches corrected."""
    earlier = record.alias("earlier")
    told = select(earlier.c.enterprise).distinct().join(record, record.c.identity == earlier.c.identity)
    told = told.where(record.c.version > 1, earlier.c.version < record.c.version)
    told = told.where(earlier.c.enterprise != record.c.enterprise)
    return {
        code
        for some in _chunks(batches, BATCHES_AT_ONCE)
        for code in tx.execute(told.where(record.c.document.in_(some))).scalars()
    }


def graded_outside(tx: Connection, batches: Iterable[str]) -> set[str]:
    """Return of whom grades from outside came in some batches."""
    told = select(outside_grade.c.enterprise).distinct()
    return {
        code
        for some in _chunks(batches, BATCHES_AT_ONCE)
        for code in tx.execute(told.where(outside_grade.c.document.in_(some))).scalars()
    }


def reader(batches: Sequence[pyarrow.RecordBatch]) -> pyarrow.RecordBatchReader:
    """Return rows that were read as the engine takes them."""
    return pyarrow.RecordBatchReader.from_batches(FACTS, iter(batches))


def is_newest() -> ColumnElement[bool]:
    """Tell of a row of `record` whether its identity has no later version."""
    later = record.alias("later")
    return (
        ~select(1)
        .where(later.c.version > 1, later.c.identity == record.c.identity, later.c.version > record.c.version)
        .exists()
    )


def _rows(texts: Collection[str] = SELDOM_ASKED) -> Select[Any]:
    return select(*(column.label(name) for name, column in _columns(texts).items())).where(record.c.revoked == 0)


def _columns(texts: Collection[str]) -> dict[str, ColumnElement[Any]]:
    """Return the columns of `FACTS` as they are selected."""
    columns: dict[str, ColumnElement[Any]] = {name: type_coerce(record.c[name], Text) for name in FACTS.names}
    left_out = {name: literal_column("''", Text) for name in SELDOM_ASKED if name not in texts}
    return columns | {"date": func.coalesce(columns["date"], "", type_=Text)} | left_out


def _among(tx: Connection, column: ColumnElement[Any], codes: Sequence[str]) -> ColumnElement[bool]:
    """Tell whether a column is among texts that are handed over as one value, however many they are."""
    if tx.dialect.name == "sqlite":
        each = func.json_each(bindparam("codes", canonical(list(codes)).decode(), Text)).table_valued("value")
        return column.in_(select(each.c.value))
    array = cast(bindparam("codes", list(codes), ARRAY(Text)), ARRAY(Text))
    return column.in_(select(func.unnest(array, type_=String)))


def _chunks(codes: Iterable[str], size: int) -> Iterable[list[str]]:
    iterator = iter(codes)
    while chunk := list(islice(iterator, size)):
        yield chunk
