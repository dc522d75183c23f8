"""Inspectors: observed ÷ expected, shrunken."""

import numpy as np
import pytest

from scoring.evaluation.notes import Note
from scoring.evaluation.stringency import Attended, expected_by_cell, stringency


def visits_of(inspectors: str, found: int, clean: int, expected: float = 0.2) -> list[Attended]:
    return [Attended(tuple(inspectors), place < found, expected) for place in range(found + clean)]


def test_the_formulas_by_hand() -> None:
    """E = 20 for both, O = 30 and 10: m = 1, s² = (5 + 5) / 40, A = 0.25 − 1/20 = 0.2; (30 + 5) / (20 + 5)."""
    told = stringency([*visits_of("S", 30, 70), *visits_of("L", 10, 90)])
    assert (told.overall, told.spread) == pytest.approx((1, 0.2))
    strict, lenient = told.inspectors["S"], told.inspectors["L"]
    assert (strict.ratio, strict.factor) == pytest.approx((1.5, 1.4))
    assert (lenient.ratio, lenient.factor) == pytest.approx((0.5, 0.6))
    assert (strict.visits, strict.observed, strict.expected) == pytest.approx((100, 30, 20))
    assert (strict.beyond_95, strict.beyond_998) == (True, False)
    assert (lenient.beyond_95, lenient.beyond_998) == (True, False)


def test_a_visit_is_shared_by_its_inspectors() -> None:
    told = stringency([*visits_of("SL", 30, 70), *visits_of("S", 10, 0)])
    assert (told.inspectors["S"].observed, told.inspectors["L"].observed) == (25, 15)
    assert sum(each.observed for each in told.inspectors.values()) == 40


def test_the_factor_of_a_visit_is_the_mean_of_its_inspectors() -> None:
    told = stringency([*visits_of("S", 30, 70), *visits_of("L", 10, 90)])
    assert told.factor("S") == pytest.approx(1.4)
    assert told.factor("SL") == pytest.approx(1)
    assert told.factor(("S", "nobody we know")) == pytest.approx(1.2)
    assert told.factor(()) == 1


def test_inspectors_that_differ_by_chance_alone_are_all_one() -> None:
    told = stringency([*visits_of("S", 21, 79), *visits_of("L", 19, 81)])
    assert told.notes == (Note.NO_SPREAD,)
    assert told.factor("S") == told.factor("L") == 1


def test_few_visits_are_shrunken_more() -> None:
    told = stringency([*visits_of("A", 300, 700), *visits_of("B", 100, 900), *visits_of("C", 3, 7)])
    assert told.inspectors["C"].ratio == pytest.approx(told.inspectors["A"].ratio)
    assert 1 < told.factor("C") < told.factor("A")


def test_factors_do_not_depend_on_the_level_of_what_is_expected() -> None:
    one = stringency([*visits_of("S", 30, 70), *visits_of("L", 10, 90)])
    other = stringency([*visits_of("S", 30, 70, 0.1), *visits_of("L", 10, 90, 0.1)])
    assert other.overall == pytest.approx(2)
    assert other.inspectors["S"].ratio == pytest.approx(one.inspectors["S"].ratio)
    assert other.factor("S") == pytest.approx(one.factor("S"))


def test_shrunken_factors_are_nearer_to_the_truth_than_raw_ratios() -> None:
    rng = np.random.default_rng(31)
    truth = rng.gamma(16, 1 / 16, 60)
    found = rng.binomial(25, np.minimum(0.2 * truth, 1)).tolist()
    visits = [visit for place, of_one in enumerate(found) for visit in visits_of(chr(500 + place), of_one, 25 - of_one)]
    told = stringency(visits)
    pairs = [(told.inspectors[chr(500 + place)], theta / truth.mean()) for place, theta in enumerate(truth)]
    shrunken = sum((each.factor - theta) ** 2 for each, theta in pairs)
    raw = sum(((each.ratio or 0) - theta) ** 2 for each, theta in pairs)
    assert shrunken < 0.6 * raw


def test_expectation_by_cell_is_the_rate_of_the_cell() -> None:
    assert expected_by_cell(["a", "a", "b"], [True, False, False]) == [0.5, 0.5, 0]
    assert expected_by_cell([], []) == []


def test_nothing_found_nobody_named_nothing_expected() -> None:
    nothing = stringency(visits_of("S", 0, 9))
    assert (nothing.overall, nothing.notes, nothing.factor("S")) == (0, (Note.NO_FINDINGS,), 1)
    assert nothing.inspectors["S"].ratio is None
    nobody = stringency(visits_of("", 3, 3))
    assert (nobody.overall, nobody.notes, nobody.inspectors) == (None, (Note.NO_VISITS,), {})
    unexpected = stringency([*visits_of("S", 2, 3), *visits_of("L", 1, 4, 0.0)]).inspectors["L"]
    assert (unexpected.ratio, unexpected.limits, unexpected.beyond_95) == (None, None, False)
