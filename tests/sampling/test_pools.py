"""The pool: days on duty, recusals that follow from ties, loads and caps; and what it lacks, foreseen."""

import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sampling.conditions import Conditions
from sampling.design_plans import DesignPlan
from sampling.foreseeing import foreseen
from sampling.matching_inputs import Inspector, Pool, Target, TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.plans import Plan
from sampling.pools import Ties, duty_days, last_visits_of, make_pool, persons_of

STARTS, ENDS = date(2026, 11, 23), date(2026, 12, 2)
PLAN = Plan("甲", ("ZJ",), ("ZJ-01",), STARTS, ENDS, Conditions((), ()), DesignPlan.by_grade({}))
REGISTERED = {
    "department": "ZJ",
    "unit": "一所",
    "sectors": ["供热"],
    "certificate_valid_to": "2028-12-31",
    "status": "在岗",
}


def made(changes: dict[str, Any], ties: Ties | None = None, loads: int = 0, **rules: Any) -> Inspector:
    """Return the one inspector of a pool."""
    plan = replace(PLAN, matching=MatchingPlan(**rules))
    [found] = make_pool(plan, {"C1": REGISTERED | changes}, {"C1": loads}, ties or Ties()).inspectors
    return found


@pytest.mark.parametrize(
    ("away", "days"),
    [
        ([], 10),
        (["2026-11-23/2026-11-23"], 9),
        (["2026-11-20/2026-11-24", "2026-11-24/2026-11-25"], 7),
        (["2026-12-02/2027-01-31"], 9),
        (["2026-11-01/2026-12-31"], 0),
        (["2026-12-03/2026-12-31"], 10),
        (["2026-11-24/2026-11-25", "2026-11-23/2026-11-30", "2026-11-26/2026-11-26"], 2),
    ],
)
def test_days_on_duty_are_those_of_the_period_on_which_nobody_is_away(away: list[str], days: int) -> None:
    assert duty_days(away, STARTS, ENDS) == days
    assert made({"away": away}).duty_days == days


def test_a_period_may_be_as_long_as_the_calendar_and_is_not_gone_through_day_by_day() -> None:
    began = time.process_time()
    assert duty_days(["0001-01-01/9999-12-30"], date.min, date.max) == 1
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("left", "years", "is_recused"),
    [
        ("2023-11-23", 3, False),
        ("2023-11-24", 3, True),
        ("2026-11-22", 0, False),
        ("2016-11-24", 10, True),
        ("2025-01-01", 1, False),
    ],
)
def test_a_former_employer_is_avoided_until_the_anniversary(left: str, years: int, is_recused: bool) -> None:
    found = made({"former_employers": [f"E/{left}"]}, former_employer_years=years)
    assert ("E" in found.recused) == is_recused


@pytest.mark.parametrize(("starts", "is_recused"), [(date(2027, 2, 28), True), (date(2027, 3, 1), False)])
def test_the_anniversary_of_a_leap_day_is_the_first_of_march(starts: date, is_recused: bool) -> None:
    plan = replace(PLAN, starts=starts, ends=date(2027, 4, 1))
    register = {"C1": REGISTERED | {"former_employers": ["E/2024-02-29"]}}
    [found] = make_pool(plan, register, {}, Ties()).inspectors
    assert ("E" in found.recused) == is_recused


def test_persons_of_one_household_are_avoided() -> None:
    ties = Ties(persons_of([("E1", {"representative": "p1"}), ("E2", {"party": "p2"}), ("E3", {"party": "p3"})]))
    assert made({"household": ["p1", "p2"], "recusals": ["E9"]}, ties).recused == ("E1", "E2", "E9")
    assert made({"household": ["p1", "p2"], "recusals": ["E9"]}, ties, household=False).recused == ("E9",)


def test_whoever_visited_last_is_avoided_and_nobody_else() -> None:
    visits = last_visits_of([("a", "E1", "C1"), ("a", "E2", "C1"), ("b", "E1", "C2"), ("b", "E1", "C3")])
    assert visits == {"C1": {"E2"}, "C2": {"E1"}, "C3": {"E1"}}
    assert made({}, Ties({}, visits), last_visit=True).recused == ("E2",)
    assert made({}, Ties({}, visits)).recused == ()


def test_the_cap_is_of_this_campaign_and_the_load_of_the_year() -> None:
    assert (made({}, loads=4, cap=3).load, made({}, loads=4, cap=3).cap) == (4, 7)


def test_only_those_on_duty_of_the_departments_are_in_it() -> None:
    register = {
        "C1": REGISTERED,
        "C2": REGISTERED | {"status": "停用"},
        "C3": REGISTERED | {"department": "SC"},
    }
    assert [each.id for each in make_pool(PLAN, register, {}, Ties()).inspectors] == ["C1"]


class TestForeseen:
    """What would fail is told before the freeze."""

    usual = Inspector("", "", "一所", "ZJ", ("供热",), date(2028, 12, 31), cap=100, load=0)
    roles = (TeamRole("lead", "ZJ", specialist=True), TeamRole("member", "ZJ", specialist=False))
    heating, gas = Target(0, "E0", "供热", "东镇"), Target(1, "E1", "燃气经营", "西镇")

    def told(self, inspectors: list[dict[str, Any]], targets: list[Target], visits: int = 1, **pool: Any) -> str | None:
        people = tuple(
            replace(self.usual, **{"id": f"P{n}", "certificate": f"P{n}", **each}) for n, each in enumerate(inspectors)
        )
        given = {"roles": self.roles, "different_units": False, "last_day": ENDS, **pool}
        refusal = foreseen(Pool(inspectors=people, **given), targets, visits)
        return None if refusal is None else str(refusal)

    def test_enough_is_enough(self) -> None:
        assert self.told([{}, {}], [self.heating], 100) is None

    def test_a_target_whose_role_nobody_can_take_is_named(self) -> None:
        told = self.told([{}, {}], [self.heating, self.gas])
        assert told == "role_cannot_be_filled(role=lead, count=1, enterprises=1, first=E1)"

    def test_recusals_count(self) -> None:
        told = self.told([{"recused": ("E0",)}, {"specialties": ()}, {"specialties": ()}], [self.heating])
        assert told == "role_cannot_be_filled(role=lead, count=1, enterprises=1, first=E0)"

    def test_a_place_that_nobody_works_in_is_named(self) -> None:
        local = (replace(self.roles[0], local=True), self.roles[1])
        assert self.told([{"areas": ("东镇",)}, {}], [self.heating], roles=local) is None
        told = self.told([{"areas": ("西镇",)}] * 2, [self.heating], roles=local)
        assert told is not None
        assert "role_cannot_be_filled" in told

    def test_one_person_is_no_team(self) -> None:
        assert self.told([{}], [self.heating]) == "team_cannot_be_filled(size=2, enterprises=1, first=E0)"

    def test_one_unit_is_no_team_where_units_must_differ(self) -> None:
        told = self.told([{}, {}, {}], [self.heating], different_units=True)
        assert told == "team_cannot_be_filled(size=2, enterprises=1, first=E0)"
        assert self.told([{}, {"unit": "二所"}], [self.heating], different_units=True) is None

    def test_too_few_visits_under_the_caps_are_told(self) -> None:
        told = self.told([{"cap": 5, "load": 2}, {"specialties": ()}], [self.heating], 4)
        assert told == "capacity_too_small(role=lead, capacity=3, needed=4)"
        both = self.told([{"cap": 4}, {"cap": 3}], [self.heating], 4)
        assert both == "capacity_too_small(role=—, capacity=7, needed=8)"

    def test_those_who_are_away_do_not_count(self) -> None:
        told = self.told([{"duty_days": 2}, {"duty_days": 3}], [self.heating], least_duty_days=3)
        assert told == "team_cannot_be_filled(size=2, enterprises=1, first=E0)"
        assert self.told([{"duty_days": 3}, {"duty_days": 3}], [self.heating], least_duty_days=3) is None
