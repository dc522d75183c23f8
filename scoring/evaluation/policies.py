"""What another policy of drawing would have found, from the visits that there were. Pure.

Value of a policy with inclusion probabilities π′: Σ_s y·π′/π, the expected findings of a draw by π′ from the same
frames: the Horvitz–Thompson total of y·π′, with its variance (Horvitz and Thompson 1952; in learning: inverse
propensity scoring). The effective sample size (Σw)²/Σw², w = π′/π, tells how much of the sample speaks for π′ (Kish
1965). No policy's value is known where π = 0.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import fsum
from typing import TypeAlias

from scoring.evaluation.designed import Designed, Finding
from scoring.evaluation.intervals import Estimate
from scoring.evaluation.visits import Sample, Visit

Chance: TypeAlias = Callable[[Visit], Fraction]
"""The inclusion probability that a policy gives to the enterprise of a visit, in the frame of its campaign."""


@dataclass(frozen=True)
class PolicyValue:
    """Expected findings of a policy, its effective sample size of `visits` visits."""

    findings: Estimate
    effective: float
    visits: int


@dataclass(frozen=True)
class PolicyComparison:
    """Two policies on the same visits: findings of `new` less those of `old`, and `new` by `old`."""

    new: PolicyValue
    old: PolicyValue
    difference: Estimate
    quotient: Estimate


def compare_policies(sample: Sample, new: Chance, old: Chance, found: Finding = Visit.found) -> PolicyComparison:
    """Return what one policy would have found against another one; a challenger must win at the interval's low end."""
    designed = Designed(sample)
    those = [(visit, float(new(visit)), float(old(visit))) for visit in designed.visits if _finds(visit, found)]
    return PolicyComparison(
        _value(designed, new, found),
        _value(designed, old, found),
        designed.total((visit, one - other) for visit, one, other in those),
        designed.ratio(those),
    )


def against_uniform(sample: Sample, found: Finding = Visit.found) -> PolicyComparison:
    """Return what the draw found against a uniform draw of as many from each campaign's visited strata."""
    visited = sample.visited
    visits: Counter[str] = Counter()
    members: Counter[str] = Counter()
    for key, count in visited.items():
        visits[key[0]] += count
        members[key[0]] += sample.strata[key].size
    actual = {key: Fraction(count, sample.strata[key].size) for key, count in visited.items()}
    uniform = {campaign: Fraction(count, members[campaign]) for campaign, count in visits.items()}
    return compare_policies(
        sample,
        lambda visit: actual[visit.campaign, visit.stratum],
        lambda visit: uniform[visit.campaign],
        found,
    )


def _finds(visit: Visit, found: Finding) -> bool:
    return visit.inspectable and found(visit)


def _value(designed: Designed, chance: Chance, found: Finding) -> PolicyValue:
    chances = [(visit, float(chance(visit))) for visit in designed.visits]
    ratios = [designed.weight(visit) * of_one for visit, of_one in chances]
    squares = fsum(ratio**2 for ratio in ratios)
    findings = designed.total((visit, of_one) for visit, of_one in chances if _finds(visit, found))
    return PolicyValue(findings, fsum(ratios) ** 2 / squares if squares else 0.0, len(ratios))
