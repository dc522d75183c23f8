"""Who may do what: every use case under every role and department; whoever may not changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.errors import Forbidden, Missing, Refusal
from sampling import (
    announcing,
    assigning,
    bundles,
    campaigns,
    closing,
    drawing,
    freezing,
    planning,
    previewing,
    publishing,
    rematching,
    replacements,
    reviewing,
    voiding,
)
from sampling.assigning import Visit
from sampling.beacons import Local
from sampling.visits.confirming import confirm_finding
from sampling.visits.evidence import files_of, keep_evidence
from sampling.visits.noticing import issue_notice
from sampling.visits.recording import record_finding
from tests.sampling.bureau import (
    BOUND,
    CAMPAIGN,
    CLOSED_AT,
    CONFIRMED_AT,
    DRAWN_AT,
    FROZEN_AT,
    ILL_AT,
    LIMITS,
    MATCHED_AT,
    NOTARY,
    PAGE,
    PARTIES,
    PLAN,
    PLANNED_AT,
    PUBLISHED_AT,
    RECORDED_AT,
    REVEALED_AT,
    REVIEWED_AT,
    VISITED,
    Bureau,
    account,
    ceremony,
    leader,
    reveal,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine

LEAD, PARTNER, STRANGER = "ZJ", "SC", "YJ"
ACTORS = {
    f"{role.value} of {department or 'no department'}": Actor("someone", role, department)
    for role in Role
    for department in (LEAD, PARTNER, STRANGER, None)
    if role is not Role.PEER or department is not None
}
"""The lead department, the other one of the campaign, and one that has nothing to do with it."""


@dataclass(frozen=True)
class UseCase:
    """A use case in the state that it needs, and who may call it; `visit` is one of the campaign, once it is drawn."""

    state: str
    call: Callable[[Connection, Actor, Visit], object]
    allowed: frozenset[str]


def of(role: Role, *departments: str) -> frozenset[str]:
    return frozenset(f"{role.value} of {department}" for department in (*departments, "no department"))


LEADING = of(Role.PLANNER, LEAD)
TAKING_PART = of(Role.PLANNER, LEAD, PARTNER)
AUDITING = of(Role.AUDITOR, LEAD, PARTNER, STRANGER)

USE_CASES = {
    "plan": UseCase("graded", lambda tx, actor, _: planning.plan_campaign(tx, actor, PLANNED_AT, PLAN), LEADING),
    "change the plan": UseCase(
        "planned", lambda tx, actor, _: planning.change_plan(tx, actor, CAMPAIGN, PLAN), LEADING
    ),
    "preview": UseCase(
        "planned",
        lambda tx, actor, _: previewing.preview(tx, actor, FROZEN_AT, CAMPAIGN, LIMITS, BOUND),
        LEADING,
    ),
    "freeze": UseCase(
        "planned",
        lambda tx, actor, _: freezing.freeze(tx, actor, FROZEN_AT, CAMPAIGN, ceremony(), LIMITS, BOUND),
        LEADING,
    ),
    "reveal": UseCase(
        "frozen",
        lambda tx, actor, _: announcing.reveal(tx, actor, REVEALED_AT, CAMPAIGN, NOTARY, *PARTIES[NOTARY]),
        LEADING,
    ),
    "propose a void": UseCase(
        "frozen", lambda tx, actor, _: voiding.propose_void(tx, actor, FROZEN_AT, CAMPAIGN, "理由"), LEADING
    ),
    "draw": UseCase("frozen", lambda tx, actor, _: drawing.draw_campaign(tx, actor, DRAWN_AT, CAMPAIGN), LEADING),
    "match": UseCase("drawn", lambda tx, actor, _: assigning.match_campaign(tx, actor, MATCHED_AT, CAMPAIGN), LEADING),
    "see what could be foreseen": UseCase(
        "matched", lambda tx, actor, _: assigning.predictable(tx, actor, CAMPAIGN), TAKING_PART | AUDITING
    ),
    "reopen": UseCase(
        "matched",
        lambda tx, actor, visit: rematching.reopen(
            tx, actor, ILL_AT, CAMPAIGN, visit.team[0][1], None, "突发疾病", Local(ILL_AT)
        ),
        LEADING,
    ),
    "propose a replacement": UseCase(
        "matched",
        lambda tx, actor, visit: replacements.propose_replacement(
            tx, actor, ILL_AT, CAMPAIGN, [visit.enterprise], "not_of_the_frame", "冻结前已注销"
        ),
        LEADING,
    ),
    "record": UseCase(
        "matched",
        lambda tx, actor, visit: record_finding(tx, actor, RECORDED_AT, CAMPAIGN, visit.enterprise, account()),
        frozenset(),
    ),
    "issue a notice": UseCase(
        "matched",
        lambda tx, actor, visit: issue_notice(tx, actor, MATCHED_AT, CAMPAIGN, visit.enterprise, VISITED),
        TAKING_PART,
    ),
    "keep evidence": UseCase(
        "matched",
        lambda tx, actor, visit: keep_evidence(tx, actor, RECORDED_AT, CAMPAIGN, visit.enterprise, PAGE),
        frozenset(),
    ),
    "confirm": UseCase(
        "recorded",
        lambda tx, actor, visit: confirm_finding(tx, actor, CONFIRMED_AT, CAMPAIGN, visit.enterprise, True),
        frozenset(),
    ),
    "see the evidence": UseCase(
        "matched",
        lambda tx, actor, visit: files_of(tx, actor, CAMPAIGN, visit.enterprise),
        TAKING_PART | of(Role.ANALYST, LEAD, PARTNER) | AUDITING,
    ),
    "review": UseCase(
        "confirmed",
        lambda tx, actor, visit: reviewing.review_finding(tx, actor, REVIEWED_AT, CAMPAIGN, visit.enterprise, True, ""),
        TAKING_PART,
    ),
    "publish": UseCase(
        "reviewed", lambda tx, actor, _: publishing.publish_findings(tx, actor, PUBLISHED_AT, CAMPAIGN), LEADING
    ),
    "close": UseCase("published", lambda tx, actor, _: closing.close(tx, actor, CLOSED_AT, CAMPAIGN), LEADING),
    "export the bundle": UseCase(
        "drawn", lambda tx, actor, _: bundles.export_bundle(tx, actor, CLOSED_AT, CAMPAIGN), AUDITING
    ),
    "see the campaign": UseCase(
        "planned",
        lambda tx, actor, _: campaigns.read(tx, actor, CAMPAIGN),
        TAKING_PART | of(Role.ANALYST, LEAD, PARTNER) | AUDITING,
    ),
    "see who has not revealed": UseCase(
        "frozen", lambda tx, actor, _: announcing.waiting_for(tx, actor, CAMPAIGN), TAKING_PART | AUDITING
    ),
}


def calling(use_case: UseCase, actor: Actor, visit: Visit) -> Callable[[Connection], object]:
    return lambda tx: use_case.call(tx, actor, visit)


def bureau_for(bureau_in: BureauIn, use_case: UseCase, name: str) -> tuple[Bureau, Visit]:
    bureau = bureau_in(use_case.state)
    if name == "draw":
        reveal(bureau)
    bureau.sign()
    drawn = use_case.state not in ("graded", "planned", "frozen")
    return bureau, visits(bureau)[0] if drawn else Visit(CAMPAIGN, 0, "", "", "", ())


@on_one_engine
@pytest.mark.parametrize("name", USE_CASES)
def test_whoever_may_not_is_refused_and_changes_nothing(bureau_in: BureauIn, name: str) -> None:
    use_case = USE_CASES[name]
    bureau, visit = bureau_for(bureau_in, use_case, name)
    told = {}
    for who in sorted(ACTORS.keys() - use_case.allowed):
        call = calling(use_case, ACTORS[who], visit)
        with pytest.raises((Forbidden, Missing)) as refused:
            bureau.do(call)
        told[who] = refused.value.code
        bureau.refuse(refused.value.code, call)
    assert set(told.values()) <= {
        "role_not_allowed",
        "department_not_allowed",
        "finding_not_assigned",
        "campaign_missing",
    }


@on_one_engine
@pytest.mark.parametrize("name", USE_CASES)
def test_whoever_may_does(bureau_in: BureauIn, name: str) -> None:
    use_case = USE_CASES[name]
    bureau, visit = bureau_for(bureau_in, use_case, name)
    for who in sorted(use_case.allowed):
        with bureau.database.write() as tx:
            tried = tx.begin_nested()
            use_case.call(tx, ACTORS[who], visit)
            tried.rollback()


@on_one_engine
def test_a_finding_is_recorded_by_its_team_alone(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    every = visits(bureau)
    visit = every[0]
    team = {inspector for _, inspector in visit.team}
    record = USE_CASES["record"]
    for other in every:
        for inspector in {inspector for _, inspector in other.team} - team:
            actor = Actor(inspector, Role.INSPECTOR, inspector[:2])
            bureau.refuse("finding_not_assigned", calling(record, actor, visit))
    of_another_role = Actor(leader(visit).subject, Role.PLANNER, LEAD)
    bureau.refuse("role_not_allowed", calling(record, of_another_role, visit))
    of_another_department = Actor(leader(visit).subject, Role.INSPECTOR, STRANGER)
    bureau.refuse("campaign_missing", calling(record, of_another_department, visit))
    bureau.do(calling(record, leader(visit), visit))


@on_one_engine
def test_a_planner_of_the_new_lead_alone_gives_a_plan_away(bureau_in: BureauIn) -> None:
    """Nobody takes another department's campaign over, nor gives the own one to another department."""
    bureau = bureau_in("planned")
    taken = PLAN.from_json(PLAN.to_json() | {"departments": [PARTNER, LEAD]})
    change = UseCase("planned", lambda tx, actor, _: planning.change_plan(tx, actor, CAMPAIGN, taken), frozenset())
    for department in (LEAD, PARTNER):
        actor = Actor("someone", Role.PLANNER, department)
        bureau.refuse("department_not_allowed", calling(change, actor, Visit(CAMPAIGN, 0, "", "", "", ())))
    nobody = Actor("someone", Role.PLANNER)
    assert bureau.do(lambda tx: planning.change_plan(tx, nobody, CAMPAIGN, taken)).plan.lead == PARTNER


def test_a_refusal_of_a_role_names_the_role_and_those_who_may() -> None:
    with pytest.raises(Refusal) as refused:
        Actor("someone", Role.ANALYST).require(Role.PLANNER, Role.AUDITOR)
    assert refused.value.parameters == {"role": "analyst", "roles": ["planner", "auditor"]}
