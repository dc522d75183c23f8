"""Visits as indicators and scores are held against them: found or not, with a weight. Pure.

Rates of weighted visits have Wilson's interval at the effective size (Σw)²/Σw² (Kish 1965). Of observational visits,
which weigh 1, they are the visits' own rates and no prevalence.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from scoring.evaluation.designed import Designed, Finding
from scoring.evaluation.intervals import Estimate, wilson
from scoring.evaluation.notes import Note
from scoring.evaluation.visits import Sample, Visit


@dataclass(frozen=True, slots=True)
class Scored:
    """An inspectable visit with a score (of a model, or the points of an indicator's bin); the higher the riskier."""

    score: int
    found: bool
    weight: float = 1.0


def scored(sample: Sample, score: Callable[[Visit], int | None], found: Finding = Visit.found) -> list[Scored]:
    """Return the inspectable visits that have a score, weighted by N / visited, or 1 if observational."""
    designed = Designed(sample)
    scores = ((visit, score(visit)) for visit in sample.visits if visit.inspectable)
    return [Scored(value, found(visit), designed.weight(visit)) for visit, value in scores if value is not None]


def weighted_rate(visits: Sequence[Scored]) -> Estimate:
    """Return Σw·found / Σw."""
    if not visits:
        return Estimate(None, notes=(Note.NO_VISITS,))
    weight = fsum(visit.weight for visit in visits)
    rate = fsum(visit.weight for visit in visits if visit.found) / weight
    effective = weight**2 / fsum(visit.weight**2 for visit in visits)
    return Estimate(rate, interval=wilson(rate, effective))


def by_score(visits: Iterable[Scored]) -> list[list[Scored]]:
    """Return the visits of each score, the highest first."""
    groups: dict[int, list[Scored]] = defaultdict(list)
    for visit in visits:
        groups[visit.score].append(visit)
    return [groups[score] for score in sorted(groups, reverse=True)]
