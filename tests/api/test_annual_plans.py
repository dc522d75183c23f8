"""Plans of a year through the doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import PLANNER, House, served_on

DRAFT = "mutation ($plan: AnnualPlanInput!) { draftAnnualPlan(plan: $plan) { plan { version } refusal { code } } }"
ADOPT = """mutation ($year: Int!, $version: Int!) {
  adoptAnnualPlan(department: "ZJ", year: $year, version: $version) { plan { adoptedAt } refusal { code } } }"""
PROGRESS = """query ($year: Int!) { annualProgress(department: "ZJ", year: $year) {
  planned fixed toVisit itemsLeft departmentsLeft line { responsible } } }"""
PUBLIC = """{ programmes(first: 9) {
    nodes { departmentCode year enterprises lines { title items { code } departments { code } } } } }"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with registers."""
    with served_on("sqlite", tmp_path_factory.mktemp("annual")) as served:
        small_bureau.import_all(served)
        yield served


def test_a_plan_is_drafted_adopted_published_and_followed(house: House, tmp_path: Path) -> None:
    today = house.bureau.today
    line = {
        "code": "1",
        "title": "抽查",
        "type": "UNTARGETED",
        "firstMonth": 1,
        "lastMonth": 12,
        "departments": ["ZJ"],
        "items": ["ZJ-01", "ZJ-02", "ZJ-03"],
        "responsible": ["张三"],
        "enterprises": 40,
    }
    plan = {"department": "ZJ", "year": today.year, "lines": [line]}
    assert house.do(DRAFT, PLANNER, plan=plan)["plan"] == {"version": 1}
    assert house.refused(ADOPT, PLANNER, year=today.year, version=1) == "adoption_of_own_plan"
    assert house.ask(PUBLIC)["programmes"]["nodes"] == []
    assert house.do(ADOPT, small_bureau.REVIEWER, year=today.year, version=1)["plan"]["adoptedAt"]
    (told,) = house.ask(PUBLIC)["programmes"]["nodes"]
    assert (told["departmentCode"], told["enterprises"]) == ("ZJ", 40)
    assert [item["code"] for item in told["lines"][0]["items"]] == ["ZJ-01", "ZJ-02", "ZJ-03"]
    for chosen, count in (
        (f'departmentCode: "ZJ", year: {today.year}', 1),
        ("year: 2020", 0),
        ('departmentCode: "SC"', 0),
    ):
        found = house.ask(f"{{ programmes(first: 9, filter: {{ {chosen} }}) {{ totalCount nodes {{ year }} }} }}")
        assert (found["programmes"]["totalCount"], len(found["programmes"]["nodes"])) == (count, count)
    small_bureau.plan(house, annualLine="1")
    (progress,) = house.ask(PROGRESS, PLANNER, year=today.year)["annualProgress"]
    assert progress == {
        "planned": 1,
        "fixed": 0,
        "toVisit": 0,
        "itemsLeft": ["ZJ-01", "ZJ-02", "ZJ-03"],
        "departmentsLeft": ["ZJ"],
        "line": {"responsible": ["张三"]},
    }

    console = Console(house.bureau.settings, tmp_path)
    (tmp_path / "plan.toml").write_text(
        f"""department = "ZJ"
year = {today.year}
[[lines]]
code = "1"
title = "抽查"
type = "untargeted"
first_month = 1
last_month = 12
departments = ["ZJ"]
items = ["ZJ-01", "ZJ-02"]
responsible = ["李四"]
enterprises = 50
""",
        encoding="utf-8",
    )
    assert console.done("plan", "draft", tmp_path / "plan.toml", actor=PLANNER)["version"] == 2
    adopting = ("plan", "adopt", "ZJ", str(today.year), "--version", "2")
    assert console.json(*adopting, actor=PLANNER).error == "adoption_of_own_plan"
    assert console.done(*adopting, actor=small_bureau.REVIEWER)["adopted_at"]
    (shown,) = console.done("plan", "progress", "ZJ", str(today.year), actor=PLANNER)["lines"]
    assert (shown["planned"], shown["line"]["enterprises"]) == (1, 50)
    assert "抽查" in console.run("plan", "progress", "ZJ", str(today.year), actor=PLANNER).stdout
    (tmp_path / "bad.toml").write_text('department = "ZJ"\n', encoding="utf-8")
    assert console.json("plan", "draft", tmp_path / "bad.toml", actor=PLANNER).error == "annual_file_unusable"
