"""Champion against challenger, on visits that neither has seen: what each would have ranked and found.

- AUC: the chance that a visit with a finding has the higher score than one of the same period without, weighted by 1/π.
- Capture: the share of findings within the first half of a period's visits, if these went by falling score.
- Off-policy value: Σ y · π_new/π_old over visits with a design (Horvitz and Thompson 1952; as the value of another
  policy: Dudík, Langford and Li 2011), where π_new is the rate of the grade that a model's score gives. The rates are
  those of the draws: visits / Σ 1/π of each grade of the model in force. It is told for a hundred visits,
  100 · Σ y·π_new/π_old / Σ π_new/π_old, so that a challenger gains nothing by more visits.

All are told of both models and of the difference, whose interval is paired: each replicate is one of both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ledger.canonical import JSON
from scoring.learning.examples import Floats, Integers, Truths, effective_size
from scoring.learning.ranking import auc, captured
from scoring.learning.resampling import intervals
from scoring.learning.rolling import Tested

MILLION = 1_000_000
FEWEST_UNIFORM = 30
"""Of a smaller uniform slice nothing is told."""


@dataclass(frozen=True)
class Estimate:
    """A number and the limits of its interval of 95 %."""

    value: float
    low: float
    high: float

    def document(self) -> JSON:
        """Return it in millionths; None where it cannot be told."""
        return {name: None if np.isnan(value) else round(value * MILLION) for name, value in vars(self).items()}


@dataclass(frozen=True)
class Contest:
    """One measure of both models, and of the challenger less the champion."""

    champion: Estimate
    challenger: Estimate
    difference: Estimate

    def document(self) -> JSON:
        """Return it in millionths."""
        return {name: each.document() for name, each in vars(self).items()}


@dataclass(frozen=True)
class Comparison:
    """All measures on all visits tested; None of the uniform slice, or of visits with a design, where there are none.

    `effective` is the effective sample size under the weights 1/π, `policy_effective` that under π_new/π_old.
    """

    visits: int
    findings: int
    effective: float
    uniform_visits: int
    policy_visits: int
    policy_effective: float
    auc: Contest
    capture: Contest
    uniform_auc: Contest | None
    policy: Contest | None

    def document(self) -> JSON:
        """Return it with numbers in millionths and effective sizes rounded down."""
        contests = {"uniform_auc": self.uniform_auc, "policy": self.policy}
        return {
            "visits": self.visits,
            "findings": self.findings,
            "effective": int(self.effective),
            "uniform_visits": self.uniform_visits,
            "policy_visits": self.policy_visits,
            "policy_effective": int(self.policy_effective),
            "auc": self.auc.document(),
            "capture": self.capture.document(),
            **{name: None if each is None else each.document() for name, each in contests.items()},
        }


@dataclass(frozen=True, eq=False)
class _Visits:
    """The visits of all test periods, one after the other."""

    found: Truths
    weights: Floats
    clusters: Integers
    uniform: Truths
    designed: Truths
    periods: Integers
    strata: Integers
    scores: tuple[Integers, Integers]
    grades: tuple[Integers, Integers]

    def where(self, chosen: Truths) -> "_Visits":
        return _Visits(
            self.found[chosen],
            self.weights[chosen],
            self.clusters[chosen],
            self.uniform[chosen],
            self.designed[chosen],
            self.periods[chosen],
            self.strata[chosen],
            (self.scores[0][chosen], self.scores[1][chosen]),
            (self.grades[0][chosen], self.grades[1][chosen]),
        )


_Statistic = Callable[[Floats], Floats]
_Ranked = Callable[[Integers, Truths, Integers, Floats], Floats]


def compare(periods: Sequence[Tested], digest: str) -> Comparison:
    """Compare both models over all test periods; the resampling follows from the data's digest."""
    visits = _joined(periods)
    sliced, designed = visits.where(visits.uniform), visits.where(visits.designed)
    tells = len(sliced.found) >= FEWEST_UNIFORM and 0 < sliced.found.sum() < len(sliced.found)
    ratios = _ratios(designed)
    equal = np.ones(len(sliced.found))
    return Comparison(
        len(visits.found),
        int(visits.found.sum()),
        effective_size(visits.weights),
        len(sliced.found),
        len(designed.found),
        effective_size(ratios[1] * designed.weights),
        _contest(visits, _ranked(visits, auc), visits.weights, digest),
        _contest(visits, _ranked(visits, captured), visits.weights, digest),
        _contest(sliced, _ranked(sliced, auc), equal, digest) if tells else None,
        _contest(designed, _valued(designed, ratios), designed.weights, digest) if len(designed.found) else None,
    )


def _joined(periods: Sequence[Tested]) -> _Visits:
    tests = [period.test for period in periods]
    numbers = np.repeat(np.arange(len(tests)), [len(test) for test in tests])
    strata = [stratum for test in tests for stratum in test.strata]
    named = [f"{number}\x1f{stratum}" for number, stratum in zip(numbers, strata, strict=True)]

    def all_of(name: str, parts: Sequence[object]) -> "NDArray[Any]":
        return np.concatenate([getattr(part, name) for part in parts])

    return _Visits(
        all_of("found", tests),
        all_of("raw_weights", tests),
        all_of("clusters", tests),
        all_of("uniform", tests),
        np.array([bool(stratum) for stratum in strata]),
        numbers,
        np.unique(named, return_inverse=True)[1],
        (all_of("champion", periods), all_of("challenger", periods)),
        (all_of("champion_grades", periods), all_of("challenger_grades", periods)),
    )


def _contest(visits: _Visits, pair: tuple[_Statistic, _Statistic], weights: Floats, digest: str) -> Contest:
    def both(given: Floats) -> Floats:
        champion, challenger = (statistic(given) for statistic in pair)
        return np.column_stack([champion, challenger, challenger - champion])

    told = zip(*intervals(both, weights, digest, visits.clusters, visits.strata), strict=True)
    return Contest(*(Estimate(*map(float, each)) for each in told))


def _ranked(visits: _Visits, measure: _Ranked) -> tuple[_Statistic, _Statistic]:
    def of(scores: Integers) -> _Statistic:
        return lambda given: measure(scores, visits.found, visits.periods, given)

    return of(visits.scores[0]), of(visits.scores[1])


def _valued(visits: _Visits, ratios: tuple[Floats, Floats]) -> tuple[_Statistic, _Statistic]:
    def of(rates: Floats) -> _Statistic:
        return lambda given: 100 * (given * rates * visits.found).sum(axis=1) / (given * rates).sum(axis=1)

    return of(ratios[0]), of(ratios[1])


def _ratios(visits: _Visits) -> tuple[Floats, Floats]:
    """Return π_new of each visit by either model; a grade that was never drawn has the rate of the one below it."""
    if not len(visits.found):
        return np.zeros(0), np.zeros(0)
    count = 1 + int(max(grades.max() for grades in visits.grades))
    drawn = np.bincount(visits.grades[0], minlength=count)
    sizes = np.bincount(visits.grades[0], visits.weights, count)
    known = np.flatnonzero(drawn)
    nearest = known[np.maximum(np.searchsorted(known, np.arange(count), side="right") - 1, 0)]
    rates = (drawn / np.where(drawn > 0, sizes, 1.0))[nearest]
    return rates[visits.grades[0]], rates[visits.grades[1]]
