"""What indicators said before visits: by the definition of grading, of what is dated strictly before."""

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ledger.database import Database
from scoring.evaluation.histories import history
from scoring.evaluation.visits import Visit
from scoring.facts import with_related
from scoring.grader import grade, measured
from scoring.model import parse_model
from tests import bureau_files as files
from tests.conftest import on_sqlite
from tests.engines import ENGINES, fresh_database
from tests.scoring.fact_loading import load_facts
from tests.scoring.histories import FIRST, Said, histories, model, register, take, write
from tests.scoring.model_text import measuring

MODEL = parse_model(model("general"))
REGISTERED = range(1, 6)


def visit(number: int, day: date) -> Visit:
    return Visit(files.code(number), day, ("no_problem",))


def begin(database: Database) -> None:
    with database.write() as tx:
        for number in REGISTERED:
            register(tx, FIRST, number, "物业服务" if number % 2 else "供热", FIRST - timedelta(500 * number))


@pytest.mark.parametrize("engine", ENGINES)
def test_it_is_what_the_definition_says_as_of_the_day_before(
    engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    template = request.getfixturevalue(f"{engine}_template")

    @settings(max_examples=15 if engine == "sqlite" else 3, suppress_health_check=list(HealthCheck))
    @given(histories)
    def holds(told: list[tuple[int, list[Any]]]) -> None:
        folder: Path = tmp_path_factory.mktemp("history")
        with fresh_database(engine, folder, template) as url:
            database = Database(url)
            begin(database)
            day = FIRST
            for days, taken in told:
                day += timedelta(days)
                for step in (each for each in taken if each[0] not in ("judge", "model")):
                    with database.write() as tx:
                        take(tx, day, step)
            with database.read() as tx:
                facts = {each.enterprise: each for each in with_related(load_facts(tx, day))}
                visits = [
                    Visit(code, FIRST + timedelta(days), ("no_problem",))
                    for code in facts
                    for days in (-60, -1, 0, 1, 30, 90)
                ]
                found = history(tx, MODEL, visits)
            for indicator in MODEL.indicators:
                assert list(found.values[indicator.id]) == [
                    measured(indicator.measure, facts[each.enterprise], each.day - timedelta(1)) for each in visits
                ]
            assert found.scores(MODEL) == [
                grade(MODEL, facts[each.enterprise], each.day - timedelta(1)).score for each in visits
            ]
            database.close()

    holds()


def test_neither_the_visit_itself_nor_another_record_of_its_day_is_known(database: Database) -> None:
    begin(database)
    day = FIRST + timedelta(10)
    with database.write() as tx:
        write(tx, day, [Said("inspection", 1, "1", day, {"results": ["pending"]}), Said("penalty", 1, "1", day, {})])
        found = history(tx, MODEL, [visit(1, day), visit(1, day + timedelta(1))])
    assert list(found.values["inspected"]) == [None, 0]
    assert list(found.values["penalties"]) == [0, 1]


def test_a_registration_is_the_one_that_had_come_in_before_the_visit(database: Database) -> None:
    begin(database)
    closed = {"sector": "供热", "region": "示范镇", "status": "注销", "established": "2020-01-01"}
    with database.write() as tx:
        write(tx, FIRST + timedelta(10), [Said("registration", 1, "", FIRST, closed)])
    asked = 'source = "registration"\naggregate = "exists"\nwhere = [{ field = "status", is = ["注销"] }]'
    small = parse_model(measuring(asked))
    days = [FIRST - timedelta(100), FIRST + timedelta(10), FIRST + timedelta(11)]
    with database.read() as tx:
        found = history(tx, small, [visit(1, day) for day in days])
    assert list(next(iter(found.values.values()))) == [0, 0, 1]


def test_whether_the_model_holds_is_asked_of_the_day_before_too(database: Database) -> None:
    begin(database)
    heat = parse_model(model("heat", '[scope]\nsectors = ["供热"]\nstages = ["operating"]\n'))
    with database.read() as tx:
        found = history(tx, heat, [visit(1, FIRST), visit(2, FIRST), visit(2, FIRST - timedelta(900))])
    assert list(found.in_scope) == [False, True, False]


@on_sqlite
def test_thousands_of_visits_take_seconds(database: Database) -> None:
    begin(database)
    with database.write() as tx:
        said = [
            Said("penalty", number, str(what), FIRST - timedelta(30 * what), {"fine": what})
            for number in REGISTERED
            for what in range(20)
        ]
        write(tx, FIRST, said)
        visits = [visit(1 + n % 5, FIRST - timedelta(n % 400)) for n in range(2000)]
        start = time.process_time()
        history(tx, MODEL, visits)
    assert time.process_time() - start < 3
