"""One decision told under two codes of the same enterprise is one record, whichever code came first."""

import pytest
from sqlalchemy import select

from ledger.database import Database
from ledger.windows import Window
from scoring import chunks, enterprises, grading, kept_apart, shared_parties
from scoring.enterprises import HeldRecord, RecordFilter
from scoring.other_codes import others_of
from scoring.projections import audit_former_names
from scoring.tables import enterprise_tie
from tests import bureau_files as files
from tests.bureau_files import Row, file_of
from tests.scoring.fact_loading import load_facts
from tests.scoring.register import ANALYST, NOW, adopt, counts, registrations, take_in

NUMBER = "110108000000016"
OLD, PRESENT = 77, 1
"""A code that the register does not know but as a former one, and the registered one that it became."""
DAY = "2026-10-05"


@pytest.fixture
def converted(register: Database) -> Database:
    """The register of a bureau in which one code has become another."""
    take_in(register, file_of("change", [files.change(PRESENT, "代码变更", files.code(OLD))]), strict=True)
    return register


def records(database: Database, kind: str = "penalty", number: int = PRESENT) -> list[HeldRecord]:
    """Return the records of an enterprise of a kind, by identity and version."""
    with database.read() as tx:
        found = enterprises.records(tx, ANALYST, files.code(number), Window(100), RecordFilter(kind))
        return sorted(found, key=lambda each: (each.identity, each.version))


def counted(database: Database) -> list[str]:
    """Return the numbers of the records that count in the grade of the enterprise."""
    with database.read() as tx:
        (facts,) = [each for each in load_facts(tx, files.TODAY) if each.enterprise == files.code(PRESENT)]
    return sorted(each.number for each in facts.records)


def penalty(number: int, amount: str = "3", document: str = "罚1") -> Row:
    return files.penalty(number, document, DAY, **{"罚款金额（万元）": amount})


BOTH_WAYS = pytest.mark.parametrize(("first", "second"), [(OLD, PRESENT), (PRESENT, OLD)])


@BOTH_WAYS
def test_a_decision_told_under_both_codes_is_one_record_with_two_sources(
    converted: Database, first: int, second: int
) -> None:
    take_in(converted, file_of("penalty", [penalty(first)], source="甲"), strict=True)
    again = take_in(converted, file_of("penalty", [penalty(second)], source="乙"), strict=True)
    assert counts(again) == (1, 0, 1, 0, 0)
    (held,) = records(converted)
    assert [each.source for each in held.sources] == ["乙", "甲"]
    assert counted(converted) == ["罚1"]
    repeated = take_in(converted, file_of("penalty", [penalty(second)], source="乙"), strict=True)
    assert counts(repeated) == (1, 0, 1, 0, 0)
    assert len(records(converted)[0].sources) == 2


@BOTH_WAYS
@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("confirmation", [files.confirmation(number, DAY) | {"文书号": "确"} for number in (OLD, PRESENT)]),
        ("coercion", [files.coercion(number, DAY) | {"文书号": "强"} for number in (OLD, PRESENT)]),
        ("breach", [files.breach(number, "经营异常", DAY) | {"文书号": "失"} for number in (OLD, PRESENT)]),
        ("relation", [files.relation(number, "股东", "样例股东") for number in (OLD, PRESENT)]),
        ("inspection", [files.inspection(number, "", DAY) for number in (OLD, PRESENT)]),
    ],
    ids=["confirmation", "coercion", "breach", "relation", "without a number"],
)
def test_every_kind_of_decision_is_one_record(
    converted: Database, first: int, second: int, kind: str, rows: list[Row]
) -> None:
    by_number = dict(zip((OLD, PRESENT), rows, strict=True))
    take_in(converted, file_of(kind, [by_number[first]], source="甲"), strict=True)
    again = take_in(converted, file_of(kind, [by_number[second]], source="乙"), strict=True)
    assert counts(again) == (1, 0, 1, 0, 0)
    assert len(records(converted, kind)) == 1


@BOTH_WAYS
def test_a_correction_under_the_other_code_supersedes(converted: Database, first: int, second: int) -> None:
    take_in(converted, file_of("penalty", [penalty(first, "4")]), strict=True)
    assert counts(take_in(converted, file_of("penalty", [penalty(second)]), strict=True)) == (1, 0, 0, 1, 0)
    assert [(each.version, each.superseded, each.content["fine"]) for each in records(converted)] == [
        (1, True, 4_000_000),
        (2, False, 3_000_000),
    ]
    assert counted(converted) == ["罚1"]


@BOTH_WAYS
def test_a_revocation_under_the_other_code_takes_back(converted: Database, first: int, second: int) -> None:
    take_in(converted, file_of("penalty", [penalty(first)]), strict=True)
    revoked = file_of("revocation", [files.revocation(second, "行政处罚", "罚1", "2026-11-01")])
    assert take_in(converted, revoked, strict=True).revoking == 1
    assert counts(take_in(converted, revoked, strict=True)) == (1, 0, 1, 0, 0)
    assert [each.revoked for each in records(converted)] == [False, True]
    assert counted(converted) == []


@pytest.mark.parametrize("chunk", [1, chunks.CHUNK])
def test_within_a_file_both_codes_are_one(converted: Database, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(chunks, "CHUNK", chunk)
    rows = [penalty(OLD), penalty(PRESENT), penalty(PRESENT, "4"), penalty(2), penalty(OLD, document="罚2")]
    report = take_in(converted, file_of("penalty", rows))
    assert counts(report) == (5, 3, 1, 0, 1)
    assert [fault.code for each in report.refused for fault in each.faults] == ["row_contradicts"]
    assert counted(converted) == ["罚1", "罚2"]


def test_a_chain_of_conversions_is_one_enterprise(converted: Database) -> None:
    take_in(converted, file_of("penalty", [penalty(OLD)], source="甲"), strict=True)
    changes = [files.change(2, "换照", files.code(PRESENT)), files.change(OLD, "换照", NUMBER)]
    take_in(converted, file_of("change", changes), strict=True)
    for number in (PRESENT, 2):
        again = take_in(converted, file_of("penalty", [penalty(number)], source=f"乙{number}"), strict=True)
        assert counts(again) == (1, 0, 1, 0, 0)
    assert [len(each.sources) for each in records(converted, number=2)] == [3]
    with converted.read() as tx:
        mine = [NUMBER, *map(files.code, (OLD, PRESENT, 2))]
        assert others_of(tx, [*mine, files.code(3)]) == {each: sorted(set(mine) - {each}) for each in mine}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_parties_of_a_merger_are_two_and_so_are_their_decisions(converted: Database, order: tuple[int, ...]) -> None:
    take_in(converted, file_of("change", [files.change(2, "合并", files.code(PRESENT))]), strict=True)
    with converted.read() as tx:
        assert others_of(tx, [files.code(each) for each in (OLD, PRESENT, 2)]) == {
            files.code(OLD): [files.code(PRESENT)],
            files.code(PRESENT): [files.code(OLD)],
        }
    rows = [penalty(OLD), penalty(2)]
    for each in order:
        assert counts(take_in(converted, file_of("penalty", [rows[each]]), strict=True)) == (1, 1, 0, 0, 0)
    assert len(records(converted, number=2)) == 2


def test_what_was_in_twice_before_the_change_was_known_stays_twice_until_one_is_revoked(register: Database) -> None:
    take_in(register, registrations(OLD))
    take_in(register, file_of("penalty", [penalty(OLD), penalty(PRESENT)]), strict=True)
    take_in(register, file_of("change", [files.change(PRESENT, "代码变更", files.code(OLD))]), strict=True)
    for number in (OLD, PRESENT):
        again = take_in(register, file_of("penalty", [penalty(number)], source="乙"), strict=True)
        assert counts(again) == (1, 0, 1, 0, 0)
    assert [len(each.sources) for each in records(register)] == [2, 2]
    revoked = files.revocation(OLD, "行政处罚", "罚1", "2026-11-01")
    take_in(register, file_of("revocation", [revoked]), strict=True)
    assert counted(register) == ["罚1"]


def test_what_waited_under_the_other_code_goes_in_under_it(register: Database) -> None:
    take_in(register, file_of("penalty", [penalty(PRESENT)], source="甲"), strict=True)
    assert take_in(register, file_of("penalty", [penalty(OLD)], source="乙")).kept_apart == 1
    take_in(register, file_of("change", [files.change(PRESENT, "代码变更", files.code(OLD))]), strict=True)
    with register.read() as tx:
        assert kept_apart.counts(tx, ANALYST) == []
    assert len(records(register)) == 2
    again = take_in(register, file_of("penalty", [penalty(OLD), penalty(PRESENT)], source="丙"), strict=True)
    assert counts(again) == (2, 0, 2, 0, 0)
    take_in(register, file_of("revocation", [files.revocation(OLD, "行政处罚", "罚1", "2026-11-01")]), strict=True)
    assert counted(register) == ["罚1"]


def test_a_change_that_is_revoked_joins_no_more(converted: Database) -> None:
    take_in(converted, registrations(OLD))
    take_in(converted, file_of("penalty", [penalty(OLD)]), strict=True)
    number = files.change(PRESENT, "代码变更", files.code(OLD))["文书号"]
    revoked = files.revocation(PRESENT, "变更登记", number, "2026-11-01")
    take_in(converted, file_of("revocation", [revoked]), strict=True)
    assert counts(take_in(converted, file_of("penalty", [penalty(PRESENT)]), strict=True)) == (1, 1, 0, 0, 0)


@BOTH_WAYS
def test_registrations_stay_those_of_their_codes(converted: Database, first: int, second: int) -> None:
    report = take_in(converted, registrations(first, second))
    assert counts(report)[-1] == 0
    with converted.read() as tx:
        assert enterprises.read(tx, ANALYST, files.code(OLD)).succeeded_by == files.code(PRESENT)


@pytest.mark.parametrize("at_once", [1, shared_parties.AT_ONCE])
@BOTH_WAYS
def test_a_tie_follows_what_was_said_last_under_whichever_code(
    converted: Database, monkeypatch: pytest.MonkeyPatch, first: int, second: int, at_once: int
) -> None:
    monkeypatch.setattr(shared_parties, "AT_ONCE", at_once)

    def ties() -> list[str]:
        with converted.read() as tx:
            assert [*shared_parties.audit_ties(tx), *audit_former_names(tx)] == []
            query = select(enterprise_tie.c.enterprise).where(enterprise_tie.c.kind == "relation")
            return list(tx.execute(query).scalars())

    for number, since in ((first, "2015-01-01"), (second, "2016-01-01"), (first, "2017-01-01")):
        told = file_of("relation", [files.relation(number, "股东", "样例股东", since=since)])
        take_in(converted, told, strict=True)
        assert ties() == [files.code(number)]
    change = files.change(PRESENT, "代码变更", files.code(OLD))["文书号"]
    take_in(converted, file_of("revocation", [files.revocation(PRESENT, "变更登记", change, "2026-11-01")]))
    assert ties() == [files.code(first)]


def test_a_run_on_a_base_says_what_a_full_run_says_whatever_code_was_told(register: Database) -> None:
    adopt(register)
    take_in(register, registrations(OLD))
    change = files.change(PRESENT, "代码变更", files.code(OLD))
    revocation = files.revocation(PRESENT, "变更登记", change["文书号"], "2026-11-01")
    steps = [
        ("change", change),
        ("penalty", penalty(OLD)),
        ("penalty", penalty(PRESENT, "400")),
        ("breach", files.breach(OLD, "严重违法失信", DAY)),
        ("penalty", penalty(PRESENT, document="罚2")),
        ("revocation", files.revocation(OLD, "行政处罚", "罚2", "2026-11-01")),
        ("revocation", revocation),
        ("penalty", penalty(OLD, "1")),
        ("penalty", penalty(PRESENT)),
    ]
    with register.write() as tx:
        grading.grade_enterprises(tx, ANALYST, NOW, files.TODAY)
    for kind, row in steps:
        take_in(register, file_of(kind, [row]), strict=True)
        with register.write() as tx:
            run = grading.grade_enterprises(tx, ANALYST, NOW, files.TODAY)
            assert run.base
            assert run.results == grading.grade_enterprises(tx, ANALYST, NOW, files.TODAY, full=True).results
