"""How well scores rank visits: AUC and capture within periods, for many replicates of the weights at once.

Scores of different periods come from different challengers, so only visits of the same period are compared.
"""

from collections.abc import Iterator

import numpy as np

from scoring.learning.examples import Floats, Integers, Truths

FIRST = 0.5
"""Capture asks for the findings within this share of the visits."""


def auc(scores: Integers, found: Truths, periods: Integers, weights: Floats) -> Floats:
    """Return the weighted AUC for each row of weights (replicates × visits), ties counted half; NaN without pairs."""
    concordant, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for bad, good in _by_score(scores, found, periods, weights):
        below = np.cumsum(good, axis=1) - good
        concordant += (bad * (below + good / 2)).sum(axis=1)
        pairs += bad.sum(axis=1) * good.sum(axis=1)
    return _quotient(concordant, pairs)


def captured(scores: Integers, found: Truths, periods: Integers, weights: Floats) -> Floats:
    """Return the weighted share of findings in the first half of each period by falling score, ties shared out."""
    caught, total = np.zeros(len(weights)), np.zeros(len(weights))
    for bad, good in _by_score(scores, found, periods, weights):
        size = bad + good
        above = size.sum(axis=1, keepdims=True) - np.cumsum(size, axis=1)
        room = FIRST * size.sum(axis=1, keepdims=True) - above
        caught += (bad * np.clip(room / np.where(size > 0, size, 1.0), 0, 1)).sum(axis=1)
        total += bad.sum(axis=1)
    return _quotient(caught, total)


def _by_score(scores: Integers, found: Truths, periods: Integers, weights: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Give for each period the weights with and without finding of each score, rising (replicates × scores)."""
    for period in np.unique(periods):
        inside = np.flatnonzero(periods == period)
        order = inside[np.argsort(scores[inside], kind="stable")]
        ranked = scores[order]
        starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
        held = weights[:, order]
        bad = np.add.reduceat(held * found[order], starts, axis=1)
        yield bad, np.add.reduceat(held, starts, axis=1) - bad


def _quotient(parts: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, parts / np.where(whole > 0, whole, 1.0), np.nan)
