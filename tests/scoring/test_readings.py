"""The record of who read grades is sealed day by day, and the audit finds what was done to it afterwards."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, text

from ledger import documents, log
from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.canonical import canonical
from ledger.database import Database
from ledger.errors import Conflict
from scoring import grades, readings
from scoring.tables import grade_reading, reading_seal
from tests import bureau_files as files
from tests.scoring.register import ANALYST, NOW, REGISTERED, adopt, grade, registrations, take_in
from tests.tampering import drop_triggers

DAY = NOW.date()


@pytest.fixture
def read(database: Database) -> Database:
    """Two readings on one day, one on the next."""
    adopt(database)
    take_in(database, registrations(*REGISTERED), strict=True)
    grade(database)
    for hours in (0, 1, 24):
        with database.write() as tx:
            grades.read_grade(tx, ANALYST, NOW + timedelta(hours=hours), files.code(1), "核对")
    return database


def seal(database: Database, days: int) -> list[date]:
    with database.write() as tx:
        return readings.seal_readings(tx, NOW + timedelta(days=days))


def faults(database: Database) -> list[Fault]:
    with database.read() as tx:
        return list(readings.audit_readings(tx))


def test_each_day_is_sealed_once_after_its_end_whether_anybody_read_or_not(read: Database) -> None:
    assert seal(read, 0) == []
    assert seal(read, 1) == [DAY]
    assert seal(read, 1) == []
    assert seal(read, 4) == [DAY + timedelta(n) for n in (1, 2, 3)]
    with read.read() as tx:
        entries = log.of_kind(tx, "grades.readings")
        counts = [
            documents.opened(tx, entry.documents["readings"]).value["tables"]["reading_seal"]["count"]
            for entry in entries
        ]
    assert counts == [2, 1, 0, 0]
    assert faults(read) == []


def test_an_entry_tells_the_day_alone(read: Database) -> None:
    seal(read, 4)
    with read.read() as tx:
        bodies = [entry.body for entry in log.of_kind(tx, "grades.readings")]
    assert {frozenset(body) for body in bodies} == {frozenset({"subject", "documents", "day"})}
    assert len({len(str(body)) for body in bodies}) == 1


def test_before_the_first_reading_nothing_is_sealed(database: Database) -> None:
    assert seal(database, 3) == []


def test_a_reading_is_sealed_with_its_department_and_one_that_tells_none_as_before(read: Database) -> None:
    """Before readings told of a department, what was hashed named none."""
    with read.write() as tx:
        grades.read_grade(tx, replace(ANALYST, department="ZJ"), NOW, files.code(1), "核对")
    seal(read, 1)
    expected = []
    with read.read() as tx:
        for row in tx.execute(select(*raw_columns(grade_reading.columns)).order_by(grade_reading.c.id)).mappings():
            told = {str(name): value for name, value in row.items()}
            if not told["department"]:
                del told["department"]
            expected.append(sha256(readings.READING_TAG + canonical(told)).hexdigest())
        sealed = dict(tx.execute(select(reading_seal.c.reading, reading_seal.c.sha256)).all())
    assert sealed == {place: expected[place - 1] for place in (1, 2, 4)}
    with read.write() as tx:
        drop_triggers(tx)
        tx.execute(text("UPDATE grade_reading SET department = CASE id WHEN 1 THEN 'ZJ' ELSE '' END"))
    assert faults(read) == [Fault("grade_reading", f"id={place}", "row_changed") for place in (1, 4)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE grade_reading SET purpose = '别的' WHERE id = 1", "row_changed"),
        ("UPDATE grade_reading SET time = '2026-11-25T01:00:00Z' WHERE id = 1", "row_changed"),
        ("UPDATE grade_reading SET time = 'never' WHERE id = 1", "row_changed"),
        ("DELETE FROM grade_reading WHERE id = 1", "row_lost"),
    ],
)
def test_a_changed_or_lost_reading_of_a_sealed_day_is_named(read: Database, change: str, code: str) -> None:
    seal(read, 1)
    with read.write() as tx:
        drop_triggers(tx)
        tx.execute(text(change))
    assert faults(read) == [Fault("grade_reading", "id=1", code)]


def test_an_added_reading_of_a_sealed_day_is_named_for_ever(read: Database) -> None:
    seal(read, 1)
    with read.write() as tx:
        row = dict(tx.execute(select(grade_reading).where(grade_reading.c.id == 1)).mappings().one())
        tx.execute(grade_reading.insert().values({**row, "id": 77}))
    added = [Fault("grade_reading", "id=77", "row_added")]
    assert faults(read) == added
    seal(read, 5)
    assert faults(read) == added


def test_a_reading_of_a_day_that_is_not_sealed_yet_is_no_fault(read: Database) -> None:
    seal(read, 1)
    assert faults(read) == []


def test_nobody_reads_under_a_clock_that_was_set_back_into_a_sealed_day(read: Database) -> None:
    seal(read, 1)
    with pytest.raises(Conflict, match="clock_behind_log"), read.write() as tx:
        grades.read_grade(tx, ANALYST, NOW + timedelta(hours=2), files.code(1), "核对")
    assert faults(read) == []
    with read.write() as tx:
        grades.read_grade(tx, ANALYST, NOW + timedelta(days=1), files.code(1), "核对")
    seal(read, 2)
    assert faults(read) == []
