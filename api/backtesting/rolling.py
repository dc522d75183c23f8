"""Rolling test periods: what a model learned strictly before each of them says of its visits. Pure.

Periods of the same length end with the last visit and go back as long as `FEWEST_DAYS_BEFORE` days are left to learn
from. For each, the strength of the pull to the starting model is chosen by the visits before it alone, the points are
learned from these, and each visit of the period is scored by what was known before its own day.

Three scores meet the findings: learned from findings as they are; adjusted for how strict inspectors are; and the
adjusted one with the strictness, as the period's past shows it, of who inspected. The last one is told only to compare
with what is published: a score that is used never sees who inspects.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean
from typing import Final

import numpy as np

from ledger.canonical import JSON
from ledger.errors import Invalid
from scoring.evaluation.capture import Capture, capture
from scoring.evaluation.discrimination import discrimination
from scoring.evaluation.observed import Scored
from scoring.evaluation.reordering import Dated, Reordering, reordering
from scoring.learning.encoding import scores_of
from scoring.learning.examples import Example, Examples, Integers, arrays_of, ordered
from scoring.learning.rolling import chosen_strength, periods_of
from scoring.learning.separation import refuse_unusable
from scoring.learning.settings import Settings
from scoring.learning.training import train
from scoring.scorecard import Model

PERIOD_DAYS: Final = 60
FEWEST_DAYS_BEFORE: Final = 540
COMPARED_DAYS: Final = 90
"""The length of the published test period."""
LAST: Final = 3
SETTINGS: Final = Settings(points_to_double=50)
"""So many points leave little to rounding."""
MILLION: Final = 1_000_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Judged:
    """How a score orders visits; None where there are none, or those of one class only."""

    auc: float | None
    order: Reordering

    def document(self) -> JSON:
        """Return it in millionths; days earlier in millionths of a day."""
        return {
            "auc": _millionths(self.auc),
            "days_earlier": _millionths(self.order.days_earlier),
            "first_half_actual": _millionths(self.order.first_half_actual),
            "first_half_by_score": _millionths(self.order.first_half_by_score),
        }


@dataclass(frozen=True)
class TestedPeriod:
    """A test period. `known` are its visits whose inspector is known; of these alone the last three scores tell.

    `plain` is learned from findings as they are, `adjusted` from adjusted ones; `known_plain` and `known_adjusted` are
    the same on the known visits, `with_inspector` knows who inspected.
    """

    first: date
    last: date
    visits: int
    found: int
    strengths: tuple[float, float]
    plain: Judged
    adjusted: Judged
    known: int
    known_found: int
    known_plain: Judged
    known_adjusted: Judged
    with_inspector: Judged

    def document(self) -> dict[str, JSON]:
        """Return it as canonical JSON."""
        judged: dict[str, JSON] = {
            name: value.document() for name, value in vars(self).items() if isinstance(value, Judged)
        }
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "visits": self.visits,
            "found": self.found,
            "known": self.known,
            "known_found": self.known_found,
            "strengths": [_millionths(each) for each in self.strengths],
            **judged,
        }


@dataclass(frozen=True)
class Backtest:
    """All test periods, in the order of time, and the one to compare with what is published, where it can be told.

    `model` is the adjusted one that the last period was scored by, and `captured` that period's curve. `first` and
    `last` are the days of all visits.
    """

    first: date
    last: date
    visits: int
    found: int
    digest: str
    model: Model
    captured: Capture
    periods: tuple[TestedPeriod, ...]
    compared: TestedPeriod | None

    def mean_auc(self, name: str) -> float | None:
        """Return the mean AUC of `plain` or `adjusted` over the last three periods."""
        found = [getattr(period, name).auc for period in self.periods[-LAST:]]
        told = [each for each in found if each is not None]
        return fmean(told) if told else None

    def document(self) -> dict[str, JSON]:
        """Return it as canonical JSON, in millionths."""
        return {
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "visits": self.visits,
            "found": self.found,
            "examples": self.digest,
            "periods": [each.document() for each in self.periods],
            "compared": None if self.compared is None else self.compared.document(),
            "mean_of_last": {name: _millionths(self.mean_auc(name)) for name in ("plain", "adjusted")},
        }


def spans_of(first: date, last: date, most: int | None = None) -> list[tuple[date, date]]:
    """Return first and last day of each test period, in the order of time: the last ones, if only so many are asked.

    Raises Invalid("backtest_short") where the days do not suffice for one.
    """
    found: list[tuple[date, date]] = []
    end = last
    while (end - first).days + 1 - PERIOD_DAYS >= FEWEST_DAYS_BEFORE and (most is None or len(found) < most):
        start = end - timedelta(days=PERIOD_DAYS - 1)
        found.append((start, end))
        end = start - timedelta(days=1)
    if not found:
        days = PERIOD_DAYS + FEWEST_DAYS_BEFORE
        raise Invalid("backtest_short", first=first, last=last, days=days)
    return found[::-1]


def backtest(
    model: Model,
    examples: Sequence[Example],
    most: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Backtest:
    """Return how models learned strictly before each test period score it.

    Raises what `spans_of` and `scoring.learning` raise: learning_one_class where nothing was found before the first
    period, learning_few_findings, learning_period_short.
    """
    rows, digest = ordered(examples)
    arrays = arrays_of(model, rows)
    first, last = (date.fromordinal(int(arrays.days[place])) for place in (0, -1))
    spans = spans_of(first, last, most)
    refuse_unusable(model, _before(arrays, spans[0][0]), SETTINGS.findings_per_parameter)
    tested, learned = [], model
    for place, (start, end) in enumerate(spans):
        found, learned = _tested(model, arrays, start, end)
        tested.append(found)
        progress(place + 1, len(spans))
    known = [int(day) for day, team in zip(arrays.days, arrays.teams, strict=True) if team]
    compared = None
    if known and (known[-1] - int(arrays.days[0])) >= FEWEST_DAYS_BEFORE + COMPARED_DAYS:
        end = date.fromordinal(known[-1])
        compared, _ = _tested(model, arrays, end - timedelta(days=COMPARED_DAYS - 1), end)
    counts = len(arrays), int(arrays.found.sum())
    captured = capture(_scored(_within(arrays, *spans[-1]), learned))
    return Backtest(first, last, *counts, digest, learned, captured, tuple(tested), compared)


def _tested(model: Model, arrays: Examples, first: date, last: date) -> tuple[TestedPeriod, Model]:
    before = _before(arrays, first)
    period = _within(arrays, first, last)
    known = np.array([bool(team) for team in period.teams], dtype=np.bool_)
    judged, strengths = {}, []
    for name, adjust in (("plain", False), ("adjusted", True)):
        settings = replace(SETTINGS, adjust_inspectors=adjust)
        strength = chosen_strength(periods_of(model, before, settings))
        training = train(model, before, settings, [strength])
        learned = training.scorecard(before, settings, strength)
        scores = scores_of(learned, period.bins)
        strengths.append(strength)
        judged[name] = _judged(period, scores, first, last)
        judged[f"known_{name}"] = _judged(period.where(known), scores[known], first, last)
        if adjust:
            shifts = np.rint(training.strict.shifts(period.teams) * training.factor(settings)).astype(np.int64)
            judged["with_inspector"] = _judged(period.where(known), (scores + shifts)[known], first, last)
    tested = TestedPeriod(
        first=first,
        last=last,
        visits=len(period),
        found=int(period.found.sum()),
        strengths=(strengths[0], strengths[1]),
        plain=judged["plain"],
        adjusted=judged["adjusted"],
        known=int(known.sum()),
        known_found=int(period.found[known].sum()),
        known_plain=judged["known_plain"],
        known_adjusted=judged["known_adjusted"],
        with_inspector=judged["with_inspector"],
    )
    return tested, learned


def _before(arrays: Examples, day: date) -> Examples:
    return arrays.where(arrays.days < day.toordinal())


def _within(arrays: Examples, first: date, last: date) -> Examples:
    return arrays.where((arrays.days >= first.toordinal()) & (arrays.days <= last.toordinal()))


def _scored(visits: Examples, model: Model) -> list[Scored]:
    pairs = zip(scores_of(model, visits.bins).tolist(), visits.found.tolist(), strict=True)
    return [Scored(score, found) for score, found in pairs]


def _judged(visits: Examples, scores: Integers, first: date, last: date) -> Judged:
    pairs = list(zip(scores.tolist(), visits.found.tolist(), strict=True))
    days = (date.fromordinal(day) for day in visits.days.tolist())
    dated = [Dated(day, score, found) for day, (score, found) in zip(days, pairs, strict=True)]
    return Judged(discrimination([Scored(*pair) for pair in pairs]).auc, reordering(dated, first, last))


def _millionths(value: float | None) -> int | None:
    return None if value is None else round(value * MILLION)
