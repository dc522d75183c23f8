"""Evaluation through both doors: what a campaign drawn at unequal rates says, and who is told it, on record."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection

from api.worker import Worker
from ledger.actors import Actor, Role
from ledger.windows import Window
from sampling.evaluating import evaluate_campaign
from scoring import grades
from scoring.evaluation.prevalence import Prevalence
from scoring.evaluation.results import Evaluation
from scoring.trials import Withheld
from tests import bureau_files as files
from tests.api.states.publishing import Desk, desk_at
from tests.sampling.bureau import ANALYST, AUDITOR, CAMPAIGN, CLOSED_AT, PLANNER, Bureau, Templates
from tests.sampling.conftest import BureauIn, bureau_in, engine, postgresql_states, sqlite_states  # noqa: F401
from tests.scoring.model_text import SMALL

ELSEWHERE = Actor("analyst-sc", Role.ANALYST, "SC")
LEADING = Actor("analyst-zj", Role.ANALYST, "ZJ")
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
PURPOSE = "季度评估"
PERIOD = {"first": "2025-01-01", "last": "2026-12-31", "purpose": PURPOSE}
OF_PERIOD = ("--from", PERIOD["first"], "--to", PERIOD["last"], "--purpose", PURPOSE)

ESTIMATE = "{ value low high notes { code text } }"
CAMPAIGN_EVALUATION = f"""query ($campaign: String!, $purpose: String!) {{
  campaignEvaluation(campaign: $campaign, purpose: $purpose) {{
    campaigns visited population notCovered pending {{ pending }} leftOut {{ inspections }}
    overall {{ visits found share {ESTIMATE} foundTotal {ESTIMATE} }}
    byGrade {{ domain visits found share {ESTIMATE} }}
    bySector {{ members prevalence {{ domain visits }} difference {ESTIMATE} }}
    trend {{ probability steps {{ lower higher rise {ESTIMATE} }} }}
    againstUniform {{ findings {ESTIMATE} uniform {ESTIMATE} quotient {ESTIMATE} }}
    score {{ auc captured {{ visits findings }} bands {{ lowest visits }} }}
    burden {{ grade visits inVain }} inspectors {{ inspector visits }} notice
  }} }}"""
INDICATOR_ANALYSIS = """query ($model: ModelInput!, $first: Date!, $last: Date!, $purpose: String!) {
  indicatorAnalysis(model: $model, first: $first, last: $last, purpose: $purpose) {
    visits found outOfScope observational
    indicators { id iv auc monotone stability { psi limit } bins { label visits woe rate { value } } }
    correlations { one other value } score { auc } notice } }"""
EVALUATE_PERIOD = """mutation ($first: Date!, $last: Date!, $purpose: String!) {
  evaluatePeriod(first: $first, last: $last, purpose: $purpose) { job { id } refusal { code } } }"""
ANALYSE = """mutation ($text: String!, $first: Date!, $last: Date!, $purpose: String!) {
  analyseIndicators(model: { text: $text }, first: $first, last: $last, purpose: $purpose) {
    job { id } refusal { code } } }"""


@pytest.fixture(scope="module")
def closed(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign."""
    folder = tmp_path_factory.mktemp("evaluated")
    with desk_at(sqlite_states.of("closed"), folder, CLOSED_AT + timedelta(hours=1)) as desk:
        yield desk


def worked(desk: Desk, mutation: str, **variables: Any) -> dict[str, Any]:
    """Ask for a job, do it, and return it."""
    job = desk.house.do(mutation, ANALYST, **variables)["job"]["id"]
    assert Worker(desk.house.bureau, lambda: desk.clock.now).work_one()
    return desk.house.ended(job, ANALYST)


def asking(actor: Actor) -> Callable[[Connection], Withheld[Evaluation]]:
    return lambda tx: evaluate_campaign(tx, actor, CAMPAIGN, PURPOSE)


def told(bureau: Bureau, actor: Actor = ANALYST) -> Any:
    withheld = bureau.ask(asking(actor))
    return bureau.do(lambda tx: withheld.tell(tx, CLOSED_AT))


def test_the_estimates_are_those_of_the_design_and_no_rate_of_hits(bureau_in: BureauIn) -> None:  # noqa: F811
    bureau = bureau_in("closed")
    found = told(bureau)
    sizes = dict.fromkeys("A", (54, 6)) | {"B": (30, 5), "C": (20, 4), "D": (16, 4)}
    by_grade: dict[str, Prevalence] = {each.domain: each for each in found.by_grade}
    assert list(by_grade) == ["A", "B", "C", "D"]
    assert {grade: each.visits for grade, each in by_grade.items()} == {g: n for g, (_, n) in sizes.items()}
    weighted = sum(sizes[grade][0] / sizes[grade][1] * each.found for grade, each in by_grade.items())
    inspectable = sum(sizes[grade][0] / sizes[grade][1] * each.inspectable for grade, each in by_grade.items())
    assert found.overall.found_total.value == pytest.approx(weighted)
    assert found.overall.share.value == pytest.approx(weighted / inspectable)
    assert found.overall.share.value != pytest.approx(found.overall.found / found.overall.inspectable)
    assert sum(each.members for each in found.by_sector) == found.coverage.population == 120
    assert sum(each.difference.value for each in found.by_sector) == pytest.approx(
        sum(each.difference.value for each in found.by_region)
    )
    assert found.coverage.pending == 0


def test_only_analysts_and_auditors_evaluate_and_of_others_campaigns_nothing(bureau_in: BureauIn) -> None:  # noqa: F811
    bureau = bureau_in("closed")
    assert told(bureau, LEADING) == told(bureau, AUDITOR)
    for actor in (PLANNER, INSPECTOR, ADMINISTRATOR):
        bureau.refuse("role_not_allowed", asking(actor))
    bureau.refuse("evaluation_of_others", asking(ELSEWHERE))
    bureau.refuse("purpose_missing", lambda tx: evaluate_campaign(tx, ANALYST, CAMPAIGN, " "))
    read = bureau.ask(lambda tx: grades.readings(tx, AUDITOR, Window(2)))
    assert [(each["subject"], each["run"], each["purpose"]) for each in read] == [
        (AUDITOR.subject, "evaluation", PURPOSE),
        (LEADING.subject, "evaluation", PURPOSE),
    ]


def test_a_campaign_is_evaluated_by_both_doors_alike(closed: Desk) -> None:
    asked = {"campaign": CAMPAIGN, "purpose": PURPOSE}
    answer = closed.house.ask(CAMPAIGN_EVALUATION, ANALYST, **asked)["campaignEvaluation"]
    document = closed.console.done("evaluate", "campaign", CAMPAIGN, "--purpose", PURPOSE, actor=ANALYST)
    assert answer["overall"]["share"]["value"] == pytest.approx(document["overall"]["share"]["value"])
    assert (answer["population"], answer["notCovered"]) == (120, document["coverage"]["not_covered"])
    assert [each["domain"] for each in answer["byGrade"]] == ["A", "B", "C", "D"]
    assert [each["higher"] for each in answer["trend"]["steps"]] == ["B", "C", "D"]
    assert answer["score"]["auc"] == pytest.approx(document["discrimination"]["auc"])
    assert "不作为对企业信用的评价" in answer["notice"]
    shown = closed.console.run(
        "evaluate", "campaign", CAMPAIGN, "--purpose", PURPOSE, actor=ANALYST, QIAN_LANGUAGE="zh"
    )
    assert shown.code == 0, shown.stderr
    for word in ("抽查效果评估", "按等级", "与等概率抽取相比", "检查人员宽严"):
        assert word in shown.stdout


def test_a_period_is_evaluated_and_its_data_are_files_for_who_asked(closed: Desk) -> None:
    job = worked(closed, EVALUATE_PERIOD, **PERIOD)
    files = {each["name"]: each["path"] for each in job["files"]}
    assert set(files) == {"evaluation.json", "prevalence.csv"}
    document = orjson.loads(closed.house.fetch(files["evaluation.json"], ANALYST).content)
    assert document["coverage"]["visited"] == 19
    assert document["left_out"].keys() == {"no_design"}
    assert closed.house.fetch(files["evaluation.json"], PLANNER).status_code >= 400
    lines = closed.house.fetch(files["prevalence.csv"], ANALYST).text.splitlines()
    assert lines[0].endswith("by,domain,visits,inspectable,found,share,low,high")
    console = closed.console.done("evaluate", "period", *OF_PERIOD, actor=ANALYST)
    assert console["overall"] == document["overall"]


def test_a_region_that_is_a_code_is_told_with_its_division_s_name(
    sqlite_states: Templates,  # noqa: F811
    tmp_path: Path,
) -> None:
    code, name = "130304", "样例区"
    with desk_at(sqlite_states.of("closed"), tmp_path, CLOSED_AT + timedelta(hours=1), worker=True) as desk:
        rows = [files.registration(number, 区域=code) for number in range(1, 121)]
        for kind, given in (("registration", rows), ("division", [files.division(code, name)])):
            assert desk.house.import_file(kind, files.csv_bytes(given))["state"] == "DONE"
        folder = tmp_path / "plots"
        command = ("evaluate", "campaign", CAMPAIGN, "--purpose", PURPOSE, "--plots", folder)
        shown = desk.console.run(*command, actor=ANALYST, COLUMNS="200")
        assert f"{code} {name}" in shown.stdout, shown.stderr
        assert f"{code} {name}" in (folder / "rate-by-region.csv").read_text("utf-8-sig")
        document = desk.console.done(*command[:-2], actor=ANALYST)
        assert [each["prevalence"]["domain"] for each in document["by_region"]] == [code]
        assert document["divisions"] == {code: name}
        job = desk.house.work(EVALUATE_PERIOD, ANALYST, **PERIOD)
        (table,) = [each["path"] for each in job["files"] if each["name"] == "prevalence.csv"]
        assert f"region,{code} {name}," in desk.house.fetch(table, ANALYST).text


def test_a_model_or_a_draft_is_held_against_findings_by_both_doors(closed: Desk, tmp_path: Any) -> None:
    answer = closed.house.ask(INDICATOR_ANALYSIS, ANALYST, model={"text": SMALL}, **PERIOD)["indicatorAnalysis"]
    file = tmp_path / "draft.toml"
    file.write_text(SMALL, "utf-8")
    document = closed.console.done("evaluate", "indicators", file, *OF_PERIOD, actor=ANALYST)
    assert answer["visits"] == document["visits"] > 0
    for one, other in zip(answer["indicators"], document["indicators"], strict=True):
        assert (one["id"], one["iv"]) == (other["id"], other["association"]["iv"])
        assert sum(each["visits"] for each in one["bins"]) == answer["visits"]
        assert one["stability"]["limit"] is not None
    shown = closed.console.run("evaluate", "indicators", file, *OF_PERIOD, actor=ANALYST)
    assert shown.code == 0, shown.stderr
    job = worked(closed, ANALYSE, text=SMALL, **PERIOD)
    assert {each["name"] for each in job["files"]} == {"indicators.json", "bins.csv"}


def test_neither_door_tells_others_anything(closed: Desk) -> None:
    asked = {"campaign": CAMPAIGN, "purpose": PURPOSE}
    for actor in (PLANNER, INSPECTOR, ADMINISTRATOR):
        [error] = closed.house.errors(CAMPAIGN_EVALUATION, actor, **asked)
        assert error["extensions"]["code"] == "role_not_allowed"
        refused = closed.console.json("evaluate", "period", *OF_PERIOD, actor=actor)
        assert refused.error == "role_not_allowed"
        assert closed.house.refused(EVALUATE_PERIOD, actor, **PERIOD) == "role_not_allowed"
    public = closed.house.http.post("/graphql", json={"query": CAMPAIGN_EVALUATION, "variables": asked}).json()
    assert "Cannot query field 'campaignEvaluation'" in public["errors"][0]["message"]


def test_what_cannot_be_evaluated_is_refused_with_the_reason(closed: Desk) -> None:
    backwards = ("--from", "2026-12-31", "--to", "2026-01-01", "--purpose", PURPOSE)
    assert closed.console.json("evaluate", "period", *backwards, actor=ANALYST).error == "evaluation_period"
    missing = closed.console.json("evaluate", "campaign", "2026-0099", "--purpose", PURPOSE, actor=ANALYST)
    assert missing.error == "campaign_missing"
    nothing = ("--from", "2019-01-01", "--to", "2019-01-31", "--purpose", PURPOSE)
    empty = closed.console.done("evaluate", "period", *nothing, actor=ANALYST)
    assert (empty["overall"]["share"]["value"], empty["overall"]["share"]["notes"]) == (None, ["no_visits"])
    assert closed.console.run("evaluate", "period", *nothing, actor=ANALYST).code == 0
