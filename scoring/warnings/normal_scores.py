"""Counts of a series as normal scores: how unusual each is, given only the ones before it. Pure.

Each count is judged by its predictive law under Jeffreys' prior, so that the baseline's own error is in it: a negative
binomial for counts, a beta-binomial for so many of so many. The mid-p value of the law becomes a standard normal score.
So the run lengths of charts for normal observations hold for small counts as well, nearly (tests simulate them).
"""

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

BASELINE = 52
"""So many counts before one are its baseline, at the most: a year of weeks."""

LEAST_BASELINE = 26
"""A count with fewer before it has no score."""

UTMOST = 4.0
"""A score is never further from zero, so that no single week signals alone for ever."""


def count_scores(counts: Sequence[int]) -> tuple[float, ...]:
    """Return the scores of counts from place `LEAST_BASELINE` on; weeks are as long as each other."""
    given = np.asarray(counts, dtype=np.int64)
    places = np.arange(LEAST_BASELINE, len(given))
    if not len(places):
        return ()
    sums, spans = _before(given, places)
    shape, chance = sums + 0.5, spans / (spans + 1)
    below = scipy.stats.nbinom.cdf(given[places] - 1, shape, chance)
    return _scores(below + scipy.stats.nbinom.pmf(given[places], shape, chance) / 2)


def share_scores(found: Sequence[int], of: Sequence[int]) -> tuple[float, ...]:
    """Return the scores of so many of so many, from place `LEAST_BASELINE` on; 0 where there was none of which."""
    hits, tries = np.asarray(found, dtype=np.int64), np.asarray(of, dtype=np.int64)
    places = np.arange(LEAST_BASELINE, len(hits))
    if not len(places):
        return ()
    before_hits, _ = _before(hits, places)
    before_tries, _ = _before(tries, places)
    middles = [
        _beta_binomial_middle(int(hits[place]), int(tries[place]), before + 0.5, total - before + 0.5)
        for place, before, total in zip(places, before_hits, before_tries, strict=True)
    ]
    return _scores(np.asarray(middles))


def tail(count: int, baseline: Sequence[int]) -> float:
    """Return the probability of a count or more after a baseline of counts."""
    return float(scipy.stats.nbinom.sf(count - 1, sum(baseline) + 0.5, len(baseline) / (len(baseline) + 1)))


def _before(values: NDArray[np.int64], places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sum over the baseline before each place, and how many it has."""
    until = np.concatenate(([0], np.cumsum(values)))
    starts = np.maximum(places - BASELINE, 0)
    return until[places] - until[starts], places - starts


def _beta_binomial_middle(hits: int, tries: int, alpha: float, beta: float) -> float:
    """Return P(fewer) + P(as many)/2."""
    if tries == 0:
        return 0.5
    k = np.arange(hits + 1)
    ways = scipy.special.gammaln(tries + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(tries - k + 1)
    chances = np.exp(ways + scipy.special.betaln(k + alpha, tries - k + beta) - scipy.special.betaln(alpha, beta))
    return float(chances[:-1].sum() + chances[-1] / 2)


def _scores(middles: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(np.clip(scipy.special.ndtri(np.clip(middles, 1e-12, 1 - 1e-12)), -UTMOST, UTMOST).tolist())
