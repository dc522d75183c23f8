"""The parts of learning: fits, points, ranking and resampling."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.evaluation.discrimination import discrimination
from scoring.evaluation.observed import Scored
from scoring.learning.encoding import columns_of, encode, increments_of, scores_of
from scoring.learning.examples import arrays_of, bins_of, ordered
from scoring.learning.fitting import Problem, fit_path, fit_scale
from scoring.learning.points import shares_of, with_points, with_thresholds
from scoring.learning.ranking import auc, captured
from scoring.learning.resampling import REPLICATES, replicates
from scoring.learning.separation import is_separated
from tests.scoring.learning.simulated import MODEL, examples

COLUMNS = columns_of(MODEL)


def problem(matrix: list[list[float]], found: list[bool], prior: float = 0.0) -> Problem:
    count = len(matrix[0])
    ones, wide = np.ones(count), np.full(count, np.inf)
    nothing = np.zeros(len(matrix))
    return Problem(np.array(matrix), np.array(found), nothing + 1, nothing, ones * prior, -wide, wide, ones)


def test_two_groups_have_their_log_odds() -> None:
    """2 of 10 and 6 of 10: the difference of log-odds is ln(6/4) − ln(2/8)."""
    found = [True] * 2 + [False] * 8 + [True] * 6 + [False] * 4
    fitted = fit_path(problem([[0.0]] * 10 + [[1.0]] * 10, found), [0.0])[0]
    assert fitted.intercept == pytest.approx(np.log(2 / 8), abs=1e-4)
    assert fitted.increments[0] == pytest.approx(np.log(6 / 4) - np.log(2 / 8), abs=1e-4)


def test_weak_evidence_leaves_the_prior_exactly() -> None:
    found = [True] * 2 + [False] * 8 + [True] * 6 + [False] * 4
    fitted = fit_path(problem([[0.0]] * 10 + [[1.0]] * 10, found, prior=1.7), [1.0, 0.05, 0.0])
    assert fitted[0].increments[0] == 1.7
    assert 1.7 <= fitted[1].increments[0] <= fitted[2].increments[0]


def test_a_weight_counts_as_so_many_visits() -> None:
    matrix, found = [[0.0], [0.0], [1.0], [1.0]], [True, False, True, False]
    weighted = problem(matrix, found)
    weighted = Problem(**{**vars(weighted), "weights": np.array([2.0, 8.0, 6.0, 4.0])})
    assert fit_path(weighted, [0.0])[0].increments[0] == pytest.approx(np.log(6), abs=1e-4)


def test_a_score_against_the_findings_has_no_scale() -> None:
    scores, found = np.array([0.0, 0.0, 1.0, 1.0]), np.array([True, True, False, True])
    assert fit_scale(scores, found, np.ones(4), np.zeros(4))[0] == 0


def test_columns_add_up_to_the_score() -> None:
    bins = bins_of(MODEL, [each.values for each in examples(50)])
    base = sum(indicator.bins[0].points for indicator in MODEL.indicators)
    assert (encode(COLUMNS, bins) @ increments_of(MODEL, COLUMNS) + base).tolist() == scores_of(MODEL, bins).tolist()


STEPS = st.lists(st.floats(0, 5), min_size=len(COLUMNS), max_size=len(COLUMNS))


@settings(max_examples=50)
@given(STEPS, st.sampled_from([-1, 1]), st.floats(0.1, 500))
def test_rounding_keeps_directions(steps: list[float], sign: int, factor: float) -> None:
    learned = with_points(MODEL, COLUMNS, sign * np.array(steps), factor)
    for indicator in learned.indicators:
        rises = [later.points - earlier.points for earlier, later in pairwise(indicator.bins)]
        assert all(type(each.points) is int for each in indicator.bins)
        assert all(sign * rise >= 0 for rise in rises)


@settings(max_examples=50)
@given(st.lists(st.integers(-20, 60), min_size=1, max_size=40), st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_thresholds_rise_and_come_as_near_as_they_can(scores: list[int], parts: list[int]) -> None:
    shares = [part / sum(parts) for part in parts]
    held, ones = np.array(scores, dtype=np.int64), np.ones(len(scores))
    model = with_thresholds(MODEL, held, ones, shares)
    lowest = [level.lowest_score for level in model.grades]
    assert lowest[0] is None
    assert all(one < other for one, other in pairwise(each for each in lowest if each is not None))
    assert sum(shares_of(model, held, ones)) == pytest.approx(1)
    first = sum(scores >= (lowest[1] or 0) for scores in scores) / len(scores)
    assert (
        abs(first - (1 - shares[0]))
        <= min(abs(sum(score >= any_ for score in scores) / len(scores) - (1 - shares[0])) for any_ in range(-21, 62))
        + 1e-9
    )


@settings(max_examples=50)
@given(st.lists(st.integers(-20, 60), min_size=1, max_size=40))
def test_thresholds_stay_where_the_shares_do(scores: list[int]) -> None:
    held, ones = np.array(scores, dtype=np.int64), np.ones(len(scores))
    assert with_thresholds(MODEL, held, ones, shares_of(MODEL, held, ones)) == MODEL


def test_the_same_points_come_back_unchanged() -> None:
    scale = 0.0371
    again = with_points(MODEL, COLUMNS, scale * increments_of(MODEL, COLUMNS), 1 / scale)
    assert again == MODEL


VISITS = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 5)), min_size=2, max_size=30)


@settings(max_examples=60)
@given(VISITS)
def test_ranking_is_that_of_evaluation(visits: list[tuple[int, bool, int]]) -> None:
    scores, found, weights = (np.array(each) for each in zip(*visits, strict=True))
    told = auc(scores, found, np.zeros(len(visits), dtype=np.int64), weights[None, :].astype(float))[0]
    expected = discrimination([Scored(int(score), bool(one), float(heavy)) for score, one, heavy in visits]).auc
    assert told == pytest.approx(expected) if expected is not None else np.isnan(told)


def test_capture_is_the_share_found_in_the_first_half() -> None:
    scores, found = np.array([4, 3, 2, 1]), np.array([True, False, True, True])
    ones = np.ones((1, 4))
    same = np.zeros(4, dtype=np.int64)
    assert captured(scores, found, same, ones)[0] == pytest.approx(1 / 3)
    assert captured(same, found, same, ones)[0] == pytest.approx(1 / 2)


def test_replicates_follow_from_the_digest_alone_and_keep_strata() -> None:
    clusters, strata = np.arange(60) // 2, np.arange(60) % 3
    one, other, third = (np.concatenate(list(replicates(digest, clusters, strata))) for digest in ("aa", "aa", "ab"))
    assert one.shape == (REPLICATES, 60)
    assert (one == other).all()
    assert not (one == third).all()
    assert one[:, strata == 1].sum(axis=1) == pytest.approx(np.full(REPLICATES, 20.0))
    assert one.mean() == pytest.approx(1)
    assert one.var() == pytest.approx(1, abs=0.1)


def test_separation_is_found_where_there_is_one() -> None:
    corner = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert is_separated(corner, np.array([False, False, False, True]))
    assert not is_separated(corner, np.array([True, False, False, True]))
    twice = np.array([[0.0], [0.0], [1.0]])
    assert not is_separated(twice, np.array([True, False, True]))


def test_examples_are_put_in_order_of_their_days() -> None:
    rows, digest = ordered(examples(40)[::-1])
    arrays = arrays_of(MODEL, rows)
    assert (np.diff(arrays.days) >= 0).all()
    assert digest == ordered(examples(40))[1] != ordered(examples(41))[1]
    assert arrays.weights.mean() == pytest.approx(1)
