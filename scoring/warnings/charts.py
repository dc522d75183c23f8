"""Control charts over a series: CUSUM and EWMA of normal scores, and the three of EARS over counts. Pure.

EARS is the Early Aberration Reporting System of the CDC (Hutwagner et al., 2003), for series without a history.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

REFERENCE, CUSUM_LIMIT = 0.5, 5.0
"""Sees a lasting shift of one standard deviation soonest, after 10.4 weeks on average."""

SHARE, WIDTH = 0.2, 2.962

CUSUM_FALSE_ALARMS, EWMA_FALSE_ALARMS = 1_074, 1_001
"""False alarms in a million weeks of a series in which nothing changes, upwards only (see `run_lengths`)."""

EARS_BASELINE, EARS_LAG, EARS_LIMIT, C3_LIMIT = 7, 2, 3.0, 2.0
LEAST_DEVIATION = 0.5
"""The standard deviation of an EARS baseline counts as this much at the least."""

EARS_FALSE_ALARMS = 15_454
"""Of C1 and C2, in a million periods of independent normal counts: a Student law, as the baseline is estimated."""


@dataclass(frozen=True)
class Charted:
    """The last value of a chart, its limit, and where its present excursion began: a place in the series."""

    value: float
    limit: float
    since: int

    @property
    def signals(self) -> bool:
        """Whether the chart is beyond its limit now."""
        return self.value > self.limit


def two_sided_cusum(
    scores: Sequence[float], reference: float = REFERENCE
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the upper and the lower CUSUM after each score, both as amounts from zero upwards."""
    upper, lower = [0.0], [0.0]
    for score in scores:
        upper.append(max(0.0, upper[-1] + score - reference))
        lower.append(max(0.0, lower[-1] - score - reference))
    return tuple(upper[1:]), tuple(lower[1:])


def ewma(scores: Sequence[float], share: float = SHARE) -> tuple[float, ...]:
    """Return the EWMA after each score, from zero."""
    values, last = [], 0.0
    for score in scores:
        last = (1 - share) * last + share * score
        values.append(last)
    return tuple(values)


def upper_cusum(scores: Sequence[float]) -> Charted:
    """Chart the upper CUSUM; its excursion began with the first score after it was last at zero."""
    values, _ = two_sided_cusum(scores)
    return Charted(values[-1], CUSUM_LIMIT, _after_last(values, 0.0))


def upper_ewma(scores: Sequence[float]) -> Charted:
    """Chart the EWMA upwards; its excursion began with the first score after it was last within half its limit."""
    values, limit = ewma(scores), WIDTH * math.sqrt(SHARE / (2 - SHARE))
    return Charted(values[-1], limit, _after_last(values, limit / 2))


def ears(counts: Sequence[int]) -> dict[str, Charted]:
    """Return C1, C2 and C3 of the last of at least ten counts.

    C1 compares with the seven before, C2 with the seven before the last two of these, C3 adds up what of the last three
    C2 is above 1.
    """
    last = len(counts) - 1
    c3 = sum(max(0.0, _deviation(counts, place, EARS_LAG) - 1) for place in range(last - 2, last + 1))
    return {
        "c1": Charted(_deviation(counts, last, 0), EARS_LIMIT, last),
        "c2": Charted(_deviation(counts, last, EARS_LAG), EARS_LIMIT, last),
        "c3": Charted(c3, C3_LIMIT, last - 2),
    }


EARS_LEAST = EARS_BASELINE + EARS_LAG + 3
"""So many counts are needed: the C2 of the last three have whole baselines."""


def _deviation(counts: Sequence[int], place: int, lag: int) -> float:
    baseline = np.asarray(counts[place - lag - EARS_BASELINE : place - lag], dtype=float)
    return float((counts[place] - baseline.mean()) / max(baseline.std(ddof=1), LEAST_DEVIATION))


def _after_last(values: Sequence[float], level: float) -> int:
    below = [place for place, value in enumerate(values) if value <= level]
    return min(below[-1] + 1 if below else 0, len(values) - 1)
