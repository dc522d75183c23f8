"""Row V9 of docs/states.md through GraphQL: an inspection that another department did stands for the visit."""

from datetime import timedelta
from typing import Any

from ledger.actors import Actor
from tests.api import small_bureau
from tests.api.house import ANALYST, PLANNER, House
from tests.api.states.recognition import OTHER, Matched

ELSEWHERE = """
query ($enterprise: FormerCode!, $days: Int!) {
  inspectionsElsewhere(enterprise: $enterprise, days: $days) { reference body results { code text } itemNames }
}"""
OVERLAP = """
query ($campaign: String!, $days: Int!) {
  campaignOverlap(campaign: $campaign, days: $days) { memberCount inspected sameItems unstated }
}"""
RECOGNISE = """
mutation ($campaign: String!, $enterprise: USCC!, $reference: Digest!, $reason: String!) {
  recogniseInspection(campaign: $campaign, enterprise: $enterprise, reference: $reference, reason: $reason) {
    finding { state results { code } } refusal { code }
  }
}"""
RECOGNITIONS = (
    "query ($campaign: String!) { recognitions(campaign: $campaign) { body inspectedOn reason recognisedBy } }"
)


NO_PROBLEM = {"code": "NO_PROBLEM", "text": "未发现问题"}
RECORDED = {"state": "RECORDED", "results": [{"code": "NO_PROBLEM"}]}


def offered(house: House, actor: Actor, code: str) -> dict[str, Any] | None:
    query = "{ visits(first: 100) { nodes { enterpriseCode inspectedElsewhere { reference body } } } }"
    (visit,) = [each for each in house.ask(query, actor)["visits"]["nodes"] if each["enterpriseCode"] == code]
    elsewhere: dict[str, Any] | None = visit["inspectedElsewhere"]
    return elsewhere


def test_v9_recognised(matched_bureau: Matched) -> None:
    house = matched_bureau.house
    code, leader, reference = matched_bureau.visit()
    [found] = house.ask(ELSEWHERE, leader, enterprise=code, days=90)["inspectionsElsewhere"]
    assert (found["reference"], found["body"], found["results"]) == (reference, OTHER, [NO_PROBLEM])
    assert offered(house, leader, code) == {"reference": reference, "body": OTHER}
    given = {"campaign": matched_bureau.campaign, "enterprise": code, "reference": reference, "reason": "同一事项"}
    assert house.refused(RECOGNISE, PLANNER, **given) == "role_not_allowed"
    assert house.refused(RECOGNISE, matched_bureau.stranger(code), **given) == "finding_not_assigned"
    assert house.refused(RECOGNISE, leader, **{**given, "reason": " "}) == "recognition_without_reason"
    assert house.refused(RECOGNISE, leader, **{**given, "reference": "f" * 64}) == "inspection_missing"
    assert house.do(RECOGNISE, leader, **given)["finding"] == RECORDED
    assert offered(house, leader, code) is None
    assert house.refused(RECOGNISE, leader, **given) == "finding_stands"
    told = house.ask(RECOGNITIONS, PLANNER, campaign=matched_bureau.campaign)["recognitions"]
    assert (OTHER, leader.subject) in [(each["body"], each["recognisedBy"]) for each in told]
    campaign = matched_bureau.campaign
    (visit,) = [each for each in small_bureau.visits(house, campaign) if each["enterpriseCode"] == code]
    small_bureau.confirm(house, campaign, visit)
    small_bureau.approve(house, campaign, visit)
    everybody_reads_that_nobody_went_there(matched_bureau, code)


def everybody_reads_that_nobody_went_there(matched_bureau: Matched, code: str) -> None:
    house = matched_bureau.house
    house.do(small_bureau.PUBLISH, PLANNER, campaign=matched_bureau.campaign, enterprises=[code])
    day = (house.bureau.today - timedelta(days=20)).isoformat()
    query = """query ($of: USCC!) { findings(first: 1, filter: { enterpriseCode: $of }) {
      nodes { recognised { bodyName inspectedOn } } } }"""
    (shown,) = house.ask(query, of=code)["findings"]["nodes"]
    assert shown["recognised"] == {"bodyName": OTHER, "inspectedOn": day}
    (item,) = [each for each in house.http.get("/feed.json").json()["items"] if each["_qian"]["enterprise"] == code]
    assert item["_qian"]["recognised"] == {"body": OTHER, "inspected": day}
    assert f"互认：{OTHER} {day}" in item["content_text"]
    assert "检查日期" not in item["content_text"]
    assert f"互认：{OTHER} {day}" in house.http.get("/feed.atom").text


def test_v9_a_planned_campaign_tells_what_others_inspected(matched_bureau: Matched) -> None:
    house = matched_bureau.house
    given: dict[str, Any] = {"campaign": matched_bureau.planned, "days": 90}
    found = house.ask(OVERLAP, PLANNER, **given)["campaignOverlap"]
    assert (found["memberCount"], found["sameItems"]) == (small_bureau.COUNT, 0)
    assert found["inspected"] == found["unstated"] > 0
    assert house.ask(OVERLAP, PLANNER, **{**given, "days": 10})["campaignOverlap"]["inspected"] == 0
    assert house.errors(OVERLAP, ANALYST, **given)[0]["extensions"]["code"] == "role_not_allowed"
    assert house.errors(OVERLAP, PLANNER, **{**given, "days": 0})[0]["extensions"]["code"] == "recognition_days"
