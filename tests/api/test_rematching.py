"""Roles of a plan, an inspector replaced by a later beacon, and what could be foreseen, by GraphQL over HTTP."""

from pathlib import Path
from typing import Any

from tests.api import small_bureau
from tests.api.house import AUDITOR, PLANNER, House, served_on
from tests.api.small_bureau import step

ROLES = [
    {"name": "主检", "department": "ZJ", "specialist": True},
    {"name": "协检", "department": "ZJ", "count": 2, "local": True},
]
REOPEN = """mutation ($campaign: String!, $inspector: String!, $cause: String!, $enterprises: [USCC!]) {
  reopenMatch(campaign: $campaign, inspector: $inspector, cause: $cause, enterprises: $enterprises) {
    entry { seq } refusal { code } } }"""
FORESEEN = """query ($code: String!) { campaign(code: $code) {
  plan { matching { roles { name count local } lastVisit formerEmployerYears leastDutyDays } }
  predictableAssignments { enterpriseCode role inspector times of certain } } }"""


def test_an_inspector_is_replaced(tmp_path: Path) -> None:
    with served_on("sqlite", tmp_path) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        replace_one(house)


def replace_one(graded: House) -> None:
    rules: dict[str, Any] = {"roles": ROLES, "lastVisit": True, "formerEmployerYears": 5}
    campaign = small_bureau.plan(graded, matching=rules)
    small_bureau.freeze(graded, campaign)
    small_bureau.reveal(graded, campaign)
    graded.do(step("drawCampaign"), PLANNER, campaign=campaign)
    graded.do(step("matchCampaign"), PLANNER, campaign=campaign)
    visit = small_bureau.visits(graded, campaign)[0]
    assert [member["role"] for member in visit["team"]] == ["主检", "协检", "协检"]
    known = {"campaign": campaign}
    ill, where = visit["team"][1]["certificate"], visit["enterpriseCode"]
    assert graded.refused(step("rematchCampaign"), PLANNER, **known) == "nothing_reopened"
    assert graded.refused(REOPEN, PLANNER, **known, inspector="ZJ999", cause="病") == "assignment_missing"
    graded.do(REOPEN, PLANNER, **known, inspector=ill, cause="突发疾病", enterprises=[where])
    graded.do(step("rematchCampaign"), PLANNER, **known)
    again = next(each for each in small_bureau.visits(graded, campaign) if each["enterpriseCode"] == where)
    team = [member["certificate"] for member in again["team"]]
    assert ill not in team
    assert len(set(team)) == 3
    told = graded.ask(FORESEEN, AUDITOR, code=campaign)["campaign"]
    assert told["plan"]["matching"] == {
        "roles": [{"name": "主检", "count": 1, "local": False}, {"name": "协检", "count": 2, "local": True}],
        "lastVisit": True,
        "formerEmployerYears": 5,
        "leastDutyDays": 1,
    }
    assert all(each["certain"] or 2 * each["times"] > each["of"] for each in told["predictableAssignments"])
