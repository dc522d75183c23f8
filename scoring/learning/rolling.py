"""Cross-validation by time: learn from all that was known by a day, test on the period after it (rolling origin).

Of inspectors who are known from before, the loss takes their strictness into account: it asks how well findings were
foretold, not whom the inspectors met. The strength for a test period is the one that did best on the periods before
it, so that no test period chooses what it tests. Tashman 2000 describes evaluation from a rolling origin; the rule of
one standard error is that of Breiman et al. 1984: the strongest pull to the model in force that is no worse than the
best one by more than chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ledger.errors import Invalid
from scoring.learning.encoding import encode, scores_of
from scoring.learning.examples import Examples, Floats, Integers
from scoring.learning.settings import STRENGTHS, Settings
from scoring.learning.training import Training, train
from scoring.scorecard import Model

FEWEST_PERIODS = 3


@dataclass(frozen=True, eq=False)
class Period:
    """A test period: its examples, how each strength did on them, and what was learned before it."""

    test: Examples
    trained: Examples
    training: Training
    losses: Floats
    first_day: int
    last_day: int


@dataclass(frozen=True, eq=False)
class Tested:
    """A test period whose strength earlier periods chose: scores and places of grades by either model."""

    test: Examples
    strength: float
    first_day: int
    last_day: int
    champion: Integers
    challenger: Integers
    champion_grades: Integers
    challenger_grades: Integers


def periods_of(model: Model, examples: Examples, settings: Settings) -> list[Period]:
    """Return the test periods that follow a period to learn from, each with fits of all strengths.

    Raises Invalid("learning_period_short") for fewer than FEWEST_PERIODS in which both classes occur before and in it.
    """
    found = []
    for first, last in _spans(examples.days, settings.blocks):
        before = examples.where(examples.days < first)
        inside = examples.where((first <= examples.days) & (examples.days <= last))
        if all(0 < each.found.sum() < len(each) for each in (before, inside)):
            training = train(model, before, settings, STRENGTHS)
            matrix = encode(training.columns, inside.bins)
            shifts = training.strict.shifts(inside.teams)
            losses = [_losses(inside, fitted.log_odds(matrix) + shifts).sum() for fitted in training.path]
            found.append(Period(inside, before, training, np.array(losses) / len(inside), first, last))
    if len(found) < FEWEST_PERIODS:
        raise Invalid("learning_period_short", periods=len(found), needed=FEWEST_PERIODS)
    return found


def chosen_strength(periods: Sequence[Period]) -> float:
    """Return the strongest pull whose mean loss is within one standard error of the least, paired by period."""
    losses = np.array([period.losses for period in periods])
    best = int(losses.mean(axis=0).argmin())
    for place, strength in enumerate(STRENGTHS):
        more = losses[:, place] - losses[:, best]
        error = float(more.std(ddof=1)) / np.sqrt(len(more)) if len(more) > 1 else 0.0
        if place == best or float(more.mean()) <= error:
            return strength
    return STRENGTHS[best]


def tested(model: Model, periods: Sequence[Period], settings: Settings) -> list[Tested]:
    """Return what challengers, each learned before its period, say of it beside the model in force.

    The first period chooses only.
    """
    found = []
    for place, period in enumerate(periods[1:], start=1):
        strength = chosen_strength(periods[:place])
        challenger = period.training.scorecard(period.trained, settings, strength)
        scores = [scores_of(each, period.test.bins) for each in (model, challenger)]
        grades = [_grades(each, score) for each, score in zip((model, challenger), scores, strict=True)]
        found.append(Tested(period.test, strength, period.first_day, period.last_day, *scores, *grades))
    return found


def _losses(examples: Examples, log_odds: Floats) -> Floats:
    return np.asarray(examples.weights * (np.logaddexp(0.0, log_odds) - examples.found * log_odds))


def _grades(model: Model, scores: Integers) -> Integers:
    lowest = [level.lowest_score for level in model.grades if level.lowest_score is not None]
    return np.searchsorted(np.array(lowest, dtype=np.int64), scores, side="right").astype(np.int64)


def _spans(days: Integers, blocks: int) -> list[tuple[int, int]]:
    """Return first and last day of each test period: blocks + 1 periods of about as many visits, less the first."""
    edges = [int(days[len(days) * block // (blocks + 1)]) for block in range(1, blocks + 1)]
    starts = sorted({edge for edge in edges if edge > days[0]})
    ends = [start - 1 for start in [*starts[1:], int(days[-1]) + 1]]
    return list(zip(starts, ends[: len(starts)], strict=True))
