"""How often something would be found in the frame, by any domain: found ÷ inspectable. Pure.

What was not inspectable leaves the denominator: R = Σ(found/π) / Σ(inspectable/π), a ratio of two totals in the
domain (`Designed.ratio`). Over several campaigns it is pooled by their frames: the share among all (campaign, member)
of the period that could be inspected.

The interval is Wilson's at the effective size R(1 − R)/variance, with t for the normal quantile, and never credited
with more than a simple random sample of as many visits would give (the truncation of Korn and Graubard 1998). Where
the variance is 0 without a census (nothing found, or everything), the effective size is (Σw)²/Σw² of Kish (1965).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, inf
from typing import TypeAlias

from scoring.evaluation.designed import Designed, Finding
from scoring.evaluation.intervals import Estimate, Interval, wilson
from scoring.evaluation.notes import Note
from scoring.evaluation.visits import Sample, Visit

Domains: TypeAlias = Callable[[Visit], Iterable[str]]
"""The domains in which a visit counts."""

FoundIn: TypeAlias = Callable[[Visit, str], bool]
"""Whether a visit found what is asked in a domain."""

DOMAINS: Mapping[str, Domains] = {
    "grade": lambda visit: (visit.grade,),
    "sector": lambda visit: (visit.sector,),
    "region": lambda visit: (visit.region,),
    "body": lambda visit: (visit.body,),
    "campaign": lambda visit: (visit.campaign,),
    "matter": lambda visit: visit.matters,
}
"""What prevalence is asked by; '' is what a visit does not tell."""


def any_problem(visit: Visit, domain: str) -> bool:
    """Tell whether a problem was found at all."""
    return visit.found()


def in_matter(visit: Visit, domain: str) -> bool:
    """Tell whether the matter that is the domain was violated."""
    return domain in visit.violated


@dataclass(frozen=True)
class Prevalence:
    """Of a domain: visits counted as they are, and what they say of the frame.

    `share` is found ÷ inspectable; `found_total` and `inspectable_total` are members of the frame.
    """

    domain: str
    visits: int
    inspectable: int
    found: int
    share: Estimate
    found_total: Estimate
    inspectable_total: Estimate


def prevalence(sample: Sample, found: Finding = Visit.found) -> Prevalence:
    """Return the prevalence in the whole frame; its domain is ''."""
    designed = Designed(sample)
    return _Prevalences(designed).of("", designed.visits, lambda visit, _: found(visit))


def prevalence_by(
    sample: Sample, domains: Domains, found: FoundIn = any_problem, labels: Sequence[str] = ()
) -> list[Prevalence]:
    """Return the prevalence in each domain: `labels` in their order, also without a visit, then others sorted."""
    designed = Designed(sample)
    visits: dict[str, list[Visit]] = defaultdict(list)
    for visit in designed.visits:
        for domain in domains(visit):
            visits[domain].append(visit)
    prevalences = _Prevalences(designed)
    return [prevalences.of(domain, visits[domain], found) for domain in (*labels, *sorted(visits.keys() - set(labels)))]


class _Prevalences:
    """Prevalences of domains of one sample."""

    def __init__(self, designed: Designed) -> None:
        self._designed = designed
        coverage = designed.coverage
        self._population = coverage.population
        self._no_visits = (Note.NO_VISITS, Note.OBSERVATIONAL) if coverage.observational else (Note.NO_VISITS,)
        self._whole = _Size.of([designed.weight(visit) for visit in designed.visits], self._population)

    def of(self, domain: str, visits: Sequence[Visit], found: FoundIn) -> Prevalence:
        inspectable = [visit for visit in visits if visit.inspectable]
        those = [visit for visit in inspectable if found(visit, domain)]
        if not visits:
            none = Estimate(None, notes=self._no_visits)
            return Prevalence(domain, 0, 0, 0, none, none, none)
        inspectable_total = self._members(inspectable)
        share = self._designed.ratio((visit, found(visit, domain), visit.inspectable) for visit in visits)
        if share.value is not None:
            weights = [self._designed.weight(visit) for visit in inspectable]
            share = _scored(share, _Size.of(weights, inspectable_total.value or 0))
        return Prevalence(
            domain, len(visits), len(inspectable), len(those), share, self._members(those), inspectable_total
        )

    def _members(self, visits: Sequence[Visit]) -> Estimate:
        """Return how many members of the frame are as these visits are: not fewer than these."""
        members = self._designed.total((visit, 1) for visit in visits)
        share = _scored(members.by(self._population), self._whole).interval
        if share is None or Note.CENSUS in members.notes:
            return members
        low, high = share.low * self._population, share.high * self._population
        return replace(members, interval=Interval(max(low, len(visits)), high))


@dataclass(frozen=True)
class _Size:
    """How many visits a share is of, and the sizes of an infinite population's samples that tell as much.

    `effective` is Kish's size, `simple` that of a simple random sample of as many visits.
    """

    visits: int
    effective: float
    simple: float

    @classmethod
    def of(cls, weights: Sequence[float], population: float) -> "_Size":
        visits = len(weights)
        effective = fsum(weights) ** 2 / fsum(weight**2 for weight in weights) if weights else 0.0
        gain = (population - 1) / (population - visits) if population > visits else inf
        return cls(visits, effective * gain, visits * gain)


def _scored(share: Estimate, size: _Size) -> Estimate:
    """Return a share with Wilson's interval, which needs no variance."""
    if share.value is None or Note.CENSUS in share.notes:
        return share
    if share.error is None:
        return replace(share, interval=wilson(share.value, size.effective, size.visits - 1))
    effective = min(share.value * (1 - share.value) / share.error**2, size.simple)
    return replace(share, interval=wilson(share.value, effective, share.degrees or 0))
