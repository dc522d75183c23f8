"""How long documents are kept."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.entries import make_entry
from ledger.errors import Invalid
from ledger.retention import MOST_YEARS, Bound, Retention, years_after

RULES = Retention({"plan": 10, "finding": 5})


def bound(kind: str, time: str) -> Bound:
    return Bound("a", kind, "b", make_entry(0, "0" * 64, time, "test.kept", {"subject": "a"}))


@pytest.mark.parametrize(
    ("time", "due"),
    [
        ("2026-11-23T02:16:04Z", date(2036, 11, 23)),
        ("2026-12-31T16:00:00Z", date(2037, 1, 1)),  # the civil day has begun
        ("2028-02-29T00:00:00Z", date(2038, 3, 1)),
        ("2028-02-28T16:00:00Z", date(2038, 3, 1)),
    ],
)
def test_a_document_is_due_whole_years_after_the_civil_day_of_its_entry(time: str, due: date) -> None:
    assert RULES.due_on(bound("plan", time)) == due


def test_a_kind_without_a_rule_never_expires() -> None:
    assert RULES.due_on(bound("expiry", "2026-11-23T02:16:04Z")) is None


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 100))
def test_years_never_end_early(day: date, years: int) -> None:
    due = years_after(day, years)
    assert due.year == day.year + years
    assert (due.month, due.day) == (day.month, day.day) or (day.month, day.day, due.month, due.day) == (2, 29, 3, 1)


def test_settings_lengthen_and_never_shorten() -> None:
    assert RULES.lengthened({"plan": 30}).years == {"plan": 30, "finding": 5}
    assert RULES.lengthened({}) == RULES
    for years, code in (
        ({"plan": 9}, "retention_years"),
        ({"plan": MOST_YEARS + 1}, "retention_years"),
        ({"expiry": 30}, "retention_kind_unknown"),
    ):
        with pytest.raises(Invalid, match=code):
            RULES.lengthened(years)
