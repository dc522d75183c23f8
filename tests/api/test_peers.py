"""A peer department's client: what it reads, what it hands in, and that there is nothing else (对接部门)."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.actors import Actor, Role
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import ADMINISTRATOR, AUDITOR, PLANNER, House, served_on

PEER = Actor("client:fire", Role.PEER, "XF")
OWN = Actor("client:own", Role.PEER, "ZJ")
OTHER = Actor("client:other", Role.PEER, "SC")
BODY = "样例消防队"
SOURCE = f"""
name = "消防检查"
title = "消防监督检查"
version = "1"
kind = "inspection"
legal_basis = "样例条例第一条"
catalogue = "样例目录-009"
valid_from = 2020-01-01
department = "XF"
[fields.enterprise]
columns = ["统一社会信用代码"]
[fields.name]
columns = ["企业名称"]
[fields.number]
columns = ["文书号"]
[fields.date]
columns = ["日期"]
[fields.type]
value = "日常检查"
[fields.results]
columns = ["检查结果"]
[fields.body]
value = "{BODY}"
[fields.source]
value = "{BODY}"
"""
ADD = "mutation ($text: String!) { addSource(text: $text) { source { name } refusal { code } } }"
HAND_IN = """mutation ($rows: [JSON!]!, $source: String!, $strict: Boolean! = false) {
  importRows(rows: $rows, source: $source, strict: $strict) { job { id } refusal { code } }
}"""
UPLOAD = """mutation ($file: Upload!, $source: String!) {
  importFile(file: $file, source: $source) { job { id } refusal { code } }
}"""
COUNTS = "query ($id: ID!) { job(id: $id) { result { ... on ImportResult { files { read new same refused } } } } }"
FINDINGS = """query ($first: Int! = 100, $after: String, $of: [FormerCode!], $since: Date, $until: Date) {
  recognisableFindings(
    first: $first, after: $after, filter: {enterpriseCodes: $of, visitedSince: $since, visitedUntil: $until}
  ) {
    nodes { number enterpriseCode enterpriseName departmentName items { code name } visitedOn results { code }
            campaignCode position obstacle }
    pageInfo { hasNextPage endCursor }
  }
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau whose campaign of one department is published, and that has a source of another department."""
    with served_on("sqlite", tmp_path_factory.mktemp("peers")) as house:
        small_bureau.run_campaign(house, lambda state: None)
        house.do(ADD, ADMINISTRATOR, text=SOURCE)
        yield house


def row(number: int, document: str, house: House, **changes: str) -> dict[str, str]:
    day = (house.bureau.today - timedelta(days=9)).isoformat()
    told = {"统一社会信用代码": files.code(number), "企业名称": files.name(number), "文书号": document}
    return {**told, "日期": day, "检查结果": "未发现问题", **changes}


def hand_in(house: House, rows: list[Any], actor: Actor = PEER) -> dict[str, Any]:
    job = house.do(HAND_IN, actor, rows=rows, source="消防检查")["job"]
    return house.ended(job["id"], actor)


def counts(house: House, job: dict[str, Any], actor: Actor = PEER) -> dict[str, int]:
    (told,) = house.ask(COUNTS, actor, id=job["id"])["job"]["result"]["files"]
    found: dict[str, int] = told
    return found


def found(house: House, actor: Actor = PEER, **asked: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = house.ask(FINDINGS, actor, **asked)["recognisableFindings"]["nodes"]
    return told


def test_it_reads_published_findings_and_whether_each_may_be_recognised(house: House) -> None:
    told = found(house)
    published = house.ask("{ findings(first: 100) { nodes { number enterpriseCode visitedOn } } }")["findings"]["nodes"]
    assert told
    assert [(each["number"], each["enterpriseCode"]) for each in told] == [
        (each["number"], each["enterpriseCode"]) for each in published
    ]
    assert {each["items"][0]["code"] for each in told} == {"ZJ-01"}
    assert {each["obstacle"] for each in told} <= {None, "NOT_MET"}
    assert None in {each["obstacle"] for each in told}


def test_a_finding_of_its_own_department_is_nothing_to_recognise(house: House) -> None:
    assert {each["obstacle"] for each in found(house, OWN)} == {"OWN"}


def test_it_asks_by_enterprises_days_and_pages(house: House) -> None:
    told = found(house)
    codes = [each["enterpriseCode"] for each in told[:2]]
    assert [each["enterpriseCode"] for each in found(house, of=codes)] == codes
    assert found(house, of=[]) == []
    assert found(house, since=told[0]["visitedOn"], until=told[0]["visitedOn"]) == [
        each for each in told if each["visitedOn"] == told[0]["visitedOn"]
    ]
    assert found(house, until="2020-01-01") == []
    page = house.ask(FINDINGS, PEER, first=1)["recognisableFindings"]
    assert found(house, first=1, after=page["pageInfo"]["endCursor"]) == told[1:2]
    (error,) = house.errors(FINDINGS, PEER, of=[files.code(1)] * 101)
    assert error["extensions"]["code"] == "recognisable_codes"


def test_what_it_hands_in_goes_in_once_and_bad_rows_come_back(house: House) -> None:
    rows: list[Any] = [row(1, "消检1", house), row(2, "消检2", house), row(3, "消检3", house, 检查结果="无"), 7]
    job = hand_in(house, rows)
    assert counts(house, job) == {"read": 4, "new": 2, "same": 0, "refused": 2}
    (left,) = job["files"]
    answer = house.http.get(left["path"], headers=house.headers(PEER, "en"))
    bad = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert files.code(3) in [each["统一社会信用代码"] for each in bad]
    assert house.http.get(left["path"], headers=house.headers(OTHER, "en")).status_code == 404
    assert counts(house, hand_in(house, rows)) == {"read": 4, "new": 0, "same": 2, "refused": 2}
    query = "query ($of: FormerCode!) { inspectionsElsewhere(enterprise: $of) { body number } }"
    elsewhere = house.ask(query, PLANNER, of=files.code(1))["inspectionsElsewhere"]
    assert {"body": BODY, "number": "消检1"} in elsewhere


def test_a_file_goes_the_same_way(house: House) -> None:
    content = files.csv_bytes([row(4, "消检4", house)])
    payload = house.upload(UPLOAD, PEER, ("x.csv", content), source="消防检查")["importFile"]
    assert payload["refusal"] is None
    assert counts(house, house.ended(payload["job"]["id"], PEER))["new"] == 1


@pytest.mark.parametrize(
    ("source", "actor", "code"),
    [
        ("消防检查", OTHER, "source_unknown"),
        ("消防检查", OWN, "source_unknown"),
        ("inspection", PEER, "role_not_allowed"),
        ("department", PEER, "role_not_allowed"),
        ("outside_grade", PEER, "role_not_allowed"),
        ("没有", PEER, "source_unknown"),
    ],
)
def test_no_source_but_its_department_s_is_open_to_it(house: House, source: str, actor: Actor, code: str) -> None:
    assert house.refused(HAND_IN, actor, rows=[row(1, "x", house)], source=source) == code
    payload = house.upload(UPLOAD, actor, ("x.csv", b"x"), source=source)["importFile"]
    assert payload["refusal"]["code"] == code


@pytest.mark.parametrize("count", [0, 1001])
def test_rows_are_few_or_a_file(house: House, count: int) -> None:
    assert house.refused(HAND_IN, PEER, rows=[{}] * count, source="消防检查") == "rows_count"


def test_it_sees_the_sources_of_its_department_and_its_own_jobs(house: House) -> None:
    query = "{ sources { name } unreadableSources { name } jobs(first: 100) { nodes { kind } } }"
    told = house.ask(query, PEER)
    assert (told["sources"], told["unreadableSources"]) == ([{"name": "消防检查"}], [])
    assert {each["kind"] for each in told["jobs"]["nodes"]} == {"IMPORT_FILE"}
    assert house.ask(query, OTHER) == {"sources": [], "unreadableSources": [], "jobs": {"nodes": []}}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (('body]\nvalue = "样例消防队"', 'body]\ncolumns = ["机关"]'), "source_department_body"),
        (('kind = "inspection"', 'kind = "revocation"'), "source_department_kind"),
    ],
)
def test_a_source_of_a_department_cannot_supersede_what_others_told(
    house: House, changed: tuple[str, str], code: str
) -> None:
    text = SOURCE.replace('"消防检查"', '"别的"').replace(*changed)
    assert house.refused(ADD, ADMINISTRATOR, text=text) == code


@pytest.mark.parametrize(
    "path",
    [
        "/staff/registers/inspector.csv",
        "/staff/registers/object.csv",
        f"/staff/files/forms/2026-0001/{files.code(1)}/notice.pdf",
        "/staff/files/0123456789abcdef0123456789abcdef",
    ],
)
def test_no_file_of_the_staff_is_open_to_it(house: House, path: str) -> None:
    assert house.http.get(path, headers=house.headers(PEER, "en")).status_code in (403, 404)


def test_the_command_line_gives_the_same(house: House, tmp_path: Path) -> None:
    console = Console(house.bureau.settings, tmp_path)
    listed = console.json("finding", "recognisable", actor=PEER).json["findings"]
    assert [each["number"] for each in listed] == [each["number"] for each in found(house)]
    assert console.json("finding", "recognisable", actor=PLANNER).error == "role_not_allowed"
    assert console.json("finding", "recognisable", actor=AUDITOR).json["findings"]
    path = tmp_path / "x.csv"
    path.write_bytes(files.csv_bytes([row(5, "消检5", house)]))
    assert console.json("import", "--source", "消防检查", str(path), actor=PEER).json["files"][0]["new"] == 1
    assert console.json("import", "--source", "消防检查", str(path), actor=OTHER).error == "source_unknown"
    assert console.json("campaign", "list", actor=PEER).error == "role_not_allowed"
