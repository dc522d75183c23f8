"""Reading grades: who may, and that no reading is without its record."""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.windows import Window
from scoring import grades
from scoring.grades import Grade, GradeRun
from scoring.tables import grade_reading
from tests import bureau_files as files
from tests.bureau_files import file_of
from tests.engines import ENGINES, fresh_database
from tests.refusing import refuse
from tests.scoring.register import (
    ANALYST,
    AS_OF,
    AUDITOR,
    NOW,
    PLANNER,
    REGISTERED,
    adopt,
    grade,
    registrations,
    take_in,
)

ROOT = Path(__file__).parents[2]
PURPOSE = "核对分类结果"
CODE = files.code(1)


@pytest.fixture(params=ENGINES)
def graded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Five enterprises with grades, once on each engine."""
    with opened(request.param, tmp_path, request.getfixturevalue(f"{request.param}_graded")) as database:
        yield database


@pytest.fixture(scope="module")
def sqlite_graded(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of such a database, to copy."""
    yield from graded_on("sqlite", sqlite_template, tmp_path_factory.mktemp("graded"))


@pytest.fixture(scope="module")
def postgresql_graded(postgresql_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of such a database, to copy."""
    yield from graded_on("postgresql", postgresql_template, tmp_path_factory.mktemp("graded"))


@contextmanager
def opened(engine: str, folder: Path, copy_of: str) -> Iterator[Database]:
    with fresh_database(engine, folder, copy_of) as url:
        database = Database(url)
        yield database
        database.close()


def graded_on(engine: str, template: str, folder: Path) -> Iterator[str]:
    with opened(engine, folder, template) as database:
        adopt(database)
        take_in(database, registrations(*REGISTERED), strict=True)
        take_in(database, file_of("penalty", [files.penalty(1, f"罚{n}", f"2026-0{n}-01") for n in (3, 5)]))
        grade(database)
        database.close()
        yield database.url.render_as_string(hide_password=False)


Reading = Callable[[Connection, Actor], object]

READINGS: dict[str, tuple[Reading, str | None, set[Role]]] = {
    "one grade": (
        lambda tx, actor: grades.read_grade(tx, actor, NOW, CODE, PURPOSE),
        CODE,
        {Role.ANALYST, Role.AUDITOR},
    ),
    "a whole run": (
        lambda tx, actor: grades.read_run(tx, actor, NOW, grades.latest_run(tx), PURPOSE),
        None,
        {Role.PLANNER, Role.ANALYST, Role.AUDITOR},
    ),
    "the rows of a run": (
        lambda tx, actor: grades.read_rows(tx, actor, NOW, grades.latest_run(tx).document, PURPOSE),
        None,
        {Role.AUDITOR},
    ),
    "the distribution": (
        lambda tx, actor: grades.distribution(tx, actor, NOW, PURPOSE),
        None,
        {Role.PLANNER, Role.ANALYST, Role.AUDITOR},
    ),
}


def recorded(database: Database) -> list[tuple[object, ...]]:
    """Return all readings: when, who, as what, of which run and enterprise, and why."""
    with database.read() as tx:
        rows = tx.execute(select(grade_reading).order_by(grade_reading.c.id))
        return [(row.time, row.subject, row.role, row.run, row.enterprise, row.purpose) for row in rows]


def run_of(database: Database) -> GradeRun:
    with database.read() as tx:
        return grades.latest_run(tx)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_is_recorded_and_every_other_role_refused(graded: Database, reading: str, role: Role) -> None:
    read, enterprise, allowed = READINGS[reading]
    actor = Actor("someone", role, "ZJ")
    if role in allowed:
        with graded.write() as tx:
            read(tx, actor)
        assert recorded(graded) == [(NOW, "someone", role.value, run_of(graded).document, enterprise, PURPOSE)]
    else:
        refuse(graded, "role_not_allowed", lambda tx: read(tx, actor))


@pytest.mark.parametrize("reading", READINGS)
def test_nothing_is_read_where_the_reading_cannot_be_recorded(graded: Database, reading: str) -> None:
    with pytest.raises(DBAPIError), graded.read() as tx:
        READINGS[reading][0](tx, AUDITOR)
    assert recorded(graded) == []


@pytest.mark.parametrize("purpose", ["", "  ", "核对\x00"])
def test_nothing_is_read_without_a_purpose(graded: Database, purpose: str) -> None:
    code = "purpose_missing" if not purpose.strip() else "text_control_character"
    refuse(graded, code, lambda tx: grades.read_grade(tx, ANALYST, NOW, CODE, purpose))
    refuse(graded, code, lambda tx: grades.read_run(tx, PLANNER, NOW, grades.latest_run(tx), purpose))


def test_a_grade_comes_with_its_score_reasons_day_and_notice(graded: Database) -> None:
    with graded.write() as tx:
        found = grades.read_grade(tx, ANALYST, NOW, CODE, PURPOSE)
    assert isinstance(found, Grade)
    assert (found.enterprise, found.grade, found.as_of) == (CODE, "C", AS_OF)
    assert found.score == found.reasons["score"] > 0
    assert "no evaluation of credit" in found.notice
    assert "不作为对企业信用的评价" in found.notice


def test_the_newest_run_is_read(graded: Database) -> None:
    take_in(graded, file_of("breach", [files.breach(1, "严重违法失信", "2025-01-01")]), strict=True)
    with graded.write() as tx:
        assert grades.read_grade(tx, ANALYST, NOW, CODE, PURPOSE).grade == "C"
    grade(graded)
    with graded.write() as tx:
        assert grades.read_grade(tx, ANALYST, NOW, CODE, PURPOSE).grade == "D"


def test_a_run_gives_each_enterprise_its_grade(graded: Database) -> None:
    with graded.write() as tx:
        assert grades.read_run(tx, PLANNER, NOW, grades.latest_run(tx), PURPOSE) == {
            files.code(number): "C" if number == 1 else "B" for number in REGISTERED
        }


def test_the_distribution_counts_by_sector_and_grade(graded: Database) -> None:
    with graded.write() as tx:
        assert grades.distribution(tx, PLANNER, NOW, PURPOSE) == [("物业服务", "B", 4), ("物业服务", "C", 1)]


@pytest.mark.parametrize("code", [files.code(77), "", "9" * 60])
def test_an_enterprise_without_grade_is_missing(graded: Database, code: str) -> None:
    refuse(graded, "grade_missing", lambda tx: grades.read_grade(tx, ANALYST, NOW, code, PURPOSE))


def test_before_the_first_run_there_is_nothing_to_read(database: Database) -> None:
    refuse(database, "grades_missing", lambda tx: grades.read_grade(tx, ANALYST, NOW, CODE, PURPOSE))
    refuse(database, "grades_missing", lambda tx: grades.distribution(tx, ANALYST, NOW, PURPOSE))


@pytest.mark.parametrize("role", Role)
def test_auditors_and_administrators_see_the_readings_newest_first(graded: Database, role: Role) -> None:
    with graded.write() as tx:
        for number in (1, 2, 3):
            grades.read_grade(tx, replace(ANALYST, department="ZJ"), NOW, files.code(number), PURPOSE)
    actor = Actor("someone", role, "ZJ")
    if role in (Role.AUDITOR, Role.ADMINISTRATOR):
        with graded.read() as tx:
            told = grades.readings(tx, actor, Window(2))
            assert [each["enterprise"] for each in told] == [files.code(3), files.code(2)]
            later = grades.readings(tx, actor, Window(2, after=(told[-1]["id"],)))
            assert [each["enterprise"] for each in later] == [files.code(1)]
    else:
        refuse(graded, "role_not_allowed", lambda tx: grades.readings(tx, actor, Window(2)))


def test_no_other_module_reads_the_table_of_grades() -> None:
    """Whoever imports the table could read a grade without a record; who binds or names it is listed."""
    importing = set()
    for package in ("api", "schema", "sampling", "scoring"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
                if isinstance(node, ast.ImportFrom) and node.module == "scoring.tables" and names & {"grade", "GRADE"}:
                    importing.add(file.relative_to(ROOT).as_posix())
    assert importing == {
        "scoring/analysis.py",
        "scoring/evaluation/campaigns.py",
        "scoring/grade_runs.py",
        "scoring/grades.py",
        "scoring/grading.py",
        "sampling/bundles.py",
        "scoring/warnings/rises.py",
    }
