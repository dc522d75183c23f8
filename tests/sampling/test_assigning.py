"""Assigning: teams under department, specialty, recusal, units and caps; whoever cannot be matched is named."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from ledger import documents
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from sampling import assigning, campaigns, planning
from sampling.assigning import Visit
from sampling.matching_plans import MatchingPlan
from sampling.tables import assignment, drawn, slot
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.bureau import (
    CAMPAIGN,
    MATCHED_AT,
    PLAN,
    PLANNER,
    SECTORS,
    Bureau,
    take_in,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine


def matching(bureau: Bureau) -> Any:
    return lambda tx: assigning.match_campaign(tx, PLANNER, MATCHED_AT, CAMPAIGN)


def drawn_with(bureau: Bureau, *inspectors: files.Row, **changes: Any) -> Bureau:
    """Bring a bureau in state "planned" to its draw, with another plan and other inspectors' rows."""
    if inspectors:
        take_in(bureau, files.file_of("inspector", list(inspectors)))
    bureau.do(lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, replace(PLAN, **changes)))
    steps.freeze(bureau)
    steps.reveal(bureau)
    steps.draw(bureau)
    return bureau


def loads(told: list[Visit]) -> Counter[str]:
    return Counter(inspector for visit in told for _, inspector in visit.team)


def test_every_drawn_enterprise_gets_a_specialist_of_the_lead_and_a_member_of_the_other_department(
    bureau_in: BureauIn,
) -> None:
    told = visits(bureau_in("matched"))
    assert len(told) == 19
    for visit in told:
        assert [(role, inspector[:2]) for role, inspector in visit.team] == [("lead", "ZJ"), ("member 1", "SC")]


def test_the_visits_are_the_drawn_slots(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    with bureau.read() as tx:
        chosen = set(tx.execute(select(drawn.c.position)).scalars())
        expected = {row.position: row.enterprise for row in tx.execute(select(slot)) if row.position in chosen}
    told = visits(bureau)
    assert {visit.position: visit.enterprise for visit in told} == expected
    numbered = {files.code(number): number for number in range(1, 121)}
    assert {(visit.name, visit.address) for visit in told} == {
        (files.name(numbered[visit.enterprise]), f"虚构路{numbered[visit.enterprise]}号") for visit in told
    }


def test_nobody_visits_an_enterprise_that_he_is_recused_from(bureau_in: BureauIn) -> None:
    everywhere = "、".join(files.code(number) for number in range(1, 121))
    recused = files.inspector("ZJ002", "ZJ", "ZJ样例1所", "、".join(SECTORS), 回避企业=everywhere)
    bureau = drawn_with(bureau_in("planned"), recused)
    steps.match(bureau)
    assert loads(visits(bureau))["ZJ002"] == 0


def test_loads_are_balanced_within_each_role(bureau_in: BureauIn) -> None:
    load = loads(visits(bureau_in("matched")))
    for department in ("ZJ", "SC"):
        each = [load[f"{department}{number:03d}"] for number in range(1, 5)]
        assert sum(each) == 19
        assert max(each) - min(each) <= 1


@on_one_engine
def test_a_larger_team_goes_round_the_departments(bureau_in: BureauIn) -> None:
    bureau = drawn_with(bureau_in("planned"), matching=MatchingPlan(size=3))
    steps.match(bureau)
    for visit in visits(bureau):
        assert [(role, inspector[:2]) for role, inspector in visit.team] == [
            ("lead", "ZJ"),
            ("member 1", "SC"),
            ("member 2", "ZJ"),
        ]
        assert len({inspector for _, inspector in visit.team}) == 3


@on_one_engine
def test_where_units_must_differ_no_team_has_two_of_one(bureau_in: BureauIn) -> None:
    bureau = drawn_with(
        bureau_in("planned"), departments=("ZJ",), items=("ZJ-01",), matching=MatchingPlan(different_units=True)
    )
    steps.match(bureau)
    units = {row["证件号"]: row["单位"] for row in steps.all_inspectors()}
    for visit in visits(bureau):
        assert len({units[inspector] for _, inspector in visit.team}) == 2


@on_one_engine
def test_the_lead_has_the_trade_among_his_specialties(bureau_in: BureauIn) -> None:
    specialists = [
        files.inspector("ZJ001", "ZJ", "ZJ样例2所", "建筑施工、供热"),
        files.inspector("ZJ002", "ZJ", "ZJ样例1所", "物业服务、房地产经纪、燃气经营"),
        files.inspector("ZJ003", "ZJ", "ZJ样例2所", "物业服务、房地产经纪、燃气经营"),
        files.inspector("ZJ004", "ZJ", "ZJ样例1所", "建筑施工、供热"),
    ]
    bureau = drawn_with(bureau_in("planned"), *specialists)
    steps.match(bureau)
    specialties = {row["证件号"]: row["专业"] for row in specialists}
    with bureau.read() as tx:
        sectors = dict(tx.execute(select(slot.c.enterprise, slot.c.sector)).all())
    for visit in visits(bureau):
        assert sectors[visit.enterprise] in specialties[visit.team[0][1]]


ONE_FOR_ALL_TRADES = [
    files.inspector("ZJ001", "ZJ", "ZJ样例2所", "、".join(SECTORS)),
    *(files.inspector(f"ZJ{number:03d}", "ZJ", "ZJ样例1所", SECTORS[0]) for number in (2, 3, 4)),
]
"""Enough inspectors for every trade and for the number of visits, and yet too few for most draws."""


def test_too_few_inspectors_are_refused_by_target_and_reason(bureau_in: BureauIn) -> None:
    bureau = drawn_with(bureau_in("planned"), *ONE_FOR_ALL_TRADES, matching=MatchingPlan(cap=10))
    refusal = bureau.refuse("matching_infeasible", matching(bureau))
    with bureau.read() as tx:
        codes = {visit.enterprise for visit in assigning.visits(tx, PLANNER, CAMPAIGN)}
    assert refusal.parameters["enterprise"] in codes
    unfilled = refusal.told()["enterprises"]
    assert len(set(unfilled)) == len(unfilled) == refusal.parameters["count"]
    assert set(unfilled) <= codes
    assert (refusal.parameters["role"], refusal.parameters["full"]) == ("lead", ("ZJ001",))
    others = str(refusal.parameters["others"])
    assert [f"ZJ{number:03d} (specialty)" in others for number in (2, 3, 4)] == [True] * 3
    assert [f"SC{number:03d} (department)" in others for number in range(1, 5)] == [True] * 4
    assert bureau.ask(lambda tx: campaigns.read(tx, PLANNER, CAMPAIGN)).state == "drawn"


@on_one_engine
@pytest.mark.parametrize("state", ["planned", "frozen", "matched", "closed"])
def test_a_campaign_is_matched_once_and_after_its_draw(bureau_in: BureauIn, state: str) -> None:
    bureau = bureau_in(state)
    refusal = bureau.refuse("campaign_state", matching(bureau))
    assert (refusal.parameters["state"], refusal.parameters["needed"]) == (state, ["drawn", "listed"])


def test_the_entry_carries_a_commitment_alone(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    with bureau.read() as tx:
        entry = campaigns.entry_of(tx, CAMPAIGN, "campaign.matched")
        sealed = documents.opened(tx, entry.documents["assignments"])
        count = len(tx.execute(select(assignment)).all())
    assert entry.body.keys() == {"subject", "documents"}
    assert sealed.value["content"] == {"by": PLANNER.subject, "campaign": CAMPAIGN}
    assert sealed.value["tables"]["assignment"]["count"] == count == 38


@on_one_engine
def test_a_later_campaign_counts_the_visits_of_the_year(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    before = loads(visits(bureau))
    other = steps.second_campaign(bureau)
    with bureau.read() as tx:
        frozen = campaigns.entry_of(tx, other, "campaign.frozen")
        pool = documents.opened(tx, frozen.documents["matching"]).value["content"]["pool"]
    assert {each["id"]: each["load"] for each in pool["inspectors"]} == before


SEEING: dict[str, tuple[Actor, int | str]] = {
    "planner of the lead": (PLANNER, 19),
    "planner of the other department": (steps.OTHER_PLANNER, 19),
    "planner of no department": (Actor("planner", Role.PLANNER), 19),
    "planner of a stranger": (steps.STRANGER, 0),
    "analyst of the lead": (Actor("analyst", Role.ANALYST, "ZJ"), 19),
    "analyst of a stranger": (Actor("analyst", Role.ANALYST, "YJ"), 0),
    "auditor": (steps.AUDITOR, 19),
    "inspector without visits": (Actor("ZJ999", Role.INSPECTOR, "ZJ"), 0),
    "administrator": (steps.ADMINISTRATOR, "role_not_allowed"),
}


@on_one_engine
@pytest.mark.parametrize("who", SEEING)
def test_visits_are_seen_by_the_campaign_s_departments_and_auditors(bureau_in: BureauIn, who: str) -> None:
    actor, seen = SEEING[who]
    bureau = bureau_in("matched")
    for campaign in (CAMPAIGN, None):
        if isinstance(seen, str):
            with pytest.raises(Refusal, match=seen), bureau.read() as tx:
                assigning.visits(tx, actor, campaign)
        else:
            with bureau.read() as tx:
                assert len(assigning.visits(tx, actor, campaign)) == seen


def test_an_inspector_sees_the_own_visits_alone(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    every = visits(bureau)
    for certificate, load in loads(every).items():
        actor = Actor(certificate, Role.INSPECTOR, certificate[:2])
        with bureau.read() as tx:
            own = assigning.visits(tx, actor, None)
        assert len(own) == load
        assert own == [visit for visit in every if certificate in {inspector for _, inspector in visit.team}]
