"""Whether findings rise with the grade. Pure.

- Trend by design: the slope of the finding on the place of the grade, a regression over all inspectable members of
  the frame, with linearised variance (Fuller 1975; Binder 1983): z = (g − ḡ)(y − a − b·g) / Σ(g − ḡ)²/π; t = b /
  error.
- Cochran (1954) and Armitage (1955): the same question for counts without weights, as if drawn at one rate. Beside it
  for comparison with what others publish.
- Steps: each grade's share less that of the next lower one (`difference`; strata by grade make both nearly
  independent). A fall beyond chance is a finding about the model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, sqrt

import scipy

from scoring.evaluation.designed import Designed, Finding
from scoring.evaluation.intervals import Estimate, difference
from scoring.evaluation.notes import Note
from scoring.evaluation.prevalence import prevalence_by
from scoring.evaluation.visits import Sample, Visit


@dataclass(frozen=True)
class Trend:
    """A slope per grade with its statistic (t or z) and two-sided probability; None, by the notes, if not estimable."""

    slope: Estimate
    statistic: float | None
    probability: float | None


@dataclass(frozen=True)
class Step:
    """The share of `higher` less that of `lower`."""

    lower: str
    higher: str
    rise: Estimate

    @property
    def falls(self) -> bool:
        """Whether less was found in the higher grade."""
        return self.rise.value is not None and self.rise.value < 0

    @property
    def falls_beyond_chance(self) -> bool:
        """Whether the 95 % interval says so, too."""
        return self.rise.interval is not None and self.rise.interval.high < 0


@dataclass(frozen=True)
class Monotonicity:
    """The trend over grades, lowest risk first, and the steps between those that have visits."""

    trend: Trend
    unweighted: Trend
    steps: tuple[Step, ...]


def monotonicity(sample: Sample, grades: Sequence[str], found: Finding = Visit.found) -> Monotonicity:
    """Return how findings go with grades, given from the lowest risk to the highest; visits of others are left out."""
    inspectable = [visit for visit in sample.visits if visit.inspectable and visit.grade in grades]
    visits = [sum(visit.grade == grade for visit in inspectable) for grade in grades]
    those = [sum(visit.grade == grade and found(visit) for visit in inspectable) for grade in grades]
    designed = Designed(sample)
    return Monotonicity(
        _slope(designed, [visit for visit in inspectable if not visit.observational], grades, found),
        cochran_armitage(range(len(grades)), those, visits),
        tuple(_steps(sample, grades, found)),
    )


def cochran_armitage(places: Sequence[float], found: Sequence[int], visits: Sequence[int]) -> Trend:
    """Return the Cochran–Armitage test: groups at their places, with x findings of n visits each."""
    all_visits, all_found = sum(visits), sum(found)
    if sum(count > 0 for count in visits) < 2:
        return _no_trend(Note.ONE_GROUP)
    if all_found in (0, all_visits):
        return _no_trend(Note.ONE_CLASS)
    rate = all_found / all_visits
    middle = fsum(n * place for n, place in zip(visits, places, strict=True)) / all_visits
    spread = fsum(n * (place - middle) ** 2 for n, place in zip(visits, places, strict=True))
    each_one = zip(found, visits, places, strict=True)
    slope = fsum((x - n * rate) * (place - middle) for x, n, place in each_one) / spread
    error = sqrt(rate * (1 - rate) / spread)
    statistic = slope / error
    return Trend(Estimate(slope, error), statistic, 2 * float(scipy.special.ndtr(-abs(statistic))))


def _slope(designed: Designed, visits: Sequence[Visit], grades: Sequence[str], found: Finding) -> Trend:
    if len({visit.grade for visit in visits}) < 2:
        return _no_trend(Note.ONE_GROUP)
    cases = [(visit, designed.weight(visit), grades.index(visit.grade), found(visit)) for visit in visits]
    members = fsum(weight for _, weight, _, _ in cases)
    rate = fsum(weight * y for _, weight, _, y in cases) / members
    middle = fsum(weight * place for _, weight, place, _ in cases) / members
    spread = fsum(weight * (place - middle) ** 2 for _, weight, place, _ in cases)
    value = fsum(weight * (place - middle) * y for _, weight, place, y in cases) / spread
    slope = designed.linearised(
        value,
        ((visit, (place - middle) * (y - rate - value * (place - middle)) / spread) for visit, _, place, y in cases),
    )
    if not slope.error or not slope.degrees:
        return Trend(slope, None, None)
    statistic = value / slope.error
    return Trend(slope, statistic, 2 * float(scipy.special.stdtr(slope.degrees, -abs(statistic))))


def _steps(sample: Sample, grades: Sequence[str], found: Finding) -> Iterator[Step]:
    """Return the differences of neighbours that have an estimate."""
    shares = prevalence_by(sample, lambda visit: (visit.grade,), lambda visit, _: found(visit), grades)[: len(grades)]
    known = [(each.domain, each.share) for each in shares if each.share.value is not None]
    for (lower, below), (higher, above) in pairwise(known):
        yield Step(lower, higher, difference(above, below))


def _no_trend(note: Note) -> Trend:
    return Trend(Estimate(None, notes=(note,)), None, None)
