"""Average run lengths: the published designs, and what a simulation counts."""

import numpy as np
import pytest

from scoring.warnings.run_lengths import (
    cusum_run_length,
    ewma_run_length,
    per_million,
    two_sided_cusum_run_length,
)


def test_the_cusum_of_the_textbooks() -> None:
    """Reference 0.5, limit 5: Montgomery, Introduction to Statistical Quality Control, Table 9.3: 465 and 10.4."""
    assert two_sided_cusum_run_length(0.5, 5) == pytest.approx(465.4, abs=0.05)
    assert two_sided_cusum_run_length(0.5, 5, shift=1) == pytest.approx(10.38, abs=0.005)


@pytest.mark.parametrize(
    ("share", "width", "in_control", "shifted"), [(0.2, 2.962, 499.7, 10.54), (0.1, 2.814, 499.5, 10.33)]
)
def test_the_ewma_of_the_textbooks(share: float, width: float, in_control: float, shifted: float) -> None:
    """Lucas and Saccucci, Technometrics 32 (1990): 500 and 10.5, 500 and 10.3."""
    assert ewma_run_length(share, width) == pytest.approx(in_control, abs=0.1)
    assert ewma_run_length(share, width, shift=1) == pytest.approx(shifted, abs=0.005)


def test_one_side_runs_twice_as_long_as_both() -> None:
    assert cusum_run_length(0.5, 5) == pytest.approx(2 * two_sided_cusum_run_length(0.5, 5))
    assert per_million(cusum_run_length(0.5, 5)) == 1074


def test_a_simulation_counts_the_same() -> None:
    """4,000 charts at a shift of one: the mean run is within four standard errors of the computed one."""
    scores = np.random.default_rng(7).normal(1, 1, (4000, 80))
    level, run = np.zeros(4000), np.full(4000, 80)
    for week in range(80):
        level = np.maximum(0, level + scores[:, week] - 0.5)
        run = np.minimum(run, np.where(level > 5, week + 1, 80))
    error = run.std() / np.sqrt(len(run))
    assert abs(run.mean() - cusum_run_length(0.5, 5, shift=1)) < 4 * error
