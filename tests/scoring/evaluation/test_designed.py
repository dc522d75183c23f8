"""Estimates from visits with a design."""

from fractions import Fraction

import pytest

from scoring.evaluation.designed import Designed, uniform_part
from scoring.evaluation.notes import Note
from scoring.evaluation.stratified import Moments, total
from scoring.evaluation.visits import Sample
from tests.scoring.evaluation.drawn import Drawn, observed_of, sample_of

SAMPLE = sample_of(Drawn("A", 100, 1, 8, 1), Drawn("D", 20, 4, 4, 0, sampled=10), Drawn("excluded", 30, 0, 0))


def test_coverage_tells_what_is_pending_and_what_no_visit_speaks_for() -> None:
    both = Sample(SAMPLE.visits + observed_of(1, 2).visits, SAMPLE.strata)
    told = Designed(both).coverage
    assert (told.population, told.not_covered) == (120, 30)
    assert (told.sampled, told.visited, told.pending, told.observational) == (20, 18, 2, 3)


def test_who_is_not_visited_yet_is_left_out_within_the_stratum() -> None:
    designed = Designed(SAMPLE)
    assert {visit.grade: designed.weight(visit) for visit in SAMPLE.visits} == {"A": 10, "D": 2.5}
    found = designed.total((visit, 1) for visit in SAMPLE.visits if visit.found())
    assert found.value == 1 * 10 + 4 * 2.5
    assert found.error == total([Moments.of(100, 10, [1]), Moments.of(20, 8, [1] * 4)]).error
    assert found.notes == (Note.STRATA_NOT_VISITED,)


def test_an_observational_visit_weighs_one() -> None:
    sample = observed_of(1, 1)
    assert Designed(sample).weight(sample.visits[0]) == 1


def test_a_ratio_has_the_variance_of_its_residuals() -> None:
    """R = (10 + 10) / (90 + 20); residuals of A: 1 − R, eight times −R, once 0; of D four times 1 − R and −R."""
    ratio = Designed(SAMPLE).ratio((visit, visit.found(), visit.inspectable) for visit in SAMPLE.visits)
    share = 20 / 110
    assert ratio.value == pytest.approx(share)
    residuals = [
        Moments.of(100, 10, [1 - share, *[-share] * 8]),
        Moments.of(20, 8, [*[1 - share] * 4, *[-share] * 4]),
    ]
    assert ratio.error == pytest.approx((total(residuals).error or 0) / 110)


def test_a_mean_is_that_of_hajek() -> None:
    ratio = Designed(SAMPLE).ratio((visit, visit.found(), 1) for visit in SAMPLE.visits)
    assert ratio.value == pytest.approx(20 / 120)


def test_a_ratio_of_nothing_is_not_estimable() -> None:
    designed = Designed(SAMPLE)
    assert designed.ratio([]).notes == (Note.NO_VISITS,)
    assert designed.ratio((visit, 0, 0) for visit in SAMPLE.visits).notes == (Note.NOT_INSPECTABLE,)


def test_a_prediction_corrected_by_visits() -> None:
    """With m = 0.1 in A and 0.5 in D: Σ_U m = 10 + 10; Σ_s (y − m)/π is 0 in both."""
    predicted = {"A": 0.1, "D": 0.5}
    told = Designed(SAMPLE).difference(20, ((visit, visit.found(), predicted[visit.grade]) for visit in SAMPLE.visits))
    assert told.value == pytest.approx(20)
    half_as_good = Designed(SAMPLE).difference(0, ((visit, visit.found(), 0) for visit in SAMPLE.visits))
    assert half_as_good.value == pytest.approx(20)
    assert half_as_good.interval is not None
    assert Designed(observed_of(1, 1)).difference(20, []).value is None


def test_a_good_prediction_narrows_the_error() -> None:
    visits = SAMPLE.visits
    plain = Designed(SAMPLE).total((visit, visit.found()) for visit in visits)
    good = Designed(SAMPLE).difference(20, ((visit, visit.found(), 0.8 * visit.found()) for visit in visits))
    assert good.error == pytest.approx(0.2 * (plain.error or 0))


def test_the_uniform_slice_is_a_sample_of_its_own() -> None:
    sliced = uniform_part(sample_of(Drawn("A", 100, 2, 8, uniform=5), Drawn("D", 20, 4, 6, uniform=1)))
    assert [visit.grade for visit in sliced.visits] == ["A"] * 5 + ["D"]
    assert {key[1]: stratum.inclusion for key, stratum in sliced.strata.items()} == dict.fromkeys("AD", Fraction(1, 20))
    assert Designed(sliced).weight(sliced.visits[0]) == 20


def test_an_empty_sample_estimates_nothing() -> None:
    designed = Designed(Sample(()))
    assert designed.total([]).value is None
    assert designed.coverage.population == 0
