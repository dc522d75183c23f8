"""From log-odds to a scorecard of integers: points, and the thresholds of grades."""

from collections.abc import Sequence
from dataclasses import replace
from math import floor

import numpy as np

from ledger.errors import Invalid
from scoring.learning.encoding import Column
from scoring.learning.examples import Floats, Integers
from scoring.scorecard import GradeLevel, Indicator, Model

ROUNDED_AWAY = 6
"""Decimals below which a difference is rounding: what keeps its points keeps them exactly."""

ROUNDED_SHARE = 12


def with_points(model: Model, columns: tuple[Column, ...], increments: Floats, factor: float) -> Model:
    """Return the model with learned points: bin 0 keeps its own, each column adds factor · increment, rounded.

    A sequence that goes one way goes it after rounding, too.
    """
    exact = [[float(indicator.bins[0].points)] * len(indicator.bins) for indicator in model.indicators]
    missing = [None if each.missing is None else float(each.bins[0].points) for each in model.indicators]
    for column, increment in zip(columns, increments, strict=True):
        added = factor * float(increment)
        if column.step:
            points = exact[column.indicator]
            points[column.step] = points[column.step - 1] + added
        else:
            missing[column.indicator] = exact[column.indicator][0] + added
    indicators = zip(model.indicators, exact, missing, strict=True)
    return replace(model, indicators=tuple(_with_points(*each) for each in indicators))


def _with_points(indicator: Indicator, exact: Sequence[float], missing: float | None) -> Indicator:
    bins = tuple(replace(each, points=_nearest(points)) for each, points in zip(indicator.bins, exact, strict=True))
    return replace(indicator, bins=bins, missing=None if missing is None else _nearest(missing))


def _nearest(value: float) -> int:
    return floor(round(value, ROUNDED_AWAY) + 0.5)


def shares_of(model: Model, scores: Integers, weights: Floats) -> tuple[float, ...]:
    """Return the weighted share of each grade by scores alone, without rules."""
    lowest = [level.lowest_score for level in model.grades if level.lowest_score is not None]
    places = np.searchsorted(np.array(lowest, dtype=np.int64), scores, side="right")
    counted = np.bincount(places, weights, len(model.grades))
    return tuple(float(share) for share in counted / weights.sum())


def with_thresholds(model: Model, scores: Integers, weights: Floats, shares: Sequence[float]) -> Model:
    """Return the model with thresholds by which each grade has its share of the scores, as nearly as integers can.

    `shares` are of the grades, risk rising, and add up to 1. Each threshold is above the one before, and the share at
    or above it is the nearest; of several as near it is the model's own, else the highest. Raises
    Invalid("learning_shares").
    """
    if len(shares) != len(model.grades) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise Invalid("learning_shares", grades=len(model.grades))
    different, places = np.unique(scores, return_inverse=True)
    heavy = np.bincount(places, weights) / weights.sum()
    above = np.concatenate([np.cumsum(heavy[::-1])[::-1], [0.0]])
    levels: list[GradeLevel] = [model.grades[0]]
    for place in range(1, len(model.grades)):
        held, before = model.grades[place].lowest_score or 0, levels[-1].lowest_score
        candidates = np.unique([*different, different[-1] + 1, held])
        free = candidates if before is None else candidates[candidates > before]
        threshold = held if before is None else before + 1
        if len(free):
            distances = np.round(np.abs(above[np.searchsorted(different, free)] - sum(shares[place:])), ROUNDED_SHARE)
            nearest = free[distances == distances.min()]
            threshold = held if held in nearest else int(nearest[-1])
        levels.append(replace(model.grades[place], lowest_score=threshold))
    return replace(model, grades=tuple(levels))
