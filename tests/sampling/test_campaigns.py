"""Campaigns: how they end, who sees them, and that nobody is drawn twice in a year who should not be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from ledger import documents
from ledger.actors import Actor, Role
from ledger.audit import Fault
from sampling import campaigns, closing, planning, previewing
from sampling.design_plans import DesignPlan
from sampling.plans import Exclusion, Plan
from sampling.tables import drawn, slot
from scoring import grading
from tests import bureau_files as files
from tests.sampling import bureau as steps
from tests.sampling.both import verify_bundle
from tests.sampling.bureau import (
    ADMINISTRATOR,
    ANALYST,
    AUDITOR,
    CAMPAIGN,
    CLOSED_AT,
    LIMITS,
    MARGIN,
    OTHER_PLAN,
    OTHER_PLANNER,
    PLAN,
    PLANNER,
    STRANGER,
    TRUST,
    Bureau,
    flat,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine

AFTER_THE_PERIOD = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # 1 January in Shanghai


def closing_at(now: datetime) -> Callable[[Connection], object]:
    return lambda tx: closing.close(tx, PLANNER, now, CAMPAIGN)


def state(bureau: Bureau, campaign: str = CAMPAIGN) -> str:
    return bureau.ask(lambda tx: campaigns.read(tx, AUDITOR, campaign)).state


def drawn_codes(bureau: Bureau, campaign: str) -> set[str]:
    with bureau.read() as tx:
        query = select(slot.c.enterprise).join(
            drawn, (drawn.c.campaign == slot.c.campaign) & (drawn.c.position == slot.c.position)
        )
        return set(tx.execute(query.where(slot.c.campaign == campaign)).scalars())


def excluded_in(bureau: Bureau, campaign: str) -> dict[str, tuple[str, str | None]]:
    """Return reason and earlier campaign of each excluded enterprise of a frozen campaign."""
    with bureau.read() as tx:
        frozen = campaigns.entry_of(tx, campaign, "campaign.frozen")
        sealed = documents.opened(tx, frozen.documents["plan"]).value["content"]["excluded"]
    return {each["enterprise"]: (each["reason"], each["campaign"]) for each in sealed}


def faults(bureau: Bureau, campaign: str) -> list[str]:
    """Return what is wrong with a campaign's bundle."""
    return [check.fault for check in verify_bundle(bureau.bundle(campaign), TRUST) if check.fault is not None]


# The end


def test_a_campaign_ends_when_all_findings_are_published(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    entry = bureau.do(lambda tx: closing.close(tx, PLANNER, CLOSED_AT, CAMPAIGN))
    told = {"subject": CAMPAIGN, "published": 19, "overdue": [], "replaced": [], "substitutes": []}
    assert (entry.kind, entry.body) == ("campaign.closed", told)
    assert state(bureau) == "closed"


def test_a_campaign_does_not_end_early(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    refusal = bureau.refuse("campaign_not_over", closing_at(CLOSED_AT))
    assert refusal.parameters == {"unpublished": 19, "ends": date(2026, 12, 31)}
    bureau.refuse("campaign_not_over", closing_at(AFTER_THE_PERIOD - timedelta(seconds=1)))


def test_what_is_unpublished_after_the_period_is_reported_as_overdue(bureau_in: BureauIn) -> None:
    bureau = bureau_in("reviewed")
    first, *others = visits(bureau)
    steps.publish_of(bureau, [first.enterprise])
    entry = bureau.do(lambda tx: closing.close(tx, PLANNER, AFTER_THE_PERIOD, CAMPAIGN))
    assert entry.body["published"] == 1
    assert entry.body["overdue"] == [visit.position for visit in others]
    assert faults(bureau, CAMPAIGN) == []


@on_one_engine
@pytest.mark.parametrize("reached", ["planned", "frozen", "closed"])
def test_a_campaign_ends_once_and_after_its_draw(bureau_in: BureauIn, reached: str) -> None:
    refusal = bureau_in(reached).refuse("campaign_state", closing_at(AFTER_THE_PERIOD))
    assert refusal.parameters == {"campaign": CAMPAIGN, "state": reached, "needed": ["drawn", "matched"]}


@on_one_engine
def test_a_draw_that_was_never_matched_ends_with_its_period_and_all_of_it_is_overdue(bureau_in: BureauIn) -> None:
    bureau = bureau_in("drawn")
    bureau.refuse("campaign_not_over", closing_at(CLOSED_AT))
    entry = bureau.do(lambda tx: closing.close(tx, PLANNER, AFTER_THE_PERIOD, CAMPAIGN))
    assert entry.body["published"] == 0
    assert len(entry.body["overdue"]) > 0
    assert faults(bureau, CAMPAIGN) == []


@on_one_engine
def test_a_campaign_that_does_not_exist_is_missing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    bureau.refuse("campaign_missing", lambda tx: closing.close(tx, PLANNER, CLOSED_AT, "2026-0009"))
    bureau.refuse("campaign_missing", lambda tx: campaigns.read(tx, AUDITOR, "9" * 30))


# Not twice a year


def test_who_was_drawn_this_year_stands_in_the_next_frame_without_a_chance(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    first = drawn_codes(bureau, CAMPAIGN)
    other = steps.second_campaign(bureau)
    assert excluded_in(bureau, other) == dict.fromkeys(first, ("drawn_this_year", CAMPAIGN))
    assert drawn_codes(bureau, other).isdisjoint(first)
    with bureau.read() as tx:
        assert tx.execute(select(slot).where(slot.c.campaign == other)).all().__len__() == 120
    assert faults(bureau, other) == []


@on_one_engine
def test_the_preview_counts_who_was_drawn_this_year(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    planned = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, CLOSED_AT, OTHER_PLAN))
    shown = bureau.do(lambda tx: previewing.preview(tx, PLANNER, CLOSED_AT, planned.id, LIMITS, 5000))
    assert shown.excluded == {"drawn_this_year": 19}


@on_one_engine
def test_a_plan_may_let_everybody_be_drawn_again(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    other = steps.second_campaign(bureau, flat(replace(OTHER_PLAN, once_a_year=False)))
    assert excluded_in(bureau, other) == {}
    assert faults(bureau, other) == []


@on_one_engine
def test_a_reason_that_was_given_stands_before_the_rule(bureau_in: BureauIn) -> None:
    bureau = bureau_in("closed")
    code = min(drawn_codes(bureau, CAMPAIGN))
    other = steps.second_campaign(bureau, replace(OTHER_PLAN, exclusions=(Exclusion(code, "停产检修"),)))
    assert excluded_in(bureau, other)[code] == ("停产检修", None)
    assert faults(bureau, other) == []


@on_one_engine
@pytest.mark.parametrize(
    ("planned_in", "drawn_in", "frozen_in", "counts"),
    [
        (2026, 2026, 2026, True),
        (2026, 2026, 2027, False),
        (2026, 2027, 2027, True),
        (2026, 2027, 2026, False),
    ],
)
def test_the_year_is_that_of_the_draw(
    bureau_in: BureauIn, planned_in: int, drawn_in: int, frozen_in: int, counts: bool
) -> None:
    """A campaign's id tells the year of its plan, which decides nothing."""
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    before, after = new_year - timedelta(days=1), new_year + timedelta(days=1)
    assert planned_in == 2026
    bureau, wanted = bureau_in("graded"), flat(OTHER_PLAN)
    first = steps.plan(bureau, replace(PLAN, items=("ZJ-03",), ends=date(2027, 6, 30)))
    steps.freeze_by_local_beacon(bureau, first, before)
    if drawn_in == 2026:
        steps.draw(bureau, first, before + MARGIN)
    if frozen_in == 2027:
        if drawn_in == 2027:
            steps.draw(bureau, first, after)
        other = steps.second_campaign(bureau, wanted, after + MARGIN)
    else:
        other = bureau.do(lambda tx: planning.plan_campaign(tx, PLANNER, before + MARGIN, wanted)).id
        steps.freeze_by_local_beacon(bureau, other, before + MARGIN)
        if drawn_in == 2027:
            steps.draw(bureau, first, after)
        steps.draw(bureau, other, after + MARGIN)
    assert bool(excluded_in(bureau, other)) is counts
    assert faults(bureau, other) == []


@on_one_engine
def test_who_was_drawn_twice_is_excluded_by_the_earlier_draw(bureau_in: BureauIn) -> None:
    """Two campaigns frozen side by side may draw one enterprise both; ids do not tell which draw was first."""
    bureau = bureau_in("graded")
    everybody = DesignPlan.by_grade({**dict.fromkeys("ABC", 9000), "D": 9001})
    ids = [steps.plan(bureau, replace(PLAN, items=(f"ZJ-0{number}",), design=everybody)) for number in (3, 4)]
    for campaign in ids:
        steps.freeze_by_local_beacon(bureau, campaign)
    for campaign in reversed(ids):
        steps.draw(bureau, campaign)
    both = drawn_codes(bureau, ids[0]) & drawn_codes(bureau, ids[1])
    assert both
    bureau.size = replace(bureau.size, limits=replace(LIMITS, stratum_size=2, frame_size=2))
    registered = files.file_of("registration", [files.registration(number) for number in range(901, 951)])
    steps.take_in(bureau, registered, now=CLOSED_AT)
    bureau.do(lambda tx: grading.grade_enterprises(tx, ANALYST, CLOSED_AT, steps.GRADED_AS_OF))
    other = steps.second_campaign(
        bureau, replace(OTHER_PLAN, design=DesignPlan.by_grade({**dict.fromkeys("ABC", 3000), "D": 3100}))
    )
    told = excluded_in(bureau, other)
    assert {told[code] for code in both} == {("drawn_this_year", ids[1])}
    assert faults(bureau, other) == []


# Who sees campaigns

SEEING = {
    "planner of the lead": (PLANNER, True),
    "planner of the other department": (OTHER_PLANNER, True),
    "planner of no department": (Actor("planner", Role.PLANNER), True),
    "planner of a stranger": (STRANGER, False),
    "analyst of the lead": (Actor("analyst", Role.ANALYST, "ZJ"), True),
    "analyst of no department": (ANALYST, True),
    "analyst of a stranger": (Actor("analyst", Role.ANALYST, "YJ"), False),
    "auditor": (AUDITOR, True),
    "auditor of a stranger": (Actor("auditor", Role.AUDITOR, "YJ"), True),
    "inspector": (Actor("ZJ001", Role.INSPECTOR, "ZJ"), False),
    "administrator": (ADMINISTRATOR, False),
}


@on_one_engine
@pytest.mark.parametrize("who", SEEING)
def test_a_campaign_is_seen_by_its_departments_and_auditors(bureau_in: BureauIn, who: str) -> None:
    actor, sees = SEEING[who]
    bureau = bureau_in("planned")
    told = bureau.ask(lambda tx: campaigns.visible(tx, actor))
    if sees:
        assert [found.id for found in told] == [CAMPAIGN]
        assert bureau.ask(lambda tx: campaigns.read(tx, actor, CAMPAIGN)) == told[0]
    else:
        assert told == []
        bureau.refuse("campaign_missing", lambda tx: campaigns.read(tx, actor, CAMPAIGN))


def test_the_newest_campaign_comes_first(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")
    other = steps.plan(bureau, OTHER_PLAN)
    assert [found.id for found in bureau.ask(lambda tx: campaigns.visible(tx, PLANNER))] == [other, CAMPAIGN]


# The audit of the rows that repeat the log


def audited(bureau: Bureau, change: str) -> list[Fault]:
    with bureau.database.write() as tx:
        assert list(campaigns.audit_states(tx)) == []
        tx.exec_driver_sql(change)
        return list(campaigns.audit_states(tx))


@pytest.mark.parametrize("reached", ["planned", "frozen", "drawn", "matched", "closed"])
def test_a_state_that_the_log_does_not_tell_is_named(bureau_in: BureauIn, reached: str) -> None:
    other = "drawn" if reached != "drawn" else "matched"
    assert Fault("campaign", f"id={CAMPAIGN}", "campaign_state_differs_from_log") in audited(
        bureau_in(reached), f"UPDATE campaign SET state = '{other}'"
    )


@on_one_engine
@pytest.mark.parametrize(
    "change",
    [
        "department = 'SC'",
        "planned_by = 'somebody'",
        "planned_at = '2026-11-23T01:20:01Z'",
        "plan = replace(plan, '\"D\":2500', '\"D\":2400')",
        "plan = '{'",
        "plan = ''",
    ],
)
def test_a_frozen_plan_that_was_changed_is_named(bureau_in: BureauIn, change: str) -> None:
    found = audited(bureau_in("frozen"), f"UPDATE campaign SET {change}")
    assert found == [Fault("campaign", f"id={CAMPAIGN}", "row_changed")]


@on_one_engine
def test_a_campaign_that_is_lost_is_named(bureau_in: BureauIn) -> None:
    assert audited(bureau_in("frozen"), "DELETE FROM campaign") == [Fault("campaign", f"id={CAMPAIGN}", "row_lost")]


def test_a_plan_that_is_kept_reads_as_it_was_written() -> None:
    assert Plan.from_json(PLAN.to_json()) == PLAN
