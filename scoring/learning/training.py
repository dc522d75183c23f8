"""One fit of a scorecard to examples, for each of several strengths of the pull towards the model in force."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.learning.encoding import (
    Column,
    Direction,
    columns_of,
    directions_of,
    encode,
    increments_of,
    scores_of,
)
from scoring.learning.examples import Examples, Floats
from scoring.learning.fitting import UNBOUNDED, Fitted, Problem, fit_path, fit_scale
from scoring.learning.points import shares_of, with_points, with_thresholds
from scoring.learning.settings import Settings
from scoring.learning.strictness import Strictness, strictness
from scoring.scorecard import Model

NUISANCE_STRENGTH = 0.25
"""The pull where inspectors' strictness is fitted: weak, so that no fault of the model in force is taken for it."""

LEAST_SIGNAL = 0.05
"""A model in force whose log-odds spread by less than this standard deviation tells nothing of findings."""

USUAL_POINTS_TO_DOUBLE = 20


@dataclass(frozen=True, eq=False)
class Training:
    """Fits to one set of examples: `path` has one for each strength.

    `scale` is how much log-odds one point in force stands for; 0: its points tell nothing, and the pull is to none.
    """

    model: Model
    columns: tuple[Column, ...]
    directions: tuple[Direction, ...]
    scale: float
    prior: Floats
    strict: Strictness
    offset: Floats
    strengths: tuple[float, ...]
    path: tuple[Fitted, ...]

    def factor(self, settings: Settings) -> float:
        """Return how many points one unit of log-odds is."""
        if settings.points_to_double is None and self.scale:
            return 1 / self.scale
        return (settings.points_to_double or USUAL_POINTS_TO_DOUBLE) / float(np.log(2))

    def scorecard(self, examples: Examples, settings: Settings, strength: float) -> Model:
        """Return the model of integers that one strength gives, its thresholds set by the examples' scores."""
        increments = self.path[self.strengths.index(strength)].increments
        learned = with_points(self.model, self.columns, increments, self.factor(settings))
        weights = examples.raw_weights
        if settings.shares is None:
            shares: Sequence[float] = shares_of(self.model, scores_of(self.model, examples.bins), weights)
        else:
            shares = [share / 1_000_000 for share in settings.shares]
        return with_thresholds(learned, scores_of(learned, examples.bins), weights, shares)


def train(model: Model, examples: Examples, settings: Settings, strengths: Sequence[float]) -> Training:
    """Fit a model's points to examples of both classes, once for each strength, which are best given falling.

    A strength of k makes the penalty k standard errors that the slope of a standardised column has by chance alone,
    √(q(1 − q)/n) with q the rate of findings and n the effective sample size.
    """
    columns = columns_of(model)
    directions = directions_of(model, settings.directions, examples)
    matrix = encode(columns, examples.bins)
    lower, upper = _bounds(columns, directions)
    scores = scores_of(model, examples.bins).astype(np.float64)
    rate = float(np.average(examples.found, weights=examples.weights))
    error = float(np.sqrt(rate * (1 - rate) / examples.effective_size))

    def problem(offset: Floats) -> tuple[float, Problem]:
        scale = _scale(scores, examples, offset)
        prior = np.clip(scale * increments_of(model, columns), lower, upper)
        pull = np.ones(len(columns))
        return scale, Problem(matrix, examples.found, examples.weights, offset, prior, lower, upper, pull)

    strict = Strictness(rate)
    if settings.adjust_inspectors:
        strict = strictness(problem(np.zeros(len(examples)))[1], examples, NUISANCE_STRENGTH * error)
    offset = strict.shifts(examples.teams)
    scale, asked = problem(offset)
    path = fit_path(asked, [strength * error for strength in strengths])
    return Training(model, columns, directions, scale, asked.prior, strict, offset, tuple(strengths), tuple(path))


def _scale(scores: Floats, examples: Examples, offset: Floats) -> float:
    scale, _ = fit_scale(scores, examples.found, examples.weights, offset)
    mean = np.average(scores, weights=examples.weights)
    spread = float(np.sqrt(np.average(np.square(scores - mean), weights=examples.weights)))
    return scale if scale * spread >= LEAST_SIGNAL else 0.0


def _bounds(columns: Sequence[Column], directions: Sequence[Direction]) -> tuple[Floats, Floats]:
    """Return the least and the greatest coefficient of each column; missing may go either way."""
    kinds = [directions[column.indicator] if column.step else Direction.ANY for column in columns]
    lower = [0.0 if kind is Direction.RISING else -UNBOUNDED for kind in kinds]
    upper = [0.0 if kind is Direction.FALLING else UNBOUNDED for kind in kinds]
    return np.array(lower), np.array(upper)
