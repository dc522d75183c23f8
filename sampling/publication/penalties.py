"""Penalties that name a published finding (处罚关联): records of the same enterprise whose words hold its number."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, String, func, select, type_coerce

from ledger.actors import Actor, Role
from sampling import campaigns, findings
from sampling.tables import slot
from scoring.enterprises import under_all_codes
from scoring.tables import record

NUMBER = re.compile(r"(?<![0-9-])([0-9]{4}-[0-9]{4,})-([0-9]{1,9})(?![0-9-])")
"""A finding's number in a text: its campaign and its position."""
NAMED_IN = ("remark", "facts", "legal_basis", "penalty")


@dataclass(frozen=True)
class LinkedPenalty:
    """A penalty whose words name a finding."""

    position: int
    body: str
    number: str
    date: date | None
    category: str


def linked(tx: Connection, actor: Actor, campaign: str) -> Mapping[int, list[LinkedPenalty]]:
    """Return the penalties that name findings of a campaign, by position, to whoever may see it.

    An inspector is given those of his own visits.
    """
    own = None
    if actor.role is Role.INSPECTOR:
        own = {each.position for each in findings.visible_findings(tx, actor, campaign)}
    else:
        campaigns.read(tx, actor, campaign)
    found: dict[int, list[LinkedPenalty]] = defaultdict(list)
    later = record.alias()
    newer = select(later.c.version).where(later.c.identity == record.c.identity, later.c.version > record.c.version)
    place = func.instr if tx.dialect.name == "sqlite" else func.strpos
    codes = under_all_codes(select(slot.c.enterprise).where(slot.c.campaign == campaign))
    query = (
        select(record, slot.c.position)
        .join(codes, codes.c.held == record.c.enterprise)
        .join(slot, slot.c.enterprise == codes.c.code)
        .where(slot.c.campaign == campaign, record.c.kind == "penalty", record.c.revoked == 0, ~newer.exists())
        .where(place(type_coerce(record.c.content, String), f"{campaign}-") > 0)
        .order_by(record.c.date, record.c.number)
    )
    for row in tx.execute(query):
        texts = "\n".join(str(row.content.get(name, "")) for name in NAMED_IN)
        if (campaign, str(row.position)) in NUMBER.findall(texts) and (own is None or row.position in own):
            penalty = LinkedPenalty(row.position, row.body, row.number, row.date, str(row.content["category"]))
            found[row.position].append(penalty)
    return found
