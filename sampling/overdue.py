"""Which positions of a campaign have no published finding in time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import log
from ledger.calendar import civil_date
from sampling import campaigns
from sampling.campaigns import Campaign
from sampling.entry_kinds import CLOSED
from sampling.reserves import visited
from sampling.tables import drawn
from sampling.targets import replacements_of_each


def due_positions(tx: Connection, found: Campaign) -> set[int]:
    """Return the positions that are to be visited: those drawn, after replacements; none of a void campaign."""
    return set() if found.state == "voided" else _due_of_each(tx, [found.id])[found.id]


def overdue_positions(tx: Connection, now: datetime, found: Campaign) -> list[int]:
    """Return, in ascending order, what the close told, or once the period is over what is not published yet."""
    return overdue_of_each(tx, now, [found]).get(found.id, [])


def overdue_of_each(tx: Connection, now: datetime, several: Collection[Campaign]) -> dict[str, list[int]]:
    """Return of each of some campaigns that has any what `overdue_positions` does."""
    closed = [each.id for each in several if each.state == "closed"]
    late = [each.id for each in several if is_late(each, now)]
    entries = log.about_several(tx, closed, [CLOSED])
    told = campaigns.told_by_each(tx, [entries[identifier][0] for identifier in closed], "overdue")
    due, published = _due_of_each(tx, late), campaigns.published_of_each(tx, late)
    told |= {identifier: sorted(due[identifier] - published[identifier]) for identifier in late}
    return {identifier: positions for identifier, positions in told.items() if positions}


def is_late(found: Campaign, now: datetime) -> bool:
    """Tell whether a campaign that is not closed yet goes on beyond its period."""
    return found.state in ("drawn", "matched") and civil_date(now) > found.plan.ends


def _due_of_each(tx: Connection, identifiers: Collection[str]) -> dict[str, set[int]]:
    drawn_in: dict[str, list[int]] = {identifier: [] for identifier in identifiers}
    query = select(drawn.c.campaign, drawn.c.position).where(drawn.c.campaign.in_(identifiers))
    for identifier, position in tx.execute(query):
        drawn_in[identifier].append(position)
    replaced = replacements_of_each(tx, identifiers)
    return {identifier: visited(positions, replaced[identifier]) for identifier, positions in drawn_in.items()}
