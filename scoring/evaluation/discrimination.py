"""How well a score tells findings from none. Pure.

ROC: the shares of findings (TPR) and of clean visits (FPR) at or above each score, all weighted. AUC is the chance
that a finding scores above a clean visit, ties counting half (mid-ranks: Mann and Whitney 1947; Bamber 1975), so the
area under straight lines between the points. Gini = 2·AUC − 1; KS = max(TPR − FPR).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import fsum

from scoring.evaluation.notes import Note
from scoring.evaluation.observed import Scored, by_score


@dataclass(frozen=True)
class RocPoint:
    """What is caught, and what is disturbed in vain, by visiting all at or above a score."""

    score: int
    true_positive: float
    false_positive: float


@dataclass(frozen=True)
class Discrimination:
    """Measures of a score; None of one class alone. Points from the highest score down; (0, 0) comes before them."""

    visits: int
    found: int
    auc: float | None
    gini: float | None
    ks: float | None
    points: tuple[RocPoint, ...]
    notes: tuple[Note, ...] = ()


def discrimination(visits: Sequence[Scored]) -> Discrimination:
    """Return ROC, AUC, Gini and KS."""
    found = sum(visit.found for visit in visits)
    if not 0 < found < len(visits):
        note = Note.ONE_CLASS if visits else Note.NO_VISITS
        return Discrimination(len(visits), found, None, None, None, (), (note,))
    groups = by_score(visits)
    positives = [fsum(visit.weight for visit in group if visit.found) for group in groups]
    negatives = [fsum(visit.weight for visit in group if not visit.found) for group in groups]
    true, false = list(accumulate(positives)), list(accumulate(negatives))
    points = tuple(
        RocPoint(group[0].score, caught / true[-1], disturbed / false[-1])
        for group, caught, disturbed in zip(groups, true, false, strict=True)
    )
    below = (right * (2 * caught - left) for left, caught, right in zip(positives, true, negatives, strict=True))
    auc = fsum(below) / (2 * true[-1] * false[-1])
    ks = max(0.0, *(point.true_positive - point.false_positive for point in points))
    return Discrimination(len(visits), found, auc, 2 * auc - 1, ks, points)
