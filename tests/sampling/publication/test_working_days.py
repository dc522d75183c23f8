"""Working days: the national calendar with its make-up days, a bureau's own years, and years that nobody announced."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.publication.deadlines import Terms, Urgency, deadline_of
from sampling.publication.working_days import Due, Source, WorkingDays, YearTable, known_years

PLAIN = WorkingDays()
OWN = YearTable(2027, "国办", frozenset({date(2027, 1, 1), date(2027, 1, 4)}), frozenset({date(2027, 1, 9)}))
ANNOUNCED = WorkingDays({2027: OWN})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 27), True),  # a Friday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),  # a Thursday of the national holiday
        (date(2026, 10, 10), True),  # the Saturday that makes up for it
        (date(2026, 9, 20), True),  # a Sunday that does
    ],
)
def test_holidays_are_free_and_make_up_days_are_worked(day: date, expected: bool) -> None:
    assert PLAIN.is_working_day(day) is expected


def test_days_are_counted_across_a_holiday_and_its_make_up_day() -> None:
    # 30 September, then the holiday to 7 October, 8 and 9 October, and Saturday the 10th, which is worked
    assert PLAIN.after(date(2026, 9, 29), 4) == Due(date(2026, 10, 10), False)
    assert PLAIN.before(date(2026, 10, 10), 3) == Due(date(2026, 9, 30), False)


def test_a_year_that_nobody_announced_has_weekends_alone_and_says_so() -> None:
    assert max(known_years()) == 2026, "the library knows more years now: take a later one here"
    assert PLAIN.source(2026) is Source.LIBRARY
    assert PLAIN.source(2027) is Source.NOBODY
    assert PLAIN.after(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), False)
    assert PLAIN.after(date(2026, 12, 30), 2) == Due(date(2027, 1, 1), True)


def test_the_bureaus_own_year_stands_before_what_is_known() -> None:
    assert ANNOUNCED.source(2027) is Source.BUREAU
    assert ANNOUNCED.after(date(2026, 12, 30), 2) == Due(date(2027, 1, 5), False)
    assert ANNOUNCED.is_working_day(date(2027, 1, 9))
    replaced = WorkingDays({2026: YearTable(2026, "x", frozenset(), frozenset())})
    assert replaced.is_working_day(date(2026, 10, 1))


def test_what_cannot_be_a_year_is_refused() -> None:
    day = date(2027, 1, 1)
    for code, table in (
        ("calendar_year_unusable", (1999, "x", frozenset(), frozenset())),
        ("calendar_day_of_other_year", (2028, "x", frozenset({day}), frozenset())),
        ("calendar_day_twice", (2027, "x", frozenset({day}), frozenset({day}))),
    ):
        with pytest.raises(Invalid, match=code):
            YearTable(*table)


@given(st.dates(date(2005, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_the_nth_working_day_after_has_n_working_days_up_to_it(day: date, count: int) -> None:
    due = PLAIN.after(day, count).day
    between = [day + timedelta(days=each) for each in range(1, (due - day).days + 1)]
    assert sum(map(PLAIN.is_working_day, between)) == count
    assert PLAIN.is_working_day(due)
    assert PLAIN.left(day, due) == count
    assert PLAIN.left(due, day) == -count


def test_a_deadline_is_open_then_warned_of_then_overdue_from_the_next_day_on() -> None:
    found = deadline_of(date(2026, 9, 10), PLAIN, Terms(20, 5))
    assert (found.due, found.warn, found.provisional) == (date(2026, 10, 14), date(2026, 10, 8), False)
    for day, expected in (
        (found.warn - timedelta(days=1), Urgency.OPEN),
        (found.warn, Urgency.WARNED),
        (found.due, Urgency.WARNED),
        (found.due + timedelta(days=1), Urgency.OVERDUE),
    ):
        assert found.urgency(day) is expected


def test_a_deadline_that_is_warned_of_provisionally_says_so() -> None:
    assert deadline_of(date(2026, 12, 20), PLAIN, Terms()).provisional
    assert not deadline_of(date(2026, 12, 20), ANNOUNCED, Terms()).provisional
