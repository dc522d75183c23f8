"""Designs and previews through both doors."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.bureau import Bureau
from api.sample.bureau import SampleFile
from api.settings import Settings
from tests.api import small_bureau
from tests.api.console import ANALYST, Console
from tests.api.console import PLANNER as CONSOLE_PLANNER
from tests.api.house import AUDITOR, PLANNER, House, served_on
from tests.api.test_command_line import ORIGIN, import_sample

FIELDS = """
    toDraw coverageBasisPoints coverageFloor worstCase worstCasePrior worstCasePopulation bound
    expectedFindingsHundredths
    worstCaseVisits { campaignCode visited }
    strata { label size quota rateBasisPoints }
    coverage { grade size excluded expectedVisitsHundredths basisPoints }
    loads { role departmentCode places inspectors earlier room expectedHundredths }
    pastVisits { months visits enterprises }
    lastCampaigns { code visits published inspected findings findingRateBasisPoints }
"""
PREVIEW = f"""query ($code: String!) {{ campaign(code: $code) {{
  plan {{
    rates {{ grade }}
    frequency {{ visits months }}
    design {{ kind floor months capacity greatestError past shrinkage rules {{ grade value sector region visited }} }}
  }}
  preview {{
    {FIELDS}
  }}
}} }}"""
OF_PLAN = f"query ($plan: PlanInput!) {{ planPreview(plan: $plan) {{ {FIELDS} }} }}"
COUNTED = "{ campaigns(first: 1) { totalCount } }"
READ = "{ gradeReadings(first: 100) { nodes { subject purpose } } }"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose enterprises are graded."""
    with served_on("sqlite", tmp_path_factory.mktemp("graded")) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        yield house


def design(**more: Any) -> dict[str, Any]:
    values = {"Walnut": 500, "Juniper": 700, "Larch": 900, "Yew": 900}
    rules = [{"grade": grade, "value": value} for grade, value in values.items()]
    return {"kind": "NEYMAN_FINDINGS", "capacity": 20, "floor": 200, "rules": rules, **more}


def test_a_capacity_is_divided_and_the_preview_tells_what_it_gives(graded: House) -> None:
    named = {"grade": "Walnut", "value": 800, "sector": small_bureau.SECTORS[0], "region": "", "visited": None}
    wanted = design(rules=[*design()["rules"], named], months=12)
    campaign = small_bureau.plan(graded, rates=[], design=wanted, frequency=[{"months": 6}], items=["ZJ-03"])
    told = graded.ask(PREVIEW, PLANNER, code=campaign)["campaign"]
    plan, preview = told["plan"], told["preview"]
    assert plan["rates"] == []
    assert plan["frequency"] == [{"visits": 1, "months": 6}]
    assert plan["design"]["rules"][-1] == named
    assert (plan["design"]["kind"], plan["design"]["months"]) == ("NEYMAN_FINDINGS", 12)
    strata = {each["label"]: each for each in preview["strata"]}
    assert set(strata) == {"Walnut", f"Walnut/{named['sector']}//", "Juniper", "Larch"}
    assert preview["toDraw"] == sum(each["quota"] for each in strata.values()) == 20
    assert preview["coverageBasisPoints"] == 20 * 10_000 // small_bureau.COUNT
    assert preview["coverageFloor"] == 300
    assert preview["worstCaseVisits"] == [{"campaignCode": campaign, "visited": True}]
    assert preview["worstCasePrior"] == round(20 * 10_000 / 120)
    assert preview["worstCasePopulation"] == small_bureau.COUNT * 4 // 5  # all of the trades that no rule names
    larch = next(each for each in preview["coverage"] if each["grade"] == "Larch")
    assert larch["expectedVisitsHundredths"] == strata["Larch"]["quota"] * 100
    assert preview["expectedFindingsHundredths"] > 100
    assert [(each["role"], each["places"], each["inspectors"]) for each in preview["loads"]] == [
        ("lead", 20, 4),
        ("member 1", 20, 4),
    ]
    assert preview["loads"][0]["expectedHundredths"] == 500
    assert preview["pastVisits"][0]["enterprises"] == small_bureau.COUNT
    assert preview["lastCampaigns"] == []


def test_a_plan_is_previewed_before_a_campaign_has_it(graded: House) -> None:
    wanted = small_bureau.plan_input(graded, items=["ZJ-02"])
    assert graded.ask("{ gradeScale }", PLANNER)["gradeScale"] == [each["grade"] for each in wanted["rates"]]
    before = graded.ask(COUNTED, PLANNER)["campaigns"]["totalCount"]
    previewed = graded.ask(OF_PLAN, PLANNER, plan=wanted)["planPreview"]
    assert previewed["toDraw"] > 0
    assert graded.ask(COUNTED, PLANNER)["campaigns"]["totalCount"] == before
    campaign = small_bureau.plan(graded, items=["ZJ-02"])
    told = graded.ask(PREVIEW, PLANNER, code=campaign)["campaign"]["preview"]
    assert previewed == {**told, "worstCaseVisits": [{"campaignCode": "", "visited": True}]}
    readings = graded.ask(READ, AUDITOR)["gradeReadings"]["nodes"]
    assert readings.count({"subject": PLANNER.subject, "purpose": "plan: preview"}) == 1
    errors = graded.errors(OF_PLAN, PLANNER, plan={**wanted, "rates": []})
    assert [each["extensions"]["code"] for each in errors] == ["design_unclear"]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("design_unclear", {"rates": []}),
        ("design_unclear", {"design": design()}),
        ("frequency_out_of_range", {"frequency": [{"visits": 0, "months": 6}]}),
    ],
)
def test_a_plan_that_says_two_things_or_nothing_is_refused(graded: House, code: str, changes: dict[str, Any]) -> None:
    assert graded.refused(small_bureau.PLAN, PLANNER, plan=small_bureau.plan_input(graded, **changes)) == code


FILE = """
title = "按总量抽查"
departments = ["ZJ"]
items = ["YB-ZJ-001", "YB-ZJ-004"]
starts = {starts}
ends = {ends}
once_a_year = false
flat_reason = "按规模抽取"

[conditions]
sectors = ["建筑施工", "物业服务"]

[design]
kind = "proportional"
capacity = 40
floor = 100

[[frequency]]
visits = 2
months = 12
"""


@pytest.fixture
def console(settings: Settings, tmp_path: Path) -> Console:
    return Console(settings, tmp_path)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_command_line_plans_from_a_file_and_previews_in_both_languages(
    console: Console, sample: tuple[Path, list[SampleFile]], tmp_path: Path
) -> None:
    console.done("init", "--origin", ORIGIN, "--name", "测试单位")
    import_sample(console, sample)
    console.done("grade", actor=ANALYST)
    day = Bureau(console.settings).today
    file = tmp_path / "plan.toml"
    file.write_text(FILE.format(starts=day, ends=day + timedelta(days=30)))
    planned = console.done("campaign", "plan", "--file", file, actor=CONSOLE_PLANNER)
    campaign = planned["campaign"]["id"]
    assert planned["campaign"]["design"]["capacity"] == 40
    assert planned["campaign"]["frequency"] == [{"visits": 2, "months": 12}]
    preview = console.done("campaign", "preview", campaign, actor=CONSOLE_PLANNER)["preview"]
    assert preview == planned["preview"]
    assert preview["visits"] == 40
    assert sum(each["expected_visits_hundredths"] for each in preview["coverage_by_grade"]) in range(3998, 4003)
    assert preview["past_visits"]["36"] == {"0": preview["slots"]}
    for language, words in {
        "en": ("Load on inspectors", "Legal floor"),
        "zh": ("检查人员工作量", "法定覆盖率下限"),
    }.items():
        shown = console.run("campaign", "preview", campaign, actor=CONSOLE_PLANNER, QIAN_LANGUAGE=language)
        assert shown.code == 0
        assert all(word in shown.stdout for word in words)
    file.write_text(file.read_text() + "\n[rates]\nA = 100\n")
    assert console.json("campaign", "plan", "--file", file, actor=CONSOLE_PLANNER).error == "design_unclear"
    file.write_text(FILE.format(starts=day, ends=day).replace("proportional", "luck"))
    assert console.json("campaign", "plan", "--file", file, actor=CONSOLE_PLANNER).error == "plan_value_unusable"
