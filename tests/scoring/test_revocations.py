"""Revocations: what was taken back counts nowhere, and both stay, each under its own document number."""

import pytest
from sqlalchemy import select

from ledger.database import Database
from scoring.tables import record
from tests import bureau_files as files
from tests.bureau_files import Row, file_of
from tests.scoring.fact_loading import load_facts
from tests.scoring.register import counts, take_in


def versions(database: Database, kind: str) -> list[tuple[int, int, str, str]]:
    """Return version, whether it revokes, number and body of all versions of the records of a kind."""
    with database.read() as tx:
        columns = (record.c.version, record.c.revoked, record.c.number, record.c.body)
        rows = tx.execute(select(*columns).where(record.c.kind == kind).order_by(record.c.identity, record.c.version))
        return [tuple(row) for row in rows]


def counted(database: Database, number: int) -> list[str]:
    """Return the numbers of the records that count in an enterprise's grade."""
    with database.read() as tx:
        (facts,) = [each for each in load_facts(tx, files.TODAY) if each.enterprise == files.code(number)]
    return [each.number for each in facts.records]


def test_a_revocation_supersedes_a_penalty_and_keeps_both_numbers(register: Database) -> None:
    take_in(
        register, file_of("penalty", [files.penalty(1, "罚1", "2026-01-05"), files.penalty(1, "罚2", "2026-01-05")])
    )
    report = take_in(
        register, file_of("revocation", [files.revocation(1, "行政处罚", "罚1", "2026-05-01")]), strict=True
    )
    assert (counts(report), report.revoking) == ((1, 0, 0, 0, 0), 1)
    assert sorted(versions(register, "penalty")) == [
        (1, 0, "罚1", files.BODY),
        (1, 0, "罚2", files.BODY),
        (2, 1, "撤罚1", "样例区人民政府"),
    ]
    assert counted(register, 1) == ["罚2"]


def test_a_licence_whose_state_says_so_is_revoked_and_may_be_restored(register: Database) -> None:
    for status, number in (("有效", ["许1"]), ("撤销", []), ("有效", ["许1"]), ("撤回", [])):
        report = take_in(register, file_of("licence", [files.licence(1, 当前状态=status)]), strict=True)
        assert report.revoking == (status != "有效")
        assert counted(register, 1) == number
    assert [revoked for _, revoked, _, _ in versions(register, "licence")] == [0, 1, 0, 1]


def test_a_revocation_handed_in_twice_says_nothing_new(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(1, "罚1", "2026-01-05")]))
    rows = file_of("revocation", [files.revocation(1, "行政处罚", "罚1", "2026-05-01")])
    take_in(register, rows)
    report = take_in(register, rows)
    assert (counts(report), report.revoking) == ((1, 0, 1, 0, 0), 0)


@pytest.mark.parametrize(
    "row",
    [
        files.revocation(1, "行政处罚", "罚9", "2026-05-01"),
        files.revocation(2, "行政处罚", "罚1", "2026-05-01"),
        files.revocation(1, "行政许可", "罚1", "2026-05-01"),
        files.revocation(1, "行政处罚", "罚1", "2026-05-01", 被撤销机关="别的局"),
    ],
    ids=["number", "enterprise", "kind", "body"],
)
def test_a_revocation_of_what_is_not_held_is_refused(register: Database, row: Row) -> None:
    take_in(register, file_of("penalty", [files.penalty(1, "罚1", "2026-01-05")]))
    report = take_in(register, file_of("revocation", [row]))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert [(fault.column, fault.code) for each in report.refused for fault in each.faults] == [
        ("被撤销文书号", "revoked_record_missing")
    ]


def test_the_source_of_the_penalty_that_repeats_it_does_not_undo_the_revocation(register: Database) -> None:
    penalties = file_of("penalty", [files.penalty(1, "罚1", "2026-01-05")], source="甲平台")
    take_in(register, penalties)
    take_in(register, file_of("revocation", [files.revocation(1, "行政处罚", "罚1", "2026-05-01")], source="乙平台"))
    assert counts(take_in(register, penalties)) == (1, 0, 1, 0, 0)
    assert counted(register, 1) == []
