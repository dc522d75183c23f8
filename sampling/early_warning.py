"""Early warning, as far as it needs sampling: overdue corrections, the inbox, and special checks of what was warned of.

An overdue correction is its campaign's, so that somebody of a department reads and handles the warnings of those that
his department takes part in; `scoring.warnings` knows no plans. All other warnings are the bureau's.

A warning reaches a campaign by its opaque reference: scoring gives its enterprises and not why, and the plan names
neither, so that nobody sees from a special check (专项检查) that a warning led to it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.errors import Invalid
from ledger.jobs import Job
from ledger.windows import Window
from sampling import campaigns, inbox
from sampling.campaigns import Campaign
from sampling.inbox import Recipient
from sampling.planning import plan_campaign
from sampling.plans import Plan
from sampling.visits.reminding import open_corrections
from scoring.warnings import handling, looking, raising, reading
from scoring.warnings import precision as precisions
from scoring.warnings.kinds import Candidate, Kind, State
from scoring.warnings.looking import Correction, Found
from scoring.warnings.precision import Precision
from scoring.warnings.raising import Raised
from scoring.warnings.reading import Begun, HeldWarning, WarningToPlan

RAISE_WARNINGS = "raise_warnings"


def request_warnings(tx: Connection, actor: Actor, now: datetime) -> Job:
    """Ask for a run of early warning."""
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, RAISE_WARNINGS, {}))


def look(tx: Connection, today: date, licence_days: int) -> Found:
    """Look for warnings as of a day: with the corrections that were due before it."""
    overdue = [
        Correction(row.enterprise, row.campaign, row.position, row.correct_by)
        for row in open_corrections(tx, today)
        if row.correct_by < today
    ]
    return looking.look(tx, today, licence_days, overdue)


def raise_warnings(tx: Connection, actor: Actor, now: datetime, found: Found) -> Raised:
    """Raise what was found anew, and tell analysts how many there are: of corrections those of who leads the campaign.

    What is returned tells of those alone that the actor may be told of.
    """
    raised = raising.raise_found(tx, actor, now, found)
    plans = campaigns.plans_of(tx, filter(None, map(_campaign, raised.new)))
    leads = (plans[campaign].lead if (campaign := _campaign(each)) else None for each in raised.new)
    about = raised.document
    for lead, count in Counter(leads).items():
        to, once = Recipient.all_of(Role.ANALYST, lead), f"warnings {about} {lead or ''}".strip()
        inbox.tell(tx, now, to, "warnings_raised", {"count": count}, about, once=once)
    if actor.confined_to is None:
        return raised
    seen = {"", *tx.execute(campaigns.ids_seen_by(tx, actor)).scalars()}
    return replace(raised, new=tuple(each for each in raised.new if _campaign(each) in seen))


def begin(tx: Connection, actor: Actor, now: datetime, purpose: str, code: str | None = None) -> Begun:
    """Record that the actor reads warnings, as `scoring.warnings.reading` does."""
    return reading.begin(tx, actor, now, purpose, code, campaigns.ids_seen_by(tx, actor))


def page(
    tx: Connection,
    actor: Actor,
    now: datetime,
    purpose: str,
    window: Window,
    kind: Kind | None = None,
    state: State | None = None,
    code: str | None = None,
) -> list[HeldWarning]:
    """Return warnings without evidence, newest first; that the actor read them is recorded."""
    return reading.rows(tx, begin(tx, actor, now, purpose, code), window, kind, state)


def read(tx: Connection, actor: Actor, now: datetime, reference: str, purpose: str) -> HeldWarning:
    """Return a warning with its evidence and its steps, as `scoring.warnings.reading` does."""
    return reading.read(tx, actor, now, reference, purpose, campaigns.ids_seen_by(tx, actor))


def begin_to_plan(tx: Connection, actor: Actor, now: datetime, purpose: str, code: str | None = None) -> Begun:
    """Record that a planner reads acknowledged warnings, as `scoring.warnings.reading` does."""
    return reading.begin_to_plan(tx, actor, now, purpose, code, campaigns.ids_seen_by(tx, actor))


def to_plan(tx: Connection, actor: Actor, now: datetime, purpose: str, window: Window) -> list[WarningToPlan]:
    """Return acknowledged warnings that a planner may turn into a special check, by number, the first first."""
    return reading.rows_to_plan(tx, begin_to_plan(tx, actor, now, purpose), window)


def precision(tx: Connection, actor: Actor, now: datetime) -> list[Precision]:
    """Return the precision of each kind, as `scoring.warnings.precision` does."""
    return precisions.precision(tx, actor, now, campaigns.ids_seen_by(tx, actor))


def acknowledge(tx: Connection, actor: Actor, now: datetime, references: Sequence[str], note: str = "") -> int:
    """Say that somebody looks after warnings that are new, as `scoring.warnings.handling` does."""
    return handling.acknowledge(tx, actor, now, references, note, campaigns.ids_seen_by(tx, actor))


def dismiss(tx: Connection, actor: Actor, now: datetime, references: Sequence[str], reason: str) -> int:
    """Dismiss open warnings, as `scoring.warnings.handling` does."""
    return handling.dismiss(tx, actor, now, references, reason, campaigns.ids_seen_by(tx, actor))


def plan_special_check(tx: Connection, actor: Actor, now: datetime, plan: Plan, references: Sequence[str]) -> Campaign:
    """Plan a special check of the enterprises of acknowledged warnings, which are then turned into it.

    The plan has a listing with its public reason, and names nobody. Raises Invalid("warning_plan_unusable"), and what
    `hand_over` and `plan_campaign` raise.
    """
    actor.require(Role.PLANNER)
    if plan.listing is None or plan.listing.origin is not None or plan.listing.enterprises:
        raise Invalid("warning_plan_unusable", field="listing")
    seen = campaigns.ids_seen_by(tx, actor)
    codes = handling.hand_over(tx, actor, now, references, seen)
    planned = plan_campaign(tx, actor, now, replace(plan, listing=replace(plan.listing, enterprises=codes)))
    handling.turn_into_campaign(tx, actor, now, references, planned.id, seen)
    return planned


def _campaign(found: Candidate) -> str:
    """Return the campaign whose correction is overdue, '' of all else."""
    return str(found.evidence["campaign"]) if found.kind is Kind.CORRECTION else ""
