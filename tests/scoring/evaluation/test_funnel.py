"""Limits of observed ÷ expected."""

import pytest
from scipy.stats import poisson

from scoring.evaluation.funnel import funnel_limits


@pytest.mark.parametrize("expected", [0.3, 1, 7.5, 60, 2000])
def test_limits_lie_within_a_step_of_the_distribution(expected: float) -> None:
    told = funnel_limits(expected)
    for limit, probability in (
        (told.low_95, 0.025),
        (told.high_95, 0.975),
        (told.low_998, 0.001),
        (told.high_998, 0.999),
    ):
        exact = poisson.ppf(probability, expected)
        assert max(0, exact - 1) <= limit * expected + 1e-9
        assert limit * expected <= exact + 1e-9


def test_the_funnel_narrows() -> None:
    few, many = funnel_limits(5), funnel_limits(500)
    assert few.low_998 <= few.low_95 < many.low_95 < 1 < many.high_95 < few.high_95 < few.high_998


def test_nothing_expected_has_no_limits() -> None:
    with pytest.raises(ValueError, match="nothing expected"):
        funnel_limits(0)
