"""Grading: one run over the whole register, bound by one entry that tells nothing of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ledger import documents, log
from ledger.actors import Role
from ledger.calendar import civil_date
from ledger.database import Database
from scoring import grades, grading
from scoring.grade_runs import held_rows
from scoring.tables import GRADE, grade, grade_run
from tests import bureau_files as files
from tests.actors import somebody
from tests.bureau_files import Row, file_of
from tests.refusing import refuse
from tests.scoring.register import ADMINISTRATOR, ANALYST, AS_OF, NOW, REGISTERED, adopt, registrations, take_in
from tests.scoring.register import grade as grade_all


@pytest.fixture
def register(database: Database) -> Database:
    """Five registered enterprises and a model in force."""
    adopt(database)
    take_in(database, registrations(*REGISTERED), strict=True)
    return database


def graded(database: Database) -> dict[str, tuple[str, int]]:
    """Return grade and score by code, as a new run gives them."""
    run = grade_all(database)
    with database.read() as tx:
        return {row.enterprise: (row.grade, row.score) for row in tx.execute(held_rows(tx, run))}


def test_a_run_grades_every_enterprise_in_the_order_of_codes(register: Database) -> None:
    run = grade_all(register)
    assert run.enterprises == len(REGISTERED)
    with register.read() as tx:
        rows = tx.execute(select(grade).order_by(grade.c.line)).all()
        assert [row.enterprise for row in rows] == sorted(map(files.code, REGISTERED))
        assert {row.document for row in rows} == {run.document}
        held = tx.execute(select(grade_run)).one()
    assert (held.document, held.as_of, held.enterprises, held.results) == (run.document, AS_OF, 5, run.results)


def test_each_grade_has_its_reasons(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(1, f"罚{n}", f"2026-0{n}-01") for n in (3, 5)]))
    grade_all(register)
    with register.write() as tx:
        worst, other = (grades.read_grade(tx, ANALYST, NOW, files.code(number), "test") for number in (1, 2))
    points = {entry["id"]: (entry["value"], entry["points"]) for entry in worst.reasons["indicators"]}
    assert points["penalties"] == (2, 24)
    assert points["fines"] == (8_000_000, 4)
    assert sum(each[1] for each in points.values()) == worst.score == worst.reasons["score"]
    assert "repeated_penalties" in {rule["id"] for rule in worst.reasons["rules"]}
    assert (worst.grade, other.grade) == ("C", "B")


def test_the_entry_of_a_run_carries_a_commitment_alone(register: Database) -> None:
    run = grade_all(register)
    with register.read() as tx:
        entry = log.read(tx, log.size(tx) - 1)
        sealed = documents.opened(tx, entry.documents["grades"])
    assert entry.kind == "grades.run"
    assert entry.subject == run.document == sealed.id
    assert entry.body.keys() == {"subject", "documents"}
    assert entry.documents.keys() == {"grades"}
    assert sealed.value["tables"].keys() == {"grade", "grade_run"}
    assert sealed.value["tables"][GRADE.name]["count"] == len(REGISTERED)


def test_two_runs_over_the_same_facts_have_one_digest_and_different_commitments(register: Database) -> None:
    first, second = grade_all(register), grade_all(register)
    assert first.results == second.results
    assert first.document != second.document
    with register.read() as tx:
        commitments = [entry.documents["grades"] for entry in log.of_kind(tx, "grades.run")]
    assert len(set(commitments)) == 2


def test_any_other_fact_gives_another_digest(register: Database) -> None:
    digests = {grade_all(register).results}
    changes: dict[str, Row] = {
        "registration": files.registration(1, 成立日期="2026-01-01"),
        "penalty": files.penalty(2, "罚1", "2026-01-05"),
        "relation": files.relation(3, "股东", "张样例"),
        "licence": files.licence(4),
    }
    for kind, row in changes.items():
        take_in(register, file_of(kind, [row]), strict=True)
        digests.add(grade_all(register).results)
    assert len(digests) == 5


def test_only_the_newest_version_of_a_record_counts(register: Database) -> None:
    take_in(register, file_of("breach", [files.breach(1, "严重违法失信", "2025-01-01")]))
    assert graded(register)[files.code(1)][0] == "D"
    take_in(register, file_of("breach", [files.breach(1, "严重违法失信", "2025-01-01", removed="2026-01-01")]))
    assert graded(register)[files.code(1)][0] == "B"


def test_what_comes_after_the_day_of_grading_does_not_exist(register: Database) -> None:
    before = graded(register)
    day = AS_OF + timedelta(days=1)
    take_in(register, file_of("penalty", [files.penalty(1, "罚1", day.isoformat())]), strict=True)
    assert graded(register) == before


def test_a_clean_inspection_counts_as_no_problem(register: Database) -> None:
    take_in(register, file_of("inspection", [files.inspection(1, "检1", "2026-01-05")]))
    take_in(register, file_of("inspection", [files.inspection(2, "检2", "2026-01-05", "发现问题待后续处理")]))
    after = graded(register)
    assert after[files.code(2)][1] - after[files.code(1)][1] == 20


def test_an_enterprise_that_shares_its_representative_with_a_bad_one_is_riskier(register: Database) -> None:
    before = graded(register)
    take_in(register, file_of("breach", [files.breach(1, "严重违法失信", "2025-01-01")]))
    take_in(register, file_of("relation", [files.relation(number, "法定代表人", "张样例") for number in (1, 2)]))
    after = graded(register)
    assert after[files.code(2)][1] == before[files.code(2)][1] + 4
    assert after[files.code(3)] == before[files.code(3)]


@pytest.mark.parametrize("role", Role)
def test_analysts_and_administrators_grade(register: Database, role: Role) -> None:
    actor = somebody(role)
    if role in (Role.ANALYST, Role.ADMINISTRATOR):
        with register.write() as tx:
            assert grading.grade_enterprises(tx, actor, NOW, AS_OF).enterprises == 5
    else:
        refuse(register, "role_not_allowed", lambda tx: grading.grade_enterprises(tx, actor, NOW, AS_OF))


def test_a_day_in_the_future_is_refused(register: Database) -> None:
    tomorrow = civil_date(NOW) + timedelta(days=1)
    refuse(register, "grade_date_in_future", lambda tx: grading.grade_enterprises(tx, ANALYST, NOW, tomorrow))


def test_an_empty_register_is_refused(database: Database) -> None:
    adopt(database)
    refuse(database, "register_empty", lambda tx: grading.grade_enterprises(tx, ANALYST, NOW, AS_OF))


def test_grading_without_a_model_is_refused(database: Database) -> None:
    take_in(database, registrations(*REGISTERED), strict=True)
    refuse(database, "model_missing", lambda tx: grading.grade_enterprises(tx, ADMINISTRATOR, NOW, AS_OF))


DIGEST = "6ecce8ec88e881292edc2d65ac2fdffafd65841f31ec1ab187efa755710991cb"
"""Of five enterprises with a penalty each, by the example model: the same on every machine."""


@pytest.mark.parametrize("order", [list, lambda numbers: list(reversed(numbers))], ids=["ascending", "descending"])
def test_the_order_in_which_files_came_in_does_not_count(
    database: Database, order: Callable[[list[int]], list[int]]
) -> None:
    adopt(database)
    for number in order(list(REGISTERED)):
        take_in(database, registrations(number), strict=True)
        take_in(database, file_of("penalty", [files.penalty(number, f"罚{number}", "2026-01-05")]), strict=True)
    assert grade_all(database).results == DIGEST


def test_a_window_ends_with_the_day_of_grading(register: Database) -> None:
    take_in(register, file_of("penalty", [files.penalty(1, "罚1", date(2023, 11, 22).isoformat())]), strict=True)
    take_in(register, file_of("penalty", [files.penalty(2, "罚2", date(2023, 11, 23).isoformat())]), strict=True)
    scores = graded(register)
    assert scores[files.code(2)][1] > scores[files.code(1)][1]
