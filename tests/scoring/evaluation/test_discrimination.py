"""ROC, AUC, Gini and KS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evaluation.discrimination import discrimination
from scoring.evaluation.notes import Note
from scoring.evaluation.observed import Scored

VISITS = st.lists(
    st.builds(Scored, st.integers(0, 5), st.booleans(), st.integers(1, 9).map(float)), min_size=2, max_size=30
).filter(lambda visits: len({visit.found for visit in visits}) == 2)


def pairs(visits: list[Scored]) -> float:
    """The chance that a finding scores above a clean visit, a tie counting half."""
    won, all_pairs = 0.0, 0.0
    for one in visits:
        for other in visits:
            if one.found and not other.found:
                weight = one.weight * other.weight
                all_pairs += weight
                won += weight * ((one.score > other.score) + (one.score == other.score) / 2)
    return won / all_pairs


@given(VISITS)
def test_the_area_is_the_chance_to_rank_a_pair_rightly(visits: list[Scored]) -> None:
    told = discrimination(visits)
    assert told.auc == pytest.approx(pairs(visits))
    assert told.gini == pytest.approx(2 * pairs(visits) - 1)


@given(VISITS)
def test_the_curve_rises_to_the_corner(visits: list[Scored]) -> None:
    told = discrimination(visits)
    ends = told.points[-1]
    assert (ends.true_positive, ends.false_positive) == (1, 1)
    for one, next_ in zip(told.points, told.points[1:], strict=False):
        assert one.score > next_.score
        assert one.true_positive <= next_.true_positive
        assert one.false_positive <= next_.false_positive
    assert told.ks == max(0, *(point.true_positive - point.false_positive for point in told.points))


def test_of_one_class_nothing_is_told() -> None:
    assert discrimination([Scored(1, True), Scored(2, True)]).notes == (Note.ONE_CLASS,)
    assert discrimination([Scored(1, False)]).auc is None
    assert discrimination([]).notes == (Note.NO_VISITS,)


def test_one_score_for_all_ranks_nobody() -> None:
    told = discrimination([Scored(3, True), Scored(3, False)])
    assert (told.auc, told.gini, told.ks) == (0.5, 0, 0)
