"""One decision told under two codes of the same enterprise is one record, whichever code came first."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger.database import Database
from ledger.windows import Window
from sampling import registers
from scoring import chunks, enterprises, grading, kept_apart, shared_parties
from scoring.enterprises import HeldRecord, RecordFilter
from scoring.files import FileRead, ImportReport
from scoring.other_codes import others_of
from scoring.projections import audit_former_names
from scoring.tables import batch, enterprise_tie, let_in
from tests import bureau_files as files
from tests.bureau_files import Row, file_of
from tests.conftest import on_sqlite
from tests.dumping import held
from tests.scoring.fact_loading import load_facts
from tests.scoring.register import ADMINISTRATOR, ANALYST, KEY, NOW, adopt, counts, registrations, take_in
from tests.tampering import drop_triggers

NUMBER = "110108000000016"
OLD, PRESENT, LATER = 77, 1, 78
"""A code that the register does not know but as a former one, the registered one that it became, and one that is
registered later."""
DAY = "2026-10-05"
CHANGE = file_of("change", [files.change(PRESENT, "代码变更", files.code(OLD))])


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


def waiting(database: Database) -> list[kept_apart.Kept]:
    with database.read() as tx:
        return kept_apart.page(tx, ANALYST, Window(100))


def released(database: Database, report: ImportReport) -> list[tuple[str, int, int, int, dict[str, int]]]:
    """Return source, new, same, superseding and refusals of the batches that let in what waited, by the log."""
    columns = (batch.c.source, batch.c.rows_new, batch.c.rows_same, batch.c.rows_superseding, batch.c.refusals)
    with database.read() as tx:
        rows = {row.document: tuple(row)[1:] for row in tx.execute(select(batch.c.document, *columns))}
    return [rows[each] for each in report.released]


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


def test_what_waited_under_the_other_code_is_the_record_that_is_held(register: Database) -> None:
    take_in(register, file_of("penalty", [penalty(PRESENT)], source="甲"), strict=True)
    assert take_in(register, file_of("penalty", [penalty(OLD)], source="乙")).kept_apart == 1
    report = take_in(register, CHANGE, strict=True)
    assert released(register, report) == [("乙", 0, 1, 0, {})]
    (record,) = records(register)
    assert [each.source for each in record.sources] == ["乙", "甲"]
    before = held(register)["record"]
    assert waiting(register) == []
    assert take_in(register, registrations(OLD), strict=True).released == ()
    assert take_in(register, file_of("penalty", [penalty(OLD)], source="乙"), strict=True).same == 1
    assert len(held(register)["record"]) == len(before) + 1, "that of the registration"


@BOTH_WAYS
@pytest.mark.parametrize("news", [(0, 1), (1, 0)], ids=["registered first", "change first"])
def test_what_waited_under_both_codes_is_one_record(
    register: Database, first: int, second: int, news: tuple[int, ...]
) -> None:
    codes = {OLD: OLD, PRESENT: LATER}
    for number, source in ((first, "甲"), (second, "乙")):
        assert take_in(register, file_of("penalty", [penalty(codes[number])], source=source)).kept_apart == 1
    told = [registrations(LATER), file_of("change", [files.change(LATER, "代码变更", files.code(OLD))])]
    for each in news:
        take_in(register, told[each])
    (record,) = records(register, number=LATER)
    assert [each.source for each in record.sources] == ["乙", "甲"]
    assert waiting(register) == []


def test_a_revocation_that_waited_takes_back_what_is_held_under_the_other_code(register: Database) -> None:
    take_in(register, file_of("penalty", [penalty(PRESENT)]), strict=True)
    take_in(register, file_of("revocation", [files.revocation(OLD, "行政处罚", "罚1", "2026-11-01")]))
    assert counted(register) == ["罚1"]
    take_in(register, CHANGE, strict=True)
    assert [each.revoked for each in records(register)] == [False, True]
    assert (counted(register), waiting(register)) == ([], [])


def test_what_a_source_told_under_both_codes_waits_no_more_and_says_nothing_new(register: Database) -> None:
    for number in (OLD, PRESENT):
        take_in(register, file_of("penalty", [penalty(number)]))
    assert released(register, take_in(register, CHANGE, strict=True)) == [("样例来源", 0, 1, 0, {})]
    assert [len(each.sources) for each in records(register)] == [1]
    assert waiting(register) == []
    assert take_in(register, registrations(OLD), strict=True).released == ()


@pytest.mark.parametrize("source", ["甲", "乙"])
def test_what_waited_supersedes_nothing_that_was_told_after_it(register: Database, source: str) -> None:
    take_in(register, file_of("penalty", [penalty(OLD, "4")], source="甲"))
    take_in(register, file_of("penalty", [penalty(PRESENT, "3")], source=source), strict=True)
    assert released(register, take_in(register, CHANGE, strict=True)) == [("甲", 0, 0, 0, {"row_outdated": 1})]
    assert [each.content["fine"] for each in records(register)] == [3_000_000]
    assert waiting(register) == []


@BOTH_WAYS
def test_what_a_source_repeats_while_something_else_waits_counts_once_it_is_told_again(
    register: Database, first: int, second: int
) -> None:
    for number, amount in ((first, "4"), (second, "3"), (first, "4")):
        take_in(register, file_of("penalty", [penalty(number, amount)]), strict=False)
    take_in(register, CHANGE, strict=True)
    assert records(register)[-1].content["fine"] == 3_000_000
    take_in(register, file_of("penalty", [penalty(first, "4")]), strict=True)
    assert records(register)[-1].content["fine"] == 4_000_000


def test_what_waited_is_seen_in_the_version_that_it_tells(register: Database) -> None:
    take_in(register, file_of("penalty", [penalty(OLD, "4")], source="甲"))
    for amount in ("4", "3"):
        take_in(register, file_of("penalty", [penalty(PRESENT, amount)], source="乙"), strict=True)
    take_in(register, CHANGE, strict=True)
    told = [(each.content["fine"], [seen.source for seen in each.sources]) for each in records(register)]
    assert told == [(4_000_000, ["乙", "甲"]), (3_000_000, ["乙"])]


@pytest.mark.parametrize("chunk", [1, chunks.CHUNK])
def test_of_rows_of_one_file_that_contradict_each_other_the_first_goes_in(
    register: Database, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(kept_apart, "CHUNK", chunk)
    rows = [penalty(LATER), penalty(OLD), penalty(OLD, document="罚2"), penalty(LATER, "4", "罚2")]
    assert take_in(register, file_of("penalty", rows)).kept_apart == 4
    take_in(register, file_of("change", [files.change(LATER, "代码变更", files.code(OLD))]))
    report = take_in(register, registrations(LATER))
    assert released(register, report)[-1] == ("样例来源", 2, 1, 0, {"row_contradicts": 1})
    assert {(each.number, each.content["fine"]) for each in records(register, number=LATER)} == {
        ("罚1", 3_000_000),
        ("罚2", 3_000_000),
    }
    assert waiting(register) == []


def test_what_waited_under_the_codes_of_a_merger_stays_two(register: Database) -> None:
    take_in(register, file_of("penalty", [penalty(PRESENT)], source="甲"), strict=True)
    take_in(register, file_of("penalty", [penalty(OLD)], source="乙"))
    take_in(register, file_of("change", [files.change(PRESENT, "合并", files.code(OLD))]), strict=True)
    assert [len(each.sources) for each in records(register)] == [1, 1]
    assert waiting(register) == []


def test_what_a_batch_let_in_without_naming_it_does_not_come_in_again(register: Database) -> None:
    """So did batches before there were names, and they stay as they are."""
    for amount in ("4", "3", "4"):
        take_in(register, file_of("penalty", [penalty(LATER, amount), penalty(OLD, amount)]))
    take_in(register, registrations(LATER), strict=True)
    with register.write() as tx:
        drop_triggers(tx)
        tx.execute(let_in.delete())
    assert [each.enterprise for each in waiting(register)] == [files.code(OLD)] * 3
    take_in(register, file_of("change", [files.change(LATER, "代码变更", files.code(OLD))]), strict=True)
    assert waiting(register) == []
    assert [len(each.sources) for each in records(register, number=LATER)] == [1, 1, 1]
    assert take_in(register, registrations(2, LATER, OLD)).released == ()


TELLERS = {"甲": OLD, "乙": LATER, "丙": OLD, "丁": LATER}
NEWS = (registrations(LATER), file_of("change", [files.change(LATER, "代码变更", files.code(OLD))]))


@on_sqlite
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(st.tuples(st.sampled_from(sorted(TELLERS)), st.sampled_from("345")), max_size=7),
    places=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    change_first=st.booleans(),
)
def test_whenever_the_news_of_a_code_comes_the_same_holds_in_the_end(
    register: Database, told: list[tuple[str, str]], places: tuple[int, int], change_first: bool
) -> None:
    """Each source tells under one code. What waited and was outdated meanwhile may be unsaid, and nothing else."""
    rows = [file_of("penalty", [penalty(TELLERS[source], amount)], source=source) for source, amount in told]
    late: list[FileRead] = []
    news = [NEWS[each] for each in ((1, 0) if change_first else (0, 1))]
    for number in range(8):
        late += [each for each, place in zip(news, sorted(places), strict=True) if place == number]
        late += rows[number : number + 1]
    newest, sightings, _ = outcome(register, [*news, *rows])
    late_newest, late_sightings, outdated = outcome(register, late)
    assert late_newest == newest
    assert late_sightings <= sightings
    assert len(sightings - late_sightings) <= outdated
    assert not outdated or len({amount for _, amount in told}) > 1


def outcome(database: Database, given: list[FileRead]) -> tuple[str | None, set[tuple[str, str]], int]:
    """Return what holds of the one penalty after some files, who told of what, and how many rows were outdated."""
    with database.write() as tx:
        example = tx.begin_nested()
        for each in given:
            registers.take_in(tx, ADMINISTRATOR, NOW, each, False, KEY)
        found = sorted(
            enterprises.records(tx, ANALYST, files.code(LATER), Window(100), RecordFilter("penalty")),
            key=lambda each: each.version,
        )
        assert len({each.identity for each in found}) <= 1
        assert kept_apart.counts(tx, ANALYST) == []
        outdated = sum(each["row_outdated"] for each in tx.execute(select(batch.c.refusals)).scalars() if each)
        example.rollback()
    fines = [str(each.content["fine"] // 1_000_000) for each in found]
    seen = {(told.source, fine) for each, fine in zip(found, fines, strict=True) for told in each.sources}
    return fines[-1] if fines else None, seen, outdated


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
