"""Visits as evaluation and learning look at them, each with the design by which it came about.

A visit of a campaign has its campaign, stratum, and through `Sample.strata` its inclusion probability. One that a
source declares observational has none: it is learned from with weight 1 and gives no estimate of prevalence.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from scoring.results import found_problem, was_inspectable

StratumKey: TypeAlias = tuple[str, str]
"""A campaign and the label of one of its strata."""


@dataclass(frozen=True)
class SampledStratum:
    """A stratum of a draw.

    `size` is its N. `sampled` is how many of its order were sampled: the quota, and the reserves that took a place
    (who was replaced stays sampled, as not inspectable). `uniform` of these are the uniform slice. π = sampled / size.
    """

    size: int
    sampled: int
    uniform: int

    @property
    def inclusion(self) -> Fraction:
        """The inclusion probability of each of its members."""
        return Fraction(self.sampled, self.size)


@dataclass(frozen=True)
class Visit:
    """What one visit found: identifiers of `scoring.results`, and where it says so the matters and the inspectors.

    `sector` and `region` are those of the register; `grade` is the general grade by which it was drawn, '' if unknown.
    `campaign` and `stratum` are '' where an observational source tells of it.
    """

    enterprise: str
    day: date
    results: tuple[str, ...]
    body: str = ""
    sector: str = ""
    region: str = ""
    matters: tuple[str, ...] = ()
    violated: tuple[str, ...] = ()
    inspectors: tuple[str, ...] = ()
    campaign: str = ""
    stratum: str = ""
    uniform: bool = False
    grade: str = ""

    @property
    def observational(self) -> bool:
        """Whether no design says how likely it was."""
        return not self.campaign

    @property
    def inspectable(self) -> bool:
        """Whether it counts in a denominator."""
        return was_inspectable(self.results)

    def found(self, target: Collection[str] = ()) -> bool:
        """Tell whether it found one of the results asked for; without any, whether it found a problem at all."""
        return any(result in target for result in self.results) if target else found_problem(self.results)


@dataclass(frozen=True)
class Sample:
    """Visits of one or several campaigns and sources, in the order of day and enterprise.

    `strata` has every stratum of the campaigns, also those in which nobody was visited. `left_out` counts, by a code
    with words, inspections that are of no use: without a design (`no_design`), of a list (`listed`), …
    """

    visits: tuple[Visit, ...]
    strata: Mapping[StratumKey, SampledStratum] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)

    def stratum_of(self, visit: Visit) -> SampledStratum:
        """Return the stratum of a visit that has a design."""
        return self.strata[visit.campaign, visit.stratum]

    @cached_property
    def visited(self) -> Counter[StratumKey]:
        """How many of each stratum were visited, those that were not inspectable among them."""
        return Counter((visit.campaign, visit.stratum) for visit in self.visits if not visit.observational)

    def weight(self, visit: Visit) -> Fraction:
        """Return N / visited of its stratum, which is 1/π once all are visited; 1 for an observational visit.

        Whoever was drawn and not yet visited is missing at random within the stratum.
        """
        if visit.observational:
            return Fraction(1)
        return Fraction(self.stratum_of(visit).size, self.visited[visit.campaign, visit.stratum])

    def of_kind(self, observational: bool) -> "Sample":
        """Return the visits of one kind: those with a design, where there are some and no others are asked for.

        Also those that were not inspectable, since they tell how many of a stratum were visited.
        """
        found = tuple(visit for visit in self.visits if visit.observational is observational)
        return replace(self, visits=found) if found or observational else self


@dataclass(frozen=True)
class Frame:
    """The members of a campaign's frame, by columns in the order of the frame.

    Code, sector and region are those of today's register, the latter '' where it has none. `grades`
    and `scores` are the general ones by which it was drawn, '' and None where nothing of them is left.
    """

    campaign: str
    enterprises: Sequence[str]
    strata: Sequence[str]
    sectors: Sequence[str]
    regions: Sequence[str]
    grades: Sequence[str]
    scores: Sequence[int | None]
