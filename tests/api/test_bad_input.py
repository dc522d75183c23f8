"""Bad input through GraphQL: each gets a clear refusal, and nothing is changed."""

import io
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from ledger.actors import Actor, Role
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.house import ANALYST, AUDITOR, PLANNER, House, served_on
from tests.api.small_bureau import CONFIRM, FREEZE, PLAN, PUBLISH, RECORD, REVEAL, REVIEW, step
from tests.scoring.workbooks import sheet_xml, workbook

GOOD = files.registration(1)
HEADERS = list(GOOD)
MERGED = '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'
FORMULA = "<c><f>1+1</f><v>2</v></c>"


def csv(*rows: files.Row) -> bytes:
    return files.csv_bytes(list(rows))


def xlsx(*rows: list[str], after: str = "") -> bytes:
    return workbook(sheet_xml([HEADERS, *rows], after)).getvalue()


WHOLE_FILES = {
    "unknown column": ("a.csv", csv({**GOOD, "颜色": "红"}), "column_unknown"),
    "missing column": ("a.csv", csv({"统一社会信用代码": files.code(1)}), "column_missing"),
    "empty file": ("a.csv", b"", "file_empty"),
    "header alone": ("a.csv", csv(GOOD).split(b"\n")[0], "file_without_rows"),
    "endless line": ("a.csv", csv(GOOD) + b"x" * (3 << 20), "line_too_long"),
    "merged cells": (
        "a.xlsx",
        xlsx(list(GOOD.values()), after='<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'),
        "xlsx_merged_cells",
    ),
    "no workbook": ("a.xlsx", b"PK\x03\x04", "xlsx_malformed"),
    "other kind of file": ("a.pdf", csv(GOOD), "file_type_unknown"),
}
ROWS = {
    "wrong code": ({**GOOD, "统一社会信用代码": "91130304PDY00001XX"}, "91130304PDY00001XX"),
    "missing code": ({**GOOD, "统一社会信用代码": ""}, "统一社会信用代码"),
    "impossible date": ({**GOOD, "成立日期": "2026-02-30"}, "2026-02-30"),
    "year before 1949": ({**GOOD, "成立日期": "1948-12-31"}, "1949"),
    "number as text": ({**GOOD, "注册资本（万元）": "一千"}, "一千"),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau without enterprises."""
    with served_on("sqlite", tmp_path_factory.mktemp("empty")) as house:
        yield house


@pytest.mark.parametrize("case", WHOLE_FILES)
def test_a_bad_file_is_refused_as_a_whole(empty: House, case: str) -> None:
    name, content, code = WHOLE_FILES[case]
    before = empty.size()
    job = empty.import_file("registration", content, name)
    assert (job["state"], job["refusal"]["code"]) == ("FAILED", code)
    assert name in job["refusal"]["message"]
    assert job["refusal"]["remedy"]
    assert empty.size() == before


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_comes_back_with_its_place_and_what_to_do(empty: House, case: str) -> None:
    row, told = ROWS[case]
    before = empty.size()
    job = empty.import_file("registration", csv(row))
    assert job["state"] == "DONE"
    (file,) = job["files"]
    content = empty.fetch(file["path"], ANALYST).content.decode("utf-8-sig")
    assert content.splitlines()[0].endswith("行号,列,值,原因,处理办法")
    assert told in content.split("\n", 1)[1]
    assert empty.size() == before + 1  # the batch, which counts the row


def test_a_code_twice_in_a_file_goes_in_once(empty: House) -> None:
    other = {**files.registration(2), "企业名称": "另一个名称有限公司"}
    job = empty.import_file("registration", csv(files.registration(2), other))
    assert job["state"] == "DONE"
    (file,) = job["files"]
    assert "另一个名称有限公司" in empty.fetch(file["path"], ANALYST).text
    query = "query ($code: FormerCode!) { enterprise(code: $code) { name } }"
    assert empty.ask(query, PLANNER, code=files.code(2))["enterprise"]["name"] == files.name(2)


def test_a_full_disk_is_told_to_who_asks(empty: House, monkeypatch: pytest.MonkeyPatch) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def asked(*_: object) -> None:
        raise OperationalError("INSERT", {}, full)

    monkeypatch.setattr("sampling.requests.request_grading", asked)
    [error] = empty.errors("mutation { gradeEnterprises { job { id } } }", ANALYST)
    assert error["extensions"]["code"] == "database_full"


def test_strictly_one_bad_row_refuses_all(empty: House) -> None:
    before = empty.size()
    bad = files.registration(4, 成立日期="不详")
    job = empty.import_file("registration", csv(files.registration(3), bad), strict=True)
    assert (job["state"], job["refusal"]["code"]) == ("FAILED", "import_refused")
    assert [file["name"] for file in job["files"]] == ["refused-registration.csv.csv"]
    assert empty.size() == before


def test_a_formula_is_refused_wherever_it_stands(empty: House) -> None:
    before = empty.size()
    cells = [*GOOD.values()]
    cells[1] = FORMULA
    job = empty.import_file("registration", xlsx(cells), "a.xlsx")
    assert (job["state"], job["refusal"] and job["refusal"]["code"]) == ("FAILED", "xlsx_formula")
    assert empty.size() == before


def test_the_same_file_twice_changes_nothing_and_is_counted(empty: House) -> None:
    content = csv(files.registration(5))
    empty.import_file("registration", content)
    before = empty.size()
    result = "state result { ... on ImportResult { files { new same superseding refused } } }"
    job = empty.import_file("registration", content)["id"]
    assert empty.followed(job, ANALYST, result)[-1]["result"]["files"] == [
        {"new": 0, "same": 1, "superseding": 0, "refused": 0}
    ]
    assert empty.size() == before + 1


def test_an_upload_that_is_no_file_is_refused(empty: House) -> None:
    query = 'mutation ($file: Upload!) { importFile(file: $file, source: "item") { job { id } } }'
    (error,) = empty.errors(query, ANALYST, file="a.csv")
    assert error["extensions"]["code"] == "upload_is_no_file"


@pytest.mark.parametrize("text", ["", "name = 1", "name = [", "\x01"])
def test_a_bad_model_is_refused(empty: House, text: str) -> None:
    assert empty.refused(small_bureau.DRAFT, ANALYST, text=text).startswith(("model_", "toml_"))


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose enterprises are graded."""
    with served_on("sqlite", tmp_path_factory.mktemp("graded")) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        yield house


def failed(house: House, mutation: str, actor: Actor, **variables: Any) -> dict[str, Any]:
    """Return the refusal of a job that fails, and see that the ledger stands still."""
    before = house.size()
    job = house.ended(house.do(mutation, actor, **variables)["job"]["id"], actor)
    assert job["state"] == "FAILED", job
    assert house.size() == before
    refusal: dict[str, Any] = job["refusal"]
    return refusal


def changed_plan(house: House, **changes: Any) -> dict[str, Any]:
    return small_bureau.plan_input(house, **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "title_unusable"),
        ({"departments": []}, "departments_unusable"),
        ({"departments": ["ZJ", "XX"]}, "department_missing"),
        ({"items": ["XX-01"]}, "item_missing"),
        ({"departments": ["SC"], "items": ["ZJ-01"]}, "item_of_other_department"),
        ({"endsOn": "2020-01-01"}, "period_unusable"),
        ({"matching": {"size": 1}}, "team_too_small"),
        ({"matching": {"size": 21}}, "team_too_large"),
        ({"matching": {"cap": 0}}, "cap_too_small"),
        ({"rates": [{"grade": "Walnut", "basisPoints": 1}] * 2}, "rate_twice"),
        ({"exclusions": [{"enterprise": files.code(1), "reason": ""}]}, "exclusion_without_reason"),
    ],
)
def test_a_bad_plan_is_refused(graded: House, changes: dict[str, Any], code: str) -> None:
    assert graded.refused(PLAN, Actor("planner of all", Role.PLANNER), plan=changed_plan(graded, **changes)) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"conditions": {"regions": ["别处"]}}, "frame_empty"),
        ({"rates": [{"grade": "Walnut", "basisPoints": 100}]}, "rates_not_of_scale"),
        ({"departments": ["ZJ", "SC"], "items": ["ZJ-01"]}, "inspectors_missing"),
        ({"exclusions": [{"enterprise": files.code(999), "reason": "x"}]}, "exclusion_outside_frame"),
    ],
)
def test_a_plan_that_cannot_be_frozen_stays_a_plan(graded: House, changes: dict[str, Any], code: str) -> None:
    planner = Actor("planner of all", Role.PLANNER)
    campaign = graded.do(PLAN, planner, plan=changed_plan(graded, **changes))["campaign"]["code"]
    refusal = failed(graded, FREEZE, planner, campaign=campaign)
    assert refusal["code"] == code
    assert refusal["message"]
    assert refusal["remedy"]
    state = "query ($code: String!) { campaign(code: $code) { state } }"
    assert graded.ask(state, planner, code=campaign)["campaign"] == {"state": "PLANNED"}


def test_the_steps_of_a_campaign_come_in_their_order(graded: House) -> None:
    """Nothing before its time, nothing twice, and nothing by somebody else."""
    house = graded
    campaign = small_bureau.plan(house)
    known = {"campaign": campaign}
    assert house.refused(step("drawCampaign"), PLANNER, **known) == "campaign_state"
    assert house.refused(step("matchCampaign"), PLANNER, **known) == "campaign_state"
    one = small_bureau.ceremony(house)
    for changed, code in (
        ({"parties": one["parties"][:1]}, "too_few_parties"),
        ({"parties": one["parties"][:1] * 2}, "duplicate_party"),
        ({"deadline": "2020-01-01T00:00:00Z"}, "beacon_times_out_of_order"),
    ):
        assert house.refused(FREEZE, PLANNER, **known, beacon={"ceremony": {**one, **changed}}) == code
    small_bureau.freeze(house, campaign)

    change = """mutation ($campaign: String!, $plan: PlanInput!) {
      changePlan(campaign: $campaign, plan: $plan) { campaign { code } refusal { code } } }"""
    assert house.refused(change, PLANNER, **known, plan=changed_plan(house)) == "campaign_state"
    assert house.refused(FREEZE, PLANNER, **known, beacon={"ceremony": one}) == "campaign_state"
    assert house.refused(step("drawCampaign"), PLANNER, **known) == "reveals_missing"
    salt = value = "0" * 64
    assert house.refused(REVEAL, PLANNER, **known, party="别人", salt=salt, value=value) == "party_unknown"
    assert house.refused(REVEAL, PLANNER, **known, party="公证处", salt=salt, value=value) == "reveal_opens_nothing"
    small_bureau.reveal(house, campaign)
    again = {"salt": bytes(range(32)).hex(), "value": bytes(range(32, 64)).hex()}
    assert house.refused(REVEAL, PLANNER, **known, party="公证处", **again) == "party_has_revealed"

    house.do(step("drawCampaign"), PLANNER, **known)
    assert house.refused(step("drawCampaign"), PLANNER, **known) == "campaign_state"
    house.do(step("matchCampaign"), PLANNER, **known)
    assert house.refused(step("matchCampaign"), PLANNER, **known) == "campaign_state"
    assert house.refused(step("closeCampaign"), PLANNER, **known) == "campaign_not_over"
    assert house.refused(PUBLISH, PLANNER, **known) == "nothing_to_publish"

    visits = small_bureau.visits(house, campaign)
    drawn = {visit["enterpriseCode"] for visit in visits}
    undrawn = next(code for code in map(files.code, range(1, small_bureau.COUNT + 1)) if code not in drawn)
    visit = visits[0]
    leader = small_bureau.leader(visit)
    team = {member["certificate"] for member in visit["team"]}
    other = next(each for each in (f"ZJ{number:03d}" for number in range(1, 5)) if each not in team)
    today = house.bureau.today.isoformat()
    at = {**known, "enterprise": visit["enterpriseCode"]}
    found: dict[str, Any] = {**at, "on": today, "results": ["NO_PROBLEM"], "next": "NONE"}
    refused: list[tuple[Actor, dict[str, Any], str]] = [
        (leader, {"enterprise": undrawn}, "finding_not_assigned"),
        (Actor(other, Role.INSPECTOR, "ZJ"), {}, "finding_not_assigned"),
        (leader, {"on": "2099-01-01"}, "visit_in_future"),
        (leader, {"on": "2020-01-01"}, "visit_before_draw"),
        (leader, {"results": []}, "result_missing"),
        (leader, {"results": ["NO_PROBLEM", "PENDING"]}, "result_no_problem_with_others"),
        (leader, {"results": ["PENDING", "PENDING"]}, "result_twice"),
    ]
    for actor, wrong, code in refused:
        assert house.refused(RECORD, actor, **{**found, **wrong}) == code
    house.do(RECORD, leader, **found)
    assert house.refused(RECORD, leader, **found) == "finding_stands"

    of_visit = {**at, "note": ""}
    partner = small_bureau.second(visit)
    assert house.refused(REVIEW, PLANNER, **of_visit, approve=True) == "finding_unconfirmed"
    assert house.refused(CONFIRM, leader, **at) == "confirmation_of_own_finding"
    assert house.refused(CONFIRM, partner, **at, agree=False) == "dispute_without_note"
    house.do(CONFIRM, partner, **at)
    assert house.refused(CONFIRM, partner, **at) == "finding_stands"
    assert house.refused(REVIEW, PLANNER, **of_visit, approve=False) == "return_without_note"
    assert house.refused(PUBLISH, PLANNER, **known, enterprises=[visit["enterpriseCode"]]) == "finding_stands"
    returned = house.do(REVIEW, PLANNER, **{**of_visit, "note": "请补充"}, approve=False)
    assert returned["finding"]["state"] == "RETURNED"
    again_recorded = house.do(RECORD, leader, **found)
    assert again_recorded["finding"] == {"state": "RECORDED", "version": 2, "openConflicts": 0}
    own = Actor(leader.subject, Role.PLANNER, "ZJ")
    assert house.refused(REVIEW, own, **of_visit, approve=True) == "review_of_own_finding"


def test_too_few_inspectors_are_told_before_the_freeze_with_the_role(graded: House) -> None:
    campaign = small_bureau.plan(graded, matching={"cap": 1}, items=["ZJ-03"])
    query = "query ($code: String!) { campaign(code: $code) { preview { obstacle { code message remedy } } } }"
    obstacle = graded.ask(query, PLANNER, code=campaign)["campaign"]["preview"]["obstacle"]
    assert obstacle["code"] == "capacity_too_small"
    before = graded.size()
    beacon = {"ceremony": small_bureau.ceremony(graded, campaign)}
    refusal = failed(graded, FREEZE, PLANNER, campaign=campaign, beacon=beacon)
    assert (refusal["code"], refusal["message"]) == (obstacle["code"], obstacle["message"])
    assert graded.size() == before


def test_a_bundle_before_the_draw_is_refused(graded: House) -> None:
    campaign = small_bureau.plan(graded)
    mutation = "mutation ($c: String!) { exportBundle(campaign: $c) { job { id } refusal { code } } }"
    assert graded.refused(mutation, AUDITOR, c=campaign) == "campaign_state"


@pytest.mark.parametrize("bundle", [b"", b"x", b"\x1f\x8b\x08\x00", io.BytesIO(b"PK\x03\x04").getvalue()])
def test_what_is_no_bundle_does_not_verify(graded: House, bundle: bytes) -> None:
    verify = "mutation ($file: Upload!) { verifyBundle(file: $file) { job { id } refusal { code } } }"
    job = graded.upload(verify, AUDITOR, ("bundle", bundle))["verifyBundle"]["job"]["id"]
    fields = "state refusal { code message } result { ... on VerificationResult { passed } }"
    told = graded.followed(job, AUDITOR, fields)[-1]
    assert told["state"] == "FAILED" or told["result"] == {"passed": False}


@pytest.mark.parametrize(
    ("code", "message"),
    [("enterprise_missing", "91130304PDY"), ("uscc_check_character", "check character")],
)
def test_a_code_that_is_not_there_and_one_that_cannot_be(graded: House, code: str, message: str) -> None:
    given = files.code(999) if code == "enterprise_missing" else files.code(1)[:-1] + "0"
    (error,) = graded.errors("query ($code: FormerCode!) { enterprise(code: $code) { name } }", PLANNER, code=given)
    assert error["extensions"]["code"] == code
    assert message in error["message"]
