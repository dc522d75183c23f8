"""Early warning through GraphQL and the command line: a run, its warnings, and what becomes of them."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.actors import Actor, Role
from tests import bureau_files as files
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import ANALYST, AUDITOR, PLANNER, House, served_on

RUN = "mutation { raiseWarnings { job { id } refusal { code } } }"
RAISED = "query ($id: ID!) { job(id: $id) { kind result { ... on WarningsRaised { run raised } } } }"
LIST = """query ($kind: WarningKind, $state: WarningState, $enterprise: FormerCode, $first: Int! = 50, $after: String) {
  warnings(purpose: "核对", first: $first, after: $after,
           filter: { kind: $kind, state: $state, enterpriseCode: $enterprise }) {
    nodes { reference kind subject state raisedAt run } pageInfo { hasNextPage endCursor }
  }
}"""
SHOW = """query ($reference: String!) { warning(reference: $reference, purpose: "核对") {
  reference kind subject state evidence enterpriseCodes steps { step by note campaignCode }
} }"""
ACKNOWLEDGE = """mutation ($references: [String!]!) {
  acknowledgeWarnings(references: $references, note: "请核实") { count refusal { code } }
}"""
DISMISS = """mutation ($references: [String!]!, $reason: String! = "误报") {
  dismissWarnings(references: $references, reason: $reason) { count refusal { code message } }
}"""
TO_PLAN = '{ warningsToPlan(purpose: "编制计划", first: 100) { nodes { reference enterpriseCodes } } }'
CHECK = """mutation ($references: [String!]!, $plan: PlanInput!) {
  planSpecialCheck(references: $references, plan: $plan) { campaign { code plan { listed } } refusal { code } }
}"""
PRECISION = """{ warningPrecision {
  kind raisedCount borneOutCount notBorneOutCount unknownCount share low high falseAlarmsPerMillion
} }"""
NUMBERS = range(1, 7)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau of which six licences end soon."""
    with served_on("sqlite", tmp_path_factory.mktemp("warnings")) as house:
        small_bureau.import_all(house)
        ends = (house.bureau.today + timedelta(days=9)).isoformat()
        rows = [files.licence(number, 有效期至=ends) for number in NUMBERS]
        assert house.import_file("licence", files.csv_bytes(rows))["state"] == "DONE"
        job = house.work(RUN, ANALYST)["id"]
        told = house.ask(RAISED, ANALYST, id=job)["job"]
        assert (told["kind"], told["result"]["raised"]) == ("RAISE_WARNINGS", 6)
        yield house


@pytest.fixture(scope="module")
def console(house: House, tmp_path_factory: pytest.TempPathFactory) -> Console:
    return Console(house.bureau.settings, tmp_path_factory.mktemp("console"))


def listed(house: House, actor: Actor = ANALYST, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.ask(LIST, actor, **wanted)["warnings"]["nodes"]
    return found


def of(house: House, number: int) -> str:
    """Return the reference of an enterprise's warning."""
    return str(listed(house, enterprise=files.code(number))[0]["reference"])


def test_a_warning_with_its_evidence(house: House) -> None:
    (found,) = listed(house, AUDITOR, enterprise=files.code(1), kind="LICENCE")
    assert json.loads(found["subject"]) == {"enterprise": files.code(1)}
    shown = house.ask(SHOW, AUDITOR, reference=found["reference"])["warning"]
    assert shown["enterpriseCodes"] == [files.code(1)]
    assert json.loads(shown["evidence"])["category"] == "普通"


def test_pages_of_warnings(house: House) -> None:
    everything = [each["reference"] for each in listed(house)]
    assert len(everything) == 6
    page = house.ask(LIST, ANALYST, first=4)["warnings"]
    rest = house.ask(LIST, ANALYST, first=4, after=page["pageInfo"]["endCursor"])["warnings"]
    assert [each["reference"] for each in (*page["nodes"], *rest["nodes"])] == everything
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    (error,) = house.errors(LIST, ANALYST, first=0)
    assert error["extensions"]["code"] == "page_size"


def test_dismissed_with_a_reason(house: House) -> None:
    reference = of(house, 1)
    assert house.refused(DISMISS, ANALYST, references=[reference], reason=" ") == "warning_without_reason"
    assert house.do(DISMISS, ANALYST, references=[reference])["count"] == 1
    assert house.ask(SHOW, ANALYST, reference=reference)["warning"]["steps"] == [
        {"step": "DISMISSED", "by": "analyst", "note": "误报", "campaignCode": None}
    ]
    assert house.refused(DISMISS, ANALYST, references=[reference]) == "warning_state"


def test_turned_into_a_special_check(house: House) -> None:
    references = sorted((of(house, 2), of(house, 3)))
    plan = small_bureau.plan_input(house, rates=[], listing={"reason": "节前安全"})
    assert house.refused(CHECK, PLANNER, references=references, plan=plan) == "warning_state"
    house.do(ACKNOWLEDGE, ANALYST, references=references)
    told = {
        each["reference"]: each["enterpriseCodes"] for each in house.ask(TO_PLAN, PLANNER)["warningsToPlan"]["nodes"]
    }
    assert set(references) <= set(told)
    campaign = house.do(CHECK, PLANNER, references=references, plan=plan)["campaign"]
    assert campaign["plan"]["listed"] == sorted(code for each in references for code in told[each])
    shown = house.ask(SHOW, ANALYST, reference=references[0])["warning"]
    assert (shown["state"], shown["steps"][-1]["campaignCode"]) == ("CAMPAIGN", campaign["code"])


def test_the_command_line_handles_warnings(house: House, console: Console, tmp_path: Path) -> None:
    analyst, planner = Actor("analyst", Role.ANALYST), PLANNER
    assert console.done("warn", "run", actor=analyst)["raised"] == 0
    given = console.done("warn", "list", "--purpose", "核对", "--enterprise", files.code(4), actor=analyst)
    (reference,) = [each["reference"] for each in given["warnings"]]
    shown = console.done("warn", "show", reference, "--purpose", "核对", actor=AUDITOR)
    assert (shown["kind"], shown["enterprises"]) == ("licence", [files.code(4)])
    assert console.json("warn", "show", reference, "--purpose", " ", actor=AUDITOR).error == "purpose_missing"
    assert console.done("warn", "acknowledge", reference, "--note", "请核实", actor=analyst)["warnings"] == 1
    to_plan = console.done("warn", "to-plan", "--purpose", "编制计划", actor=planner)["warnings"]
    assert reference in {each["reference"] for each in to_plan}
    today = house.bureau.today
    path = tmp_path / "plan.toml"
    path.write_text(
        f'title = "专项检查"\ndepartments = ["ZJ"]\nitems = ["ZJ-03"]\nstarts = {today}\n'
        f'ends = {today + timedelta(days=30)}\n[listing]\nreason = "节前安全"\n',
        "utf-8",
    )
    planned = console.done("warn", "campaign", reference, "--plan", path, actor=planner)["campaign"]
    assert planned["type"] == "special"
    other = of(house, 5)
    assert console.done("warn", "dismiss", other, "--reason", "误报", actor=analyst)["state"] == "dismissed"
    states = console.done("warn", "list", "--purpose", "核对", "--state", "campaign", actor=analyst)
    assert reference in {each["reference"] for each in states["warnings"]}


def test_people_read_words(house: House, console: Console) -> None:
    analyst = Actor("analyst", Role.ANALYST)
    shown = console.run("warn", "list", "--purpose", "核对", actor=analyst).stdout
    assert "Warnings (confidential)" in shown
    assert "For placing supervision only" in shown
    assert "licence ends soon" in console.run("warn", "show", of(house, 6), "--purpose", "x", actor=analyst).stdout
    for command in (("run",), ("precision",)):
        assert console.run("warn", *command, actor=analyst).code == 0
    assert console.run("warn", "to-plan", "--purpose", "编制计划", actor=PLANNER).code == 0


def test_precision_by_both_doors(house: House, console: Console) -> None:
    found = {each["kind"]: each for each in house.ask(PRECISION, AUDITOR)["warningPrecision"]}
    assert set(found) == {"GRADE_JUMP", "SURGE", "RISK_POINT", "LICENCE", "CORRECTION", "RELATED"}
    assert (found["LICENCE"]["raisedCount"], found["LICENCE"]["unknownCount"]) == (6, 6)
    assert found["LICENCE"]["share"] is None
    told = {each["kind"]: each for each in console.done("warn", "precision", actor=AUDITOR)["precision"]}
    assert (told["licence"]["raised"], told["surge"]["false_alarms_per_million"]) == (6, 2075)


def test_the_public_schema_knows_no_warning(house: House) -> None:
    told = house.http.get("/schema.graphql").text
    assert "type Query" in told
    assert re.findall(r"^(?:type|enum|input|union|scalar) \w*arning\w*", told, re.MULTILINE) == []


def test_no_reference_is_logged(house: House) -> None:
    for each in listed(house):
        assert each["reference"] not in house.logged.getvalue()
