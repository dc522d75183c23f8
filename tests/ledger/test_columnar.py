"""Rows as Arrow batches: those of the transaction itself, on both engines the same, however many are asked for."""

import pyarrow
import pytest
from psycopg.errors import DivisionByZero
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, literal, select

from ledger import columnar
from ledger.bulk import insert_rows
from ledger.columnar import ROWS_AT_ONCE
from ledger.database import Database

VISIT = Table("visit", MetaData(), Column("number", Integer, primary_key=True), Column("said", Text, nullable=False))
MANY = [(number, "" if number % 3 == 0 else f'{{"第":"{number}\\\\"}}') for number in range(ROWS_AT_ONCE + 2)]


def keep(tx: Connection, rows: list[tuple[int, str]]) -> None:
    VISIT.create(tx)
    insert_rows(tx, VISIT, list(VISIT.columns), rows)


@pytest.mark.parametrize("count", [0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 2])
def test_all_rows_come_as_they_are_stored(database: Database, count: int) -> None:
    with database.write() as tx:
        keep(tx, MANY[:count])
        found = columnar.table(tx, select(VISIT).order_by(VISIT.c.number))
        assert tx.execute(select(func.count()).select_from(VISIT)).scalar() == count, "the connection serves on"
    assert found.schema == pyarrow.schema([("number", pyarrow.int64()), ("said", pyarrow.string())])
    assert list(zip(*(column.to_pylist() for column in found.columns), strict=True)) == MANY[:count]


def test_who_asks_for_a_value_is_not_told_others(database: Database) -> None:
    with database.write() as tx:
        keep(tx, MANY[:9])
        query = select(VISIT.c.said).where(VISIT.c.said == MANY[1][1], VISIT.c.number < 5)
        assert columnar.table(tx, query).to_pylist() == [{"said": MANY[1][1]}]


def test_who_has_read_enough_goes_on_with_the_transaction(database: Database) -> None:
    other = VISIT.alias()
    with database.write() as tx:
        keep(tx, MANY)
        for _ in range(2):
            reader = columnar.stream(tx, select(VISIT.c.number).join(other, other.c.number < 100))
            assert reader.read_next_batch().num_rows
            del reader
            assert columnar.table(tx, select(literal(1).label("one"))).num_rows == 1
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(VISIT)).scalar() == len(MANY)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_error_half_way_is_raised(database: Database) -> None:
    with database.write() as tx:
        keep(tx, MANY)
        query = select((1 // (VISIT.c.number - ROWS_AT_ONCE)).label("part")).order_by(VISIT.c.number)
        with pytest.raises(DivisionByZero):
            columnar.table(tx, query)
