"""Quarters: written 2026Q3, with their first and last days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.reports.quarters import Quarter


def test_a_quarter_has_its_days() -> None:
    found = Quarter.parse("2026Q3")
    assert (found.name, found.first, found.last) == ("2026Q3", date(2026, 7, 1), date(2026, 9, 30))
    assert Quarter(2024, 1).last == date(2024, 3, 31)
    assert Quarter(2026, 4).last == date(2026, 12, 31)


@given(st.integers(2001, 2199), st.integers(1, 4))
def test_quarters_follow_one_another(year: int, number: int) -> None:
    quarter = Quarter(year, number)
    assert quarter.before.last + timedelta(1) == quarter.first
    assert Quarter.parse(quarter.name) == quarter


@pytest.mark.parametrize(
    "text", ["", "2026", "2026Q5", "2026q3", "2026-Q3", "1999Q1", "2200Q1", "２０２６Q1", "2026Q3\n"]
)
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="quarter_unusable"):
        Quarter.parse(text)
