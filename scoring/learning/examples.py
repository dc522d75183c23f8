"""What is learned from: visits with what was known before each of them, and the arrays that are made of these."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from ledger.canonical import JSON, canonical
from ledger.errors import Invalid
from scoring.scorecard import Model

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Example:
    """One visit: the indicators' values strictly before its day, in the order of the model's indicators, None: missing.

    `weight` is 1/π, or 1 for an observational visit; `stratum` names campaign and stratum, '' for an observational one.
    """

    day: date
    values: tuple[int | None, ...]
    found: bool
    weight: Fraction = Fraction(1)
    inspectors: tuple[str, ...] = ()
    stratum: str = ""
    uniform: bool = False
    enterprise: str = ""

    def document(self) -> JSON:
        """Return all that it says as canonical JSON; the weight as numerator and denominator."""
        return {
            "day": self.day.isoformat(),
            "values": list(self.values),
            "found": self.found,
            "weight": [self.weight.numerator, self.weight.denominator],
            "inspectors": list(self.inspectors),
            "stratum": self.stratum,
            "uniform": self.uniform,
            "enterprise": self.enterprise,
        }


def ordered(examples: Sequence[Example]) -> tuple[list[Example], str]:
    """Return examples in the order of their canonical JSON, so by day and enterprise, and the SHA-256 of these lines.

    Each line ends with a newline; the hash is in hex.
    """
    lines = sorted((canonical(each.document()) + b"\n", place) for place, each in enumerate(examples))
    digest = hashlib.sha256(b"".join(line for line, _ in lines)).hexdigest()
    return [examples[place] for _, place in lines], digest


@dataclass(frozen=True, eq=False)
class Examples:
    """n examples as arrays, in the order of their days.

    `bins` (n × indicators) has the place of the bin that each value falls into, −1 where it is missing. `raw_weights`
    are 1/π, `weights` the same with the mean 1. `clusters` number the enterprises, each nameless one for itself. `days`
    are proleptic ordinals. `teams` are each visit's inspectors.
    """

    bins: Integers
    found: Truths
    weights: Floats
    raw_weights: Floats
    clusters: Integers
    days: Integers
    strata: tuple[str, ...]
    uniform: Truths
    teams: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.found)

    @cached_property
    def effective_size(self) -> float:
        """Kish's effective sample size, (Σw)² / Σw²."""
        return effective_size(self.weights)

    def where(self, chosen: Truths) -> "Examples":
        """Return the chosen examples; their weights have the mean 1 again."""
        raw = self.raw_weights[chosen]
        return Examples(
            self.bins[chosen],
            self.found[chosen],
            raw / raw.mean() if len(raw) else raw,
            raw,
            self.clusters[chosen],
            self.days[chosen],
            tuple(compress(self.strata, chosen)),
            self.uniform[chosen],
            tuple(compress(self.teams, chosen)),
        )


def effective_size(weights: Floats) -> float:
    """Return (Σw)² / Σw², 0 for none."""
    return float(weights.sum() ** 2 / np.square(weights).sum()) if len(weights) else 0.0


def arrays_of(model: Model, examples: Sequence[Example]) -> Examples:
    """Return examples, which are in the order of `ordered`, as arrays.

    Raises Invalid: `learning_no_visits`, `learning_values_count` (not one value for each of the model's indicators).
    """
    if not examples:
        raise Invalid("learning_no_visits")
    for each in examples:
        if len(each.values) != len(model.indicators):
            raise Invalid("learning_values_count", given=len(each.values), indicators=len(model.indicators))
    raw = np.array([float(each.weight) for each in examples])
    return Examples(
        bins_of(model, [each.values for each in examples]),
        np.array([each.found for each in examples], dtype=np.bool_),
        raw / raw.mean(),
        raw,
        _clusters(examples),
        np.array([each.day.toordinal() for each in examples], dtype=np.int64),
        tuple(each.stratum for each in examples),
        np.array([each.uniform for each in examples], dtype=np.bool_),
        tuple(tuple(sorted(set(each.inspectors))) for each in examples),
    )


def _clusters(examples: Sequence[Example]) -> Integers:
    numbers: dict[str, int] = {}
    names = (each.enterprise or f"#{row}" for row, each in enumerate(examples))
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def bins_of(model: Model, values: Sequence[Sequence[int | None]]) -> Integers:
    """Return the place of the bin of each value, −1 where there is none (rows × indicators).

    Raises Invalid("learning_value_missing") where a measure that always has a value has none.
    """
    found = np.full((len(values), len(model.indicators)), -1, dtype=np.int64)
    for column, indicator in enumerate(model.indicators):
        edges = [each.lower for each in indicator.bins[1:] if each.lower is not None]
        for row, each in enumerate(values):
            value = each[column]
            if value is not None:
                found[row, column] = bisect_right(edges, value)
            elif indicator.missing is None:
                raise Invalid("learning_value_missing", indicator=indicator.id)
    return found
