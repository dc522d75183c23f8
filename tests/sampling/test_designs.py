"""Draws of every kind of design, from the plan to the auditor's verification, and what a forger would change."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from ledger import documents
from sampling import drawing, freezing, planning, previewing
from sampling.beacons import Local
from sampling.campaigns import entry_of
from sampling.design_plans import Cell, DesignPlan, Kind, Rule
from sampling.deviations import is_flat
from sampling.frequency import FrequencyRule
from sampling.plans import Plan
from sampling.strata import Stratum
from sampling.tables import drawn, slot
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import BOUND, CAMPAIGN, CLOSED_AT, LIMITS, PLAN, PLANNER, SIGNER, TRUST, Bureau
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.forging import Forgery, taken_apart

FROZEN = "campaign.frozen"


def by_grade(kind: Kind, values: tuple[int, ...] = (0, 0, 0, 0), **more: Any) -> DesignPlan:
    rules = tuple(Rule(Cell(grade), value) for grade, value in zip("ABCD", values, strict=True))
    return DesignPlan(kind, rules, **more)


def parted(plan: DesignPlan, *rules: Rule, **more: Any) -> DesignPlan:
    return replace(plan, rules=(*plan.rules, *rules), **more)


RATES = by_grade(Kind.RATES, (1000, 1500, 2000, 2500))
TRADE = steps.SECTORS[0]

DESIGNS: dict[str, tuple[DesignPlan, dict[str, int]]] = {
    "rates by trade": (
        parted(RATES, Rule(Cell("A", sector=TRADE), 2000)),
        {"A": 5, f"A/{TRADE}//": 2, "B": 5, "C": 4, "D": 4},
    ),
    "counts": (by_grade(Kind.COUNTS, (9, 6, 3, 3)), {"A": 9, "B": 6, "C": 3, "D": 3}),
    "a capacity by sizes": (by_grade(Kind.PROPORTIONAL, capacity=20), {"A": 9, "B": 5, "C": 3, "D": 3}),
    "a capacity by stated deviations": (
        by_grade(Kind.NEYMAN, (10, 10, 20, 20), capacity=24),
        {"A": 8, "B": 5, "C": 6, "D": 5},
    ),
    "a capacity by stated rates of findings": (
        by_grade(Kind.NEYMAN_FINDINGS, (500, 1000, 1500, 2000), capacity=24),
        {"A": 8, "B": 6, "C": 5, "D": 5},
    ),
    "most findings": (
        by_grade(Kind.FINDINGS, (500, 1000, 1500, 2000), capacity=24, greatest_error=800, floor=1500),
        {"A": 9, "B": 5, "C": 3, "D": 7},
    ),
}


def carry_out(bureau: Bureau, wanted: Plan) -> str:
    """Plan, freeze and draw beside what was before, and return the campaign."""
    reason = "按规模比例抽取" if is_flat(wanted.design) else ""
    return steps.second_campaign(bureau, replace(wanted, flat_reason=reason))


def quotas(bureau: Bureau, campaign: str) -> dict[str, int]:
    sealed = content(bureau, campaign)
    return {each.label: each.quota for each in map(Stratum.from_json, sealed["strata"])}


def content(bureau: Bureau, campaign: str) -> dict[str, Any]:
    with bureau.read() as tx:
        found: dict[str, Any] = documents.opened(tx, entry_of(tx, campaign, FROZEN).documents["plan"]).value["content"]
        return found


def faults(bureau: Bureau, campaign: str) -> list[tuple[str, str | None]]:
    checks = verify_bundle(bureau.bundle(campaign, CLOSED_AT), TRUST)
    return [(check.name, check.fault) for check in checks if not check.passed]


def told_by(bureau: Bureau, campaign: str, name: str) -> str:
    checks = verify_bundle(bureau.bundle(campaign, CLOSED_AT), TRUST)
    return next(check.compared for check in checks if check.name == name)


def fault_of(bureau: Bureau, campaign: str, forge: Callable[[dict[str, Any]], object]) -> tuple[str, str | None]:
    """Return the check and the fault that find what a forger did to the sealed plan."""
    forgery: Forgery = taken_apart(bureau.bundle(campaign, CLOSED_AT))
    forge(forgery.document(FROZEN, "plan").content)
    last = verify_bundle(forgery.made(SIGNER), TRUST)[-1]
    return last.name, last.fault


@on_one_engine
@pytest.mark.parametrize("name", DESIGNS)
def test_each_design_is_drawn_and_verified_and_another_one_is_found(bureau_in: BureauIn, name: str) -> None:
    bureau, (design, expected) = bureau_in("graded"), DESIGNS[name]
    campaign = carry_out(bureau, replace(PLAN, design=design))
    assert quotas(bureau, campaign) == expected
    with bureau.read() as tx:
        rows = tx.execute(select(drawn.c.stratum).where(drawn.c.campaign == campaign)).scalars()
        assert Counter(rows) == expected
    assert faults(bureau, campaign) == []

    def another_value(plan: dict[str, Any]) -> None:
        stated = plan["plan"]["design"]
        if design.kind.divides:
            stated["capacity"] += 1
        else:
            stated["rules"][0]["value"] += 1000

    found, told = fault_of(bureau, campaign, another_value)
    assert found == "quotas"
    assert told is not None


def test_a_trade_s_rate_is_another_stratum_on_both_engines(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    campaign = carry_out(bureau, replace(PLAN, design=DESIGNS["rates by trade"][0]))
    with bureau.read() as tx:
        rows = tx.execute(select(slot.c.sector, slot.c.stratum).where(slot.c.campaign == campaign)).all()
    assert {sector for sector, stratum in rows if stratum == f"A/{TRADE}//"} == {TRADE}
    assert TRADE not in {sector for sector, stratum in rows if stratum == "A"}
    assert faults(bureau, campaign) == []


@on_one_engine
def test_past_findings_tell_the_expected_rates_and_are_sealed(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    bureau.size = replace(bureau.size, limits=replace(LIMITS, stratum_size=8))
    design = DesignPlan(Kind.NEYMAN_FINDINGS, (), capacity=24, past=True, shrinkage=30, floor=1000)
    campaign = carry_out(bureau, replace(PLAN, design=design))
    sealed = content(bureau, campaign)["experience"]
    assert sealed["campaigns"] == [CAMPAIGN]
    findings, inspected = sealed["found"]
    assert (findings, inspected) == (12, 19)  # of each three results, two are findings
    assert [sum(pair) for pair in zip(*sealed["by_grade"].values(), strict=True)] == [findings, inspected]
    assert faults(bureau, campaign) == []

    def finding_only_in(grade: str) -> Callable[[dict[str, Any]], None]:
        def forge(plan: dict[str, Any]) -> None:
            plan["experience"]["by_grade"] = {each: [3000 * (each == grade), 3000] for each in "ABCD"}

        return forge

    assert "quotas" in {fault_of(bureau, campaign, finding_only_in(grade))[0] for grade in "AD"}


@on_one_engine
def test_past_rates_need_a_published_finding(bureau_in: BureauIn) -> None:
    bureau = bureau_in("graded")
    steps.plan(bureau, replace(PLAN, design=by_grade(Kind.NEYMAN_FINDINGS, capacity=24, past=True)))
    bureau.refuse("findings_missing", lambda tx: previewing.preview(tx, PLANNER, CLOSED_AT, CAMPAIGN, LIMITS, BOUND))


FLAT = by_grade(Kind.RATES, (1500, 1500, 1500, 1500))
RESTED = parted(FLAT, *(Rule(Cell(grade, visited=True), 800) for grade in "ABCD"), months=12)


@on_one_engine
def test_who_was_visited_may_be_drawn_at_another_rate(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    bureau.size = replace(bureau.size, limits=replace(LIMITS, stratum_size=4))
    campaign = carry_out(bureau, replace(steps.flat(PLAN), design=RESTED, once_a_year=False))
    with bureau.read() as tx:
        strata = dict(tx.execute(select(slot.c.enterprise, slot.c.stratum).where(slot.c.campaign == campaign)).all())
        same = (drawn.c.campaign == slot.c.campaign) & (drawn.c.position == slot.c.position)
        first = tx.execute(select(slot.c.enterprise).join(drawn, same).where(slot.c.campaign == CAMPAIGN)).scalars()
        visited = set(first)
    assert {code for code, stratum in strata.items() if stratum.endswith("/visited")} == visited
    assert len(visited) == 19
    assert faults(bureau, campaign) == []
    assert told_by(bureau, campaign, "inference").startswith("published visits of ")

    forgery = taken_apart(bureau.bundle(campaign, CLOSED_AT))
    rows = forgery.rows(FROZEN, "plan", "slot")
    next(row for row in rows if row["stratum"] == "D///visited")["stratum"] = "D"
    last = verify_bundle(forgery.made(SIGNER), TRUST)[-1]
    assert (last.name, "stands in another stratum" in (last.fault or "")) == ("grades", True)


@on_one_engine
@pytest.mark.parametrize(
    ("rule", "excluded"),
    [(FrequencyRule(1, 6), 19), (FrequencyRule(2, 6), 0)],
)
def test_who_was_drawn_too_often_is_excluded_whichever_department_drew(
    bureau_in: BureauIn, rule: FrequencyRule, excluded: int
) -> None:
    bureau = bureau_in("closed")
    wanted = replace(steps.flat(PLAN), once_a_year=False, frequency=(rule,), departments=("SC",), items=("SC-02",))
    planner = steps.OTHER_PLANNER
    campaign = bureau.do(lambda tx: planning.plan_campaign(tx, planner, CLOSED_AT, wanted)).id
    shown = bureau.do(lambda tx: previewing.preview(tx, planner, CLOSED_AT, campaign, LIMITS, BOUND))
    assert shown.excluded == ({rule.reason: excluded} if excluded else {})
    beacon = Local(CLOSED_AT + steps.MARGIN)
    bureau.do(lambda tx: freezing.freeze(tx, planner, CLOSED_AT, campaign, beacon, LIMITS, BOUND))
    bureau.do(lambda tx: drawing.draw_campaign(tx, planner, CLOSED_AT + steps.MARGIN, campaign))
    assert [each["campaign"] for each in content(bureau, campaign)["excluded"]] == [CAMPAIGN] * excluded
    assert faults(bureau, campaign) == []

    def another_rule(plan: dict[str, Any]) -> None:
        plan["plan"]["frequency"] = [{"visits": 3 - rule.visits, "months": 6}]

    assert fault_of(bureau, campaign, another_rule)[0] == "exclusions"


# What published visits tell over campaigns


@on_one_engine
def test_a_second_campaign_that_would_tell_too_much_together_with_the_first_is_refused(bureau_in: BureauIn) -> None:
    """Alone each tells 42 %, of an enterprise that both visited 54 %."""
    bureau = bureau_in("closed")
    wanted = replace(steps.OTHER_PLAN, once_a_year=False)
    campaign = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, CLOSED_AT, wanted)).id
    beacon = Local(CLOSED_AT + steps.MARGIN)
    refusal = bureau.refuse(
        "inference_bound_exceeded",
        lambda tx: freezing.freeze(tx, PLANNER, CLOSED_AT, campaign, beacon, LIMITS, BOUND),
    )
    assert refusal.parameters["visited"] == [CAMPAIGN, campaign]
    squares = {"A": Fraction(6, 54), "B": Fraction(5, 30), "C": Fraction(4, 20), "D": Fraction(4, 16)}
    sizes = {"A": 54, "B": 30, "C": 20, "D": 16}
    weights = {grade: sizes[grade] * chance**2 for grade, chance in squares.items()}
    shown = bureau.do(lambda tx: previewing.preview(tx, PLANNER, CLOSED_AT, campaign, LIMITS, BOUND))
    assert shown.exposure.posterior == (weights["C"] + weights["D"]) / sum(weights.values())
    assert shown.exposure.seen == ((CAMPAIGN, True), (campaign, True))
    alone = replace(LIMITS, inference_campaigns=0)
    bureau.do(lambda tx: freezing.freeze(tx, PLANNER, CLOSED_AT, campaign, beacon, alone, BOUND))


@on_one_engine
def test_the_verifier_computes_the_worst_case_anew(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    campaign = carry_out(bureau, steps.OTHER_PLAN)
    assert told_by(bureau, campaign, "inference") == (
        "published visits of 1 campaigns tell no more than the sealed bound of 5000 basis points"
    )

    def another_bound(plan: dict[str, Any]) -> None:
        plan["limits"]["inference_bound"] = 3500

    assert fault_of(bureau, campaign, another_bound)[0] == "inference"


@on_one_engine
def test_the_verifier_says_where_the_bundle_does_not_let_it(bureau_in: BureauIn) -> None:
    """Campaigns that decide nothing in the frame are not in the bundle."""
    bureau = bureau_in("closed")
    campaign = carry_out(bureau, replace(steps.flat(steps.OTHER_PLAN), once_a_year=False))
    told = told_by(bureau, campaign, "inference")
    assert told == f"not computed: the bundle does not need, and lacks, the plans of {CAMPAIGN}"


# The preview


@on_one_engine
def test_the_preview_tells_what_was_and_what_would_be(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    campaign = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, CLOSED_AT, PLAN)).id
    shown = bureau.do(lambda tx: previewing.preview(tx, PLANNER, CLOSED_AT, campaign, LIMITS, BOUND))
    assert shown.excluded == {"drawn_this_year": 19}
    assert [(each.grade, each.size, each.excluded) for each in shown.coverage] == [
        ("A", 54, 6),
        ("B", 30, 5),
        ("C", 20, 4),
        ("D", 16, 4),
    ]
    assert sum(each.visits for each in shown.coverage) == shown.design.visits
    assert shown.coverage[0].basis_points == 5 * 10_000 // 54
    assert shown.coverage_floor == 300
    assert shown.visited == {months: {0: 101, 1: 19} for months in (12, 24, 36)}
    (last,) = shown.last
    assert (last.campaign, last.visits, last.published, last.drawn_on) == (CAMPAIGN, 19, 19, date(2026, 11, 23))
    assert (last.found.findings, last.found.inspected, last.found.rate) == (12, 19, 6316)
    assert shown.expected_findings is not None
    assert 0 < shown.expected_findings < shown.design.visits
    assert [(each.role, each.department, each.places, each.inspectors) for each in shown.loads] == [
        ("lead", "ZJ", shown.design.visits, 4),
        ("member 1", "SC", shown.design.visits, 4),
    ]
    assert shown.loads[0].earlier == 19
    assert shown.loads[0].room is None
    assert shown.loads[0].expected == Fraction(shown.design.visits, 4)


@on_one_engine
def test_without_experience_no_findings_are_expected(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    shown = bureau.do(lambda tx: previewing.preview(tx, PLANNER, CLOSED_AT, CAMPAIGN, LIMITS, BOUND))
    assert (shown.expected_findings, shown.last) == (None, ())
    stated = by_grade(Kind.FINDINGS, (500, 1000, 1500, 2000), capacity=24, greatest_error=5000, floor=800)
    other = steps.plan(bureau, replace(PLAN, design=stated))
    shown = bureau.do(lambda tx: previewing.preview(tx, PLANNER, CLOSED_AT, other, LIMITS, BOUND))
    rates = {"A": 500, "B": 1000, "C": 1500, "D": 2000}
    assert shown.expected_findings == Fraction(
        sum(each.quota * rates[each.label] for each in shown.design.strata), 10_000
    )
