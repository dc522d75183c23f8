"""Joint campaigns: participants with items, places and inspectors; one visit; grades combined by a stated rule."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from ledger.errors import Refusal
from sampling import assigning, campaigns, findings, freezing, planning, previewing
from sampling.participants import Participant, departments_of, items_of
from sampling.plans import Plan
from sampling.tables import slot
from scoring import grades, grading, model_steps
from scoring.joint_grades import JointGrading, JointRule
from scoring.tables import grade_reading
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    ANALYST,
    BOUND,
    CAMPAIGN,
    FROZEN_AT,
    IMPORTED_AT,
    OTHER_ANALYST,
    OTHER_PLANNER,
    PLAN,
    PLANNED_AT,
    PLANNER,
    SIGNER,
    TRUST,
    Bureau,
    ceremony,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import taken_apart
from tests.scoring.model_text import SMALL

ANY_BOUND = 10_000
BOTH = ("ZJ", "SC")


def joint(*participants: Participant, **changes: Any) -> Plan:
    """Return a plan of participants."""
    told: dict[str, Any] = {"departments": departments_of(participants), "items": items_of(participants), **changes}
    return replace(PLAN, participants=participants, **told)


ACROSS = joint(
    Participant("ZJ", ("ZJ-01",), 2), Participant("SC", ("SC-01", "SC-02"), 1, inspectors=("SC002", "SC003"))
)
WITHIN = joint(
    Participant("ZJ", ("ZJ-01",), 1, unit="ZJ样例1所"),
    Participant("ZJ", ("ZJ-02",), 1, unit="ZJ样例2所"),
    conditions=replace(PLAN.conditions, sectors=("供热",)),
)


def freeze(bureau: Bureau) -> None:
    limits = replace(bureau.size.limits, frame_size=20)
    bureau.do(lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, CAMPAIGN, ceremony(), limits, ANY_BOUND))


def give_a_model_of_its_own(bureau: Bureau) -> None:
    """Put a model in force that gives SC grades of its own, and grade all."""
    text = SMALL.replace('name = "small"', 'name = "sc"') + '\n[scope]\ndepartments = ["SC"]\n'
    today = IMPORTED_AT.date()
    bureau.do(lambda tx: model_steps.draft(tx, ANALYST, IMPORTED_AT, text))
    bureau.do(lambda tx: model_steps.review(tx, OTHER_ANALYST, IMPORTED_AT, "sc", "1", True))
    bureau.do(lambda tx: model_steps.enforce(tx, ANALYST, IMPORTED_AT, "sc", "1", today))
    bureau.do(lambda tx: grading.grade_enterprises(tx, ANALYST, steps.GRADED_AT, today))


def strata(bureau: Bureau) -> dict[str, str]:
    with bureau.read() as tx:
        return dict(tx.execute(select(slot.c.enterprise, slot.c.stratum)).all())


def test_one_team_of_all_participants_visits_a_drawn_enterprise_once(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    steps.plan(bureau, ACROSS)
    freeze(bureau)
    steps.reveal(bureau)
    steps.draw(bureau)
    steps.match(bureau)
    visits = steps.visits(bureau)
    assert len({visit.enterprise for visit in visits}) == len(visits)
    for visit in visits:
        assert [role for role, _ in visit.team] == ["lead", "member 1", "member 2"]
        assert [inspector[:2] for _, inspector in visit.team] == ["ZJ", "ZJ", "SC"]
        assert visit.team[2][1] in ("SC002", "SC003")
    with bureau.read() as tx:
        body = campaigns.fixing_entry(tx, CAMPAIGN).body
    assert (body["departments"], body["items"]) == (["ZJ", "SC"], ["ZJ-01", "SC-01", "SC-02"])
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if check.fault] == []


def test_units_of_one_department_take_part_each_with_its_own_inspectors(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    steps.plan(bureau, WITHIN)
    freeze(bureau)
    steps.reveal(bureau)
    steps.draw(bureau)
    steps.match(bureau)
    for visit in steps.visits(bureau):
        (_, first), (_, second) = visit.team
        assert first in ("ZJ002", "ZJ004")
        assert second in ("ZJ001", "ZJ003")
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if check.fault] == []


MATRIX = tuple((pair, "D" if "D" in pair else pair[1]) for pair in product("ABCD", repeat=2))
GRADINGS = {
    "department": JointGrading(JointRule.DEPARTMENT, ("SC",)),
    "highest": JointGrading(JointRule.HIGHEST, BOTH),
    "matrix": JointGrading(JointRule.MATRIX, BOTH, MATRIX),
}


@pytest.mark.parametrize("rule", GRADINGS)
def test_the_strata_are_by_the_grades_that_the_rule_gives_and_the_auditor_computes_them(
    bureau_in: BureauIn, rule: str
) -> None:
    bureau = bureau_in("imported")
    give_a_model_of_its_own(bureau)
    steps.plan(bureau, replace(ACROSS, grading=GRADINGS[rule]))
    freeze(bureau)
    with bureau.database.write() as tx:
        run = grades.latest_run(tx)
        general = grades.read_run(tx, ANALYST, FROZEN_AT, run, "test")
        own = grades.read_run(tx, ANALYST, FROZEN_AT, run, "test", "SC")
    assert any(general[code] != own[code] for code in own)
    matrix = dict(MATRIX)
    for code, stratum in strata(bureau).items():
        pair = general[code], own[code]
        assert {"department": pair[1], "highest": max(pair), "matrix": matrix[pair]}[rule] in stratum.split("+")
    steps.reveal(bureau)
    steps.draw(bureau)
    steps.match(bureau)
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if check.fault] == []


def test_who_leads_reads_no_grades_of_another_department_and_the_reading_is_recorded(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    give_a_model_of_its_own(bureau)
    steps.plan(bureau, replace(ACROSS, grading=GRADINGS["highest"]))
    freeze(bureau)
    with bureau.read() as tx:
        (purpose,) = tx.execute(
            select(grade_reading.c.purpose).where(grade_reading.c.subject == PLANNER.subject)
        ).scalars()
        run = grades.latest_run(tx)
    assert purpose == f"campaign {CAMPAIGN}: freeze"
    bureau.refuse("grade_of_others", lambda tx: grades.read_run(tx, PLANNER, FROZEN_AT, run, "neugierig", "SC"))


@on_one_engine
def test_participants_see_targets_and_findings_and_nothing_of_grades(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    give_a_model_of_its_own(bureau)
    steps.plan(bureau, replace(ACROSS, grading=GRADINGS["highest"]))
    bureau.refuse(
        "department_not_allowed",
        lambda tx: previewing.preview(tx, OTHER_PLANNER, FROZEN_AT, CAMPAIGN, bureau.size.limits, BOUND),
    )
    freeze(bureau)
    steps.reveal(bureau)
    steps.draw(bureau)
    steps.match(bureau)
    visit = steps.visits(bureau)[0]
    steps.record_one(bureau, visit)
    with bureau.read() as tx:
        seen = campaigns.read(tx, OTHER_PLANNER, CAMPAIGN)
        (listed,) = campaigns.visible(tx, OTHER_PLANNER)
        lead = campaigns.read(tx, PLANNER, CAMPAIGN)
        targets = assigning.visits(tx, OTHER_PLANNER, CAMPAIGN)
        found = findings.visible_findings(tx, OTHER_PLANNER, CAMPAIGN)
    assert seen == listed
    assert (seen.plan.design.rules, seen.plan.grading, seen.plan_expired) == ((), None, False)
    assert lead.plan.grading == GRADINGS["highest"]
    assert targets == steps.visits(bureau)
    assert [each.enterprise for each in found] == [visit.enterprise]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("participant_unusable", {"participants": (Participant("ZJ", (), 2),)}),
        ("participant_unusable", {"participants": (Participant("ZJ", ("ZJ-01",), 0),)}),
        ("participant_unusable", {"participants": (Participant("ZJ", ("ZJ-01",), 2, inspectors=("ZJ001",)),)}),
        ("participant_twice", {"participants": (Participant("ZJ", ("ZJ-01",), 1), Participant("ZJ", ("ZJ-02",), 1))}),
        ("team_too_small", {"participants": (Participant("ZJ", ("ZJ-01",), 1),)}),
        ("participants_disagree", {"items": ("ZJ-01",)}),
        ("participants_disagree", {"departments": ("SC", "ZJ")}),
        ("joint_grading_of_others", {"grading": JointGrading(JointRule.DEPARTMENT, ("YJ",))}),
    ],
)
def test_a_joint_plan_that_cannot_be_is_refused(code: str, changes: Any) -> None:
    with pytest.raises(Refusal, match=f"^{code}"):
        replace(ACROSS, **changes)


@on_one_engine
@pytest.mark.parametrize(
    ("code", "plan"),
    [
        ("item_of_other_department", joint(Participant("ZJ", ("SC-01",), 1), Participant("SC", ("SC-02",), 1))),
        ("department_missing", joint(Participant("ZJ", ("ZJ-01",), 1), Participant("XX", ("SC-02",), 1))),
    ],
)
def test_a_participant_brings_items_of_its_own(bureau_in: BureauIn, code: str, plan: Plan) -> None:
    bureau = bureau_in("graded")
    bureau.refuse(code, lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, plan))


@on_one_engine
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("role_cannot_be_filled", {"participants": (Participant("ZJ", ("ZJ-01",), 2, unit="没有的单位"),)}),
        ("joint_matrix_incomplete", {"grading": JointGrading(JointRule.MATRIX, BOTH, MATRIX[1:])}),
    ],
)
def test_what_cannot_be_matched_or_combined_stops_the_freeze(bureau_in: BureauIn, code: str, changes: Any) -> None:
    bureau = bureau_in("graded")
    given = changes.get("participants", ACROSS.participants)
    steps.plan(bureau, joint(*given, grading=changes.get("grading")))
    bureau.refuse(
        code,
        lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, CAMPAIGN, ceremony(), bureau.size.limits, ANY_BOUND),
    )


@pytest.mark.parametrize("plan", [ACROSS, WITHIN, *(replace(ACROSS, grading=each) for each in GRADINGS.values())])
def test_a_joint_plan_reads_as_it_was_written(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan


@on_one_engine
def test_grades_combined_by_another_rule_than_the_stated_one_are_found(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    give_a_model_of_its_own(bureau)
    lowest = tuple((pair, min(pair)) for pair in product("ABCD", repeat=2))
    steps.plan(bureau, replace(ACROSS, grading=JointGrading(JointRule.MATRIX, BOTH, lowest)))
    freeze(bureau)
    steps.reveal(bureau)
    steps.draw(bureau)
    forgery = taken_apart(bureau.bundle())
    forgery.document("campaign.frozen", "plan").content["plan"]["grading"] = GRADINGS["highest"].to_json()
    *_, last = verify_bundle(forgery.made(SIGNER), TRUST)
    assert (last.name, last.passed) == ("grades", False)
