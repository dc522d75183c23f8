"""Grades by a department's own models, and by those of a trade or a stage, through the command line and GraphQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.actors import Actor, Role
from scoring import grades
from scoring.grade_runs import stored_for
from scoring.grading import grade_enterprises
from tests import bureau_files as files
from tests.api.console import Console
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, House, served_on
from tests.engines import ENGINES
from tests.scoring.model_text import SMALL

OWN, COLLEAGUE = Actor("own", Role.ANALYST, "ZJ"), Actor("colleague", Role.ANALYST, "ZJ")
OTHER = Actor("other", Role.ANALYST, "SC")
NUMBER = "110108000000016"
FINED, BUILDER, CLOSED = (files.code(number) for number in (1, 2, 3))


def scoped(name: str, scope: str, grade: str = "C") -> str:
    """Return a model that says a grade of whoever was fined."""
    text = SMALL.replace('name = "small"', f'name = "{name}"').replace(
        'grade = "C"\nreason', f'grade = "{grade}"\nreason'
    )
    return f"{text}[scope]\n{scope}\n"


DEPARTMENT = scoped("of-zj", 'departments = ["ZJ"]', "D")
TRADE = scoped("of-builders", 'sectors = ["建筑施工"]')
STAGE = scoped("of-closing", 'stages = ["closing"]')


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Three enterprises, one of them fined since last month, under a general model and one of a department."""
    with served_on(request.param, tmp_path_factory.mktemp("departments")) as house:
        rows = [
            files.registration(1, 行业="供热"),
            files.registration(2, 行业="建筑施工"),
            files.registration(3, 行业="供热", 登记状态="注销", 注吊销日期="2026-02-01"),
        ]
        house.import_file("registration", files.csv_bytes(rows), strict=True)
        house.import_file("change", files.csv_bytes([files.change(1, "换照", NUMBER)]), strict=True)
        yield house


@pytest.fixture
def console(house: House, tmp_path: Path) -> Console:
    return Console(house.bureau.settings, tmp_path)


def enforced(console: Console, text: str, first: Actor, second: Actor) -> None:
    path = console.folder / "model.toml"
    path.write_text(text, "utf-8")
    named = console.done("model", "draft", path, actor=first)
    name, version = named["name"], named["version"]
    console.done("model", "review", name, version, actor=second)
    assert console.done("model", "enforce", name, version, actor=second)["state"] == "in_force"


def shown(console: Console, code: str, *more: str, actor: Actor = OWN) -> tuple[str, str]:
    """Return a grade and the name of the model that gave it."""
    found = console.done("grade", "show", code, "--purpose", "核对", *more, actor=actor)
    return found["grade"], found["reasons"]["model"]["name"]


def test_a_department_puts_its_own_model_in_force_and_another_one_never_sees_it(house: House, console: Console) -> None:
    path = console.folder / "own.toml"
    path.write_text(DEPARTMENT, "utf-8")
    assert console.json("model", "draft", path, actor=OTHER).error == "model_of_others"
    path.write_text(SMALL, "utf-8")
    assert console.json("model", "draft", path, actor=OWN).error == "model_of_others"
    enforced(console, DEPARTMENT, OWN, COLLEAGUE)
    assert console.json("model", "show", "of-zj", "1", actor=OTHER).error == "model_version_missing"
    listed = "{ models(first: 10) { nodes { name scope { departments } } } }"
    assert {each["name"] for each in house.ask(listed, OTHER)["models"]["nodes"]} == {"qian-example"}
    assert {"name": "of-zj", "scope": {"departments": ["ZJ"]}} in house.ask(listed, OWN)["models"]["nodes"]
    retire = (
        'mutation { retireModel(name: "of-zj", version: "1", until: "2099-01-01") { model { name } refusal { code } } }'
    )
    assert house.refused(retire, OTHER) == "model_version_missing"


def test_both_grades_are_told_each_to_whom_it_is_for(house: House, console: Console) -> None:
    with house.bureau.write() as tx:
        month_ago = house.bureau.today - timedelta(days=35)
        grade_enterprises(tx, ANALYST, house.bureau.now, month_ago)
    console.done("grade", actor=ANALYST)
    day = (house.bureau.today - timedelta(days=3)).isoformat()
    house.import_file("penalty", files.csv_bytes([files.penalty(1, "罚1", day)]), strict=True)
    run = console.done("grade", actor=ANALYST)
    assert (run["stored"], run["base"] is None) == (2, False)  # the general grade and the department's, of one alone
    with house.bureau.read() as tx:
        newest = grades.latest_run(tx)
        told_of = {actor: stored_for(tx, actor, newest) for actor in (OWN, OTHER, AUDITOR)}
    assert told_of == {OWN: 2, OTHER: 1, AUDITOR: 2}
    assert shown(console, FINED) == ("C", "qian-example")
    assert shown(console, FINED, "--department", "ZJ") == ("D", "of-zj")
    assert shown(console, NUMBER, "--department", "ZJ", actor=AUDITOR) == ("D", "of-zj")
    denied = console.json("grade", "show", FINED, "--department", "ZJ", "--purpose", "核对", actor=OTHER)
    assert denied.error == "grade_of_others"
    query = """query ($code: FormerCode!, $whose: String) {
        grade(enterprise: $code, department: $whose, purpose: "核对") { grade department model { name } stage } }"""
    told = house.ask(query, OWN, code=FINED, whose="ZJ")["grade"]
    assert told == {"grade": "D", "department": "ZJ", "model": {"name": "of-zj"}, "stage": told["stage"]}
    assert house.ask(query, OTHER, code=NUMBER)["grade"]["department"] is None
    (error,) = house.errors(query, OTHER, code=FINED, whose="ZJ")
    assert error["extensions"]["code"] == "grade_of_others"


def test_a_run_on_a_base_has_the_digest_of_a_full_one(house: House) -> None:
    with house.bureau.write() as tx:
        newest = grades.latest_run(tx)
        full = grade_enterprises(tx, ANALYST, house.bureau.now, newest.as_of, full=True)
    assert newest.base
    assert full.results == newest.results


def test_a_history_a_distribution_and_a_migration_are_told_of_a_department(house: House, console: Console) -> None:
    purpose = ("--purpose", "核对", "--department", "ZJ")
    told = console.done("grade", "history", FINED, *purpose, actor=OWN)["grades"]
    assert [each["grade"] for each in told] == ["D", "A"]
    history = f'{{ gradeHistory(enterprise: "{FINED}", department: "ZJ", purpose: "核对") {{ grade department }} }}'
    asked = house.ask(history, OWN)["gradeHistory"]
    assert asked == [{"grade": "D", "department": "ZJ"}, {"grade": "A", "department": "ZJ"}]

    counted = console.done("grade", "distribution", *purpose, "--by", "stage", actor=OWN)["distribution"]
    assert sum(each["enterprises"] for each in counted if each["grade"] == "D") == 1
    distribution = """query ($whose: String) {
        gradeDistribution(purpose: "核对", by: [REGION, SECTOR], department: $whose) {
            counts { region sector grade count } } }"""
    cells = house.ask(distribution, OWN, whose="ZJ")["gradeDistribution"]["counts"]
    assert {"region": "示范镇", "sector": "供热", "grade": "D", "count": 1} in cells
    assert sum(each["count"] for each in cells) == sum(each["enterprises"] for each in counted) == 3
    general = house.ask(distribution, OTHER)["gradeDistribution"]["counts"]
    assert all(each["grade"] != "D" for each in general)

    today = house.bureau.today
    months = [day.isoformat()[:7] for day in (today - timedelta(days=35), today)]
    moved = console.done("grade", "migration", *months, *purpose, actor=OWN)["moves"]
    assert moved == [{"before": None, "after": "A", "enterprises": 2}, {"before": None, "after": "D", "enterprises": 1}]
    migration = f'gradeMigration(since: "{months[0]}", until: "{months[1]}", purpose: "核对", department: "ZJ")'
    asked = house.ask(f"{{ {migration} {{ moves {{ before after count }} }} }}", OWN)["gradeMigration"]["moves"]
    assert [(each["before"], each["after"], each["count"]) for each in asked] == [(None, "A", 2), (None, "D", 1)]

    for command in (("history", FINED), ("distribution",), ("migration", *months)):
        assert console.json("grade", *command, *purpose, actor=OTHER).error == "grade_of_others"
    for query, variables in ((history, {}), (distribution, {"whose": "ZJ"}), (f"{{ {migration} {{ until }} }}", {})):
        (error,) = house.errors(query, OTHER, **variables)
        assert error["extensions"]["code"] == "grade_of_others"


def test_models_of_a_trade_and_of_a_stage_hold_before_the_general_one(house: House, console: Console) -> None:
    for text in (TRADE, STAGE):
        enforced(console, text, ANALYST, ADMINISTRATOR)
    house.work("mutation { gradeEnterprises { job { id } refusal { code } } }", ANALYST)
    general = [shown(console, code)[1] for code in (FINED, BUILDER, CLOSED)]
    assert general == [
        "qian-example",
        "of-builders",
        "of-closing",
    ]
    assert [shown(console, code, "--department", "ZJ")[1] for code in (FINED, BUILDER, CLOSED)] == ["of-zj"] * 3
    tied = scoped("also-closing", 'stages = ["closing"]')
    path = console.folder / "tied.toml"
    path.write_text(tied, "utf-8")
    console.done("model", "draft", path, actor=ANALYST)
    console.done("model", "review", "also-closing", "1", actor=ADMINISTRATOR)
    assert console.json("model", "enforce", "also-closing", "1", actor=ANALYST).error == "model_scopes_tie"
    checked = console.done("model", "check", path, actor=ANALYST)
    assert "scope_ties_with_another" in [each["code"] for each in checked["remarks"]]
    assert checked["records"]["enterprises"] == 1


def test_each_reading_is_told_to_auditors_by_either_door(house: House, console: Console) -> None:
    shown(console, FINED, "--department", "ZJ")
    with house.bureau.read() as tx:
        run = grades.latest_run(tx).document
    newest: dict[str, Any] = console.done("grade", "readings", "--most", "1", actor=AUDITOR)["readings"][0]
    assert (newest["subject"], newest["enterprise"], newest["what"], newest["purpose"]) == ("own", FINED, run, "核对")
    query = "{ gradeReadings(first: 1) { nodes { subject role enterpriseCode what purpose } } }"
    told = house.ask(query, AUDITOR)["gradeReadings"]["nodes"][0]
    assert told == {"subject": "own", "role": "ANALYST", "enterpriseCode": FINED, "what": run, "purpose": "核对"}
    assert run in console.run("grade", "readings", actor=AUDITOR, COLUMNS="250").stdout
    assert console.json("grade", "readings", actor=OWN).error == "role_not_allowed"


def test_an_administrator_of_a_department_is_told_of_its_readings_alone(house: House, console: Console) -> None:
    """Of its own grades, whoever read them, and of what its people read besides; one of none is told of all."""
    purposes = {"own": OWN, "other": OTHER, "whole": ANALYST, "auditor": replace(AUDITOR, department="SC")}
    for purpose, actor in purposes.items():
        console.done("grade", "show", FINED, "--purpose", purpose, actor=actor)
        if actor is not OTHER:
            console.done("grade", "show", FINED, "--purpose", f"{purpose} of ZJ", "--department", "ZJ", actor=actor)
    own = {"own", "own of ZJ", "whole of ZJ", "auditor of ZJ"}
    told = {"ZJ": own, "SC": {"other", "auditor"}, None: own | {"other", "whole", "auditor"}}
    query = "{ gradeReadings(first: 50) { totalCount nodes { id purpose } } }"
    ids: dict[str, str] = {}
    for department, expected in told.items():
        administrator = Actor("admin", Role.ADMINISTRATOR, department)
        shown = console.done("grade", "readings", actor=administrator)["readings"]
        answer = house.ask(query, administrator)["gradeReadings"]
        assert answer["totalCount"] == len(answer["nodes"]) == len(shown)
        named = {each["purpose"]: each["id"] for each in answer["nodes"]}
        assert {each for each in named if each.split(" ")[0] in purposes} == expected
        assert {each["purpose"] for each in shown} == named.keys()
        ids |= named
    again = "query ($id: ID!) { node(id: $id) { id } }"
    assert house.ask(again, Actor("admin", Role.ADMINISTRATOR, "ZJ"), id=ids["whole of ZJ"])["node"]
    assert house.ask(again, Actor("admin", Role.ADMINISTRATOR, "SC"), id=ids["whole of ZJ"])["node"] is None


def test_the_audit_finds_nothing(console: Console) -> None:
    assert console.done("audit", actor=AUDITOR)["sound"]
