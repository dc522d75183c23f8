"""Which share of the findings the first visits have, in the order of score. Pure.

Within equal scores, findings are spread evenly (the mean over all orders). Lift is the share of findings by that of
visits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import fsum

from numpy import interp

from scoring.evaluation.notes import Note
from scoring.evaluation.observed import Scored, by_score


@dataclass(frozen=True)
class CapturePoint:
    """After all visits of at least this score: shares of (weighted) visits and findings."""

    score: int
    visits: float
    findings: float


@dataclass(frozen=True)
class Capture:
    """The curve, highest score first; (0, 0) comes before its points. Empty, with a note, without findings.

    `rate` is the finding rate of all visits.
    """

    points: tuple[CapturePoint, ...]
    rate: float | None = None
    notes: tuple[Note, ...] = ()

    def at(self, share: float) -> float | None:
        """Return the share of findings in that share of the visits (0 to 1), between points by straight lines."""
        if not self.points:
            return None
        return float(interp(share, [0.0, *(p.visits for p in self.points)], [0.0, *(p.findings for p in self.points)]))

    def lift(self, share: float) -> float | None:
        """Return `at(share)` by the share: how much better than any order."""
        findings = self.at(share)
        return None if findings is None or share <= 0 else findings / share

    def precision(self, share: float) -> float | None:
        """Return the finding rate of that share of the visits."""
        lift = self.lift(share)
        return None if lift is None or self.rate is None else lift * self.rate


def capture(visits: Sequence[Scored]) -> Capture:
    """Return the capture curve."""
    groups = by_score(visits)
    weights = list(accumulate(fsum(visit.weight for visit in group) for group in groups))
    found = list(accumulate(fsum(visit.weight for visit in group if visit.found) for group in groups))
    if not groups or not found[-1]:
        return Capture((), notes=(Note.NO_FINDINGS if groups else Note.NO_VISITS,))
    points = (
        CapturePoint(group[0].score, weight / weights[-1], findings / found[-1])
        for group, weight, findings in zip(groups, weights, found, strict=True)
    )
    return Capture(tuple(points), found[-1] / weights[-1])
