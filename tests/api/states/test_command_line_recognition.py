"""Row V9 of docs/states.md through the command line: an inspection that another department did stands for the visit."""

from pathlib import Path

import pytest

from tests.api import small_bureau
from tests.api.console import ANALYST, PLANNER, Console
from tests.api.states.recognition import OTHER, Matched


@pytest.fixture
def console(matched_bureau: Matched, tmp_path: Path) -> Console:
    """The command line of the shared bureau."""
    return Console(matched_bureau.house.bureau.settings, tmp_path)


def test_v9_recognised(matched_bureau: Matched, console: Console) -> None:
    code, leader, reference = matched_bureau.visit()
    [found] = console.done("finding", "elsewhere", "--enterprise", code, actor=leader)["inspections"]
    assert (found["reference"], found["body"], found["results"]) == (reference, OTHER, ["no_problem"])
    [offered] = [each for each in console.done("visits", actor=leader)["visits"] if each["enterprise"] == code]
    assert (offered["elsewhere"]["reference"], offered["elsewhere"]["body"]) == (reference, OTHER)
    given = ("finding", "recognise", matched_bureau.campaign, "--enterprise", code)
    good = (*given, "--reference", reference, "--reason", "同一事项")
    assert console.json(*good, actor=PLANNER).error == "role_not_allowed"
    assert console.json(*good, actor=matched_bureau.stranger(code)).error == "finding_not_assigned"
    assert console.json(*good[:-1], " ", actor=leader).error == "recognition_without_reason"
    other = (*given, "--reference", "f" * 64, "--reason", "x")
    assert console.json(*other, actor=leader).error == "inspection_missing"
    assert console.done(*good, actor=leader)["finding"]["state"] == "recorded"
    [visit] = [each for each in console.done("visits", actor=leader)["visits"] if each["enterprise"] == code]
    assert visit["elsewhere"] is None
    assert console.json(*good, actor=leader).error == "finding_stands"


def test_v9_a_planned_campaign_tells_what_others_inspected(matched_bureau: Matched, console: Console) -> None:
    given = ("campaign", "overlap", matched_bureau.planned)
    found = console.done(*given, "--days", "90", actor=PLANNER)
    assert (found["members"], found["same_items"]) == (small_bureau.COUNT, 0)
    assert found["inspected"] == found["unstated"] > 0
    assert console.json(*given, actor=ANALYST).error == "role_not_allowed"
    assert console.json(*given, "--days", "0", actor=PLANNER).error == "recognition_days"
