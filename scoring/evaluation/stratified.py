"""Totals and means of a stratified sample from the moments of its strata. Pure.

Total Σ N·ȳ with variance Σ N²·(1 − f)·s²/n, f = n/N; the mean is the total by ΣN, with the variance by (ΣN)² (Cochran
1977, § 5.3–5.5). Degrees of freedom: (Σ v)² / Σ v²/(n − 1) over the strata's variances v (Satterthwaite, as in Cochran
1977, eq. 5.16), at most Σ(n − 1).

- A stratum wholly visited adds no variance.
- One with a single visit takes (y − ȳ)² about the mean of all strata for its s² (the rule "adjust" of Lumley 2010),
  counts as one degree of freedom, and is noted; if no stratum has two visits, the variance is unknown.
- One without a visit is left out, and noted: the estimate is about the others.
- Where all values are alike within every stratum, the variance of 0 is no error: it is unknown, and noted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from ledger.errors import Invalid
from scoring.evaluation.intervals import Estimate, Interval, t_interval
from scoring.evaluation.notes import Note


@dataclass(frozen=True)
class Moments:
    """A stratum: N, n, mean and variance s² of what was seen (0 for a single visit)."""

    size: int
    visits: int
    mean: float
    variance: float

    @classmethod
    def of(cls, size: int, visits: int, values: Sequence[float]) -> "Moments":
        """Return the moments of the values of `visits` visits, of which those that are not given are 0.

        Raises Invalid("visits_exceed_stratum").
        """
        if visits > size:
            raise Invalid("visits_exceed_stratum")
        different = {*values, 0.0} if visits > len(values) else set(values)
        if len(different) <= 1:
            return cls(size, visits, different.pop() if different else 0.0, 0.0)
        mean = fsum(values) / visits
        squares = fsum((value - mean) ** 2 for value in values) + (visits - len(values)) * mean**2
        return cls(size, visits, mean, squares / (visits - 1))


def total(strata: Sequence[Moments]) -> Estimate:
    """Return the estimated total over the strata that have visits."""
    visited = [each for each in strata if each.visits]
    if not visited:
        return Estimate(None, notes=(Note.NO_VISITS,))
    value = fsum(each.size * each.mean for each in visited)
    notes = [Note.STRATA_NOT_VISITED] if len(visited) < len(strata) else []
    sampled = [each for each in visited if each.visits < each.size]
    if not sampled:
        return Estimate(value, 0.0, None, Interval(value, value), (*notes, Note.CENSUS))
    if any(each.visits == 1 for each in sampled):
        notes.append(Note.ONE_VISIT)
        if all(each.visits == 1 for each in sampled):
            return Estimate(value, notes=(*notes, Note.VARIANCE_UNKNOWN))
    overall = value / sum(each.size for each in visited)
    variances = [_variance(each, overall) for each in sampled]
    variance = fsum(variances)
    if not variance:
        return Estimate(value, notes=(*notes, Note.ALL_ALIKE))
    by_degrees = (v**2 / max(each.visits - 1, 1) for v, each in zip(variances, sampled, strict=True))
    degrees = variance**2 / fsum(by_degrees)
    error = sqrt(variance)
    return Estimate(value, error, degrees, t_interval(value, error, degrees), tuple(notes))


def mean(strata: Sequence[Moments]) -> Estimate:
    """Return the estimated mean over the strata that have visits."""
    return total(strata).by(sum(each.size for each in strata if each.visits))


def _variance(stratum: Moments, overall: float) -> float:
    spread = stratum.variance if stratum.visits > 1 else (stratum.mean - overall) ** 2
    return stratum.size * (stratum.size - stratum.visits) * spread / stratum.visits
