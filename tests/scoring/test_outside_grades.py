"""Grades of other systems: taken in, as secret as our own, and read by few, with a record of each reading."""

import pytest
from sqlalchemy import select

from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Forbidden, Refusal
from ledger.windows import Window
from sampling import registers
from scoring import chunks, enterprises, outside_grades
from scoring.files import FileRead
from scoring.tables import grade_reading
from tests import bureau_files as files
from tests.bureau_files import Row, file_of
from tests.dumping import dump, held, rows_of
from tests.scoring.register import ANALYST, AUDITOR, KEY, NOW, counts, take_in

TELLING = "丙级机密"


def grades_of(database: Database, number: int, actor: Actor = ANALYST) -> list[tuple[str, str, str]]:
    with database.write() as tx:
        found = outside_grades.read(tx, actor, NOW, files.code(number), "测试")
    return [(each.system, each.grade, each.date.isoformat()) for each in found]


def graded(*rows: Row) -> FileRead:
    return file_of("outside_grade", rows)


def test_the_newest_grade_of_each_system_holds(register: Database) -> None:
    rows = [
        files.outside_grade(1, "B", "2026-03-31"),
        files.outside_grade(1, "C", "2026-06-30"),
        files.outside_grade(1, "A", "2025-06-30"),
        files.outside_grade(1, "2", system="国家平台"),
        files.outside_grade(77, "D"),
    ]
    assert counts(take_in(register, graded(*rows))) == (5, 5, 0, 0, 0)
    assert grades_of(register, 1) == [("国家平台", "2", "2026-06-30"), ("省平台", "C", "2026-06-30")]
    assert grades_of(register, 77) == [("省平台", "D", "2026-06-30")]
    assert grades_of(register, 2) == []


def test_what_was_said_under_a_code_that_it_had_before_is_told(register: Database) -> None:
    take_in(register, graded(files.outside_grade(77, "D", "2026-06-30"), files.outside_grade(1, "A", "2026-03-31")))
    take_in(register, file_of("change", [files.change(1, "换照", files.code(77))]), strict=True)
    assert grades_of(register, 1) == grades_of(register, 77) == [("省平台", "D", "2026-06-30")]
    with register.read() as tx:
        assert set(tx.execute(select(grade_reading.c.enterprise)).scalars()) == {files.code(1)}


def test_the_same_file_twice_changes_nothing_and_a_later_one_supersedes(register: Database) -> None:
    take_in(register, graded(files.outside_grade(1, "B")))
    before = held(register)
    assert counts(take_in(register, graded(files.outside_grade(1, "B")))) == (1, 0, 1, 0, 0)
    assert held(register) == before
    assert counts(take_in(register, graded(files.outside_grade(1, "C")))) == (1, 0, 0, 1, 0)
    assert grades_of(register, 1) == [("省平台", "C", "2026-06-30")]
    assert counts(take_in(register, graded(files.outside_grade(1, "B")))) == (1, 0, 0, 1, 0)
    assert grades_of(register, 1) == [("省平台", "B", "2026-06-30")]


@pytest.mark.parametrize("chunk", [1, 2, chunks.CHUNK])
def test_two_rows_that_contradict_each_other(register: Database, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    take_in(register, graded(files.outside_grade(1, "B")))
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    rows = [files.outside_grade(1, "B"), files.outside_grade(2, "B"), files.outside_grade(1, "C")]
    report = take_in(register, graded(*rows, files.outside_grade(2, "B"), files.outside_grade(2, "C")))
    assert counts(report) == (5, 1, 2, 0, 2)
    faults = [fault for row in report.refused for fault in row.faults]
    assert [(fault.line, fault.code, fault.parameters) for fault in faults] == [
        (4, "row_contradicts", {"first": 2}),
        (6, "row_contradicts", {"first": 3}),
    ]


@pytest.mark.parametrize("role", Role)
def test_who_may_take_in_and_read(register: Database, role: Role) -> None:
    actor = Actor("someone", role, "ZJ")
    file = graded(files.outside_grade(1, TELLING))
    if role in (Role.ANALYST, Role.ADMINISTRATOR):
        take_in(register, file, actor=actor)
    else:
        with pytest.raises(Forbidden), register.write() as tx:
            registers.take_in(tx, actor, NOW, file, False, KEY)
    if role in (Role.ANALYST, Role.AUDITOR):
        grades_of(register, 1, actor)
    else:
        with pytest.raises(Forbidden):
            grades_of(register, 1, actor)


def test_each_reading_leaves_its_record(register: Database) -> None:
    take_in(register, graded(files.outside_grade(1, TELLING)))
    grades_of(register, 1, AUDITOR)
    with register.read() as tx:
        (reading,) = tx.execute(select(grade_reading)).all()
    assert (reading.subject, reading.enterprise, reading.run, reading.purpose) == (
        AUDITOR.subject,
        files.code(1),
        "outside",
        "测试",
    )
    with pytest.raises(Refusal, match="purpose_missing"), register.write() as tx:
        outside_grades.read(tx, ANALYST, NOW, files.code(1), " ")


def test_it_is_kept_in_one_table_and_in_no_read_of_the_register(register: Database) -> None:
    take_in(register, graded(files.outside_grade(1, TELLING), files.outside_grade(77, TELLING)))
    with register.read() as tx:
        holding = [name for name in dump(register) if any(TELLING in map(str, row) for row in rows_of(tx, name))]
        told = [
            enterprises.read(tx, ANALYST, files.code(1)),
            enterprises.page(tx, ANALYST, Window(100)),
            enterprises.records(tx, ANALYST, files.code(1), Window(100)),
        ]
    assert holding == ["outside_grade"]
    assert TELLING not in repr(told)
