"""Rank correlations of indicators."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from scoring.evaluation.correlations import Correlation, correlations


def test_without_weights_it_is_that_of_spearman() -> None:
    rng = np.random.default_rng(7)
    one = rng.integers(0, 5, 200)
    points = {"a": one.tolist(), "b": (one + rng.integers(0, 4, 200)).tolist(), "c": rng.integers(0, 3, 200).tolist()}
    told = correlations(points, [1.0] * 200)
    assert [(each.one, each.other) for each in told] == [("a", "b"), ("a", "c"), ("b", "c")]
    for each in told:
        assert each.value == pytest.approx(spearmanr(points[each.one], points[each.other]).statistic)


def test_a_weight_counts_as_so_many_visits() -> None:
    (weighted,) = correlations({"a": [0, 1, 2], "b": [0, 2, 1]}, [1.0, 3.0, 2.0])
    (repeated,) = correlations({"a": [0, 1, 1, 1, 2, 2], "b": [0, 2, 2, 2, 1, 1]}, [1.0] * 6)
    assert weighted.value == pytest.approx(repeated.value)


def test_an_indicator_with_the_same_points_everywhere_goes_with_none() -> None:
    assert correlations({"a": [0, 1], "b": [5, 5]}, [1.0, 2.0]) == [Correlation("a", "b", None)]
    assert correlations({"a": [], "b": []}, []) == [Correlation("a", "b", None)]
