"""A bootstrap that gives the same numbers everywhere: its chance comes from a hash of the data.

Each enterprise counts Poisson(1) times in a replicate (the Poisson bootstrap: Hanley and MacGibbon 2006), all of its
visits together; the counts of each stratum are scaled to its size, as a stratified draw keeps it. The numbers are
SHAKE-256 of the data's digest, two bytes each.
"""

import hashlib
import math
from collections.abc import Callable, Iterator

import numpy as np

from scoring.learning.examples import Floats, Integers

REPLICATES = 500
CONFIDENCE = 0.95
AT_ONCE = 4_000_000
_LIMITS = np.round(np.cumsum([1 / math.factorial(k) for k in range(8)]) / math.e * 65536).astype(np.int64)
"""The distribution function of Poisson(1) at 0 … 7, of which two bytes are enough."""


def replicates(digest: str, clusters: Integers, strata: Integers) -> Iterator[Floats]:
    """Give, some replicates at a time, how often each example counts (replicates × examples)."""
    _, numbered = np.unique(clusters, return_inverse=True)
    count = int(numbered.max()) + 1
    some = max(1, AT_ONCE // len(clusters))
    for start in range(0, REPLICATES, some):
        rows = range(start, min(start + some, REPLICATES))
        drawn = np.array([_poisson(digest, replicate, count) for replicate in rows])[:, numbered].astype(np.float64)
        for stratum in np.unique(strata):
            inside = strata == stratum
            total = drawn[:, inside].sum(axis=1, keepdims=True)
            drawn[:, inside] *= np.where(total > 0, inside.sum() / np.maximum(total, 1), 0.0)
        yield drawn


def _poisson(digest: str, replicate: int, count: int) -> Integers:
    seed = f"qian/learning/bootstrap/v1\x1f{digest}\x1f{replicate}".encode()
    uniform = np.frombuffer(hashlib.shake_256(seed).digest(2 * count), dtype="<u2").astype(np.int64)
    return np.searchsorted(_LIMITS, uniform, side="right").astype(np.int64)


def intervals(
    statistic: Callable[[Floats], Floats], weights: Floats, digest: str, clusters: Integers, strata: Integers
) -> tuple[Floats, Floats, Floats]:
    """Return estimates and their percentile limits of statistics of weights.

    `statistic` takes weights (replicates × examples) and returns (replicates × numbers); what it cannot tell of a
    replicate is NaN, and left out.
    """
    estimate = statistic(weights[None, :])[0]
    told = np.concatenate([statistic(counts * weights) for counts in replicates(digest, clusters, strata)])
    tail = (1 - CONFIDENCE) / 2
    if np.isnan(told).all(axis=0).any():
        return estimate, np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    low, high = np.nanquantile(told, [tail, 1 - tail], axis=0)
    return estimate, low, high
