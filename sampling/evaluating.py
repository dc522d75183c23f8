"""Who may evaluate which campaigns: `scoring.evaluation` reads their designs and findings, and knows no plans.

An analyst of a department evaluates the campaigns that it leads, one of none and an auditor all of them: rates by grade
are the lead department's, and evaluation tells as much.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.errors import Forbidden
from sampling import campaigns
from sampling.requests import ModelChoice, chosen_text
from scoring.evaluation import evaluating
from scoring.evaluation.empirical import Evidence
from scoring.evaluation.results import Evaluation
from scoring.model import parse_earlier_model
from scoring.provincial import taking_back
from scoring.provincial.local_findings import LocalFindings
from scoring.scorecard import Model
from scoring.trials import Withheld


def evaluate_campaign(
    tx: Connection, actor: Actor, campaign: str, purpose: str, target: Sequence[str] = ()
) -> Withheld[Evaluation]:
    """Evaluate a campaign; raises Missing("campaign_missing"), Forbidden("evaluation_of_others") and as in scoring."""
    require_evaluable(tx, actor, campaign)
    return evaluating.evaluate_campaign(tx, actor, campaign, purpose, target)


def evaluate_period(
    tx: Connection, actor: Actor, first: date, last: date, purpose: str, target: Sequence[str] = ()
) -> Withheld[Evaluation]:
    """Evaluate the visits from a day to another one that the actor may evaluate; raises what scoring raises."""
    return evaluating.evaluate_period(tx, actor, first, last, purpose, target, evaluable(tx, actor))


def analyse_model(
    tx: Connection,
    actor: Actor,
    model: Model,
    first: date,
    last: date,
    purpose: str,
    target: Sequence[str] = (),
    observational: bool = False,
) -> Withheld[Evidence]:
    """Hold a model's indicators against the visits that the actor may evaluate; raises what scoring raises."""
    mine = evaluable(tx, actor)
    return evaluating.analyse_model(tx, actor, model, first, last, purpose, target, mine, observational)


def analyse_chosen(
    tx: Connection,
    actor: Actor,
    choice: ModelChoice,
    first: date,
    last: date,
    purpose: str,
    target: Sequence[str] = (),
    observational: bool = False,
) -> Withheld[Evidence]:
    """Do the same with a text or a held model; raises what `chosen_text` raises, too."""
    actor.require(*evaluating.READERS)
    model = parse_earlier_model(chosen_text(tx, actor, choice))
    return analyse_model(tx, actor, model, first, last, purpose, target, observational)


def check_provincial_model(
    tx: Connection, actor: Actor, now: datetime, text: str, since: date, until: date, purpose: str
) -> Withheld[LocalFindings]:
    """Hold the province's model against the visits that the actor may evaluate; raises what scoring raises."""
    return taking_back.check_model(tx, actor, now, text, since, until, purpose, evaluable(tx, actor))


def require_evaluable(tx: Connection, actor: Actor, campaign: str) -> None:
    """Refuse whoever may not evaluate a campaign; raises Missing or Forbidden, as `evaluate_campaign`."""
    actor.require(*evaluating.READERS)
    found = campaigns.read(tx, actor, campaign)
    if not _sees_all(actor) and actor.department != found.plan.lead:
        raise Forbidden("evaluation_of_others", campaign=campaign, department=found.plan.lead)


def evaluable(tx: Connection, actor: Actor) -> list[str] | None:
    """Return the campaigns that the actor may evaluate; None: all."""
    actor.require(*evaluating.READERS)
    if _sees_all(actor) or actor.department is None:
        return None
    return [each.id for each in campaigns.led_by(tx, actor.department)]


def _sees_all(actor: Actor) -> bool:
    return actor.role is Role.AUDITOR or actor.department is None
