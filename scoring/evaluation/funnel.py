"""Funnel limits: how far observed ÷ expected strays by chance. Pure.

Exact Poisson limits around 1 at 95 and 99.8 %, interpolated between the steps of the distribution (Spiegelhalter
2005, appendix A).
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import sqrt

import scipy


@dataclass(frozen=True)
class FunnelLimits:
    """Limits of observed ÷ expected at a number expected."""

    expected: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float


def funnel_limits(expected: float) -> FunnelLimits:
    """Return the limits; raises ValueError unless more than 0 is expected."""
    if expected <= 0:
        raise ValueError("nothing expected")
    limits = (_quantile(probability, expected) / expected for probability in (0.025, 0.975, 0.001, 0.999))
    return FunnelLimits(expected, *limits)


def _quantile(probability: float, expected: float) -> float:
    """Return r − (F(r) − p) / (F(r) − F(r − 1)) for the first r with F(r) > p, at least 0."""
    far = int(expected + 10 * sqrt(expected) + 20)
    first = bisect_right(range(far), probability, key=lambda r: float(scipy.special.pdtr(r, expected)))
    below = float(scipy.special.pdtr(first - 1, expected)) if first else 0.0
    at = float(scipy.special.pdtr(first, expected))
    return max(0.0, first - (at - probability) / (at - below))
