"""What is found at which score. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from scoring.evaluation.intervals import Estimate
from scoring.evaluation.observed import Scored, by_score, weighted_rate


@dataclass(frozen=True)
class Band:
    """Scores from lowest to highest, both included, with their mean and the finding rate."""

    lowest: int
    highest: int
    mean_score: float
    visits: int
    found: int
    rate: Estimate


def calibration(visits: Sequence[Scored], bands: int = 10) -> list[Band]:
    """Return at most so many bands of equal weight, lowest first; equal scores are never in two bands."""
    whole = fsum(visit.weight for visit in visits)
    found: list[Band] = []
    current: list[Scored] = []
    taken, end = 0.0, 1
    for group in reversed(by_score(visits)):
        current += group
        taken += fsum(visit.weight for visit in group)
        if taken * bands >= whole * end:
            found.append(_band(current))
            current, end = [], int(taken * bands / whole) + 1
    return [*found, _band(current)] if current else found


def _band(visits: Sequence[Scored]) -> Band:
    weight = fsum(visit.weight for visit in visits)
    mean = fsum(visit.weight * visit.score for visit in visits) / weight
    found = sum(visit.found for visit in visits)
    return Band(visits[0].score, visits[-1].score, mean, len(visits), found, weighted_rate(visits))
