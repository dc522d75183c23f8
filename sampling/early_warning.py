"""Early warning, as far as it needs sampling: overdue corrections, the inbox, and special checks of what was warned of.

A warning reaches a campaign by its opaque reference: scoring gives its enterprises and not why, and the plan names
neither, so that nobody sees from a special check (专项检查) that a warning led to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.errors import Invalid
from ledger.jobs import Job
from sampling import inbox
from sampling.campaigns import Campaign
from sampling.inbox import Recipient
from sampling.planning import plan_campaign
from sampling.plans import Plan
from sampling.visits.reminding import open_corrections
from scoring.warnings import handling, looking, raising
from scoring.warnings.looking import Correction, Found
from scoring.warnings.raising import Raised

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
    """Raise what was found anew, and tell analysts how many there are."""
    raised = raising.raise_found(tx, actor, now, found)
    if raised.count:
        to, about = Recipient.all_of(Role.ANALYST), raised.document
        inbox.tell(tx, now, to, "warnings_raised", {"count": raised.count}, about, once=f"warnings {about}")
    return raised


def plan_special_check(tx: Connection, actor: Actor, now: datetime, plan: Plan, references: Sequence[str]) -> Campaign:
    """Plan a special check of the enterprises of acknowledged warnings, which are then turned into it.

    The plan has a listing with its public reason, and names nobody. Raises Invalid("warning_plan_unusable"), and what
    `hand_over` and `plan_campaign` raise.
    """
    actor.require(Role.PLANNER)
    if plan.listing is None or plan.listing.origin is not None or plan.listing.enterprises:
        raise Invalid("warning_plan_unusable", field="listing")
    codes = handling.hand_over(tx, actor, now, references)
    planned = plan_campaign(tx, actor, now, replace(plan, listing=replace(plan.listing, enterprises=codes)))
    handling.turn_into_campaign(tx, actor, now, references, planned.id)
    return planned
