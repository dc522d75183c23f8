"""Closing: every drawn position was opened by then, is told as replaced, or is overdue."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from sampling import campaigns, publishing
from sampling.entry_kinds import CLOSED
from sampling.position_lists import MOST_INLINE, file_of, told
from sampling.reserves import visited
from sampling.tables import drawn
from sampling.targets import replacements_of


def close(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Entry:
    """End a campaign whose findings are all published, or whose period is over: the rest is reported as overdue.

    The approved findings at reserves are published with it, since only now it is told which positions these are. A
    draw that could not be matched ends so, too. Raises Conflict("campaign_not_over") while findings may still come.
    """
    found = campaigns.for_planner(tx, actor, identifier, "drawn", "matched")
    pairs = replacements_of(tx, identifier)
    positions = set(tx.execute(select(drawn.c.position).where(drawn.c.campaign == identifier)).scalars())
    ready = publishing.approved_at_reserves(tx, identifier)
    published = campaigns.published_positions(tx, identifier) | {each.position for each in ready}
    overdue = sorted(visited(positions, pairs) - published)
    if overdue and civil_date(now) <= found.plan.ends:
        raise Conflict("campaign_not_over", unpublished=len(overdue), ends=found.plan.ends)
    if ready:
        publishing.publish(tx, actor, now, found, ready)
    campaigns.set_state(tx, identifier, "closed")
    body: dict[str, JSON] = {
        "published": len(published),
        "overdue": _told(tx, overdue),
        "replaced": _told(tx, [each.position for each in pairs]),
        "substitutes": _told(tx, sorted(each.reserve for each in pairs)),
    }
    return log.append(tx, now, [NewEntry(CLOSED, identifier, body=body)])[0]


def _told(tx: Connection, positions: Sequence[int]) -> JSON:
    if len(positions) > MOST_INLINE:
        documents.publish_file(tx, file_of(positions))
    return told(positions)
