"""Deadlines of publications as the database has them, and who is told of them (预警、督办).

The worker does it once a day. What it tells, it tells once, so a day on which it does not run is made up for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from ledger.actors import Actor, Role
from ledger.calendar import civil_date, parse_date
from ledger.canonical import JSON
from sampling import campaigns, inbox
from sampling.inbox import Recipient
from sampling.publication import calendars, proceedings
from sampling.publication.deadlines import Deadline, Terms, Urgency, deadline_of
from sampling.publication.proceedings import Kind
from sampling.publication.punishments import IN_FORCE
from sampling.publication.tables import publication
from sampling.publication.working_days import WorkingDays
from sampling.tables import campaign, finding, inbox_message, slot


@dataclass(frozen=True)
class Awaited:
    """A finding that is not published yet, by when it is to be, and how many working days are left."""

    campaign: str
    position: int
    enterprise: str
    visited: date
    deadline: Deadline
    urgency: Urgency
    left: int


def awaited(tx: Connection, actor: Actor, now: datetime, terms: Terms, identifier: str) -> list[Awaited]:
    """Return what a campaign has not published yet, by position, to whoever may see it."""
    campaigns.read(tx, actor, identifier)
    return list(_awaited(tx, now, calendars.working_days(tx), terms, identifier))


def remind(tx: Connection, now: datetime, terms: Terms) -> tuple[int, int]:
    """Tell planners what is due soon, administrators what is overdue; return how many were told of each."""
    warned = escalated = 0
    told = _told(tx)
    leads = {identifier: plan.lead for identifier, plan in campaigns.plans_of(tx, _matched(tx)).items()}
    for each in _awaited(tx, now, calendars.working_days(tx), terms):
        due, planners = each.deadline.due, Recipient.all_of(Role.PLANNER, leads[each.campaign])
        given: dict[str, JSON] = {"enterprise": each.enterprise, "visited": each.visited.isoformat()}
        once = f"{each.urgency.value} {each.campaign} {each.position} {due.isoformat()}"
        if once in told:
            continue
        if each.urgency is Urgency.OVERDUE:
            to = Recipient.all_of(Role.ADMINISTRATOR)
            escalated += inbox.tell(tx, now, to, "publication_overdue", given, each.campaign, due, once)
        elif each.urgency is Urgency.WARNED and each.deadline.provisional:
            warned += inbox.tell(tx, now, planners, "publication_due_provisionally", given, each.campaign, due, once)
        elif each.urgency is Urgency.WARNED:
            warned += inbox.tell(tx, now, planners, "publication_due", given, each.campaign, due, once)
    _remind_of_terms(tx, now)
    return warned, escalated


def _told(tx: Connection) -> set[str]:
    """Return what was told already, so that a day on which much is overdue does not tell all of it again."""
    codes = ("publication_due", "publication_due_provisionally", "publication_overdue")
    return set(tx.execute(select(inbox_message.c.once).where(inbox_message.c.code.in_(codes))).scalars())


def _remind_of_terms(tx: Connection, now: datetime) -> None:
    """Tell planners which punishments have run out, and which transfers were to be answered by now."""
    leads: dict[str, str] = {}
    today = civil_date(now).isoformat()
    for kind, term in ((Kind.PUNISHMENT, "ends"), (Kind.TRANSFER, "answer_by")):
        for each in proceedings.of_kind(tx, kind):
            if each.content[term] >= today or each.is_over or (kind is Kind.PUNISHMENT and each.state not in IN_FORCE):
                continue
            if each.campaign not in leads:
                leads[each.campaign] = campaigns.plans_of(tx, [each.campaign])[each.campaign].lead
            to, day = Recipient.all_of(Role.PLANNER, leads[each.campaign]), parse_date(each.content[term])
            given: dict[str, JSON] = {"enterprise": each.enterprise, "to": each.content["to"]}
            once = f"term {each.id}"
            if kind is Kind.PUNISHMENT:
                inbox.tell(tx, now, to, "punishment_ran_out", given, each.campaign, day, once)
            else:
                inbox.tell(tx, now, to, "transfer_unanswered", given, each.campaign, day, once)


def _matched(tx: Connection) -> list[str]:
    return list(tx.execute(select(campaign.c.id).where(campaign.c.state == "matched")).scalars())


def _awaited(
    tx: Connection, now: datetime, calendar: WorkingDays, terms: Terms, *identifiers: str
) -> Iterator[Awaited]:
    today = civil_date(now)
    deadlines: dict[date, tuple[Deadline, int]] = {}
    later = finding.alias()
    newest = select(func.max(later.c.version))
    newest = newest.where(later.c.campaign == finding.c.campaign, later.c.position == finding.c.position)
    published = select(publication.c.number)
    published = published.where(publication.c.campaign == finding.c.campaign)
    published = published.where(publication.c.position == finding.c.position)
    query = (
        select(finding.c.campaign, finding.c.position, slot.c.enterprise, finding.c.visited)
        .join(campaign, campaign.c.id == finding.c.campaign)
        .join(slot, (slot.c.campaign == finding.c.campaign) & (slot.c.position == finding.c.position))
        .where(campaign.c.state == "matched", finding.c.version == newest.scalar_subquery(), ~published.exists())
        .order_by(finding.c.campaign, finding.c.position)
    )
    if identifiers:
        query = query.where(finding.c.campaign.in_(identifiers))
    for identifier, position, enterprise, visited in tx.execute(query):
        if visited not in deadlines:
            deadline = deadline_of(visited, calendar, terms)
            deadlines[visited] = (deadline, calendar.left(today, deadline.due))
        deadline, left = deadlines[visited]
        yield Awaited(identifier, position, enterprise, visited, deadline, deadline.urgency(today), left)
