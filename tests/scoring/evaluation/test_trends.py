"""Whether findings rise with the grade."""

import pytest

from scoring.evaluation.notes import Note
from scoring.evaluation.trends import cochran_armitage, monotonicity
from tests.scoring.evaluation.drawn import Drawn, observed_of, sample_of

RISING = sample_of(Drawn("A", 900, 4, 76), Drawn("B", 500, 8, 72), Drawn("C", 200, 16, 64), Drawn("D", 100, 40, 40))


def test_the_test_of_cochran_and_armitage_on_a_known_table() -> None:
    """Malformations by alcohol (Agresti 2002, table 3.7, § 3.4): z² = 6.57, P = 0.010."""
    told = cochran_armitage([0, 0.5, 1.5, 4, 7], [48, 38, 5, 1, 1], [17114, 14502, 793, 127, 38])
    assert told.statistic is not None
    assert round(told.statistic**2, 2) == 6.57
    assert told.probability == pytest.approx(0.0104, abs=5e-5)


def test_the_slope_by_design_is_the_regression_over_the_frame() -> None:
    """With half of every stratum visited, the frame's table is twice the sample's."""
    told = monotonicity(sample_of(Drawn("A", 20, 2, 8), Drawn("B", 20, 6, 4)), "AB").trend
    assert told.slope.value == pytest.approx(0.4)
    assert told.slope.error == pytest.approx((2 * (1 - 0.5) * 10 / 9 * (0.8 * 0.2 + 0.6 * 0.4) / 2 / 10) ** 0.5)
    assert told.statistic == pytest.approx(0.4 / (told.slope.error or 0))


def test_rising_rates_are_monotone() -> None:
    told = monotonicity(RISING, "ABCD")
    assert (told.trend.probability or 1) < 1e-6
    assert [(step.lower, step.higher, step.falls) for step in told.steps] == [
        ("A", "B", False),
        ("B", "C", False),
        ("C", "D", False),
    ]
    assert told.steps[2].rise.value == pytest.approx(0.3)
    assert told.steps[2].rise.interval is not None
    assert told.steps[2].rise.interval.low > 0.1


def test_a_fall_is_beyond_chance_only_by_its_interval() -> None:
    slight = monotonicity(sample_of(Drawn("A", 900, 5, 45), Drawn("B", 900, 4, 46)), "AB").steps[0]
    assert (slight.falls, slight.falls_beyond_chance) == (True, False)
    steep = monotonicity(sample_of(Drawn("A", 900, 25, 25), Drawn("B", 900, 4, 46)), "AB").steps[0]
    assert (steep.falls, steep.falls_beyond_chance) == (True, True)


def test_a_grade_without_draws_is_stepped_over() -> None:
    told = monotonicity(sample_of(Drawn("A", 90, 1, 9), Drawn("B", 90, 0, 0), Drawn("C", 90, 3, 7)), "ABC")
    assert [(step.lower, step.higher) for step in told.steps] == [("A", "C")]
    assert told.trend.slope.value == pytest.approx(0.1)


def test_grades_that_are_not_asked_for_are_left_out() -> None:
    sample = sample_of(Drawn("A", 90, 1, 9), Drawn("", 90, 9, 1), Drawn("C", 90, 3, 7))
    assert monotonicity(sample, "AC").unweighted.slope.value == pytest.approx(0.2)


def test_where_there_is_no_trend_to_test() -> None:
    one_grade = monotonicity(sample_of(Drawn("A", 90, 1, 9)), "ABC")
    assert one_grade.trend.slope.notes == one_grade.unweighted.slope.notes == (Note.ONE_GROUP,)
    nothing = monotonicity(sample_of(Drawn("A", 90, 0, 10), Drawn("B", 90, 0, 10)), "AB")
    assert (nothing.trend.statistic, nothing.unweighted.slope.notes) == (None, (Note.ONE_CLASS,))
    assert nothing.steps[0].rise.interval is not None
    empty = monotonicity(observed_of(1, 1), "AB")
    assert (empty.trend.slope.value, empty.steps) == (None, ())
