"""A run on the base of another says what a run over everything says, and stores what changed alone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Executable, select

from ledger import expiry
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.database import Database
from ledger.retention import Retention
from scoring import grade_runs, grading, model_steps, models
from scoring.grade_runs import GradeRun, held_rows
from scoring.tables import grade, grade_state
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.engines import fresh_database
from tests.scoring import definition
from tests.scoring.fact_loading import load_facts
from tests.scoring.histories import FIRST, Said, histories, model, noon, register, take, write
from tests.scoring.register import ADMINISTRATOR, ANALYST, NOW, adopt, registrations, take_in

REGISTERED = range(1, 6)
TODAY = civil_date(NOW)


def begin(database: Database, *, fading: bool = True) -> None:
    """Five enterprises, a general model, one of a department, and a run."""
    with database.write() as tx:
        model_steps.adopt_first(tx, ADMINISTRATOR, NOW, model("general", fading=fading))
        for number in REGISTERED:
            register(tx, FIRST, number, "物业服务" if number % 2 else "供热", FIRST - timedelta(500 * number))
    grade_on(database, 0)


def grade_on(database: Database, day: int, *, full: bool = False) -> GradeRun:
    """Grade as of some days after the first."""
    as_of = FIRST + timedelta(day)
    with database.write() as tx:
        return grading.grade_enterprises(tx, ANALYST, noon(as_of), as_of, full)


def by_definition(database: Database, run: GradeRun) -> str:
    with database.read() as tx:
        held = [each.model for each in models.in_force_on(tx, run.as_of)]
        return definition.digest(held, load_facts(tx, run.as_of), run.as_of)


def told(database: Database, run: GradeRun) -> list[tuple[Any, ...]]:
    with database.read() as tx:
        rows = tx.execute(held_rows(tx, run)).all()
    return sorted((row.enterprise, row.department, row.grade, row.score, str(row.reasons), row.stage) for row in rows)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("fading", [True, False])
def test_a_run_on_a_base_says_what_a_full_run_says(
    engine: str, fading: bool, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    template = request.getfixturevalue(f"{engine}_template")

    @settings(max_examples=12 if engine == "sqlite" else 3, suppress_health_check=list(HealthCheck))
    @given(histories)
    def holds(history: list[tuple[int, list[Any]]]) -> None:
        folder: Path = tmp_path_factory.mktemp("history")
        with fresh_database(engine, folder, template) as url:
            database = Database(url)
            begin(database, fading=fading)
            day = 0
            for days, taken in history:
                day += days
                for step in taken:
                    with database.write() as tx:
                        take(tx, FIRST + timedelta(day), step)
                run = grade_on(database, day)
                assert run.results == by_definition(database, run)
            full = grade_on(database, day, full=True)
            assert full.base == ""
            assert (full.results, full.enterprises) == (run.results, run.enterprises)
            assert told(database, full) == told(database, run)
            database.close()

    holds()


@pytest.fixture
def begun(database: Database) -> Database:
    """Five enterprises and a run on the first day."""
    begin(database)
    return database


def stored(database: Database, run: GradeRun) -> list[str]:
    with database.read() as tx:
        rows = tx.execute(select(grade.c.enterprise).where(grade.c.document == run.document))
        return sorted(rows.scalars())


def test_a_run_after_nothing_happened_stores_nothing(begun: Database) -> None:
    run = grade_on(begun, 0)
    assert (run.stored, stored(begun, run)) == (0, [])
    with begun.read() as tx:
        assert run.base == grade_runs.all_runs(tx)[0].document


def test_a_run_stores_those_alone_whose_grades_changed(begun: Database) -> None:
    with begun.write() as tx:
        take(tx, FIRST, ("penalty", 2, 1, 0, 10))
    run = grade_on(begun, 0)
    assert stored(begun, run) == [files.code(2)]
    assert run.results == by_definition(begun, run)


def test_what_comes_in_about_one_changes_those_related_to_it(begun: Database) -> None:
    with begun.write() as tx:
        for number in (2, 3):
            take(tx, FIRST, ("relation", number, "法定代表人", "p", 5))
    grade_on(begun, 0)
    with begun.write() as tx:
        take(tx, FIRST, ("breach", 2, 1, 0, None))
    assert stored(begun, grade_on(begun, 0)) == [files.code(2), files.code(3)]


def test_where_more_came_in_than_a_base_is_worth_all_is_graded(
    begun: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.columnar.ROWS_AT_ONCE", 100)
    long = {"fine": 1, "facts": "违" * 1000}  # so that the server has not sent all when it is stopped
    with begun.write() as tx:
        write(tx, FIRST, [Said("penalty", 1 + each % 5, str(each), FIRST - timedelta(1), long) for each in range(4000)])
    run = grade_on(begun, 0)
    assert run.base == ""
    assert run.results == grade_on(begun, 0, full=True).results


def test_a_window_that_ends_changes_a_grade_though_nothing_came_in(begun: Database) -> None:
    with begun.write() as tx:
        take(tx, FIRST, ("penalty", 4, 1, 0, 0))
    grade_on(begun, 0)
    assert stored(begun, grade_on(begun, 59)) == []
    assert stored(begun, grade_on(begun, 60)) == [files.code(4)]


def test_a_chain_ends_with_a_full_run_before_it_grows_long(begun: Database) -> None:
    runs = [grade_on(begun, 0) for _ in range(grade_runs.LONGEST_CHAIN + 1)]
    assert [bool(run.base) for run in runs] == [True] * (grade_runs.LONGEST_CHAIN - 1) + [False, True]


def test_a_run_as_of_an_earlier_day_stands_on_none(begun: Database) -> None:
    grade_on(begun, 5)
    with begun.write() as tx:
        run = grading.grade_enterprises(tx, ANALYST, noon(FIRST + timedelta(5)), FIRST + timedelta(4))
    assert run.base == ""


@pytest.mark.parametrize("damage", [grade_state.update().values(content=b"other"), grade_state.delete()])
def test_where_the_state_was_damaged_all_is_graded(begun: Database, damage: Executable) -> None:
    with begun.write() as tx:
        tx.execute(damage)
    run = grade_on(begun, 0)
    assert (run.base, run.stored) == ("", 5)
    assert run.results == by_definition(begun, run)


def test_the_state_of_the_newest_run_alone_is_kept_and_of_the_one_over_all_that_it_stands_on(begun: Database) -> None:
    grade_on(begun, 0)
    run = grade_on(begun, 0)
    with begun.read() as tx:
        assert set(tx.execute(select(grade_state.c.run)).scalars()) == {
            grade_runs.all_runs(tx)[0].document,
            run.document,
        }
    full = grade_on(begun, 0, full=True)
    with begun.read() as tx:
        assert set(tx.execute(select(grade_state.c.run)).scalars()) == {full.document}


def test_a_change_of_code_that_is_revoked_gives_the_records_back(database: Database) -> None:
    adopt(database)
    take_in(database, registrations(*REGISTERED), strict=True)
    fined = files.penalty(1, "罚1", (TODAY - timedelta(30)).isoformat())
    merged = files.change(2, "合并", files.code(1))
    revoked = files.revocation(2, "变更登记", merged["文书号"], "2026-05-01")
    with database.write() as tx:
        grading.grade_enterprises(tx, ANALYST, NOW, TODAY)
    for kind, row in (("penalty", fined), ("change", merged), ("revocation", revoked)):
        take_in(database, file_of(kind, [row]), strict=True)
        with database.write() as tx:
            run = grading.grade_enterprises(tx, ANALYST, NOW, TODAY)
            assert run.base
            assert run.results == grading.grade_enterprises(tx, ANALYST, NOW, TODAY, full=True).results


def test_what_has_expired_since_counts_no_more(database: Database) -> None:
    adopt(database)
    take_in(database, registrations(*REGISTERED), strict=True)
    told = take_in(database, file_of("penalty", [files.penalty(1, "罚1", "2026-10-01")]), strict=True)
    with database.write() as tx:
        before = grading.grade_enterprises(tx, ANALYST, NOW, TODAY)
    kept = Retention({"batch": 0})
    with database.write() as tx:
        expiry.propose(tx, ADMINISTRATOR, NOW, kept, [str(told.batch)], "期满")
        expiry.confirm(tx, Actor("other", Role.ADMINISTRATOR), NOW, kept, [str(told.batch)])
        run = grading.grade_enterprises(tx, ANALYST, NOW, TODAY)
        assert run.results != before.results
        assert run.results == grading.grade_enterprises(tx, ANALYST, NOW, TODAY, full=True).results
