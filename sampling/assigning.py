"""Assigning (随机匹配): inspectors are matched with the drawn enterprises, by the draw's seed and the sealed pool."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.errors import Missing
from ledger.full_text import matching
from ledger.log import NewEntry
from ledger.windows import ALL, Window, counted
from sampling import calling, campaigns
from sampling.chances import Chance, chances
from sampling.deciding import decided
from sampling.draw import seed
from sampling.entry_kinds import DRAWN, LISTED, MATCHED
from sampling.finding_filters import EVERY_VISIT, VisitFilter, VisitOrder
from sampling.matching import Infeasible, Matching, match, match_seed
from sampling.matching_inputs import Assignment, MatchingInputs
from sampling.plans import Plan
from sampling.standing import standing, to_visit
from sampling.tables import ASSIGNMENT, assignment, slot
from sampling.targets import read_targets, sealed_matching
from scoring.tables import enterprise, enterprise_text

FEW = 500

_ORDERS = {
    VisitOrder.POSITION: (slot.c.campaign, slot.c.position),
    VisitOrder.NAME: (enterprise.c.name, slot.c.campaign, slot.c.position),
}


@dataclass(frozen=True)
class Predictable:
    """An assignment at an enterprise whose chance was above one half."""

    enterprise: str
    chance: Chance


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
    """Match the targets of a draw, or of a list that is none, with teams of inspectors.

    A draw's seed decides; the beacon that a list named, once it has come. Raises Conflict("campaign_state"),
    Conflict("matching_infeasible"), which names the target and why each inspector cannot, and of a list what the draw
    raises of its beacon.
    """
    found = campaigns.for_planner(tx, actor, identifier, "drawn", "listed")
    by = None
    if found.state == "listed":
        now = log.moment(tx, now)
        by = decided(tx, now, campaigns.fixing_entry(tx, identifier))
    the_seed = _drawn_seed(tx, identifier) if by is None else by.seed
    matching = match(*_inputs(tx, identifier, the_seed))
    if isinstance(matching, Infeasible):
        raise matching.as_conflict()
    content = {"by": actor.subject, "campaign": identifier}
    assignments = documents.seal(tx, "assignments", content, [(ASSIGNMENT, assignment_rows(identifier, matching))])
    calling.call_off(tx, identifier)
    campaigns.set_state(tx, identifier, "matched")
    body = {} if by is None else by.body
    return log.append(tx, now, [NewEntry(MATCHED, identifier, {"assignments": assignments}, body)])[0]


def assignment_rows(identifier: str, matching: Matching) -> list[dict[str, Any]]:
    """Return the rows of a matching's assignments."""
    return [
        {"campaign": identifier, "position": each.position, "role": each.role, "inspector": each.inspector}
        for each in matching.assignments
    ]


def predictable(tx: Connection, actor: Actor, identifier: str) -> list[Predictable]:
    """Return the assignments of a campaign's matching whose chance was above one half; never public.

    It is of the matching itself, whatever was matched again later. Raises Conflict("campaign_state").
    """
    actor.require(Role.PLANNER, Role.AUDITOR)
    campaigns.require_state(campaigns.read(tx, actor, identifier), "matched", "closed")
    matched = log.about(tx, identifier, MATCHED)
    if not matched:
        raise Missing("campaign_entry_missing", campaign=identifier, kind=MATCHED)
    fixed = campaigns.fixing_entry(tx, identifier)
    if fixed.kind == LISTED:
        the_seed = seed(fixed.leaf_hash, bytes.fromhex(matched[0].body["output"]))
    else:
        the_seed = _drawn_seed(tx, identifier)
    inputs, match_seed_ = _inputs(tx, identifier, the_seed)
    query = select(assignment.c.position, assignment.c.role, assignment.c.inspector)
    query = query.where(assignment.c.document == documents.opened(tx, matched[0].documents["assignments"]).id)
    codes = {target.position: target.enterprise for target in inputs.targets}
    found = chances(inputs, match_seed_, [Assignment(*row) for row in tx.execute(query)])
    return [Predictable(codes[each.assignment.position], each) for each in found]


def _inputs(tx: Connection, identifier: str, the_seed: bytes) -> tuple[MatchingInputs, bytes]:
    """Return a campaign's inputs, and the match seed that a seed gives."""
    sealed = sealed_matching(tx, identifier)
    inputs = MatchingInputs(sealed.pool, read_targets(tx, identifier, sealed))
    return inputs, match_seed(the_seed, sealed.match_key)


def _drawn_seed(tx: Connection, identifier: str) -> bytes:
    draw = documents.opened(tx, campaigns.entry_of(tx, identifier, DRAWN).documents["draw"])
    return bytes.fromhex(draw.value["content"]["seed"])


def visits(tx: Connection, actor: Actor, identifier: str | None) -> list[Visit]:
    """Return whom to visit: an inspector's own visits, or all of a campaign to those who may see it."""
    return page(tx, actor, ALL, VisitFilter(campaign=identifier or ""))


def page(
    tx: Connection,
    actor: Actor,
    window: Window,
    chosen: VisitFilter = EVERY_VISIT,
    order: VisitOrder = VisitOrder.POSITION,
) -> list[Visit]:
    """Return whom to visit, as `visits` does, by campaign and position, or by the enterprise's name before.

    Raises Invalid("search_too_long").
    """
    return _with_teams(tx, tx.execute(window.on(_chosen(tx, actor, chosen), *_ORDERS[order])).all())


def count(tx: Connection, actor: Actor, chosen: VisitFilter = EVERY_VISIT) -> int:
    """Return how many visits there are of which `page` tells."""
    return counted(tx, _chosen(tx, actor, chosen))


def page_of_each(
    tx: Connection,
    actor: Actor,
    identifiers: Collection[str],
    window: Window,
    chosen: VisitFilter = EVERY_VISIT,
    order: VisitOrder = VisitOrder.POSITION,
) -> dict[str, list[Visit]]:
    """Return the visits of a window in each of some campaigns, by campaign, as `page` does."""
    found: dict[str, list[Visit]] = {identifier: [] for identifier in identifiers}
    query = _chosen(tx, actor, chosen).where(slot.c.campaign.in_(identifiers))
    for visit in _with_teams(tx, tx.execute(window.on_each(query, slot.c.campaign, *_ORDERS[order])).all()):
        found[visit.campaign].append(visit)
    return found


def count_of_each(
    tx: Connection, actor: Actor, identifiers: Collection[str], chosen: VisitFilter = EVERY_VISIT
) -> dict[str, int]:
    """Return how many visits there are of which `page_of_each` tells, by campaign."""
    query = _chosen(tx, actor, chosen).where(slot.c.campaign.in_(identifiers))
    query = query.with_only_columns(slot.c.campaign, func.count()).group_by(slot.c.campaign)
    return {**dict.fromkeys(identifiers, 0), **{row[0]: row[1] for row in tx.execute(query)}}


def _chosen(tx: Connection, actor: Actor, chosen: VisitFilter) -> Select[Any]:
    query = (
        select(slot.c.campaign, slot.c.position, slot.c.enterprise, enterprise.c.name, enterprise.c.address)
        .join(enterprise, enterprise.c.code == slot.c.enterprise)
        .where(to_visit())
    )
    if actor.role is Role.INSPECTOR:
        mine = (
            select(assignment.c.position)
            .where(assignment.c.inspector == actor.subject, assignment.c.campaign == slot.c.campaign)
            .where(assignment.c.position == slot.c.position, standing())
        )
        query = query.where(mine.exists())
    else:
        actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
        query = query.where(slot.c.campaign.in_(campaigns.ids_seen_by(tx, actor)))
    if chosen.campaign:
        query = query.where(slot.c.campaign == chosen.campaign)
    if chosen.enterprise:
        query = query.where(slot.c.enterprise == chosen.enterprise)
    holds = matching(tx, slot.c.enterprise, enterprise_text.c.enterprise, chosen.text)
    return query if holds is None else query.where(holds)


def _with_teams(tx: Connection, rows: Sequence[Row[Any]]) -> list[Visit]:
    teams = _teams(tx, {row.campaign for row in rows}, {row.position for row in rows})
    return [
        Visit(
            row.campaign,
            row.position,
            row.enterprise,
            row.name,
            row.address,
            teams.get((row.campaign, row.position), ()),
        )
        for row in rows
    ]


def _teams(
    tx: Connection, identifiers: Collection[str], positions: Collection[int]
) -> dict[tuple[str, int], tuple[tuple[str, str], ...]]:
    """Return the teams of campaigns by place: those at the positions, and others where these are many."""
    query = select(assignment).where(assignment.c.campaign.in_(identifiers), standing())
    if len(positions) <= FEW:
        query = query.where(assignment.c.position.in_(positions))
    teams: dict[tuple[str, int], tuple[tuple[str, str], ...]] = {}
    for row in tx.execute(query):
        key = (row.campaign, row.position)
        teams[key] = (*teams.get(key, ()), (row.role, row.inspector))
    plans = campaigns.plans_of(tx, {key[0] for key in teams})
    order = {campaign: _order(plan) for campaign, plan in plans.items()}
    return {key: tuple(sorted(team, key=lambda each: (order[key[0]][each[0]], each[1]))) for key, team in teams.items()}


def _order(plan: Plan) -> dict[str, int]:
    """Return the place of each role in a team."""
    return {role.name: place for place, role in enumerate(plan.team_roles)}
