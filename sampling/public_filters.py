"""Which campaigns and published findings anybody asks for, as queries of what is public alone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Text, func, or_, select, type_coerce

from ledger.entries import Entry, parse_entry
from ledger.full_text import matching
from ledger.tables import log_entry
from sampling.campaign_filters import EVERY, CampaignFilter
from sampling.campaigns import STATES
from sampling.listings import FIXING
from sampling.plans import Plan
from sampling.publication import publications
from sampling.publication.tables import disclosure_text, disclosure_version, publication
from sampling.tables import disclosure


@dataclass(frozen=True)
class FindingFilter:
    """Which published findings are asked for, by what is shown of them; what is empty asks for nothing.

    `department` is the code of the campaign's lead, which inspects; `since` and `until` are days of the visit,
    themselves included; `text` are words of the enterprise's name as it is shown.
    """

    text: str = ""
    enterprise: str = ""
    campaign: str = ""
    department: str = ""
    results: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


class FindingOrder(StrEnum):
    """The orders of published findings."""

    PUBLISHED = "published"
    VISITED = "visited"
    ENTERPRISE = "enterprise"


ANY_FINDING = FindingFilter()

BY = {
    FindingOrder.PUBLISHED: (publication.c.number.desc(),),
    FindingOrder.VISITED: (disclosure_text.c.visited.desc(), disclosure_text.c.number.desc()),
    FindingOrder.ENTERPRISE: (disclosure.c.enterprise, disclosure.c.number),
}
"""What each order goes by, of the columns that `numbers` asks."""


class Fixed(NamedTuple):
    """The entry that fixed a campaign, the state that the campaign is in, and what the entry tells of its plan."""

    entry: Entry
    state: str
    plan: Plan


FIXED = select(log_entry.c.data).where(log_entry.c.kind.in_(FIXING))
"""The query of the entries that fixed campaigns."""


def fixed(tx: Connection, chosen: CampaignFilter = EVERY) -> list[Fixed]:
    """Return the campaigns that are asked for, all of them: no query tells what an entry says of a plan."""
    steps = select(log_entry.c.subject, log_entry.c.kind).where(log_entry.c.kind.in_(STATES))
    states: dict[str, str] = {}
    for subject, kind in tx.execute(steps.order_by(log_entry.c.seq)):
        states[subject] = STATES[kind]
    entries = (parse_entry(data) for data in tx.execute(FIXED).scalars())
    every = (Fixed(each, states[each.subject], Plan.public_part(each.body)) for each in entries)
    return [each for each in every if chosen.holds(each.state, each.plan)]


def numbers(tx: Connection, chosen: FindingFilter, order: FindingOrder) -> Select[Any]:
    """Return the query of the numbers of what is shown; a condition asks only tables that hold what is shown."""
    mine, days = publication.c, disclosure_text.c
    query = select(mine.number).where(mine.state == publications.PUBLISHED)
    if order is FindingOrder.VISITED or chosen.since is not None or chosen.until is not None:
        query = query.join(disclosure_text, days.number == mine.number)
        if chosen.since is not None:
            query = query.where(days.visited >= chosen.since)
        if chosen.until is not None:
            query = query.where(days.visited <= chosen.until)
    if order is FindingOrder.ENTERPRISE or chosen.results:
        query = query.join(disclosure, disclosure.c.number == mine.number)
    holds = matching(tx, mine.number, days.number, chosen.text)
    if holds is not None:
        query = query.where(holds)
    if chosen.campaign:
        query = query.where(mine.campaign == chosen.campaign)
    if chosen.department:
        led = [each.entry.subject for each in fixed(tx) if each.plan.lead == chosen.department]
        query = query.where(mine.campaign.in_(led))
    if chosen.enterprise:
        own = select(disclosure.c.number).where(disclosure.c.enterprise == chosen.enterprise)
        query = query.where(mine.number.in_(tx.execute(own).scalars().all()))
    if chosen.results:
        newest = disclosure_version.c
        corrected = (newest.number == mine.number) & (newest.version == mine.version)
        told = type_coerce(func.coalesce(newest.results, disclosure.c.results), Text)
        query = query.outerjoin(disclosure_version, corrected)
        query = query.where(or_(*(told.contains(f'"{code}"', autoescape=True) for code in chosen.results)))
    return query
