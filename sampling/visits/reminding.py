"""Reminders (提醒) of what is nearly due at visits, and of corrections that are overdue."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from ledger.actors import Role
from ledger.calendar import civil_date
from ledger.canonical import JSON
from sampling import announcing, campaigns, inbox
from sampling.inbox import Recipient
from sampling.publication import proceedings
from sampling.publication.publications import PUBLISHED
from sampling.publication.tables import disclosure_version, publication
from sampling.standing import standing
from sampling.tables import assignment, campaign, finding, finding_detail, slot
from scoring.results import FollowUp

AHEAD = timedelta(days=3)
"""So many days before something is due somebody is reminded of it."""

KEPT = timedelta(days=366)
"""For so long a message stays in the inbox."""


def remind(tx: Connection, now: datetime) -> int:
    """Remind of what is due within three days, of public numbers that come today and of overdue corrections, once each.

    Forgets old messages. Returns how many were reminded anew.
    """
    inbox.forget(tx, now - KEPT)
    today = civil_date(now)
    matched = tx.execute(select(campaign.c.id).where(campaign.c.state == "matched").order_by(campaign.c.id)).scalars()
    plans = campaigns.plans_of(tx, matched.all())
    told = announcing.call_readers(tx, now)
    for identifier, plan in sorted(plans.items()):
        if today <= plan.ends <= today + AHEAD:
            told += _unrecorded(tx, now, identifier, plan.ends)
    return told + _corrections(tx, now, today)


def _unrecorded(tx: Connection, now: datetime, identifier: str, ends: date) -> int:
    recorded = select(finding.c.position).where(
        finding.c.campaign == identifier, finding.c.position == assignment.c.position
    )
    query = select(assignment.c.inspector, func.count()).where(assignment.c.campaign == identifier, standing())
    query = query.where(~recorded.exists()).group_by(assignment.c.inspector).order_by(assignment.c.inspector)
    told = 0
    for inspector, count in tx.execute(query).all():
        once, given = f"visits_due {identifier} {inspector}", {"count": count}
        told += inbox.tell(tx, now, Recipient.person(inspector), "visits_due", given, identifier, ends, once)
    return told


def _corrections(tx: Connection, now: datetime, today: date) -> int:
    """Tell who recorded a finding that its correction is nearly due, and planners too once its day is over.

    Nobody is told of what a re-check found corrected, what a corrected version orders no more, or what has ended.
    """
    told = 0
    leads: dict[str, str] = {}
    for row in open_corrections(tx, today):
        if row.campaign not in leads:
            leads[row.campaign] = campaigns.plans_of(tx, [row.campaign])[row.campaign].lead
        given, due = _named(row.enterprise), row.correct_by
        person, planners = Recipient.person(row.recorded_by), Recipient.all_of(Role.PLANNER, leads[row.campaign])
        once = f"{row.campaign} {row.position} {row.version}"
        if due >= today:
            key = f"correction_due {once}"
            told += inbox.tell(tx, now, person, "correction_due", given, row.campaign, due, key)
            continue
        for to, key in ((person, f"correction_overdue {once}"), (planners, f"correction_overdue {once} planners")):
            told += inbox.tell(tx, now, to, "correction_overdue", given, row.campaign, due, key)
    return told


def open_corrections(tx: Connection, today: date) -> Iterator[Any]:
    """Yield the corrections that are due soon, or were within a year, and that no re-check found made.

    Each row has campaign, position, version, recorded_by, enterprise and correct_by, the day that it is due.
    """
    settled: dict[str, set[int]] = {}
    for row in tx.execute(_ordered(today)).all():
        if row.campaign not in settled:
            settled[row.campaign] = proceedings.settled_positions(tx, row.campaign)
        if row.position not in settled[row.campaign]:
            yield row


def _ordered(today: date) -> Select[Any]:
    """Return the query of corrections that are due soon, or were within a year, by campaign and position."""
    versions = finding.alias()
    last = select(func.max(versions.c.version)).where(
        versions.c.campaign == finding.c.campaign, versions.c.position == finding.c.position
    )
    same = (finding_detail.c.campaign == finding.c.campaign) & (finding_detail.c.position == finding.c.position)
    at = (slot.c.campaign == finding.c.campaign) & (slot.c.position == finding.c.position)
    shown = (publication.c.campaign == finding.c.campaign) & (publication.c.position == finding.c.position)
    newer = (disclosure_version.c.number == publication.c.number) & (
        disclosure_version.c.version == publication.c.version
    )
    return (
        select(finding.c.campaign, finding.c.position, finding.c.version, finding.c.recorded_by, slot.c.enterprise)
        .add_columns(finding_detail.c.correct_by)
        .join(finding_detail, same & (finding_detail.c.version == finding.c.version))
        .join(slot, at)
        .join(campaign, campaign.c.id == finding.c.campaign)
        .outerjoin(publication, shown)
        .outerjoin(disclosure_version, newer)
        .where(finding_detail.c.correct_by.between(today - KEPT, today + AHEAD))
        .where(finding.c.version == last.scalar_subquery(), campaign.c.state.in_(("matched", "closed")))
        .where(func.coalesce(publication.c.state, PUBLISHED) == PUBLISHED)
        .where(func.coalesce(disclosure_version.c.follow_up, FollowUp.CORRECTION.value) == FollowUp.CORRECTION.value)
        .order_by(finding.c.campaign, finding.c.position)
    )


def _named(code: str) -> dict[str, JSON]:
    return {"enterprise": code}
