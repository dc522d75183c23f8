"""Which indicators say the same. Pure.

Spearman's rank correlation with weights: Pearson's of the weighted mid-ranks of the bins' points.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum, sqrt


@dataclass(frozen=True)
class Correlation:
    """Two indicators; None where one of them has the same points everywhere."""

    one: str
    other: str
    value: float | None


def correlations(points: Mapping[str, Sequence[int]], weights: Sequence[float]) -> list[Correlation]:
    """Return the correlation of each pair of indicators, in the order given, by their points at the same visits."""
    ranks = {name: _centred_ranks(values, weights) for name, values in points.items()}
    spreads = {name: _product(each, each, weights) for name, each in ranks.items()}
    return [
        Correlation(one, other, _product(ranks[one], ranks[other], weights) / sqrt(spreads[one] * spreads[other]))
        if spreads[one] and spreads[other]
        else Correlation(one, other, None)
        for one, other in combinations(points, 2)
    ]


def _centred_ranks(values: Sequence[int], weights: Sequence[float]) -> list[float]:
    """Return the weighted mid-ranks less their mean, which is half of all weight."""
    by_value: dict[int, list[float]] = defaultdict(list)
    for value, weight in zip(values, weights, strict=True):
        by_value[value].append(weight)
    ranks = {}
    middle = fsum(weights) / 2
    below = 0.0
    for value in sorted(by_value):
        weight = fsum(by_value[value])
        ranks[value] = below + weight / 2 - middle
        below += weight
    return [ranks[value] for value in values]


def _product(one: Sequence[float], other: Sequence[float], weights: Sequence[float]) -> float:
    return fsum(weight * a * b for weight, a, b in zip(weights, one, other, strict=True))
