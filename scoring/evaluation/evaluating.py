"""Evaluating campaigns, periods and models. What is found is withheld until its reading is recorded.

For analysts and auditors: findings by grade and score tell of grades, and inspectors are compared. The campaigns are
those that the caller (`sampling.evaluating`) lets the actor evaluate.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.errors import Invalid, Missing
from scoring import models, trials
from scoring.evaluation.campaigns import Design, fates, read_design
from scoring.evaluation.empirical import Evidence, Spread, evidence
from scoring.evaluation.frames import read_frame
from scoring.evaluation.histories import history
from scoring.evaluation.reading import read_campaign, read_period
from scoring.evaluation.results import Evaluation, evaluate
from scoring.evaluation.visits import Sample
from scoring.grades import checked_purpose
from scoring.registers import division_names
from scoring.results import Result
from scoring.scorecard import Model
from scoring.trials import Withheld

READERS = (Role.ANALYST, Role.AUDITOR)
EVALUATION = "evaluation"
"""What stands for the run in the record of a reading."""


def evaluate_campaign(
    tx: Connection, actor: Actor, campaign: str, purpose: str, target: Sequence[str] = ()
) -> Withheld[Evaluation]:
    """Evaluate a campaign; raises what `read_design` raises, Invalid: purpose_missing, result_unknown."""
    _require(actor, purpose, target)
    sample = read_campaign(tx, campaign)
    design = read_design(tx, campaign, fates(tx))
    days = [visit.day for visit in sample.visits] or [design.drawn_on]
    return Withheld(_evaluated(tx, sample, [design], (min(days), max(days)), target), actor, purpose, EVALUATION)


def evaluate_period(
    tx: Connection,
    actor: Actor,
    first: date,
    last: date,
    purpose: str,
    target: Sequence[str] = (),
    campaigns: Collection[str] | None = None,
) -> Withheld[Evaluation]:
    """Evaluate the visits from a day to another one, of some campaigns and of all observational sources.

    Raises Invalid: evaluation_period, purpose_missing, result_unknown.
    """
    _require(actor, purpose, target)
    check_period(first, last)
    sample = read_period(tx, first, last, campaigns)
    known = fates(tx)
    designs = [read_design(tx, each, known) for each in dict.fromkeys(campaign for campaign, _ in sample.strata)]
    return Withheld(_evaluated(tx, sample, designs, (first, last), target), actor, purpose, EVALUATION)


def analyse_model(
    tx: Connection,
    actor: Actor,
    model: Model,
    first: date,
    last: date,
    purpose: str,
    target: Sequence[str] = (),
    campaigns: Collection[str] | None = None,
    observational: bool = False,
) -> Withheld[Evidence]:
    """Hold a model's indicators against what visits from a day to another one found.

    Stability compares the register as of the day before the first with that as of the last. Raises
    Missing("model_version_missing") for a model of another department; Invalid: evaluation_period, purpose_missing,
    result_unknown.
    """
    _require(actor, purpose, target)
    check_period(first, last)
    if not models.may_see(actor, model):
        raise Missing("model_version_missing", name=model.name, version=model.version)
    sample = read_period(tx, first, last, campaigns).of_kind(observational)
    known = history(tx, model, sample.visits)
    before = first - timedelta(1) if first > date.min else first  # before the calendar's first day nothing was
    spread = Spread(*(_spread(tx, model, day) for day in (before, last)))
    found = evidence(model, sample, known.values, known.in_scope, spread, (first, last), target)
    return Withheld(found, actor, purpose, EVALUATION)


def check_target(target: Sequence[str]) -> None:
    """Raise Invalid("result_unknown") unless all are results."""
    for each in target:
        if each not in list(Result):
            raise Invalid("result_unknown", field="target", value=each, known=list(Result))


def check_period(first: date, last: date) -> None:
    """Raise Invalid("evaluation_period") where a period ends before it begins."""
    if last < first:
        raise Invalid("evaluation_period", field="last", first=first, last=last)


def _require(actor: Actor, purpose: str, target: Sequence[str]) -> None:
    actor.require(*READERS)
    checked_purpose(purpose)
    check_target(target)


def _evaluated(
    tx: Connection, sample: Sample, designs: Sequence[Design], period: tuple[date, date], target: Sequence[str]
) -> Evaluation:
    scales = [models.scale_of(tx, design.run.model) for design in designs if design.run is not None]
    grades = list(dict.fromkeys(label for scale in scales for label in scale))
    found = evaluate(sample, [read_frame(tx, design) for design in designs], grades, period, target)
    return replace(found, divisions=division_names(tx, [each.prevalence.domain for each in found.by_region]))


def _spread(tx: Connection, model: Model, day: date) -> dict[str, list[int]]:
    """Return by indicator how many enterprises in the model's scope are in each bin as of a day, missing ones last."""
    counted = trials.covered(tx, model, day)
    return {each.id: [*(count for _, count in each.bins), each.lacking] for each in counted}
