"""Grades over time and over the register: one answer through the command line and GraphQL, each reading recorded."""

import io
from datetime import timedelta
from pathlib import Path

import pytest

from api.bureau import Bureau, create
from api.settings import Settings
from ledger.calendar import civil_date
from ledger.windows import Window
from sampling import registers
from scoring import grades, model_steps, models
from scoring.files import read_file
from scoring.grading import grade_enterprises
from tests import bureau_files as files
from tests.api.conftest import ORIGIN
from tests.api.console import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, Console
from tests.api.house import served_bureau
from tests.bureau_files import file_of

CODE = files.code(1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A bureau of three enterprises, graded forty days ago and today; one of them was punished in between."""
    bureau = create(settings, ORIGIN, "测试单位")
    with bureau.write() as tx:
        if not models.in_force_on(tx, bureau.today):
            model_steps.adopt_first(tx, ADMINISTRATOR, bureau.now, models.default_text())
        file = file_of("registration", [files.registration(number) for number in (1, 2, 3)])
        registers.take_in(tx, ADMINISTRATOR, bureau.now, file, True, bureau.pseudonym_key)
    grade(bureau, 40)
    day = (bureau.today - timedelta(10)).isoformat()
    with bureau.write() as tx:
        rows = [files.penalty(1, f"罚{number}", day) for number in (1, 2, 3)]
        found = registers.format_of("penalty")
        read = read_file(found, "来源", "penalty.csv", io.BytesIO(files.csv_bytes(rows)), bureau.today)
        registers.take_in(tx, ADMINISTRATOR, bureau.now, read, True, bureau.pseudonym_key)
    grade(bureau, 0)
    bureau.close()
    return settings


def grade(bureau: Bureau, days_ago: int) -> None:
    with bureau.write() as tx:
        grade_enterprises(tx, ANALYST, bureau.now, bureau.today - timedelta(days_ago))


@pytest.fixture
def console(settings: Settings, tmp_path: Path) -> Console:
    return Console(settings, tmp_path)


def test_a_history_tells_each_change_newest_first(console: Console) -> None:
    told = console.done("grade", "history", CODE, "--purpose", "核对", actor=ANALYST)
    newest, first = told["grades"]
    assert (newest["grade"], first["grade"]) == ("C", "B")
    assert newest["as_of"] > first["as_of"]
    assert newest["score"] > first["score"]
    unchanged = console.done("grade", "history", files.code(2), "--purpose", "核对", actor=ANALYST)
    assert [each["grade"] for each in unchanged["grades"]] == ["B"]


def test_a_migration_matrix_counts_who_moved(console: Console, settings: Settings) -> None:
    with served_bureau(Bureau(settings)) as house:
        today = house.bureau.today
        months = [day.isoformat()[:7] for day in (today - timedelta(40), today)]
        told = console.done("grade", "migration", *months, "--purpose", "核对", actor=PLANNER)
        asked = house.ask(
            f"""{{ gradeMigration(since: "{months[0]}", until: "{months[1]}", purpose: "核对")
                {{ since until scale moves {{ before after count }} }} }}""",
            AUDITOR,
        )["gradeMigration"]
    moves = {(each["before"], each["after"]): each["enterprises"] for each in told["moves"]}
    assert moves == {("B", "B"): 2, ("B", "C"): 1}
    assert told["scale"] == asked["scale"] == ["A", "B", "C", "D"]
    assert {(each["before"], each["after"]): each["count"] for each in asked["moves"]} == moves
    assert (asked["since"], asked["until"]) == (told["since"], told["until"])


def test_a_distribution_is_told_by_what_is_asked(console: Console, settings: Settings) -> None:
    given = ("--by", "region", "--by", "stage")
    told = console.done("grade", "distribution", *given, "--purpose", "核对", actor=PLANNER)["distribution"]
    assert {(each["region"], each["stage"], each["grade"]): each["enterprises"] for each in told} == {
        ("示范镇", "dormant", "B"): 2,
        ("示范镇", "operating", "C"): 1,
    }
    with served_bureau(Bureau(settings)) as house:
        asked = house.ask(
            """{ gradeDistribution(purpose: "核对", by: [STAGE]) { counts { sector region stage grade count } } }""",
            ANALYST,
        )["gradeDistribution"]["counts"]
    assert {"sector": None, "region": None, "stage": "DORMANT", "grade": "B", "count": 2} in asked


def test_each_of_them_is_a_reading(console: Console, settings: Settings) -> None:
    month = civil_date(Bureau(settings).now).isoformat()[:7]
    console.done("grade", "history", CODE, "--purpose", "甲", actor=ANALYST)
    console.done("grade", "migration", month, month, "--purpose", "乙", actor=ANALYST)
    console.done("grade", "distribution", "--purpose", "丙", actor=ANALYST)
    bureau = Bureau(settings)
    with bureau.read() as tx:
        told = [(each["purpose"], each["enterprise"]) for each in grades.readings(tx, AUDITOR, Window(10))]
    bureau.close()
    assert told == [("丙", None), ("乙", None), ("乙", None), ("甲", CODE)]


@pytest.mark.parametrize(
    ("month", "code"),
    [("2026-13", "month_unusable"), ("soon", "month_unusable"), ("1999-01", "grades_of_month_missing")],
)
def test_a_month_without_grades_is_refused(console: Console, month: str, code: str) -> None:
    assert console.json("grade", "migration", month, "2026-01", "--purpose", "核对", actor=ANALYST).error == code


def test_nobody_else_reads_a_history(console: Console) -> None:
    assert console.json("grade", "history", CODE, "--purpose", "核对", actor=PLANNER).error == "role_not_allowed"
