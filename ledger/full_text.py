"""Searching the texts of a table, the same on both engines: an index of pairs finds, the text itself decides.

A table of texts has `text` and `grams` (`ledger.search_text`) beside an integer key; its rows are inserted and deleted.
On SQLite an FTS5 table over `grams` follows it by triggers; on PostgreSQL it has a GIN index.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    DDL,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    cast,
    column,
    event,
    exists,
    func,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from ledger.search_text import grams, searchable, wanted, words

FEW = 2_000
"""So many rows at most are handed on by their keys; where more hold the words, a page of any order is soon full."""


def text_columns() -> tuple[Column[Any], Column[Any]]:
    """Return the columns that make a table one of texts."""
    return Column("text", Text, nullable=False), Column("grams", Text, nullable=False)


def stored(texts: Sequence[str]) -> tuple[str, str]:
    """Return what the two columns hold of the texts of a row."""
    joined = searchable(texts)
    return joined, grams(joined)


def indexed(of: Table) -> Table:
    """Let a table's index be made with it, and return the table; a migration executes `statements`."""
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(dialect, of.name, _key(of).name):
            made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(of, "after_create", made)
    return of


def statements(dialect: str, name: str, key: str) -> Iterator[str]:
    """Yield the statements that make the index of a table of texts, for "sqlite" or "postgresql"."""
    index = index_name(name)
    if dialect == "postgresql":
        yield f"CREATE INDEX {index} ON {name} USING gin (array_to_tsvector(string_to_array(grams, ' ')))"
        return
    yield (
        f"CREATE VIRTUAL TABLE {index} USING fts5("
        f"grams, content='{name}', content_rowid='{key}', tokenize='ascii', detail=none, columnsize=0)"
    )
    follows = "CREATE TRIGGER {index}_follows_{name} AFTER {name} ON {table} BEGIN INSERT INTO {index} {row}; END"
    for operation, row in (
        ("insert", f"(rowid, grams) VALUES (NEW.{key}, NEW.grams)"),
        ("delete", f"({index}, rowid, grams) VALUES ('delete', OLD.{key}, OLD.grams)"),
    ):
        yield follows.format(index=index, name=operation, table=name, row=row)


def index_name(name: str) -> str:
    """Return the name of the index of a table of texts; on SQLite a table, beside which lie others that begin so."""
    return f"{name}_grams"


def matching(tx: Connection, searched: ColumnElement[Any], key: Column[Any], query: str) -> ColumnElement[bool] | None:
    """Return the condition that the text of a row's key holds all words of a query; None where it has no word.

    `searched` is the column of a list that says which `key` of a table of texts is the row's. One statement is asked.
    Raises Invalid("search_too_long").
    """
    asked = words(query)
    if not asked:
        return None
    of: Any = key.table
    holds = and_(*(of.c.text.contains(word, autoescape=True) for word in asked))
    few = tx.execute(candidates(tx, key, asked).where(holds).limit(FEW + 1)).scalars().all()
    if len(few) <= FEW:
        return searched.in_(few)
    return exists(select(key).where(key == searched, holds))


def candidates(tx: Connection, key: Column[Any], asked: Sequence[str]) -> Select[Any]:
    """Return the query of the keys whose texts have all pairs of some words."""
    pairs, of = wanted(asked), key.table
    if tx.dialect.name == "postgresql":
        vector = " & ".join(f"'{pair}'" if whole else f"'{pair}':*" for pair, whole in pairs.items())
        return select(key).where(_vector(of).op("@@")(cast(literal(vector, Text), TSQUERY)))
    index = index_name(of.name)
    fts = table(index, column("rowid"))
    expression = " AND ".join(f'"{pair}"' if whole else f'"{pair}" *' for pair, whole in pairs.items())
    matches = text(f"{index} MATCH :pairs").bindparams(pairs=expression)
    return select(key).select_from(fts.join(of, _key(of) == fts.c.rowid)).where(matches)


def forget_all(tx: Connection, of: Table) -> None:
    """Leave nothing in the index's storage of rows that were deleted: SQLite keeps it until it merges."""
    if tx.dialect.name == "sqlite":
        index = index_name(of.name)
        tx.exec_driver_sql(f"INSERT INTO {index} ({index}) VALUES ('optimize')")


def _vector(of: Table) -> ColumnElement[Any]:
    return func.array_to_tsvector(func.string_to_array(of.c.grams, text("' '")))


def _key(of: Table) -> Column[Any]:
    (key,) = of.primary_key.columns
    return key
