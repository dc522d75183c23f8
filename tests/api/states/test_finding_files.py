"""All published findings as a table, in figures, and one enterprise's feed."""

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from api import finding_files
from ledger.windows import Window
from sampling import disclosures
from sampling.disclosures import Disclosure
from tests.api.states.publishing import Desk

FIGURES = """{ figures { findings byMonth { findings } byPlace { name findings } byResult { findings problems } } }"""


def table(desk: Desk) -> list[dict[str, str]]:
    answer = desk.house.http.get("/findings.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_table_has_every_finding_once_however_it_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_files, "TOGETHER", 3)
    rows = table(desk)
    numbers = [int(row["公示序号"]) for row in rows]
    count = desk.house.ask("{ findings(first: 1) { totalCount } }")["findings"]["totalCount"]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == count > 3


def test_a_name_that_a_spreadsheet_would_take_for_a_formula_is_a_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = disclosures.findings

    def hostile(tx: Connection, window: Window) -> list[Disclosure]:
        return [replace(each, name="=1+1") for each in read(tx, window=window)]

    monkeypatch.setattr(disclosures, "findings", hostile)
    assert {row["企业名称"] for row in table(desk)} == {"'=1+1"}


def test_the_figures_count_what_the_table_has(desk: Desk) -> None:
    rows = table(desk)
    figures = desk.house.ask(FIGURES)["figures"]
    assert figures["findings"] == len(rows) == sum(each["findings"] for each in figures["byMonth"])
    places = [row["统一社会信用代码"][2:8] for row in rows]
    assert {each["name"]: each["findings"] for each in figures["byPlace"]} == {
        place: places.count(place) for place in places
    }


def test_an_enterprise_has_a_feed_of_its_own(desk: Desk) -> None:
    code = table(desk)[0]["统一社会信用代码"]
    feed = desk.house.http.get(f"/feed.json?enterprise={code}").json()
    assert {item["_qian"]["enterprise"] for item in feed["items"]} == {code}
    assert feed["feed_url"].endswith(f"/feed.json?enterprise={code}")
    atom = desk.house.http.get(f"/feed.atom?enterprise={code}").text
    assert code in atom
    for item in feed["items"]:
        told = item["_qian"]
        assert item["url"] == f"{feed['home_page_url']}findings/{told['campaign']}/{told['position']}"
        assert f'<link rel="alternate" type="text/html" href="{item["url"]}" />' in atom


def test_a_feed_of_no_code_is_refused(desk: Desk) -> None:
    answer = desk.house.http.get("/feed.json?enterprise=91130304PDY000010X")
    assert answer.status_code == 400
