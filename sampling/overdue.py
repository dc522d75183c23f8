"""Which positions of a campaign have no published finding in time."""

from datetime import datetime

from sqlalchemy import Connection, select

from ledger import log
from ledger.calendar import civil_date
from sampling import campaigns
from sampling.campaigns import Campaign
from sampling.entry_kinds import CLOSED
from sampling.reserves import visited
from sampling.tables import drawn
from sampling.targets import replacements_of


def due_positions(tx: Connection, found: Campaign) -> set[int]:
    """Return the positions that are to be visited: those drawn, after replacements; none of a void campaign."""
    if found.state == "voided":
        return set()
    query = select(drawn.c.position).where(drawn.c.campaign == found.id)
    return visited(tx.execute(query).scalars(), replacements_of(tx, found.id))


def overdue_positions(tx: Connection, now: datetime, found: Campaign) -> list[int]:
    """Return, in ascending order, what the close told, or once the period is over what is not published yet."""
    if found.state == "closed":
        return campaigns.told_positions(tx, log.about(tx, found.id, CLOSED)[0], "overdue")
    if found.state in ("drawn", "matched") and civil_date(now) > found.plan.ends:
        return sorted(due_positions(tx, found) - campaigns.published_positions(tx, found.id))
    return []
