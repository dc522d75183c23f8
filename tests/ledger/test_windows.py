"""Stretches of lists by keys: in memory and on both engines, both ways, whatever comes or goes between."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, select

from ledger import windows
from ledger.columns import CivilDate
from ledger.database import Database
from ledger.windows import Key, Window, counted
from tests.engines import ENGINES, fresh_database

Row: TypeAlias = tuple[str, int, Any]
Read: TypeAlias = Callable[[Window], list[Key]]

METADATA = MetaData()
PLACES = Table(
    "place",
    METADATA,
    Column("name", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("since", CivilDate, nullable=False),
)
COLUMNS = (PLACES.c.since, PLACES.c.name, PLACES.c.number)
ORDERS = {
    "ascending": COLUMNS,
    "descending": tuple(column.desc() for column in COLUMNS),
    "newest first, then by name": (COLUMNS[0].desc(), *COLUMNS[1:]),
}

a_row = some.tuples(some.dates(), some.sampled_from(["甲", "乙", "a", "B", "", "建筑"]), some.integers(0, 3))
some_rows = some.lists(a_row, unique_by=lambda row: row[1:], max_size=12)
quickly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path_factory.mktemp("windows")) as url:
        opened = Database(url)
        with opened.write() as tx:
            METADATA.create_all(tx)
        yield opened
        opened.close()


def fill(tx: Connection, rows: list[Any]) -> None:
    tx.execute(PLACES.delete())
    for since, name, number in rows:
        tx.execute(PLACES.insert().values(since=since, name=name, number=number))


def reader(tx: Connection, order: Any) -> Read:
    return lambda window: [tuple(row) for row in tx.execute(window.on(select(*COLUMNS), *order))]


def forward(read: Read, size: int) -> list[Key]:
    told: list[Key] = []
    after = None
    while page := read(Window(size, after=after)):
        told += page
        after = page[-1]
    return told


def backward(read: Read, size: int) -> list[Key]:
    told: list[Key] = []
    before = None
    while page := read(Window(size, before=before, backward=True)):
        told += page
        before = page[-1]
    return told[::-1]


@pytest.mark.parametrize("order", ORDERS)
@given(rows=some_rows, size=some.integers(1, 5))
@quickly
def test_pages_from_either_end_are_the_list(database: Database, order: str, rows: list[Any], size: int) -> None:
    with database.write() as tx:
        fill(tx, rows)
        read = reader(tx, ORDERS[order])
        whole = read(Window(100))
        assert sorted(whole) == sorted(rows)
        assert forward(read, size) == backward(read, size) == whole
        assert counted(tx, select(*COLUMNS)) == len(rows)


@pytest.mark.parametrize("order", ["ascending", "descending"])
@given(rows=some_rows, ends=some.tuples(some.none() | a_row, some.none() | a_row), backwards=some.booleans())
@quickly
def test_a_list_in_memory_is_read_as_the_database_reads_it(
    database: Database, order: str, rows: list[Any], ends: tuple[Any, Any], backwards: bool
) -> None:
    window = Window(4, *ends, backward=backwards)
    with database.write() as tx:
        fill(tx, rows)
        assert reader(tx, ORDERS[order])(window) == window.of(rows, tuple, descending=order == "descending")


@pytest.mark.parametrize("order", ORDERS)
@given(rows=some_rows, kept=some.sets(some.integers(0, 11)), size=some.integers(1, 4))
@quickly
def test_rows_that_come_or_go_move_no_other(
    database: Database, order: str, rows: list[Any], kept: set[int], size: int
) -> None:
    with database.write() as tx:
        before = [row for index, row in enumerate(rows) if index in kept]
        fill(tx, before)
        read = reader(tx, ORDERS[order])
        first = read(Window(size))
        fill(tx, rows)
        rest = read(Window(100, after=first[-1])) if first else read(Window(100))
        whole = read(Window(100))
        assert [*first, *rest] == [row for row in whole if row in first or row in rest]
        assert {row for row in before if row not in first} <= set(rest)
        fill(tx, [row for row in rows if row not in first])
        assert (read(Window(100, after=first[-1])) if first else read(Window(100))) == rest


def test_both_ends_may_be_given(database: Database) -> None:
    day = date(2026, 1, 1)
    rows = [(day, "a", number) for number in range(9)]
    with database.write() as tx:
        fill(tx, rows)
        read = reader(tx, COLUMNS)
        assert read(Window(3, after=rows[1], before=rows[7])) == rows[2:5]
        assert read(Window(3, after=rows[1], before=rows[7], backward=True)) == [rows[6], rows[5], rows[4]]
        assert read(Window(3, after=rows[4], before=rows[5])) == []


@pytest.mark.parametrize("order", ORDERS)
@given(rows=some_rows, size=some.integers(1, 4), backwards=some.booleans())
@quickly
def test_the_windows_of_several_parents_are_read_at_once(
    database: Database, order: str, rows: list[Any], size: int, backwards: bool
) -> None:
    window, parent = Window(size, backward=backwards), PLACES.c.name
    with database.write() as tx:
        fill(tx, rows)
        told: dict[str, list[Key]] = {}
        for row in tx.execute(window.on_each(select(*COLUMNS), parent, *ORDERS[order])):
            told.setdefault(row.name, []).append(tuple(row)[:3])
        for name in {row[1] for row in rows}:
            own = window.on(select(*COLUMNS).where(parent == name), *ORDERS[order])
            assert told.pop(name) == [tuple(row) for row in tx.execute(own)]
        assert told == {}


@pytest.mark.parametrize("order", ORDERS)
@given(rows=some_rows, wanted=some.frozensets(a_row, max_size=4))
@quickly
def test_rows_are_found_by_their_keys(database: Database, order: str, rows: list[Any], wanted: frozenset[Any]) -> None:
    keys = wanted | frozenset(rows[:3])
    with database.write() as tx:
        fill(tx, rows)
        assert set(reader(tx, ORDERS[order])(Window(keys=keys))) == keys & set(rows)
        assert set(Window(keys=keys).of(rows, tuple)) == keys & set(rows)


def parts(numbers: list[int]) -> list[Key]:
    """Make rows of some numbers: of each as many as its remainder by three."""
    return [(number, part) for number in numbers for part in range(number % 3)]


@given(
    numbers=some.lists(some.integers(0, 40), unique=True, max_size=30),
    limit=some.none() | some.integers(1, 5),
    ends=some.tuples(*(some.none() | some.tuples(some.integers(0, 40), some.integers(0, 2)),) * 2),
    backwards=some.booleans(),
    keys=some.none() | some.frozensets(some.tuples(some.integers(0, 40), some.integers(0, 2)), max_size=4),
)
@quickly
def test_rows_that_are_made_of_others_are_read_as_if_they_were_there(
    database: Database,
    numbers: list[int],
    limit: int | None,
    ends: tuple[Any, Any],
    backwards: bool,
    keys: frozenset[Key] | None,
) -> None:
    window = Window(limit, *ends, backward=backwards, keys=keys)
    with database.write() as tx, pytest.MonkeyPatch.context() as patched:
        patched.setattr(windows, "_AT_ONCE", 4)
        fill(tx, [(date(2026, 1, 1), "a", number) for number in numbers])
        told = window.gathered(
            tx, select(PLACES), PLACES.c.number, lambda rows: parts([row.number for row in rows]), tuple
        )
    assert told == window.of(parts(sorted(numbers)), tuple)
