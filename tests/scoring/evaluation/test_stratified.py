"""Totals and means of strata: three published surveys, and what is said where a stratum tells too little."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from scoring.evaluation.intervals import Estimate, Interval
from scoring.evaluation.notes import Note
from scoring.evaluation.stratified import Moments, mean, total

API_STUDENTS = [
    Moments(4421, 100, 674.43, 15687.419293),
    Moments(755, 50, 625.82, 11947.089388),
    Moments(1018, 50, 636.60, 13824.857143),
]
"""Performance of Californian schools in 2000 by type (Lumley 2010, data set apistrat): N, n, mean, s²."""

API_ENROLMENT = [
    Moments(4421, 100, 416.78, 27576.880404),
    Moments(755, 50, 1320.70, 450339.928571),
    Moments(1018, 50, 832.48, 156307.275102),
]
"""Pupils of the same schools."""

LOHR = [
    Moments(1054, 103, 300504.16, 29618183543),
    Moments(220, 21, 97629.81, 7647472708),
    Moments(1382, 135, 211315.04, 53587487856),
    Moments(422, 41, 662295.51, 396185950266),
]
"""Farm acres by region (Lohr 2010, data set agstrat); means to two places, so the total to ±15."""

TOY = [Moments.of(15, 5, [2.8, 4.1, 6.8, 6.8, 9.2]), Moments.of(12, 3, [3.7, 6.6, 4.2])]


def told(estimate: Estimate) -> tuple[float, float]:
    assert estimate.value is not None
    assert estimate.error is not None
    return estimate.value, estimate.error


def test_the_survey_of_californian_schools() -> None:
    value, error = told(mean(API_STUDENTS))
    assert (round(value, 7), round(error, 7)) == (662.2873636, 9.4089409)
    value, error = told(total(API_ENROLMENT))
    assert (round(value, 2), round(error, 3)) == (3_687_177.52, 114_641.715)


def test_the_survey_of_american_farms() -> None:
    value, error = told(total(LOHR))
    assert value == pytest.approx(909_736_035, abs=15)
    assert round(error) == 50_417_248


def test_a_survey_to_reckon_by_hand() -> None:
    value, error = told(total(TOY))
    assert round(value, 9) == 147.1
    value, error = told(mean(TOY))
    assert (round(value, 6), round(error, 7)) == (5.448148, 0.6160407)


def test_degrees_of_freedom_lie_between_those_of_the_poorest_stratum_and_all() -> None:
    assert (total(TOY).degrees or 0) == pytest.approx(5.98856)
    assert 40 <= (total(LOHR).degrees or 0) <= 296


def test_values_that_are_not_given_are_nought() -> None:
    assert Moments.of(10, 4, [1, 1]) == Moments.of(10, 4, [1, 1, 0, 0])


def test_a_stratum_wholly_visited_has_no_error() -> None:
    census = Moments.of(3, 3, [1, 0, 1])
    assert total([census]) == Estimate(2, 0, None, Interval(2, 2), (Note.CENSUS,))
    together = total([census, Moments.of(10, 4, [1])])
    assert together.error == total([Moments.of(10, 4, [1])]).error
    assert together.notes == ()


def test_a_single_visit_is_held_against_the_mean_of_all() -> None:
    """Mean of all: (10·1 + 10·0.5) / 20 = 0.75; its part of the variance: 10·9·(1 − 0.75)²."""
    several = Moments.of(10, 4, [1, 1])
    estimate = total([Moments.of(10, 1, [1]), several])
    assert estimate.error is not None
    assert estimate.error**2 == pytest.approx((total([several]).error or 0) ** 2 + 10 * 9 * 0.25**2)
    assert estimate.notes == (Note.ONE_VISIT,)


def test_single_visits_alone_leave_the_variance_unknown() -> None:
    estimate = total([Moments.of(10, 1, [1]), Moments.of(5, 1, [])])
    assert estimate == Estimate(10, notes=(Note.ONE_VISIT, Note.VARIANCE_UNKNOWN))


def test_values_all_alike_are_no_certainty() -> None:
    assert total([Moments.of(10, 4, [])]) == Estimate(0, notes=(Note.ALL_ALIKE,))


def test_a_stratum_without_a_visit_is_left_out_and_told() -> None:
    estimate = mean([*TOY, Moments.of(100, 0, [])])
    assert (estimate.value, estimate.error) == (mean(TOY).value, mean(TOY).error)
    assert estimate.notes == (Note.STRATA_NOT_VISITED,)
    assert total([Moments.of(100, 0, [])]) == Estimate(None, notes=(Note.NO_VISITS,))
    assert mean([]) == Estimate(None, notes=(Note.NO_VISITS,))


def test_more_visits_than_members_are_refused() -> None:
    with pytest.raises(Invalid, match="visits_exceed_stratum"):
        Moments.of(3, 4, [1])


STRATUM = st.integers(2, 9).flatmap(
    lambda n: st.tuples(st.integers(n + 1, 99), st.lists(st.integers(0, 9), min_size=n, max_size=n))
)


@given(st.lists(STRATUM, min_size=1, max_size=4))
def test_total_and_variance_are_the_formulas_in_fractions(strata: list[tuple[int, list[int]]]) -> None:
    estimate = total([Moments.of(size, len(values), values) for size, values in strata])
    value, variance = Fraction(0), Fraction(0)
    for size, values in strata:
        n, average = len(values), Fraction(sum(values), len(values))
        value += size * average
        spread = sum(((each - average) ** 2 for each in values), Fraction(0)) / (n - 1)
        variance += size**2 * (1 - Fraction(n, size)) * spread / n
    assert estimate.value == pytest.approx(float(value))
    assert (estimate.error or 0) ** 2 == pytest.approx(float(variance), abs=1e-6)
