"""Indicators that the findings say the contrary of: never learned, but shown as a finding of their own."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy

from ledger.canonical import JSON
from scoring.learning.encoding import Direction, direction_in, encode
from scoring.learning.examples import Examples, Floats
from scoring.learning.fitting import Fitted
from scoring.learning.training import Training

CONFIDENCE = 0.95
STEPS = 50
RIDGE = 1e-6
MILLION = 1_000_000

Slope: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Reversal:
    """An indicator whose findings go against its direction: the slope by which log-odds change from bin to bin.

    The interval holds over all indicators together (Bonferroni), given the other indicators as learned.
    """

    indicator: str
    direction: Direction
    slope: float
    low: float
    high: float

    def document(self) -> dict[str, JSON]:
        """Return it with numbers in millionths."""
        told = {name: round(getattr(self, name) * MILLION) for name in ("slope", "low", "high")}
        return {"indicator": self.indicator, "direction": self.direction.value, **told}


def reversals(training: Training, fitted: Fitted, examples: Examples) -> tuple[Reversal, ...]:
    """Return the indicators whose slope's whole interval is against the direction that they have in force."""
    held = [(place, direction_in(indicator)) for place, indicator in enumerate(training.model.indicators)]
    directed = [(place, direction) for place, direction in held if direction is not None]
    if not directed:
        return ()
    matrix = encode(training.columns, examples.bins)
    wide = float(scipy.stats.norm.ppf(1 - (1 - CONFIDENCE) / 2 / len(directed)))
    found = []
    for place, direction in directed:
        own = np.array([column.indicator == place for column in training.columns])
        others = matrix @ np.where(own, 0.0, fitted.increments) + training.offset
        slope, error = _slope(examples, place, others)
        low, high = slope - wide * error, slope + wide * error
        if (high < 0) if direction is Direction.RISING else (low > 0):
            found.append(Reversal(training.model.indicators[place].id, direction, slope, low, high))
    return tuple(found)


def _slope(examples: Examples, place: int, offset: Floats) -> Slope:
    """Return the logistic slope over an indicator's bins, missing apart, and its robust standard error (White 1980)."""
    held = examples.bins[:, place]
    columns = [np.ones(len(held)), np.maximum(held, 0), held < 0]
    matrix = np.column_stack(columns).astype(np.float64)
    at = np.zeros(3)
    bread = np.eye(3)
    for _ in range(STEPS):
        expected = scipy.special.expit(offset + matrix @ at)
        residual = examples.weights * (examples.found - expected)
        information = matrix.T @ (matrix * (examples.weights * expected * (1 - expected))[:, None])
        bread = np.linalg.inv(information + RIDGE * np.eye(3))
        step = np.clip(bread @ (matrix.T @ residual - RIDGE * at), -2, 2)
        at = at + step
        if np.abs(step).max() < 1e-9:
            break
    residual = examples.weights * (examples.found - scipy.special.expit(offset + matrix @ at))
    meat = matrix.T @ (matrix * np.square(residual)[:, None])
    covariance = bread @ meat @ bread
    return float(at[1]), float(np.sqrt(max(covariance[1, 1], 0.0)))
