"""Bound rows: the same digest on both engines and in the audit, and none for what an engine would alter."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, Text, select
from sqlalchemy.exc import IntegrityError

from ledger.bindings import (
    Bound,
    BoundInsert,
    BoundTable,
    added_column,
    bound_columns,
    raw_columns,
    raw_value,
    stored_rows,
)
from ledger.bulk import FEW_ROWS
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.database import Database
from ledger.digests import digests_root, row_digest
from ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash


def visit_columns() -> tuple[Column[Any], ...]:
    return (
        *bound_columns(),
        Column("enterprise", Text),
        Column("number", Integer),
        Column("key", LargeBinary),
        Column("day", CivilDate),
        Column("at", Instant),
        Column("results", CanonicalJSON),
    )


VISIT = BoundTable(Table("visit", MetaData(), *visit_columns()))
FULL = {
    "enterprise": "企业",
    "number": -7,
    "key": b"\x00\xff",
    "day": date(2026, 11, 23),
    "at": datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC),
    "results": {"b": [1, True, None], "a": "1"},
}


@pytest.fixture(autouse=True)
def table(database: Database) -> None:
    with database.write() as tx:
        VISIT.table.create(tx)


def insert(tx: Connection, bound: BoundTable, document: str, rows: Iterable[dict[str, Any]]) -> Bound:
    inserting = BoundInsert(tx, bound, document)
    inserting.add(rows)
    return inserting.bound()


def keep(database: Database, *rows: dict[str, Any], document: str = "d") -> Bound:
    with database.write() as tx:
        return insert(tx, VISIT, document, rows)


def without_place(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name not in ("document", "line")}


def digests(tx: Connection, document: str = "d") -> list[bytes]:
    columns = VISIT.table.c
    return list(tx.execute(select(columns.digest).where(columns.document == document).order_by(columns.line)).scalars())


def recomputed(tx: Connection) -> list[bytes]:
    """The digests, from what is stored, as the audit computes them."""
    found = tx.execute(select(*raw_columns(VISIT.columns)).order_by(VISIT.table.c.line)).mappings()
    return [row_digest("visit", VISIT.raw(row)) for row in found]


def test_a_digest_covers_the_table_s_name_and_all_that_the_row_holds(database: Database) -> None:
    keep(database, FULL)
    written = (
        b'["visit",{"at":"2026-11-23T02:16:04Z","day":"2026-11-23","document":"d","enterprise":"\xe4\xbc\x81\xe4\xb8\x9a",'
        b'"key":"00ff","line":0,"number":-7,"results":"{\\"a\\":\\"1\\",\\"b\\":[1,true,null]}"}]'
    )
    with database.read() as tx:
        assert digests(tx) == [hashlib.sha256(b"qian/row/v1" + written).digest()]


def test_a_document_s_rows_are_bound_by_their_count_and_the_root_over_their_digests(database: Database) -> None:
    bound = keep(database, {"number": 0}, {"number": 1}, {"number": 2})
    with database.read() as tx:
        first, second, third = (leaf_hash(digest) for digest in digests(tx))
    assert bound == Bound(3, node_hash(node_hash(first, second), third).hex())


def test_no_rows_are_bound_by_the_empty_tree(database: Database) -> None:
    assert keep(database) == Bound(0, EMPTY_ROOT.hex())


def test_equal_rows_of_two_lines_or_documents_differ(database: Database) -> None:
    keep(database, FULL, FULL)
    keep(database, FULL, document="e")
    with database.read() as tx:
        assert len({*digests(tx), *digests(tx, "e")}) == 3


rows = st.fixed_dictionaries(
    {},
    optional={
        "enterprise": st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
        "number": st.none() | st.integers(-(2**31), 2**31 - 1),
        "key": st.none() | st.binary(),
        "day": st.none() | st.dates(),
        "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        "results": st.none() | st.lists(st.text() | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans()),
    },
)


class RollBack(Exception):
    pass


@contextmanager
def rolled_back(database: Database) -> Iterator[Connection]:
    try:
        with database.write() as tx:
            yield tx
            raise RollBack
    except RollBack:
        return


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(rows=st.lists(rows, max_size=5))
def test_what_is_stored_has_the_digest_of_what_was_given(database: Database, rows: list[dict[str, Any]]) -> None:
    with rolled_back(database) as tx:
        insert(tx, VISIT, "d", rows)
        assert recomputed(tx) == digests(tx)
        given_rows = [VISIT.stored({**row, "document": "d", "line": line}) for line, row in enumerate(rows)]
        assert [{**row, "document": "d", "line": line} for line, row in enumerate(stored_rows(tx, VISIT, "d"))] == (
            given_rows
        )


@pytest.mark.parametrize("count", [1, FEW_ROWS + 1])
def test_rows_that_come_some_at_a_time_are_bound_as_if_they_came_at_once(database: Database, count: int) -> None:
    several = [{**FULL, "number": number} for number in range(3 * count)]
    expected = keep(database, *several)
    with database.write() as tx:
        insert = BoundInsert(tx, VISIT, "e")
        for start in range(0, 3 * count, count):
            insert.add(several[start : start + count])
        assert (insert.count, insert.bound().count) == (3 * count, expected.count)
        rows_of = {document: stored_rows(tx, VISIT, document) for document in "de"}
        assert rows_of["d"] == rows_of["e"] == [without_place(VISIT.stored(row)) for row in several]
        assert insert.bound().root == digests_root(digests(tx, "e"))
    assert expected.root != insert.bound().root, "a digest names the document"


def test_a_copy_that_fails_is_an_error_of_the_database(database: Database) -> None:
    several = [FULL] * (FEW_ROWS + 1)
    keep(database, *several)
    with pytest.raises(IntegrityError):
        keep(database, *several)


def test_a_column_that_only_some_rows_name_is_stored_for_these(database: Database) -> None:
    keep(database, {"number": 1}, {"enterprise": "企业"})
    with database.read() as tx:
        held = [(row["number"], row["enterprise"]) for row in stored_rows(tx, VISIT, "d")]
        assert held == [(1, None), (None, "企业")]
        assert recomputed(tx) == digests(tx)


LATER = BoundTable(
    Table(
        "visit",
        MetaData(),
        *visit_columns(),
        added_column("void", Integer, 0),
        added_column("why", CanonicalJSON, "{}"),
    )
)


def test_a_column_that_was_added_later_leaves_the_digests_of_rows_without_it_as_they_were(database: Database) -> None:
    keep(database, FULL)
    with database.write() as tx:
        tx.exec_driver_sql("ALTER TABLE visit ADD COLUMN void INTEGER DEFAULT 0 NOT NULL")
        tx.exec_driver_sql("ALTER TABLE visit ADD COLUMN why TEXT DEFAULT '{}' NOT NULL")
        insert(tx, LATER, "e", [FULL, {**FULL, "void": 1, "why": {"a": 1}}])
        stored = [LATER.raw(row) for row in tx.execute(select(*raw_columns(LATER.columns))).mappings()]
        assert digests(tx) + digests(tx, "e") == [row_digest("visit", row) for row in stored]
        before = VISIT.stored({**FULL, "document": "d", "line": 0})
        assert stored == [
            before,
            {**before, "document": "e"},
            {**before, "document": "e", "line": 1, "void": 1, "why": '{"a":1}'},
        ]


@pytest.mark.parametrize(
    "row",
    [{"number": True}, {"number": "7"}, {"enterprise": 7}, {"enterprise": b"7"}, {"key": "00ff"}, {"colour": "red"}],
    ids=str,
)
def test_a_value_that_an_engine_would_store_as_another_is_refused(database: Database, row: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        keep(database, {"number": 1}, row)
    with database.read() as tx:
        assert digests(tx) == []


def test_a_document_s_lines_are_given_once(database: Database) -> None:
    keep(database, FULL)
    with pytest.raises(IntegrityError):
        keep(database, FULL)


@pytest.mark.parametrize(
    ("column", "value"),
    [("key", "00ff"), ("enterprise", b"ab"), ("number", "7"), ("number", 2**60), ("number", 1.5)],
)
def test_a_damaged_value_is_read_as_none_that_the_column_can_hold(column: str, value: object) -> None:
    read = raw_value(VISIT.table.c[column], value)
    assert read != value
    assert isinstance(read, list)
