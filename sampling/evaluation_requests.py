"""Asking for evaluations as jobs: each is checked as far as it can be at once, and recorded once it is told."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor
from ledger.canonical import JSON
from ledger.jobs import Job
from sampling import evaluating
from sampling.requests import ModelChoice, chosen_text
from scoring.evaluation.evaluating import READERS, check_period, check_target
from scoring.grades import checked_purpose

EVALUATE_CAMPAIGN: Final = "evaluate_campaign"
EVALUATE_PERIOD: Final = "evaluate_period"
ANALYSE_INDICATORS: Final = "analyse_indicators"


def request_campaign_evaluation(
    tx: Connection, actor: Actor, now: datetime, campaign: str, purpose: str, target: Sequence[str] = ()
) -> Job:
    """Ask that a campaign be evaluated; raises as `evaluating.evaluate_campaign` where that can be told at once."""
    evaluating.require_evaluable(tx, actor, campaign)
    return _enqueue(tx, actor, now, EVALUATE_CAMPAIGN, purpose, target, {"campaign": campaign})


def request_period_evaluation(
    tx: Connection, actor: Actor, now: datetime, first: date, last: date, purpose: str, target: Sequence[str] = ()
) -> Job:
    """Ask that the visits from a day to another one be evaluated; raises Invalid("evaluation_period")."""
    actor.require(*READERS)
    return _enqueue(tx, actor, now, EVALUATE_PERIOD, purpose, target, _period(first, last))


def request_indicator_analysis(
    tx: Connection,
    actor: Actor,
    now: datetime,
    model: ModelChoice,
    first: date,
    last: date,
    purpose: str,
    target: Sequence[str] = (),
    observational: bool = False,
) -> Job:
    """Ask that a model be held against what was found; raises what `chosen_text` does, Invalid("evaluation_period")."""
    actor.require(*READERS)
    text = chosen_text(tx, actor, model)
    asked = {**_period(first, last), "text": text, "observational": observational}
    return _enqueue(tx, actor, now, ANALYSE_INDICATORS, purpose, target, asked)


def _period(first: date, last: date) -> dict[str, JSON]:
    check_period(first, last)
    return {"first": first.isoformat(), "last": last.isoformat()}


def _enqueue(
    tx: Connection,
    actor: Actor,
    now: datetime,
    kind: str,
    purpose: str,
    target: Sequence[str],
    asked: Mapping[str, JSON],
) -> Job:
    check_target(target)
    parameters: dict[str, JSON] = {**asked, "purpose": checked_purpose(purpose), "target": list(target)}
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, kind, parameters))
