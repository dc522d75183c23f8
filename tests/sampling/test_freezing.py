"""Freezing: every enterprise of the frame gets one sealed slot, and the log binds all that decides the draw."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ledger import documents, log
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Refusal
from sampling import campaigns, freezing, planning
from sampling.beacons import Beacon, Local
from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.drawing import frame_slots
from sampling.matching_plans import MatchingPlan
from sampling.naming import Terms, name_beacon
from sampling.plans import Exclusion, Plan
from sampling.slots import slots_root
from sampling.tables import drawn, slot
from schema.words import say
from scoring.tables import enterprise
from tests import bureau_files as files
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    BOUND,
    CAMPAIGN,
    DEADLINE,
    FROZEN_AT,
    LIMITS,
    MARGIN,
    OTHER_PLAN,
    PLAN,
    PLANNED_AT,
    PLANNER,
    TRUST,
    Bureau,
    ceremony,
    draw,
    freeze,
    freeze_by_local_beacon,
    match,
    plan,
    reveal,
    take_in,
)
from tests.sampling.conftest import BureauIn, on_one_engine


def frozen_entry(bureau: Bureau, campaign: str = CAMPAIGN) -> Entry:
    return bureau.ask(lambda tx: campaigns.entry_of(tx, campaign, "campaign.frozen"))


def freezing_of(campaign: str, beacon: Beacon | None = None, bound: int = BOUND) -> Any:
    return lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, campaign, beacon or ceremony(), LIMITS, bound)


def change(bureau: Bureau, **changes: Any) -> None:
    bureau.do(lambda tx: planning.change_plan(tx, PLANNER, CAMPAIGN, replace(PLAN, **changes)))


def test_every_enterprise_that_meets_the_conditions_has_one_slot(bureau_in: BureauIn) -> None:
    with bureau_in("frozen").read() as tx:
        operating = tx.execute(select(enterprise.c.code).where(enterprise.c.status == "存续")).scalars().all()
        rows = tx.execute(select(slot).order_by(slot.c.position)).all()
    assert sorted(row.enterprise for row in rows) == sorted(operating)
    assert [row.position for row in rows] == list(range(120))
    assert Counter(row.stratum for row in rows) == {"A": 54, "B": 30, "C": 20, "D": 16}


def test_slots_stand_in_the_order_of_their_bytes_under_the_public_root(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    slots = bureau.ask(lambda tx: frame_slots(tx, CAMPAIGN)).slots
    assert slots == sorted(set(slots))
    assert frozen_entry(bureau).body["slots"] == {"count": 120, "root": slots_root(slots).hex()}


def test_every_salt_and_key_is_fresh(bureau_in: BureauIn) -> None:
    with bureau_in("frozen").read() as tx:
        columns = (slot.c.ticket_key, slot.c.identity_salt, slot.c.stratum_salt, slot.c.key_salt)
        values = [value for row in tx.execute(select(*columns)) for value in row]
    assert len(set(values)) == 4 * 120


def test_the_frozen_entry_says_in_public_what_decides(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    entry = frozen_entry(bureau)
    assert entry.body == {
        "subject": CAMPAIGN,
        "algorithm": "qian/draw/v1",
        "replaces": [],
        "title": PLAN.title,
        "departments": ["ZJ", "SC"],
        "items": ["ZJ-01", "SC-01"],
        "starts": "2026-11-23",
        "ends": "2026-12-31",
        "conditions": {"sectors": [], "regions": [], "statuses": ["存续"]},
        "beacon": ceremony().to_json(),
        "margin": int(MARGIN.total_seconds()),
        "slots": entry.body["slots"],
        "to_draw": 19,
        "witnesses": entry.body["witnesses"],
        "documents": entry.body["documents"],
    }
    assert not entry.body["witnesses"]
    assert entry.documents.keys() == {"plan", "matching"}


def test_the_sealed_plan_holds_all_that_the_frame_came_from(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    change(bureau, exclusions=(Exclusion(files.code(1), "停产检修"),))
    freeze(bureau)
    with bureau.read() as tx:
        sealed = documents.opened(tx, frozen_entry(bureau).documents["plan"]).value["content"]
        imported = [entry.seq for entry in log.scan(tx) if entry.body.get("kind") == "registration"]
        (run,) = [entry.seq for entry in log.scan(tx) if entry.kind == "grades.run"]
    assert Plan.from_json(sealed["plan"]).exclusions == (Exclusion(files.code(1), "停产检修"),)
    assert sealed["excluded"] == [{"enterprise": files.code(1), "reason": "停产检修", "campaign": None}]
    assert (sealed["register"], sealed["grade_run"]) == (imported, run)
    assert sealed["limits"] == {
        "stratum_size": 10,
        "frame_size": 50,
        "uniform_share": 500,
        "inference_bound": BOUND,
        "inference_campaigns": 6,
    }
    assert [each["label"] for each in sealed["strata"]] == ["A", "B", "C", "D", "excluded"]
    assert (sealed["by"], sealed["planned"]["by"]) == (PLANNER.subject, PLANNER.subject)


def test_the_sealed_pool_holds_the_inspectors_on_duty_of_the_plan_s_departments(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    take_in(bureau, files.file_of("inspector", [files.inspector("ZJ009", "ZJ", "一所", "供热", 在岗状态="停用")]))
    take_in(bureau, files.file_of("inspector", [files.inspector("YJ001", "YJ", "一所", "供热")]))
    change(bureau, matching=MatchingPlan(cap=7))
    freeze(bureau)
    with bureau.read() as tx:
        pool = documents.opened(tx, frozen_entry(bureau).documents["matching"]).value["content"]["pool"]
    assert [each["id"] for each in pool["inspectors"]] == [
        f"{letters}{n:03d}" for letters in ("SC", "ZJ") for n in range(1, 5)
    ]
    assert {(each["load"], each["cap"]) for each in pool["inspectors"]} == {(0, 7)}
    assert [(role["department"], role["specialist"]) for role in pool["roles"]] == [("ZJ", True), ("SC", False)]
    assert pool["last_day"] == "2026-12-31"
    assert len(pool["inspectors"][4]["recused"]) == 8


def test_an_excluded_enterprise_has_a_slot_like_any_other_and_is_never_drawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    excluded = [files.code(number) for number in range(1, 31)]
    change(bureau, exclusions=tuple(Exclusion(code, "停产检修") for code in excluded))
    freeze(bureau)
    reveal(bureau)
    draw(bureau)
    with bureau.read() as tx:
        rows = {row.enterprise: row for row in tx.execute(select(slot))}
        positions = set(tx.execute(select(drawn.c.position)).scalars())
    assert len(rows) == 120
    assert {rows[code].stratum for code in excluded} == {"excluded"}
    assert positions.isdisjoint(rows[code].position for code in excluded)


def test_frozen_twice_from_one_plan_only_what_was_public_before_is_the_same(bureau_in: BureauIn) -> None:
    bureaus = [bureau_in("planned"), bureau_in("planned")]
    for each in bureaus:
        freeze(each)
    first, second = (frozen_entry(each) for each in bureaus)
    same = {key for key in first.body if first.body[key] == second.body[key]}
    assert set(first.body) - same == {"slots", "documents"}
    assert first.body["slots"]["root"] != second.body["slots"]["root"]
    assert set(first.documents.values()).isdisjoint(second.documents.values())
    places = []
    for each in bureaus:
        with each.read() as tx:
            places.append(tx.execute(select(slot.c.enterprise).order_by(slot.c.position)).scalars().all())
    assert places[0] != places[1]
    assert sorted(places[0]) == sorted(places[1])


def test_what_changes_after_the_freeze_changes_nothing_of_the_draw(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    take_in(
        bureau,
        files.file_of("registration", [files.registration(number, 登记状态="注销") for number in range(1, 40)]),
        files.file_of("registration", [files.registration(901)]),
        files.file_of("inspector", [files.inspector("ZJ009", "ZJ", "一所", "供热")]),
        files.file_of("inspector", [files.inspector("SC001", "SC", "一所", "供热", 在岗状态="停用")]),
    )
    reveal(bureau)
    draw(bureau)
    match(bureau)
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if check.fault] == []


def test_a_campaign_is_frozen_once(bureau_in: BureauIn) -> None:
    refusal = bureau_in("frozen").refuse("campaign_state", freezing_of(CAMPAIGN))
    assert refusal.parameters == {"campaign": CAMPAIGN, "state": "frozen", "needed": ["planned"]}


@on_one_engine
@pytest.mark.parametrize("state", ["drawn", "matched", "closed"])
def test_a_campaign_that_has_gone_on_is_not_frozen_again(bureau_in: BureauIn, state: str) -> None:
    bureau_in(state).refuse("campaign_state", freezing_of(CAMPAIGN))


def test_two_frozen_campaigns_over_the_same_matters_and_enterprises_are_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("frozen")
    other = plan(bureau, replace(OTHER_PLAN, items=("ZJ-02", "SC-01")))
    refusal = bureau.refuse("campaigns_overlap", freezing_of(other))
    assert refusal.parameters == {"campaign": CAMPAIGN}
    reveal(bureau)
    draw(bureau)
    still = bureau.refuse("campaigns_overlap", freezing_of(other))
    assert still.parameters == {"campaign": CAMPAIGN}
    assert say(still, "en").message.startswith(f"The campaign {CAMPAIGN} is frozen and not ended yet")


@on_one_engine
@pytest.mark.parametrize(
    "pair",
    [
        (PLAN, OTHER_PLAN),
        (
            replace(PLAN, conditions=Conditions(("建筑施工", "供热", "燃气经营"), ())),
            replace(PLAN, conditions=Conditions(("物业服务", "房地产经纪"), ())),
        ),
    ],
    ids=["other matters", "other trades"],
)
def test_campaigns_that_do_not_overlap_are_frozen_side_by_side(bureau_in: BureauIn, pair: Sequence[Plan]) -> None:
    bureau = bureau_in("graded")
    bureau.size = replace(bureau.size, limits=replace(LIMITS, frame_size=20))
    for each in pair:
        rates = DesignPlan.by_grade({**dict.fromkeys("ABC", 2000), "D": 2100})
        freeze_by_local_beacon(bureau, plan(bureau, replace(each, design=rates)))


def test_a_design_that_tells_too_much_is_refused(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    refusal = bureau.refuse("inference_bound_exceeded", freezing_of(CAMPAIGN, bound=4210))
    assert refusal.parameters == {
        "prior": "30.00 %",
        "posterior": "42.11 %",
        "visited": [CAMPAIGN],
        "not_visited": [],
        "bound": "42.10 %",
    }
    freeze(bureau)


@on_one_engine
def test_an_item_that_went_out_of_use_since_it_was_planned_is_not_frozen(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    take_in(
        bureau, files.file_of("item", [files.item("ZJ", "ZJ-01", "ZJ样例事项1", 事项状态="停用")], name="item-2.csv")
    )
    bureau.refuse("item_not_in_use", freezing_of(CAMPAIGN))


def test_a_department_without_inspectors_is_named(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    change(bureau, departments=("ZJ", "YJ"), items=("ZJ-01", "YJ-01"))
    assert bureau.refuse("inspectors_missing", freezing_of(CAMPAIGN)).parameters == {"department": "YJ"}


@on_one_engine
def test_a_beacon_that_falls_before_the_freeze_is_refused(bureau_in: BureauIn) -> None:
    beacon = Local(FROZEN_AT - timedelta(seconds=1))
    bureau_in("planned").refuse("beacon_in_the_past", freezing_of(CAMPAIGN, beacon))


@pytest.mark.parametrize(
    ("code", "names", "deadline"),
    [
        ("too_few_parties", ["公证处"], DEADLINE),
        ("duplicate_party", ["公证处", "公证处"], DEADLINE),
        ("beacon_times_out_of_order", ["公证处", "群众代表"], FROZEN_AT + MARGIN),
        ("json_wrong_shape", ["公证处", ""], DEADLINE),
    ],
)
def test_a_ceremony_that_cannot_be_is_refused(code: str, names: list[str], deadline: Any) -> None:
    request: dict[str, JSON] = {
        "kind": "ceremony",
        "parties": [{"name": name, "commitment": "00" * 32} for name in names],
        "deadline": instant_text(deadline),
        "throw": None,
        "fallback": None,
    }
    with pytest.raises(Refusal, match=f"^{code}"):
        name_beacon(request, FROZEN_AT, Terms(MARGIN))


CEREMONY: dict[str, JSON] = {
    "kind": "ceremony",
    "parties": [{"name": name, "commitment": "00" * 32} for name in ("公证处", "群众代表")],
    "deadline": instant_text(DEADLINE),
    "throw": None,
    "fallback": None,
}
LAST = "9999-12-31T23:59:59Z"


@pytest.mark.parametrize(
    "request_",
    [
        {**CEREMONY, "deadline": LAST},
        {**CEREMONY, "fallback": {"kind": "drand", "chain": "quicknet", "round": None, "at": LAST}},
        {"kind": "drand", "chain": "quicknet", "round": None, "at": LAST},
        {"kind": "drand", "chain": "quicknet", "round": 2**53 - 1, "at": None},
        {"kind": "sources", "sources": [{"source": "ssq", "issue": issue, "at": LAST} for issue in ("1", "2")]},
    ],
)
def test_a_beacon_beyond_the_calendar_is_refused(request_: dict[str, JSON]) -> None:
    with pytest.raises(Refusal, match=r"^(beacon_beyond_calendar|json_wrong_shape)"):
        name_beacon(request_, FROZEN_AT, Terms(MARGIN))


@on_one_engine
def test_a_campaign_that_does_not_exist_is_missing(bureau_in: BureauIn) -> None:
    bureau_in("planned").refuse("campaign_missing", freezing_of("2026-0009"))


def test_freezing_signs_nothing_that_is_not_planned_yet(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    bureau.refuse("campaign_missing", freezing_of(CAMPAIGN))
    plan(bureau)
    assert bureau.do(lambda tx: freezing.freeze(tx, PLANNER, PLANNED_AT, CAMPAIGN, ceremony(PLANNED_AT), LIMITS, BOUND))
