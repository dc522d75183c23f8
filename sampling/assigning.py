"""Assigning (随机匹配): inspectors are matched with the drawn enterprises, by the draw's seed and the sealed pool."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.log import NewEntry
from sampling import campaigns
from sampling.entry_kinds import DRAWN, FROZEN, MATCHED
from sampling.matching import Infeasible, match, match_seed
from sampling.matching_inputs import MatchingInputs, Target, parse_pool
from sampling.tables import ASSIGNMENT, assignment, drawn, slot
from scoring.tables import enterprise


@dataclass(frozen=True)
class Visit:
    """A drawn enterprise with its team: confidential until its finding is published."""

    campaign: str
    position: int
    enterprise: str
    name: str
    address: str
    team: tuple[tuple[str, str], ...]


def match_campaign(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Entry:
    """Match a drawn campaign's targets with teams of inspectors.

    Raises Conflict("campaign_state"), or Conflict("matching_infeasible"), which names the target and why each
    inspector cannot.
    """
    campaigns.for_planner(tx, actor, identifier, "drawn")
    sealed = documents.opened(tx, campaigns.entry_of(tx, identifier, FROZEN).documents["matching"]).value["content"]
    draw = documents.opened(tx, campaigns.entry_of(tx, identifier, DRAWN).documents["draw"]).value["content"]
    inputs = MatchingInputs(parse_pool(sealed["pool"]), _targets(tx, identifier))
    seed = match_seed(bytes.fromhex(draw["seed"]), bytes.fromhex(sealed["match_key"]))
    matching = match(inputs, seed)
    if isinstance(matching, Infeasible):
        raise matching.as_conflict()
    rows = [
        {"campaign": identifier, "position": each.position, "role": each.role, "inspector": each.inspector}
        for each in matching.assignments
    ]
    content = {"by": actor.subject, "campaign": identifier}
    assignments = documents.seal(tx, "assignments", content, [(ASSIGNMENT, rows)])
    campaigns.set_state(tx, identifier, "matched")
    return log.append(tx, now, [NewEntry(MATCHED, identifier, {"assignments": assignments})])[0]


def visits(tx: Connection, actor: Actor, identifier: str | None) -> list[Visit]:
    """Return whom to visit: an inspector's own visits, or all of a campaign to those who may see it."""
    query = (
        select(slot.c.campaign, slot.c.position, slot.c.enterprise, enterprise.c.name, enterprise.c.address)
        .join(drawn, (drawn.c.campaign == slot.c.campaign) & (drawn.c.position == slot.c.position))
        .join(enterprise, enterprise.c.code == slot.c.enterprise)
        .order_by(slot.c.campaign, slot.c.position)
    )
    if actor.role is Role.INSPECTOR:
        mine = (
            select(assignment.c.position)
            .where(assignment.c.inspector == actor.subject, assignment.c.campaign == slot.c.campaign)
            .where(assignment.c.position == slot.c.position)
        )
        query = query.where(mine.exists())
    else:
        actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
        allowed = [found.id for found in campaigns.visible(tx, actor)]
        query = query.where(slot.c.campaign.in_(allowed))
    if identifier is not None:
        query = query.where(slot.c.campaign == identifier)
    teams = _teams(tx, identifier)
    return [
        Visit(row.campaign, row.position, row.enterprise, row.name, row.address, teams.get((row[0], row[1]), ()))
        for row in tx.execute(query)
    ]


def _teams(tx: Connection, identifier: str | None) -> dict[tuple[str, int], tuple[tuple[str, str], ...]]:
    query = select(assignment).order_by(assignment.c.document, assignment.c.line)
    if identifier is not None:
        query = query.where(assignment.c.campaign == identifier)
    teams: dict[tuple[str, int], tuple[tuple[str, str], ...]] = {}
    for row in tx.execute(query):
        key = (row.campaign, row.position)
        teams[key] = (*teams.get(key, ()), (row.role, row.inspector))
    return teams


def _targets(tx: Connection, identifier: str) -> tuple[Target, ...]:
    query = (
        select(slot.c.position, slot.c.enterprise, slot.c.sector)
        .join(drawn, (drawn.c.campaign == slot.c.campaign) & (drawn.c.position == slot.c.position))
        .where(slot.c.campaign == identifier)
        .order_by(slot.c.position)
    )
    return tuple(Target(position, code, sector) for position, code, sector in tx.execute(query))
