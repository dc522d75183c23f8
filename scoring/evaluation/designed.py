"""Estimates from the visits of a sample that have a design. Pure.

Whoever was drawn and not yet visited is left out within the stratum: π = visited / N there (missing at random within
the stratum). Strata of several campaigns are strata of their own, so a total over a period is the sum over its
campaigns' frames, and an enterprise that stood in two frames counts in both.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TypeAlias

from scoring.evaluation.intervals import Estimate
from scoring.evaluation.notes import Note
from scoring.evaluation.stratified import Moments, total
from scoring.evaluation.visits import Sample, SampledStratum, StratumKey, Visit

Finding: TypeAlias = Callable[[Visit], bool]
"""Whether a visit found what is asked; `Visit.found` is: a problem at all."""


@dataclass(frozen=True)
class Coverage:
    """What the estimates of a sample are about.

    `population` is ΣN of the strata with a visit, `not_covered` of those without. Of `sampled` places, `pending` have
    no visit yet. `observational` visits have no design and are left out.
    """

    population: int
    not_covered: int
    sampled: int
    visited: int
    pending: int
    observational: int


class Designed:
    """The strata of a sample with who was visited in them.

    Values are given for visits alone that have one other than 0; each visit once.
    """

    def __init__(self, sample: Sample) -> None:
        self.visits: Sequence[Visit] = [visit for visit in sample.visits if not visit.observational]
        self._strata = sample.strata
        self._visited = sample.visited
        self._observational = len(sample.visits) - len(self.visits)

    @property
    def coverage(self) -> Coverage:
        """What the estimates are about."""
        sampled = sum(stratum.sampled for stratum in self._strata.values())
        sizes = {key: stratum.size for key, stratum in self._strata.items()}
        population = sum(size for key, size in sizes.items() if self._visited[key])
        pending = sum(max(stratum.sampled - self._visited[key], 0) for key, stratum in self._strata.items())
        return Coverage(
            population, sum(sizes.values()) - population, sampled, len(self.visits), pending, self._observational
        )

    def weight(self, visit: Visit) -> float:
        """Return N / visited of its stratum; 1 for an observational visit."""
        if visit.observational:
            return 1.0
        key = visit.campaign, visit.stratum
        return self._strata[key].size / self._visited[key]

    def total(self, values: Iterable[tuple[Visit, float]]) -> Estimate:
        """Return the Horvitz–Thompson total Σ y/π of the frame."""
        by_stratum: dict[StratumKey, list[float]] = {key: [] for key in self._strata}
        for visit, value in values:
            by_stratum[visit.campaign, visit.stratum].append(value)
        return total(
            [
                Moments.of(self._strata[key].size, self._visited[key], of_stratum)
                for key, of_stratum in by_stratum.items()
            ]
        )

    def ratio(self, values: Iterable[tuple[Visit, float, float]]) -> Estimate:
        """Return R = Σ(y/π) / Σ(x/π) of (visit, y, x), linearised: z = (y − R·x) / Σ(x/π) (Särndal et al. 1992, § 5.6).

        With x = 1 it is the Hájek mean, with x = 1 in a domain and 0 elsewhere the mean of the domain.
        """
        seen = list(values)
        if not seen:
            return Estimate(None, notes=(Note.NO_VISITS,))
        denominator = fsum(self.weight(visit) * x for visit, _, x in seen)
        if not denominator:
            return Estimate(None, notes=(Note.NOT_INSPECTABLE,))
        quotient = fsum(self.weight(visit) * y for visit, y, _ in seen) / denominator
        return self.linearised(quotient, ((visit, (y - quotient * x) / denominator) for visit, y, x in seen))

    def linearised(self, value: float, residuals: Iterable[tuple[Visit, float]]) -> Estimate:
        """Return a value with the error of the total of its linearised residuals."""
        return self.total(residuals).at(value)

    def difference(self, predicted_total: float, values: Iterable[tuple[Visit, float, float]]) -> Estimate:
        """Return Σ_U m + Σ_s (y − m)/π of (visit, y, m): the difference estimator (Särndal et al. 1992, § 6.3).

        `predicted_total` is Σ m over all members of the frame, also of strata without a visit, where m alone speaks.
        Right whatever m is, and precise where m is good.
        """
        correction = self.total((visit, y - m) for visit, y, m in values)
        return correction if correction.value is None else correction.at(predicted_total + correction.value)


def uniform_part(sample: Sample) -> Sample:
    """Return the uniform slice as a sample of its own: its visits, and strata of which that many were sampled."""
    strata = {key: SampledStratum(each.size, each.uniform, each.uniform) for key, each in sample.strata.items()}
    return Sample(tuple(visit for visit in sample.visits if visit.uniform), strata)
