"""Samples of visits: of which kind they are, and what each weighs."""

from dataclasses import replace
from fractions import Fraction

from tests.scoring.evaluation.drawn import Drawn, observed_of, sample_of

DRAWN, OBSERVED = sample_of(Drawn("A", 60, 1, 3, gone=6, sampled=15), Drawn("B", 40, 4, 4)), observed_of(3, 7)
BOTH = replace(DRAWN, visits=(*DRAWN.visits, *OBSERVED.visits))


def test_drawn_and_observed_visits_are_never_mixed() -> None:
    assert BOTH.of_kind(observational=False).visits == DRAWN.visits
    assert BOTH.of_kind(observational=True).visits == OBSERVED.visits
    assert OBSERVED.of_kind(observational=False).visits == OBSERVED.visits
    assert DRAWN.of_kind(observational=True).visits == ()


def test_a_weight_is_members_by_visits_those_that_could_not_be_inspected_among_them() -> None:
    weights = {(each.grade, BOTH.weight(each)) for each in BOTH.visits}
    assert weights == {("A", Fraction(60, 10)), ("B", Fraction(40, 8)), ("", Fraction(1))}
