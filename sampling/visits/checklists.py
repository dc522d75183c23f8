"""Checklists (检查要点) of a campaign's items, as the register had them when it was fixed whom to visit."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from ledger.calendar import civil_date, civil_end, parse_instant
from ledger.entries import Entry
from ledger.tables import log_entry
from sampling import campaigns, registers
from sampling.standing import standing
from sampling.tables import assignment, item
from scoring.entry_kinds import IMPORTED


def points_of(tx: Connection, fixed: Entry, items: Sequence[str]) -> dict[str, list[str]]:
    """Return the check points of items by code, as they were at the end of the day of a campaign's fixing entry."""
    fixed_on = civil_date(parse_instant(fixed.time))
    came_in = (log_entry.c.subject == item.c.document) & (log_entry.c.kind == IMPORTED)
    query = select(item.c.code, item.c.content).join(log_entry, came_in).where(item.c.code.in_(items))
    query = query.where(log_entry.c.time < civil_end(fixed_on))
    contents = dict(tx.execute(query.order_by(log_entry.c.seq, item.c.line)).all())
    return {code: contents[code]["points"] for code in items if contents.get(code, {}).get("points")}


def checklist(tx: Connection, actor: Actor, identifier: str) -> Mapping[str, tuple[str, list[str]]]:
    """Return the names and check points of a campaign's items by code, to its inspectors and all who may see it.

    Raises Missing("campaign_missing").
    """
    if actor.role is Role.INSPECTOR and _visits(tx, actor, identifier):
        items = campaigns.plans_of(tx, [identifier])[identifier].items
    else:
        items = campaigns.read(tx, actor, identifier).plan.items
    register, points = registers.items(tx), points_of(tx, campaigns.fixing_entry(tx, identifier), items)
    return {code: (register[code]["name"], points.get(code, [])) for code in items}


def _visits(tx: Connection, actor: Actor, identifier: str) -> bool:
    own = select(assignment.c.position).where(assignment.c.campaign == identifier)
    own = own.where(assignment.c.inspector == actor.subject, standing())
    return tx.execute(own.limit(1)).first() is not None
