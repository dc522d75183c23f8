"""Reconciliation: what each source brought each month, and what became of each row."""

from datetime import UTC, datetime

import pytest

from ledger.database import Database
from ledger.errors import Forbidden, Refusal
from sampling import registers
from scoring import reconciliation
from scoring.files import FileRead
from scoring.reconciliation import Reconciled
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.scoring.register import ADMINISTRATOR, ANALYST, INSPECTOR, KEY, registrations


def take_in_at(database: Database, month: int, *several: FileRead) -> None:
    for file in several:
        with database.write() as tx:
            now = datetime(2026, month, 28, 2, 0, tzinfo=UTC)
            registers.take_in(tx, ADMINISTRATOR, now, file, False, KEY)


def reconciled(database: Database, **asked: str) -> list[Reconciled]:
    with database.read() as tx:
        return reconciliation.reconciliation(tx, ANALYST, **asked)


@pytest.fixture
def months(register: Database) -> Database:
    """Three months of two sources after the register's own."""
    first = [
        files.penalty(1, "罚1", "2026-01-05"),
        files.penalty(2, "罚1", "2026-01-05"),
        files.penalty(2, "罚1", "2026-01-05"),
        files.penalty(77, "罚1", "2026-01-05"),
        files.penalty(1, "罚2", "2026-02-30"),
        files.penalty(2, "罚1", "2026-01-06"),
    ]
    corrected = files.penalty(1, "罚1", "2026-01-05", **{"罚款金额（万元）": "3"})
    take_in_at(register, 11, file_of("penalty", first, source="甲"))
    take_in_at(
        register,
        12,
        file_of("penalty", [corrected], source="甲"),
        file_of("revocation", [files.revocation(2, "行政处罚", "罚1", "2026-10-01")], source="乙"),
        file_of("penalty", [corrected], source="乙"),
        registrations(77),
    )
    return register


def test_each_row_is_counted_in_the_month_when_it_came_in(months: Database) -> None:
    told = {(each.month, each.source): each for each in reconciled(months)}
    assert told["2026-11", "甲"] == Reconciled(
        "2026-11",
        "甲",
        files=1,
        read=6,
        new=2,
        same=1,
        kept_apart=1,
        refused=2,
        refusals={"date_impossible": 1, "row_contradicts": 1},  # type: ignore[arg-type]
    )
    assert told["2026-12", "甲"] == Reconciled("2026-12", "甲", files=2, read=1, new=1, superseding=1)
    assert told["2026-12", "乙"] == Reconciled("2026-12", "乙", files=2, read=2, same=1, revoking=1)
    assert told["2026-12", "样例来源"].new == 1


def test_every_row_read_became_something_or_waits(months: Database) -> None:
    every = reconciled(months)
    became = sum(getattr(each, name) for each in every for name in reconciliation.COUNTS if name != "read")
    released = 1
    assert sum(each.read for each in every) + released == became


def test_a_file_of_which_nothing_goes_in_is_counted(months: Database) -> None:
    several = [
        file_of("penalty", [files.penalty(1, "罚2", "2026-02-30")] * 2, source="丙"),
        file_of("penalty", [files.penalty(78, "罚1", "2026-01-05")], source="丙"),
        file_of("penalty", [files.penalty(78, "罚1", "2026-01-05")], source="丙"),
        file_of("outside_grade", [files.outside_grade(1, "B")], source="丙"),
        file_of("outside_grade", [files.outside_grade(1, "B")], source="丙"),
        file_of("department", [files.department("ZJ", "样例住建局")], source="丙"),
        file_of("department", [files.department("ZJ", "样例住建局")], source="丙"),
    ]
    take_in_at(months, 12, *several)
    told = {(each.month, each.source): each for each in reconciled(months)}
    expected = Reconciled("2026-12", "丙", files=7, read=8, new=2, same=3, kept_apart=1, refused=2)
    expected.refusals["date_impossible"] = 2
    assert told["2026-12", "丙"] == expected


def test_months_and_kinds_can_be_chosen(months: Database) -> None:
    assert {each.month for each in reconciled(months, first_month="2026-12")} == {"2026-12"}
    assert [each.source for each in reconciled(months, last_month="2026-11", kind="penalty")] == ["甲"]
    assert reconciled(months, first_month="2027-01") == []


def test_who_may_ask_and_what_is_no_month(register: Database) -> None:
    with register.read() as tx, pytest.raises(Forbidden):
        reconciliation.reconciliation(tx, INSPECTOR)
    for month in ("2026", "2026-13", "2026-1", "十一月"):
        with pytest.raises(Refusal, match="month_unusable"):
            reconciled(register, first_month=month)
