"""Campaigns that are no draw, flat rates and joint campaigns, through the doors."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import PLANNER, House, served_on

LIST = f"统一社会信用代码,企业名称\n{files.code(2)},甲\n{files.code(5)},乙\n".encode()
PLAN = """mutation ($plan: PlanInput!, $file: Upload) { planCampaign(plan: $plan, file: $file) {
  campaign { code plan { type listed flatReason deviations { kind reason }
    participants { departmentCode size } grading { rule departmentCodes } } } refusal { code } } }"""
PUBLIC = """query ($code: String!) { campaign(code: $code) {
  state type toDraw toVisit drawnPositions listing { reason issuingBody documentNumber fileDigest }
  toBeTrusted { code } frozenEntry { kind } } }"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose enterprises are graded."""
    with served_on("sqlite", tmp_path_factory.mktemp("types")) as served:
        small_bureau.import_all(served)
        small_bureau.grade_all(served)
        yield served


def planned(house: House, **changes: Any) -> Any:
    return house.do(PLAN, PLANNER, plan=small_bureau.plan_input(house, **changes))["campaign"]


def test_a_superior_s_list_comes_in_as_its_file_and_is_shown_with_its_origin(house: House) -> None:
    listing = {"origin": {"issuingBody": "样例省局", "documentNumber": "省抽1号"}}
    plan = small_bureau.plan_input(house, listing=listing, rates=[])
    (payload,) = house.upload(PLAN, PLANNER, ("名单.csv", LIST), plan=plan).values()
    assert payload["refusal"] is None
    told = payload["campaign"]["plan"]
    assert (told["type"], told["listed"]) == ("SUPERIOR", [files.code(2), files.code(5)])
    assert told["deviations"] == [{"kind": "SUPERIOR", "reason": "样例省局 省抽1号"}]
    code = payload["campaign"]["code"]
    small_bureau.freeze(house, code)
    found = house.ask(PUBLIC, code=code)["campaign"]
    assert (found["state"], found["type"], found["toDraw"], found["toVisit"]) == ("LISTED", "SUPERIOR", 0, 2)
    assert found["listing"] == {
        "reason": "",
        "issuingBody": "样例省局",
        "documentNumber": "省抽1号",
        "fileDigest": hashlib.sha256(LIST).hexdigest(),
    }
    assert found["frozenEntry"] == {"kind": "campaign.listed"}
    assert found["toBeTrusted"][0]["code"] == "no_draw_superior"
    small_bureau.reveal(house, code)
    matched = house.do(small_bureau.step("matchCampaign"), PLANNER, campaign=code)["campaign"]
    assert matched == {"state": "MATCHED"}
    assert {visit["enterpriseCode"] for visit in small_bureau.visits(house, code)} == set(told["listed"])


def test_a_list_with_a_bad_row_is_refused(house: House) -> None:
    plan = small_bureau.plan_input(house, listing={"reason": "x"}, rates=[])
    (payload,) = house.upload(PLAN, PLANNER, ("名单.csv", LIST + b"9113,x\n"), plan=plan).values()
    assert payload["refusal"] == {"code": "list_row_unusable"}


def test_a_flat_rate_is_planned_with_its_reason_alone(house: House) -> None:
    flat = [{"grade": each["grade"], "basisPoints": 2000} for each in small_bureau.plan_input(house)["rates"]]
    wanted = small_bureau.plan_input(house, rates=flat)
    assert house.refused(PLAN, PLANNER, plan=wanted) == "flat_rate_without_reason"
    told = planned(house, rates=flat, flatReason="首次抽查")["plan"]
    assert told["deviations"] == [{"kind": "FLAT_RATE", "reason": "首次抽查"}]


def test_participants_give_departments_and_items(house: House) -> None:
    participants = [
        {"department": "ZJ", "unit": f"样例{number}所", "items": [f"ZJ-0{number + 1}"], "size": 1} for number in (0, 1)
    ]
    told = planned(house, departments=[], items=[], participants=participants)["plan"]
    assert told["participants"] == [{"departmentCode": "ZJ", "size": 1}] * 2
    grading = {"rule": "DEPARTMENT", "departments": ["SC"]}
    wanted = small_bureau.plan_input(house, grading=grading)
    assert house.refused(PLAN, PLANNER, plan=wanted) == "joint_grading_of_others"


def test_the_command_line_plans_a_special_check_of_a_list(house: House, tmp_path: Path) -> None:
    console = Console(house.bureau.settings, tmp_path)
    (tmp_path / "list.csv").write_bytes(LIST)
    today = house.bureau.today
    told = console.done(
        *("campaign", "plan", "--title", "专项检查", "--department", "ZJ", "--item", "ZJ-03"),
        *("--starts", today.isoformat(), "--ends", (today + timedelta(days=9)).isoformat()),
        *("--special", "节前安全", "--list", tmp_path / "list.csv"),
        actor=PLANNER,
    )
    assert told["campaign"]["type"] == "special"
    assert told["campaign"]["deviations"] == [{"kind": "special", "reason": "节前安全"}]
    assert told["campaign"]["listing"]["enterprises"] == [files.code(2), files.code(5)]
    frozen = console.done("campaign", "freeze", told["campaign"]["id"], "--beacon", "local", actor=PLANNER)
    assert frozen["state"] == "listed"
    shown = console.run("campaign", "show", told["campaign"]["id"], actor=PLANNER).stdout
    assert "special check (no draw)" in shown
    assert "节前安全" in shown


def test_the_command_line_reads_a_joint_plan_from_a_file(house: House, tmp_path: Path) -> None:
    console = Console(house.bureau.settings, tmp_path)
    today = house.bureau.today.isoformat()
    (tmp_path / "plan.toml").write_text(
        f"""title = "内部联合"
starts = {today}
ends = {today}
rates = {{ Walnut = 1000, Juniper = 2000, Larch = 3000, Yew = 4000 }}
[[participants]]
department = "ZJ"
items = ["ZJ-01"]
size = 2
inspectors = ["ZJ001", "ZJ002", "ZJ003"]
[conditions]
types = ["企业"]
""",
        encoding="utf-8",
    )
    told = console.done("campaign", "plan", "--file", tmp_path / "plan.toml", actor=PLANNER)
    assert told["campaign"]["participants"][0]["inspectors"] == ["ZJ001", "ZJ002", "ZJ003"]
    assert told["campaign"]["conditions"]["types"] == ["企业"]
    assert told["campaign"]["type"] == "targeted"
