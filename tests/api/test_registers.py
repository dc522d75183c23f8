"""The registers of inspection and the preview of conditions, through the doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.actors import Actor, Role
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, House, served_on

PLANNER_OF_ANOTHER = Actor("planner-sc", Role.PLANNER, "SC")
OBJECTS = [files.inspection_object(number, "ZJ", "在建项目") for number in range(1, 31)]
PREVIEW = """query ($conditions: ConditionsInput!, $after: String) {
  conditionsPreview(conditions: $conditions) {
    registeredCount memberCount leftOut { condition enterprises byItAlone }
    members(first: 20, after: $after) { nodes { code tags } pageInfo { hasNextPage endCursor } }
  }
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with registers."""
    with served_on("sqlite", tmp_path_factory.mktemp("registers")) as served:
        small_bureau.import_all(served)
        job = served.import_file("object", files.csv_bytes(OBJECTS), strict=True)
        assert job["state"] == "DONE", job
        yield served


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_anybody_downloads_the_list_of_items_and_it_comes_in_again(house: House, ending: str) -> None:
    answer = house.http.get(f"/items.{ending}")
    assert answer.status_code == 200
    assert house.http.get(f"/items.{ending}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert house.import_file("item", answer.content, f"items.{ending}", strict=True)["state"] == "DONE"
    assert house.http.get(f"/items.{ending}").content == answer.content


def test_the_public_list_tells_what_each_item_is_for(house: House) -> None:
    query = "query ($on: Date) { items(first: 10, on: $on) { nodes { code legalBasis tags share isInUse } } }"
    [first, *_] = house.ask(query)["items"]["nodes"]
    assert first == {"code": "ZJ-01", "legalBasis": "样例条例第一条", "tags": [], "share": None, "isInUse": True}
    assert house.ask(query, on="2020-01-01")["items"]["nodes"] == []


def test_objects_and_inspectors_are_not_public(house: House) -> None:
    for path in ("/objects.csv", "/inspectors.csv"):
        assert house.http.get(path).status_code == 404
    assert house.http.get("/staff/registers/object.csv").status_code == 401
    assert house.errors("{ objects(first: 1) { nodes { tags } } }")[0]["message"]


def test_staff_read_and_download_what_their_department_keeps(house: House) -> None:
    query = """query ($tag: String) { objects(first: 100, filter: { tag: $tag }) {
      nodes { enterpriseCode departmentCode tags } } }"""
    assert len(house.ask(query, PLANNER)["objects"]["nodes"]) == 30
    assert house.ask(query, PLANNER, tag="锅炉")["objects"]["nodes"] == []
    answer = house.http.get("/staff/registers/object.csv", headers=house.headers(PLANNER, "en"))
    assert answer.status_code == 200
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 31
    other = house.http.get("/staff/registers/object.csv?department=SC", headers=house.headers(PLANNER, "en"))
    assert other.status_code == 403
    assert house.http.get("/staff/registers/object.csv?on=x", headers=house.headers(AUDITOR, "en")).status_code == 400


def test_a_planner_pages_through_who_meets_conditions_and_sees_whom_each_leaves_out(house: House) -> None:
    wanted = {"tags": [["在建项目"]], "sectors": ["供热", "物业服务"]}
    found = house.ask(PREVIEW, PLANNER, conditions=wanted)["conditionsPreview"]
    assert (found["registeredCount"], found["memberCount"]) == (small_bureau.COUNT, 12)
    assert {each["condition"] for each in found["leftOut"]} == {"sectors", "tags"}
    assert found["members"]["pageInfo"]["hasNextPage"] is False
    assert {tuple(each["tags"]) for each in found["members"]["nodes"]} == {("在建项目",)}
    assert house.ask(PREVIEW, PLANNER_OF_ANOTHER, conditions=wanted)["conditionsPreview"]["memberCount"] == 0
    everybody = house.ask(PREVIEW, PLANNER, conditions={})["conditionsPreview"]["members"]
    following = house.ask(PREVIEW, PLANNER, conditions={}, after=everybody["pageInfo"]["endCursor"])
    assert everybody["nodes"][-1]["code"] < following["conditionsPreview"]["members"]["nodes"][0]["code"]
    assert house.errors(PREVIEW, ANALYST, conditions={})[0]["extensions"]["code"] == "role_not_allowed"


def test_the_command_line_exports_a_register_and_lists_who_is_in(house: House, tmp_path: Path) -> None:
    console = Console(house.bureau.settings, tmp_path)
    file = tmp_path / "objects.jsonl"
    told = console.done("register", "export", "object", "--format", "jsonl", "--output", file, actor=ADMINISTRATOR)
    assert told["file"] == str(file)
    again = console.done("import", file, "--source", "object", actor=ADMINISTRATOR)
    assert [(each["read"], each["same"]) for each in again["files"]] == [(30, 30)]
    assert (
        console.run("register", "export", "item", actor=AUDITOR).stdout.encode() == house.http.get("/items.csv").content
    )
    campaign = small_bureau.plan(house, conditions={"tags": [["在建项目", "其他"]]})
    listed = console.done("campaign", "members", campaign, actor=PLANNER)
    assert len(listed["members"]) == 30
    assert {"sector", "region", "division"} <= listed["members"][0].keys()
    others = small_bureau.COUNT - 30
    assert listed["left_out"] == [{"condition": "tags", "enterprises": others, "by_it_alone": others}]
