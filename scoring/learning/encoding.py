"""A scorecard as columns of a regression: one for each step from a bin to the next, and one for missing values.

A value in bin k has 1 in the columns of steps 1 … k (thermometer code), so that a column's coefficient is what the
step adds, and a direction is the sign of all steps. Missing has 1 in its own column alone: what it adds to bin 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from ledger.errors import Invalid
from scoring.learning.examples import Examples, Floats, Integers
from scoring.scorecard import Indicator, Model


class Direction(StrEnum):
    """How points go with an indicator's values; `any` lets each step go either way."""

    RISING = "rising"
    FALLING = "falling"
    ANY = "any"


@dataclass(frozen=True)
class Column:
    """A column: the place of its indicator, and the bin that its step leads to; 0 stands for missing."""

    indicator: int
    step: int


def columns_of(model: Model) -> tuple[Column, ...]:
    """Return the columns of a model, indicator by indicator."""
    found = []
    for place, indicator in enumerate(model.indicators):
        found += [Column(place, step) for step in range(1, len(indicator.bins))]
        found += [] if indicator.missing is None else [Column(place, 0)]
    return tuple(found)


def encode(columns: tuple[Column, ...], bins: Integers) -> Floats:
    """Return the matrix (examples × columns) of 0 and 1 for the places of bins (examples × indicators)."""
    matrix = np.empty((len(bins), len(columns)))
    for number, column in enumerate(columns):
        held = bins[:, column.indicator]
        matrix[:, number] = held >= column.step if column.step else held < 0
    return matrix


def increments_of(model: Model, columns: tuple[Column, ...]) -> Floats:
    """Return what each column adds in a model's points."""
    found = []
    for column in columns:
        indicator = model.indicators[column.indicator]
        points = [each.points for each in indicator.bins]
        if column.step:
            found.append(points[column.step] - points[column.step - 1])
        else:
            found.append((indicator.missing or 0) - points[0])
    return np.array(found, dtype=np.float64)


def scores_of(model: Model, bins: Integers) -> Integers:
    """Return the score of each example (int64)."""
    scores = np.zeros(len(bins), dtype=np.int64)
    for place, indicator in enumerate(model.indicators):
        points = [each.points for each in indicator.bins] + [indicator.missing or 0]
        scores += np.array(points, dtype=np.int64)[bins[:, place]]
    return scores


def direction_in(indicator: Indicator) -> Direction | None:
    """Return the direction of an indicator's points, None where they are flat or turn."""
    steps = [later.points - earlier.points for earlier, later in pairwise(indicator.bins)]
    if not any(steps):
        return None
    if all(step >= 0 for step in steps):
        return Direction.RISING
    return Direction.FALLING if all(step <= 0 for step in steps) else None


def directions_of(model: Model, declared: Mapping[str, Direction], examples: Examples) -> tuple[Direction, ...]:
    """Return each indicator's direction: as declared, else as in the model, else as the findings have it.

    Raises Invalid("learning_indicator_unknown") for a declaration about another indicator, and
    Invalid("learning_direction_contradicts") for one against the direction of the model.
    """
    known = {indicator.id: direction_in(indicator) for indicator in model.indicators}
    for identifier, direction in sorted(declared.items()):
        if identifier not in known:
            raise Invalid("learning_indicator_unknown", indicator=identifier, known=list(known))
        held = known[identifier]
        if held is not None and direction is not held:
            raise Invalid("learning_direction_contradicts", indicator=identifier, direction=held.value)
    return tuple(
        declared.get(indicator.id) or known[indicator.id] or _of_findings(examples, place)
        for place, indicator in enumerate(model.indicators)
    )


def _of_findings(examples: Examples, place: int) -> Direction:
    """Return the sign of the weighted covariance of an indicator's bins with the findings."""
    held = examples.bins[:, place]
    present = held >= 0
    weights, bins, found = examples.weights[present], held[present], examples.found[present]
    if not weights.sum():
        return Direction.RISING
    centred = found - np.average(found, weights=weights)
    return Direction.FALLING if float((weights * bins * centred).sum()) < 0 else Direction.RISING
