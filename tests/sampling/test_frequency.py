"""Rules of frequency: exact months, all departments' draws."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.frequency import (
    FrequencyRule,
    Horizon,
    PastDraw,
    excluded_by,
    months_before,
    visited_within,
    visits_within,
)

TODAY = date(2026, 11, 23)


def drawn(campaign: str, day: date, *codes: str) -> PastDraw:
    return PastDraw(campaign, day, codes)


DRAWS = (
    drawn("2025-0007", date(2025, 11, 23), "甲", "乙"),
    drawn("2025-0009", date(2025, 11, 24), "乙"),
    drawn("2026-0001", date(2026, 1, 1), "乙", "丙"),
    drawn("2026-0002", date(2026, 8, 1), "丙"),
)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 5, 31), 120, date(2016, 5, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@given(st.dates(date(2010, 1, 1), date(2090, 1, 1)), st.integers(1, 120))
def test_going_back_by_months_is_never_short_of_them(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
    assert before.day == day.day or (before.day < day.day and months_before(before.replace(day=1), -1).day == 1)


def test_not_within_months_of_the_last_visit() -> None:
    """A year to the day is long enough; a day less is not."""
    told = excluded_by(DRAWS, TODAY, False, [FrequencyRule(1, 12)])
    assert told == {
        "乙": ("drawn_1_in_12_months", "2026-0001"),
        "丙": ("drawn_1_in_12_months", "2026-0002"),
    }


def test_at_most_so_many_within_months() -> None:
    assert excluded_by(DRAWS, TODAY, False, [FrequencyRule(2, 12)]).keys() == {"乙", "丙"}
    assert excluded_by(DRAWS, TODAY, False, [FrequencyRule(2, 6)]) == {}
    assert excluded_by(DRAWS, TODAY, False, [FrequencyRule(3, 13)]) == {"乙": ("drawn_3_in_13_months", "2026-0001")}


def test_the_year_goes_first_and_names_its_first_draw() -> None:
    told = excluded_by(DRAWS, TODAY, True, [FrequencyRule(1, 13), FrequencyRule(1, 14)])
    assert told == {
        "甲": ("drawn_1_in_13_months", "2025-0007"),
        "乙": ("drawn_this_year", "2026-0001"),
        "丙": ("drawn_this_year", "2026-0001"),
    }


def test_who_was_visited() -> None:
    assert visited_within(DRAWS, TODAY, 12) == {"乙", "丙"}
    assert visited_within(DRAWS, TODAY, 0) == set()
    assert visits_within(DRAWS, TODAY, 12) == {"乙": 2, "丙": 2}


def test_a_horizon_covers_what_some_rule_looks_at() -> None:
    plan = {"once_a_year": True, "frequency": [{"visits": 1, "months": 2}], "design": {"months": 3}}
    assert Horizon.of(plan, TODAY) == Horizon(TODAY, True, 3)
    assert Horizon.of({"once_a_year": False, "rates": {}}, TODAY) == Horizon(TODAY, False, 0)
    assert Horizon(TODAY, True, 0).covers(date(2026, 1, 1))
    assert not Horizon(TODAY, True, 0).covers(date(2025, 12, 31))
    assert Horizon(TODAY, False, 3).covers(date(2026, 8, 24))
    assert not Horizon(TODAY, False, 3).covers(date(2026, 8, 23))


@pytest.mark.parametrize(("visits", "months"), [(0, 1), (101, 1), (1, 0), (1, 121)])
def test_a_rule_that_cannot_be_is_refused(visits: int, months: int) -> None:
    with pytest.raises(Invalid, match="frequency_out_of_range"):
        FrequencyRule(visits, months)
