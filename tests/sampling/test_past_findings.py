"""Expected rates of findings: shrunk towards the mean, in integers."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from sampling.past_findings import Experience, Found, PastCampaign


def test_a_grade_with_few_visits_is_drawn_to_the_mean() -> None:
    """Of all 20 of 200 visits found something; D's 3 of 5 count beside 20 visits at 10 %."""
    told = Experience((), Found(20, 200), {"A": Found(0, 0), "D": Found(3, 5)})
    assert told.expected_rates(20) == {"A": 1000, "D": 2000}
    assert told.expected_rates(1) == {"A": 1000, "D": 5167}


def test_rates_are_rounded_half_upwards_and_never_certain() -> None:
    assert Experience((), Found(1, 8), {"A": Found(1, 8)}).expected_rates(8) == {"A": 1250}
    assert Found(1, 20_000).rate == 1
    assert Found(1, 20_001).rate == 0
    assert Experience((), Found(0, 9), {"A": Found(0, 9)}).expected_rates(1) == {"A": 1}
    assert Experience((), Found(9, 9), {"A": Found(9, 9)}).expected_rates(1) == {"A": 9999}
    assert Found().rate is None


def test_campaigns_add_up_and_a_merged_stratum_counts_for_all_alone() -> None:
    past = [
        PastCampaign("2025-0001", date(2025, 5, 1), 9, 9, Found(3, 9), {"A": Found(1, 5)}),
        PastCampaign("2025-0002", date(2025, 6, 1), 9, 4, Found(1, 4), {"A": Found(0, 1), "B": Found(1, 3)}),
    ]
    told = Experience.of(past, "AB")
    assert told == Experience(("2025-0001", "2025-0002"), Found(4, 13), {"A": Found(1, 6), "B": Found(1, 3)})
    assert Experience.from_json(told.to_json()) == told


def test_without_inspected_visits_nothing_is_expected() -> None:
    with pytest.raises(Invalid, match="findings_missing"):
        Experience.of([], "AB").expected_rates(20)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 500), st.integers(0, 500), st.integers(1, 100))
def test_a_rate_lies_between_its_own_and_the_mean(x: int, own: int, n: int, size: int, shrinkage: int) -> None:
    x, own = min(x, n), min(own, size)
    rate = Experience((), Found(x, n), {"A": Found(own, size)}).expected_rates(shrinkage)["A"]
    exact = (own + shrinkage * Fraction(x, n)) / (size + shrinkage) * 10_000
    assert abs(rate - exact) <= Fraction(1, 2) or rate in (1, 9999)
