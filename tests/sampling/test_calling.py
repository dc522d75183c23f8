"""Who is called to a beacon: when it is named, and again when it is their turn."""

from datetime import timedelta

import pytest

from ledger.actors import Actor, Role
from sampling.rematching import reopen
from sampling.visits.reminding import remind
from tests.sampling import beacon_bureau as by
from tests.sampling.beacon_bureau import CLERK, DRAND, FELL, JUDGE, KNOWN_AT, REVIEWER, SOURCES, THROWN_AT, VALUES
from tests.sampling.bureau import (
    CAMPAIGN,
    DEADLINE,
    OTHER_PLANNER,
    PARTIES,
    PLANNER,
    STRANGER,
    Bureau,
    inbox_of,
    visits,
)
from tests.sampling.conftest import BureauIn, on_one_engine

pytestmark = on_one_engine


@pytest.fixture
def planned(bureau_in: BureauIn) -> Bureau:
    return bureau_in("planned")


def told(bureau: Bureau, actor: Actor) -> list[str]:
    """Return what somebody was called to, in the order in which it was told."""
    return [each.code for each in reversed(inbox_of(bureau, actor)) if each.code.startswith("beacon_")]


def test_the_two_persons_of_a_throw_are_called_and_again_once_all_have_revealed(planned: Bureau) -> None:
    by.freeze(planned, by.ceremony())
    first, second = PARTIES
    planned.do(by.revealing(first))
    for person in (JUDGE, CLERK):
        (announced,) = inbox_of(planned, person)
        told_of = (announced.code, announced.about, announced.due)
        assert told_of == ("beacon_throw_announced", CAMPAIGN, by.THROWN_BY.date())
        assert (announced.parameters["count"], announced.parameters["of"]) == (20, 6)
    planned.do(by.revealing(second))
    assert told(planned, JUDGE) == told(planned, CLERK) == ["beacon_throw_due"]


def test_the_other_one_of_the_two_is_called_to_confirm_what_one_entered(planned: Bureau) -> None:
    by.freeze(planned, by.ceremony())
    for name in PARTIES:
        planned.do(by.revealing(name))
    planned.do(by.entering(JUDGE, THROWN_AT, FELL))
    assert told(planned, CLERK) == ["beacon_throw_due", "beacon_values_to_confirm"]
    assert told(planned, JUDGE) == ["beacon_throw_due"]
    planned.do(by.confirming(CLERK, THROWN_AT, FELL))
    assert told(planned, CLERK) == told(planned, JUDGE) == []


def test_who_leads_is_told_which_parties_reveal_by_when_and_nobody_else_is(planned: Bureau) -> None:
    by.freeze(planned, by.ceremony(throw=None))
    (message,) = [each for each in inbox_of(planned, PLANNER) if each.code == "beacon_reveals_due"]
    assert (message.parameters["parties"], message.due) == (list(PARTIES), DEADLINE.date())
    for actor in (OTHER_PLANNER, STRANGER, JUDGE, CLERK):
        assert told(planned, actor) == []
    for name in PARTIES:
        planned.do(by.revealing(name))
    assert told(planned, PLANNER) == []


def test_public_numbers_are_read_by_planners_and_auditors_who_are_reminded_once_on_their_day(planned: Bureau) -> None:
    by.freeze(planned, SOURCES)
    readers = (PLANNER, REVIEWER, CLERK)
    for actor in readers:
        assert told(planned, actor) == ["beacon_numbers_announced"]
    assert told(planned, Actor("a", Role.ANALYST)) == told(planned, STRANGER) == []
    planned.do(lambda tx: remind(tx, KNOWN_AT - timedelta(days=1)))
    assert told(planned, PLANNER) == ["beacon_numbers_announced"]
    for _ in range(2):
        planned.do(lambda tx: remind(tx, KNOWN_AT - timedelta(hours=3)))
    for actor in readers:
        assert told(planned, actor) == ["beacon_numbers_announced", "beacon_numbers_due"]
    planned.do(by.entering(PLANNER, KNOWN_AT, *VALUES))
    assert told(planned, REVIEWER)[2:] == ["beacon_values_to_confirm"]


def test_nobody_is_reminded_of_numbers_that_are_confirmed(planned: Bureau) -> None:
    by.freeze(planned, SOURCES)
    by.two_persons(planned, PLANNER, REVIEWER, KNOWN_AT, VALUES)
    planned.do(lambda tx: remind(tx, KNOWN_AT))
    assert "beacon_numbers_due" not in told(planned, PLANNER)


def test_numbers_that_a_ceremony_falls_back_on_are_read_once_it_has_failed(planned: Bureau) -> None:
    by.freeze(planned, by.ceremony(None, SOURCES))
    planned.do(lambda tx: remind(tx, DEADLINE))
    assert told(planned, CLERK) == []
    planned.do(lambda tx: remind(tx, DEADLINE + timedelta(minutes=1)))
    assert told(planned, CLERK) == ["beacon_numbers_due"]


def test_a_beacon_that_comes_by_itself_calls_nobody(planned: Bureau) -> None:
    by.freeze(planned, DRAND)
    assert told(planned, PLANNER) == told(planned, CLERK) == []


def test_they_are_called_to_the_beacon_of_a_reopened_match_too(bureau_in: BureauIn) -> None:
    bureau = bureau_in("matched")
    visit = visits(bureau)[0]
    now = KNOWN_AT - timedelta(hours=1)
    before = told(bureau, CLERK)
    bureau.do(lambda tx: reopen(tx, PLANNER, now, CAMPAIGN, visit.team[0][1], None, "病假", SOURCES))
    assert told(bureau, CLERK)[len(before) :] == ["beacon_numbers_announced"]


def test_nobody_is_called_any_longer_once_the_fallback_has_decided(planned: Bureau) -> None:
    by.freeze(planned, by.ceremony())
    planned.do(by.recording(by.NETWORK.round(by.FALLBACK_NUMBER), by.AFTER_FALLBACK))
    planned.do(by.drawing_at(by.AFTER_FALLBACK))
    assert told(planned, JUDGE) == told(planned, PLANNER) == []
