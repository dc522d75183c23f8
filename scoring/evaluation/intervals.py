"""Estimates with their errors and 95 % intervals. Pure.

Means and totals: value ± t · error. Shares: the score interval of Wilson (1927) at an effective sample size, which
stays within 0 and 1 and has width where nothing, or everything, was found; in this use for samples from designs it
follows Korn and Graubard (1998) in the effective size, and Dean and Pagano (2015) and Franco et al. (2019) in taking
Wilson's interval at it.
"""

from dataclasses import dataclass, replace
from math import hypot, inf, sqrt

import scipy

from scoring.evaluation.notes import Note

CONFIDENCE = 0.95
_UPPER = 1 - (1 - CONFIDENCE) / 2


@dataclass(frozen=True)
class Interval:
    """From low to high, at 95 %."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A number with standard error, degrees of freedom and interval; None is what is not estimable, by the notes."""

    value: float | None
    error: float | None = None
    degrees: float | None = None
    interval: Interval | None = None
    notes: tuple[Note, ...] = ()

    def at(self, value: float) -> "Estimate":
        """Return another value with this error."""
        if self.error is None:
            return replace(self, value=value)
        interval = t_interval(value, self.error, self.degrees) if self.degrees else Interval(value, value)
        return replace(self, value=value, interval=interval)

    def by(self, divisor: float) -> "Estimate":
        """Return it divided by a number above 0 that is known."""
        if self.value is None:
            return self
        error = None if self.error is None else self.error / divisor
        interval = self.interval and Interval(self.interval.low / divisor, self.interval.high / divisor)
        return Estimate(self.value / divisor, error, self.degrees, interval, self.notes)


def t_quantile(degrees: float) -> float:
    """Return the upper 97.5 % point of Student's t; the normal one for 0 degrees, which stand for infinitely many."""
    return float(scipy.special.stdtrit(degrees, _UPPER)) if degrees else float(scipy.special.ndtri(_UPPER))


def t_interval(value: float, error: float, degrees: float) -> Interval:
    """Return value ± t · error."""
    half = t_quantile(degrees) * error
    return Interval(value - half, value + half)


def wilson(share: float, size: float, degrees: float = 0) -> Interval:
    """Return Wilson's score interval of a share seen in `size` visits, which need not be a whole number.

    With degrees of freedom, t stands for the normal quantile. An infinite size gives the share itself.
    """
    if size == inf:
        return Interval(share, share)
    spread = t_quantile(degrees) ** 2 / size
    centre = (share + spread / 2) / (1 + spread)
    half = sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """Return one less other, which are independent, with the interval of Zou and Donner (2008) from theirs."""
    if one.value is None or other.value is None:
        return Estimate(None, notes=(*one.notes, *other.notes))
    value = one.value - other.value
    if one.interval is None or other.interval is None:
        return Estimate(value)
    down = hypot(one.value - one.interval.low, other.interval.high - other.value)
    up = hypot(one.interval.high - one.value, other.value - other.interval.low)
    return Estimate(value, interval=Interval(value - down, value + up))
