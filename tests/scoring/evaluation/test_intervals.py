"""Intervals: known values, and what holds at the ends."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.intervals import Estimate, Interval, difference, t_interval, wilson
from scoring.evaluation.notes import Note


def test_wilson_of_known_shares() -> None:
    """Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29; method 3, to four places."""
    for found, visits, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        interval = wilson(found / visits, visits)
        assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_t_at_few_degrees_is_wider_than_the_normal_interval() -> None:
    assert t_interval(0, 1, 10).high == pytest.approx(2.228139)
    assert t_interval(0, 1, 0).high == pytest.approx(1.959964)
    assert wilson(0.5, 10, 4).high > wilson(0.5, 10).high


def test_an_infinite_size_leaves_no_doubt() -> None:
    assert wilson(0.25, inf) == Interval(0.25, 0.25)


@given(st.floats(0, 1), st.floats(0.5, 1e6), st.floats(1, 1e3))
def test_wilson_holds_its_share_within_nought_and_one(share: float, size: float, degrees: float) -> None:
    interval = wilson(share, size, degrees)
    assert 0 <= interval.low <= share + 1e-12
    assert share - 1e-12 <= interval.high <= 1


def test_a_difference_of_shares() -> None:
    """Newcombe (1998, method 10): 56 of 70 less 48 of 80 is 0.2 (0.0524 to 0.3339)."""
    one, other = (Estimate(x / n, interval=wilson(x / n, n)) for x, n in ((56, 70), (48, 80)))
    told = difference(one, other)
    assert told.interval is not None
    assert (round(told.interval.low, 4), round(told.interval.high, 4)) == (0.0524, 0.3339)
    assert difference(one, Estimate(None, notes=(Note.NO_VISITS,))).notes == (Note.NO_VISITS,)
    assert difference(one, Estimate(0.2)).interval is None


def test_what_is_not_estimable_stays_so() -> None:
    none = Estimate(None, notes=(Note.NO_VISITS,))
    assert none.by(5) == none
    assert Estimate(4.0, notes=(Note.ALL_ALIKE,)).by(2) == Estimate(2.0, notes=(Note.ALL_ALIKE,))
