"""Penalised logistic regression with bounds, which keep directions, and exact zeros, which keep what is in force.

Minimised is, with weights of mean 1,

    mean(w · (ln(1 + e^η) − y·η)) + λ · Σ_c pull_c · sd_c · |δ_c − prior_c|,   η = intercept + offset + Σ_c x_c · δ_c

under lower_c ≤ δ_c ≤ upper_c. The deviation from the prior is u − v with u, v ≥ 0, which makes the penalty linear and
the whole a smooth problem with bounds (L-BFGS-B: Byrd, Lu, Nocedal and Zhu 1995; the split is Schmidt, Fung and Rosales
2007), whose solution lies exactly on the bound wherever the evidence is too weak. Columns are standardised, as is usual
for the lasso (Tibshirani 1996), so that λ means the same for a rare bin and a common one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from scoring.learning.examples import Floats, Truths

UNBOUNDED = np.inf
MOST_ITERATIONS = 2000
GRADIENT_TOLERANCE = 1e-7
EXACTLY = 1e-9
"""So near to a bound, a coefficient is on it: what is left is rounding."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Examples as a matrix (n × p), with what is known of its p coefficients."""

    matrix: Floats
    found: Truths
    weights: Floats
    offset: Floats
    prior: Floats
    lower: Floats
    upper: Floats
    pull: Floats

    @property
    def rate(self) -> float:
        """The weighted share of findings."""
        return float(np.average(self.found, weights=self.weights))


@dataclass(frozen=True, eq=False)
class Fitted:
    """A solution: η = intercept + matrix · increments."""

    intercept: float
    increments: Floats

    def log_odds(self, matrix: Floats) -> Floats:
        """Return η without any offset."""
        return self.intercept + matrix @ self.increments


def fit_path(problem: Problem, penalties: Sequence[float]) -> list[Fitted]:
    """Return the solution for each λ, in the order given; from strong to weak they come fastest."""
    mean = np.average(problem.matrix, axis=0, weights=problem.weights)
    spread = np.sqrt(np.average(np.square(problem.matrix - mean), axis=0, weights=problem.weights))
    varies = spread > 0
    scale = np.where(varies, spread, 1.0)
    # Fortran order: both products with the matrix then walk through memory.
    standard = np.asfortranarray((problem.matrix[:, varies] - mean[varies]) / scale[varies])
    known = problem.offset + (problem.matrix - mean) @ problem.prior
    room_up = np.maximum(problem.upper - problem.prior, 0.0)[varies] * scale[varies]
    room_down = np.maximum(problem.prior - problem.lower, 0.0)[varies] * scale[varies]
    count = int(varies.sum())
    bounds = [(None, None), *((0.0, room) for room in room_up), *((0.0, room) for room in room_down)]
    weights, found = problem.weights / problem.weights.sum(), problem.found.astype(np.float64)
    rate = min(max(problem.rate, 1e-6), 1 - 1e-6)
    start = np.concatenate([[np.log(rate / (1 - rate))], np.zeros(2 * count)])
    pull = problem.pull[varies]
    solutions = []
    for penalty in penalties:
        costs = np.concatenate([[0.0], penalty * pull, penalty * pull])

        def loss(at: Floats, costs: Floats = costs) -> tuple[float, Floats]:
            log_odds = at[0] + known + standard @ (at[1 : count + 1] - at[count + 1 :])
            value = float(weights @ (np.logaddexp(0.0, log_odds) - found * log_odds) + costs @ at)
            residual = weights * (scipy.special.expit(log_odds) - found)
            slope = standard.T @ residual
            return value, np.concatenate([[residual.sum()], slope, -slope]) + costs

        options = {"maxiter": MOST_ITERATIONS, "maxfun": 2 * MOST_ITERATIONS, "ftol": 0.0, "gtol": GRADIENT_TOLERANCE}
        start = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
        moved = (start[1 : count + 1] - start[count + 1 :]) / scale[varies]
        increments = problem.prior.copy()
        increments[varies] += moved
        for bound in (problem.lower, problem.upper):
            increments = np.where(np.abs(increments - bound) < EXACTLY, bound, increments)
        solutions.append(Fitted(float(start[0] - mean @ increments), increments))
    return solutions


def fit_scale(scores: Floats, found: Truths, weights: Floats, offset: Floats) -> tuple[float, float]:
    """Return the log-odds that one point of a score stands for, at least 0, and the intercept beside it."""
    spread = float(np.sqrt(np.average(np.square(scores - np.average(scores, weights=weights)), weights=weights)))
    if not spread:
        return 0.0, 0.0
    none, without_bound = np.zeros(1), np.full(1, UNBOUNDED)
    column = (scores / spread).reshape(-1, 1)
    fitted = fit_path(Problem(column, found, weights, offset, none, none, without_bound, none), [0.0])[0]
    return float(fitted.increments[0]) / spread, fitted.intercept
