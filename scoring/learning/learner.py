"""Propose a model's points from findings: the whole method, values in and values out.

    proposal = learn(model, examples, Settings())
    text = draft_text(text_in_force, proposal, version="3", author="…")      # scoring.learning.drafting

1. What cannot be learned from is refused (`separation`).
2. The model in force becomes log-odds by one fitted scale; each step between bins is pulled towards the one in force
   and keeps its direction (`training`, `fitting`). Visits weigh 1/π; strictness is an offset (`strictness`).
3. The strength of the pull is chosen by cross-validation by time (`rolling`).
4. Steps become integer points, thresholds keep the shares of grades (`points`). Rules stay as they are.
5. Challengers, each learned before its test period, meet the model in force (`comparing`). A recommendation says what
   the interval's lower bound supports; nothing follows by itself.

A score never sees who inspected: the offset stands in the fit alone. docs/workshop.md has the method with its sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from ledger.canonical import JSON
from scoring.learning.comparing import Comparison, compare
from scoring.learning.encoding import Direction, scores_of
from scoring.learning.examples import Example, arrays_of, ordered
from scoring.learning.points import shares_of
from scoring.learning.reversals import Reversal, reversals
from scoring.learning.rolling import Period, Tested, chosen_strength, periods_of, tested
from scoring.learning.separation import refuse_unusable
from scoring.learning.settings import STRENGTHS, Settings
from scoring.learning.training import train
from scoring.model_diff import differences
from scoring.remarks import Remark
from scoring.scorecard import Model

MILLION = 1_000_000


class Advice(StrEnum):
    """What the comparison supports; a person decides."""

    PROMOTE = "promote"
    KEEP = "keep"
    SAME = "same"


@dataclass(frozen=True)
class TestPeriod:
    """A test period: its days, visits and findings, and the strength that earlier periods chose for it."""

    first: date
    last: date
    visits: int
    findings: int
    strength: float


@dataclass(frozen=True)
class Proposal:
    """A learned model under the name and version of the one in force, and how it came about.

    `scale` is the log-odds that one point in force stands for, 0: none; `factor` how many points one unit of log-odds
    is. `losses` are the mean log losses by strength. `shares` are those of the grades by scores alone, before and
    after. `shifts` are the least and the greatest shift of log-odds by a team of inspectors.
    """

    base: Model
    model: Model
    settings: Settings
    digest: str
    first: date
    last: date
    visits: int
    findings: int
    effective: float
    parameters: int
    inspectors: int
    shifts: tuple[float, float]
    directions: tuple[Direction, ...]
    scale: float
    factor: float
    strength: float
    losses: tuple[float, ...]
    shares: tuple[tuple[float, ...], tuple[float, ...]]
    reversals: tuple[Reversal, ...]
    periods: tuple[TestPeriod, ...]
    comparison: Comparison

    @property
    def changes(self) -> list[Remark]:
        """What it says otherwise than the model in force."""
        return differences(self.base, self.model)

    @property
    def advice(self) -> Advice:
        """Return what the intervals support: of what would have been found where there is a design, else of the AUC.

        No challenger is recommended whose whole interval on the uniform slice is worse.
        """
        if not self.changes:
            return Advice.SAME
        told = self.comparison
        deciding = told.policy or told.auc
        worse = told.uniform_auc is not None and told.uniform_auc.difference.high < 0
        return Advice.PROMOTE if deciding.difference.low > 0 and not worse else Advice.KEEP

    def document(self) -> dict[str, JSON]:
        """Return how it came about as canonical JSON: numbers in millionths, effective sizes rounded down."""
        return {
            "model": {"name": self.base.name, "version": self.base.version, "digest": self.base.digest()},
            "settings": self.settings.document(),
            "examples": self.digest,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "visits": self.visits,
            "findings": self.findings,
            "effective": int(self.effective),
            "parameters": self.parameters,
            "inspectors": self.inspectors,
            "shifts": [round(shift * MILLION) for shift in self.shifts],
            "directions": {
                indicator.id: direction.value
                for indicator, direction in zip(self.base.indicators, self.directions, strict=True)
            },
            "scale": round(self.scale * MILLION),
            "strength": round(self.strength * MILLION),
            "losses": [
                {"strength": round(strength * MILLION), "loss": round(loss * MILLION)}
                for strength, loss in zip(STRENGTHS, self.losses, strict=True)
            ],
            "shares": [
                {"grade": label, "before": round(before * MILLION), "after": round(after * MILLION)}
                for label, before, after in zip(self.base.labels, *self.shares, strict=True)
            ],
            "reversals": [each.document() for each in self.reversals],
            "periods": [
                {
                    "first": each.first.isoformat(),
                    "last": each.last.isoformat(),
                    "visits": each.visits,
                    "findings": each.findings,
                    "strength": round(each.strength * MILLION),
                }
                for each in self.periods
            ],
            "comparison": self.comparison.document(),
            "advice": self.advice.value,
        }


def learn(model: Model, examples: Sequence[Example], settings: Settings | None = None) -> Proposal:
    """Return what the examples propose for a model's points and thresholds; the same for any order of the examples.

    Raises Invalid: learning_no_visits, learning_values_count, learning_value_missing, learning_one_class,
    learning_few_findings, learning_separated, learning_period_short, learning_shares, learning_indicator_unknown,
    learning_direction_contradicts.
    """
    settings = settings or Settings()
    rows, digest = ordered(examples)
    arrays = arrays_of(model, rows)
    parameters = refuse_unusable(model, arrays, settings.findings_per_parameter)
    periods = periods_of(model, arrays, settings)
    strength = chosen_strength(periods)
    training = train(model, arrays, settings, STRENGTHS)
    learned = training.scorecard(arrays, settings, strength)
    fitted = training.path[STRENGTHS.index(strength)]
    contests = tested(model, periods, settings)
    shares = [shares_of(each, scores_of(each, arrays.bins), arrays.raw_weights) for each in (model, learned)]
    return Proposal(
        base=model,
        model=learned,
        settings=settings,
        digest=digest,
        first=date.fromordinal(int(arrays.days[0])),
        last=date.fromordinal(int(arrays.days[-1])),
        visits=len(arrays),
        findings=int(arrays.found.sum()),
        effective=arrays.effective_size,
        parameters=parameters,
        inspectors=len({each for team in arrays.teams for each in team}) if settings.adjust_inspectors else 0,
        shifts=(float(training.offset.min()), float(training.offset.max())),
        directions=training.directions,
        scale=training.scale,
        factor=training.factor(settings),
        strength=strength,
        losses=_mean_losses(periods),
        shares=(shares[0], shares[1]),
        reversals=reversals(training, fitted, arrays),
        periods=tuple(map(_told, contests)),
        comparison=compare(contests, digest),
    )


def _mean_losses(periods: Sequence[Period]) -> tuple[float, ...]:
    return tuple(float(loss) for loss in np.mean([period.losses for period in periods], axis=0))


def _told(each: Tested) -> TestPeriod:
    days = date.fromordinal(each.first_day), date.fromordinal(each.last_day)
    return TestPeriod(*days, len(each.test), int(each.test.found.sum()), each.strength)
