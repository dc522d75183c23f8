"""Use cases: the province's model on its way back, held against local findings and drafted like any other.

Then another person reviews it, and it is put in force; what it says of its origin stays in its text.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.errors import Conflict, Invalid
from ledger.jobs import Job
from scoring import model_steps
from scoring.grades import checked_purpose
from scoring.model import Model, parse_model
from scoring.models import ModelVersion, require_own
from scoring.provincial.local_findings import LocalFindings, held_against
from scoring.provincial.reading import read_graded
from scoring.trials import READERS, Withheld

CHECK_PROVINCIAL_MODEL = "check_provincial_model"


def parse_provincial(text: str) -> Model:
    """Return a model that says where it comes from; raises what `parse_model` raises, model_origin_missing."""
    model = parse_model(text)
    if model.origin is None:
        raise Invalid("model_origin_missing", name=model.name, version=model.version)
    return model


def check_model(
    tx: Connection,
    actor: Actor,
    now: datetime,
    text: str,
    since: date,
    until: date,
    purpose: str,
    campaigns: Collection[str] | None = None,
) -> Withheld[LocalFindings]:
    """Hold a model against the visits from one day to another, and today's enterprises; None: of all campaigns.

    Raises what `require_checkable` raises, Conflict("provincial_no_visits").
    """
    model = require_checkable(actor, now, text, since, until)
    sample, before, today = read_graded(tx, model, since, until, civil_date(now), campaigns)
    if not sample.visits:
        raise Conflict("provincial_no_visits", since=since, until=until, left_out=sum(sample.left_out.values()))
    return Withheld(held_against(model, sample, before, today), actor, checked_purpose(purpose))


def request_check(
    tx: Connection, actor: Actor, now: datetime, text: str, since: date, until: date, purpose: str
) -> Job:
    """Ask for a check, which the job leaves as a file; raises what `require_checkable` raises, purpose_missing."""
    require_checkable(actor, now, text, since, until)
    parameters: dict[str, JSON] = {
        "text": text,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "purpose": checked_purpose(purpose),
    }
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, CHECK_PROVINCIAL_MODEL, parameters))


def require_checkable(actor: Actor, now: datetime, text: str, since: date, until: date) -> Model:
    """Return the model that is to be checked; raises Forbidden, what `parse_provincial` raises, provincial_span."""
    actor.require(*READERS)
    model = parse_provincial(text)
    require_own(actor, model)
    if until < since or since > civil_date(now):
        raise Invalid("provincial_span", field="until", since=since, until=until)
    return model


def import_model(tx: Connection, actor: Actor, now: datetime, text: str) -> ModelVersion:
    """Keep the province's model as a draft; raises what `parse_provincial` and `model_steps.draft` raise."""
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    parse_provincial(text)
    return model_steps.draft(tx, actor, now, text)
