"""Campaigns that are no draw: special checks and superiors' lists, from the plan to the verified bundle."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from ledger import log
from ledger.actors import Actor, Role
from ledger.audit import audit
from ledger.entries import Entry
from ledger.errors import Refusal
from ledger.note import Verifier
from ledger.windows import Window
from sampling import announcing, assigning, campaigns, disclosures, drawing, freezing, planning, previewing, voiding
from sampling.conditions import Conditions
from sampling.design_plans import Cell, DesignPlan, Kind, Rule
from sampling.deviations import Departure, deviations_of, is_flat
from sampling.judging import judge
from sampling.listings import CampaignType, Listing, Origin, read_list
from sampling.needed import past_draws
from sampling.past_campaigns import history
from sampling.plans import Exclusion, Plan
from sampling.reporting import report
from sampling.tables import BINDINGS as SAMPLING
from scoring.tables import BINDINGS as SCORING
from scoring.tables import record
from tests import bureau_files as files
from tests.bureau_files import TODAY
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    AUDITOR,
    BOUND,
    CAMPAIGN,
    CLOSED_AT,
    DRAWN_AT,
    FROZEN_AT,
    LIMITS,
    PLAN,
    PLANNED_AT,
    PLANNER,
    SIGNER,
    TRUST,
    Bureau,
    ceremony,
    close,
    freeze,
    match,
    plan,
    publish,
    rematch,
    reveal,
    review,
    second_campaign,
    sector_of,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart

NAMED = tuple(sorted(map(files.code, (3, 40, 77, 90, 118))))
ORIGIN = Origin("样例省市场监管局", "省抽〔2026〕8号", "ab" * 32)
SPECIAL = replace(PLAN, design=DesignPlan.by_grade({}), listing=Listing("节前专项检查", NAMED))
SUPERIOR = replace(PLAN, design=DesignPlan.by_grade({}), listing=Listing("", NAMED, ORIGIN))
FULL = replace(
    PLAN, design=DesignPlan.by_grade({}), listing=Listing("供热企业全面检查"), conditions=Conditions(("供热",), ())
)
ALL = {"special": SPECIAL, "superior": SUPERIOR, "full": FULL}


def fixed(bureau: Bureau, wanted: Plan) -> str:
    """Plan a list and fix it."""
    identifier = plan(bureau, wanted)
    freeze(bureau, identifier)
    return identifier


@pytest.mark.parametrize("kind", ALL)
def test_a_list_is_visited_as_a_whole_and_its_bundle_is_verified(bureau_in: BureauIn, kind: str) -> None:
    bureau = bureau_in("graded")
    wanted = ALL[kind]
    assert fixed(bureau, wanted) == CAMPAIGN
    with bureau.read() as tx:
        entry = campaigns.fixing_entry(tx, CAMPAIGN)
        assert log.about(tx, CAMPAIGN, "campaign.frozen") == []
    assert entry.kind == "campaign.listed"
    assert entry.body["to_draw"] == 0
    assert entry.body["listing"]["type"] == ("superior" if kind == "superior" else "special")
    assert not any(code.encode() in entry.data for code in NAMED)
    reveal(bureau)
    bureau.refuse(
        "campaign_state",
        lambda tx: drawing.draw_campaign(tx, PLANNER, DRAWN_AT, CAMPAIGN),
    )
    match(bureau)
    heating = sorted(files.code(number) for number in range(1, 121) if sector_of(number) == "供热")
    assert sorted(visit.enterprise for visit in visits(bureau)) == (heating if kind == "full" else list(NAMED))
    assert all(len(visit.team) == 2 for visit in visits(bureau))
    rematch(bureau)
    steps.record(bureau)
    steps.confirm(bureau)
    review(bureau)
    publish(bureau)
    close(bureau)
    assert [check.fault for check in verify_bundle(bureau.bundle(), TRUST) if check.fault] == []
    names = [check.name for check in verify_bundle(bureau.bundle(), TRUST)]
    assert not {"draw", "grades", "quotas", "seed", "design"} & set(names)
    with bureau.read() as tx:
        assert audit(tx, Verifier.from_vkey(SIGNER.verifier_key), (*SCORING, *SAMPLING), [campaigns.audit_states]) == []


def test_the_public_is_told_that_it_is_no_draw(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, SUPERIOR)
    with bureau.read() as tx:
        (listed,) = disclosures.campaigns(tx, Window(10))
    assert (listed.state, listed.plan.type) == ("listed", CampaignType.SUPERIOR)
    assert listed.plan.listing == Listing("", (), ORIGIN)
    assert listed.to_be_trusted == ["no_draw_superior", "no_witnesses_of_list", "beacon_ceremony"]


def test_what_was_found_is_recorded_as_what_it_was(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, SPECIAL)
    reveal(bureau)
    match(bureau)
    steps.record(bureau)
    steps.confirm(bureau)
    review(bureau)
    publish(bureau)
    with bureau.read() as tx:
        query = select(record.c.content).where(record.c.number.like(f"{CAMPAIGN}-%"))
        assert {content["type"] for content in tx.execute(query).scalars()} == {"专项检查"}


REASON = "名单有误，重新下达"
SECOND_PLANNER = Actor("planner-zj-2", Role.PLANNER, "ZJ")


def voided(bureau: Bureau, identifier: str, now: datetime) -> Entry:
    bureau.do(lambda tx: voiding.propose_void(tx, PLANNER, now, identifier, REASON))
    return bureau.do(lambda tx: voiding.confirm_void(tx, SECOND_PLANNER, now, identifier))


@on_one_engine
@pytest.mark.parametrize("now", [FROZEN_AT, CLOSED_AT], ids=["before its beacon", "after it"])
def test_two_persons_void_a_list_before_its_inspectors_are_matched(bureau_in: BureauIn, now: datetime) -> None:
    bureau = bureau_in("graded")
    identifier = fixed(bureau, SPECIAL)
    voided(bureau, identifier, now)
    bureau.refuse("campaign_state", lambda tx: assigning.match_campaign(tx, PLANNER, CLOSED_AT, identifier))
    assert bureau.ask(lambda tx: disclosures.campaign(tx, identifier)).state == "voided"
    deviations = bureau.ask(lambda tx: report(tx, AUDITOR, CLOSED_AT, identifier))
    assert deviations[-1].kind == "void_of_list"


@on_one_engine
def test_a_matched_list_is_void_until_a_visit_was_recorded(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    identifier = fixed(bureau, SPECIAL)
    reveal(bureau, identifier)
    match(bureau, identifier)
    voided(bureau, identifier, DRAWN_AT)
    told = {check.name: (check.compared, check.fault) for check in verify_bundle(bureau.bundle(identifier), TRUST)}
    assert told["void"] == (f"voided after its matching by two persons: {REASON}", None)
    assert [fault for _, fault in told.values() if fault] == []


@on_one_engine
def test_a_list_of_which_a_visit_was_recorded_is_not_voided(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    identifier = fixed(bureau, SPECIAL)
    reveal(bureau, identifier)
    match(bureau, identifier)
    steps.record_one(bureau, visits(bureau, identifier)[0])
    bureau.refuse("void_after_visits", lambda tx: voiding.propose_void(tx, PLANNER, CLOSED_AT, identifier, REASON))


def test_a_list_counts_in_no_draw(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, replace(FULL, conditions=Conditions((), ())))
    reveal(bureau)
    match(bureau)
    other = second_campaign(bureau, PLAN)
    with bureau.read() as tx:
        drawn = past_draws(history(tx), None)
        assert [entry.subject for entry in drawn] == [other]
    match(bureau, other, CLOSED_AT)
    assert [check.fault for check in verify_bundle(bureau.bundle(other), TRUST) if check.fault] == []


@on_one_engine
def test_the_matching_waits_for_its_beacon(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, SPECIAL)
    matching = lambda tx: assigning.match_campaign(tx, PLANNER, DRAWN_AT, CAMPAIGN)  # noqa: E731
    assert bureau.refuse("reveals_missing", matching)
    assert bureau.ask(lambda tx: announcing.waiting_for(tx, PLANNER, CAMPAIGN)) == ["公证处", "群众代表"]
    reveal(bureau)
    bureau.do(matching)
    bureau.refuse("campaign_state", matching)
    assert bureau.ask(lambda tx: assigning.predictable(tx, PLANNER, CAMPAIGN)) is not None


@on_one_engine
def test_a_list_is_shown_before_it_is_fixed(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    plan(bureau, SPECIAL)
    shown = bureau.do(lambda tx: previewing.preview(tx, PLANNER, FROZEN_AT, CAMPAIGN, LIMITS, BOUND))
    assert (shown.design.size, shown.design.visits, shown.posteriors, shown.obstacle) == (5, 5, (), None)


@on_one_engine
@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("listing_without_reason", replace(SPECIAL, listing=Listing(" ", NAMED))),
        ("listing_empty", replace(SPECIAL, listing=Listing("", (), ORIGIN))),
        ("list_origin_unusable", replace(SPECIAL, listing=Listing("", NAMED, replace(ORIGIN, sha256="")))),
        ("list_origin_unusable", replace(SPECIAL, listing=Listing("", NAMED, replace(ORIGIN, number=" ")))),
        ("listing_twice", replace(SPECIAL, listing=Listing("x", (NAMED[0], NAMED[0])))),
        ("uscc_length", replace(SPECIAL, listing=Listing("x", ("9113",)))),
    ],
)
def test_a_list_that_cannot_be_is_refused(bureau_in: BureauIn, code: str, wanted: Plan) -> None:
    bureau = bureau_in("graded")
    bureau.refuse(code, lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, wanted))


@on_one_engine
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("listed_not_registered", {"listing": Listing("x", (*NAMED, files.code(900)))}),
        ("frame_empty", {"listing": Listing("x"), "conditions": Conditions((), ("无人镇",))}),
        ("inspectors_missing", {"departments": ("ZJ", "YJ"), "items": ("ZJ-01", "YJ-01")}),
    ],
)
def test_a_list_that_cannot_be_fixed_is_refused(bureau_in: BureauIn, code: str, changes: Any) -> None:
    bureau = bureau_in("graded")
    identifier = plan(bureau, replace(SPECIAL, **changes))
    bureau.refuse(code, lambda tx: freezing.freeze(tx, PLANNER, FROZEN_AT, identifier, ceremony(), LIMITS, BOUND))


@pytest.mark.parametrize(
    "changes",
    [{"design": PLAN.design}, {"exclusions": (Exclusion(files.code(1), "停产"),)}],
    ids=["rates", "exclusions"],
)
def test_a_list_has_no_rates_and_no_exclusions(changes: Any) -> None:
    with pytest.raises(Refusal, match=r"^listing_with_design"):
        replace(SPECIAL, **changes)


@pytest.mark.parametrize("wanted", [PLAN, *ALL.values()])
def test_a_plan_reads_as_it_was_written(wanted: Plan) -> None:
    assert Plan.from_json(wanted.to_json()) == wanted


def test_the_type_follows_from_what_was_planned() -> None:
    assert PLAN.type is CampaignType.UNTARGETED
    assert replace(PLAN, conditions=Conditions((), (), tags=(("甲",),))).type is CampaignType.TARGETED
    assert (SPECIAL.type, SUPERIOR.type) == (CampaignType.SPECIAL, CampaignType.SUPERIOR)


def test_a_superior_s_file_gives_its_codes_and_its_digest() -> None:
    content = f"统一社会信用代码,企业名称\n{NAMED[0]},甲\n{NAMED[1]},乙\n".encode()
    given = read_list("名单.csv", io.BytesIO(content), TODAY)
    assert given.codes == NAMED[:2]
    assert given.sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(Refusal, match="list_row_unusable") as refused:
        read_list("名单.csv", io.BytesIO(content + NAMED[0].encode() + b",x\n"), TODAY)
    assert refused.value.parameters["line"] == 4


FLAT = replace(PLAN, design=DesignPlan.by_grade(dict.fromkeys("ABCD", 1500)))


@on_one_engine
def test_a_flat_rate_needs_a_reason_which_is_sealed_and_a_deviation(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    bureau.refuse("flat_rate_without_reason", lambda tx: planning.plan_campaign(tx, PLANNER, PLANNED_AT, FLAT))
    wanted = replace(FLAT, flat_reason="首次抽查，等级尚未校验")
    plan(bureau, wanted)
    freeze(bureau)
    with bureau.read() as tx:
        entry = campaigns.fixing_entry(tx, CAMPAIGN)
        held = campaigns.read(tx, PLANNER, CAMPAIGN).plan
    assert "flat_reason" not in str(entry.body)
    assert deviations_of(held) == [(Departure.FLAT_RATE, "首次抽查，等级尚未校验")]


RATES = tuple(Rule(Cell(grade), 1000) for grade in "ABCD")


@pytest.mark.parametrize(
    ("rules", "flat"),
    [
        (RATES, True),
        ((*RATES, *(Rule(Cell(grade, None, "供热"), 2000) for grade in "ABCD")), True),
        ((*RATES, Rule(Cell("D", None, "供热"), 1000)), True),
        ((*RATES, Rule(Cell("D", None, "供热"), 2000)), False),
        ((*RATES, Rule(Cell("D", True), 2000)), False),
        ((*RATES[:3], Rule(Cell("D"), 2000)), False),
        ((RATES[0], Rule(Cell("B", None, "供热"), 1000)), False),
    ],
)
def test_a_rate_is_flat_if_all_grades_meet_the_same_one_wherever_they_are(rules: tuple[Rule, ...], flat: bool) -> None:
    assert is_flat(DesignPlan(Kind.RATES, rules, months=12)) is flat
    assert not is_flat(DesignPlan(Kind.COUNTS, rules, months=12))


def test_deviations_are_those_of_the_plan() -> None:
    assert deviations_of(PLAN) == []
    assert deviations_of(SPECIAL) == [(Departure.SPECIAL, "节前专项检查")]
    assert deviations_of(SUPERIOR) == [(Departure.SUPERIOR, "样例省市场监管局 省抽〔2026〕8号")]
    assert not is_flat(DesignPlan.by_grade({"A": 100}))


@on_one_engine
def test_a_list_has_no_verdict_on_a_draw(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, SPECIAL)
    reveal(bureau)
    match(bureau)
    with pytest.raises(Refusal, match="nothing_drawn_to_judge"):
        judge(bureau.bundle(), TRUST, [], TODAY)


def visit_fewer(forgery: Forgery) -> None:
    forgery.rows("campaign.listed", "plan", "drawn").pop()


def name_fewer(forgery: Forgery) -> None:
    forgery.document("campaign.listed", "plan").content["plan"]["listing"]["enterprises"].pop()


def other_reason(forgery: Forgery) -> None:
    forgery.of("campaign.listed")["body"]["listing"]["reason"] = "别的理由"


def other_origin(forgery: Forgery) -> None:
    forgery.of("campaign.listed")["body"]["listing"]["origin"]["sha256"] = "cd" * 32


def other_output(forgery: Forgery) -> None:
    forgery.of("campaign.matched")["body"]["output"] = "00" * 32


def other_inspector(forgery: Forgery) -> None:
    rows = forgery.rows("campaign.matched", "assignments", "assignment")
    pool = forgery.document("campaign.listed", "matching").content["pool"]["inspectors"]
    team = {row["inspector"] for row in rows if row["position"] == rows[0]["position"]}
    same = [each["id"] for each in pool if each["id"][:2] == rows[0]["inspector"][:2]]
    rows[0]["inspector"] = next(each for each in same if each not in team)


@on_one_engine
@pytest.mark.parametrize(
    ("forge", "check", "wanted"),
    [
        (visit_fewer, "everybody", SPECIAL),
        (name_fewer, "register", SPECIAL),
        (other_reason, "list", SPECIAL),
        (other_origin, "list", SUPERIOR),
        (other_output, "beacon", SPECIAL),
        (other_inspector, "matching", SPECIAL),
    ],
)
def test_a_forged_list_is_found(
    bureau_in: BureauIn, forge: Callable[[Forgery], None], check: str, wanted: Plan
) -> None:
    bureau = bureau_in("graded")
    fixed(bureau, wanted)
    reveal(bureau)
    match(bureau)
    forgery = taken_apart(bureau.bundle())
    forge(forgery)
    *_, last = verify_bundle(forgery.made(SIGNER), TRUST)
    assert (last.name, last.passed) == (check, False)
