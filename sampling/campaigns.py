"""Campaigns in the bureau: their states, and who may see them.

planned → frozen → drawn → matched → closed; frozen or listed → voided by rule, and by two persons frozen, listed, drawn
or matched → voided (`sampling.voiding`); a campaign that is no draw goes planned → listed → matched → closed. The plan
may change until it is frozen or listed; from then on each state is an entry of the log, and the `state` column only
repeats it, which the audit checks.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Select, false, select, true

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.canonical import canonical
from ledger.columns import by_code_points
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden, Missing, Refusal
from ledger.json_columns import lists, member
from ledger.search_text import words
from ledger.tables import log_entry
from ledger.windows import ALL, Window, counted, kept_count
from sampling.campaign_filters import EVERY, CampaignFilter, CampaignOrder
from sampling.entry_kinds import CLOSED, DRAWN, FROZEN, LISTED, MATCHED, VOID_CONFIRMED, VOIDED
from sampling.listings import FIXING
from sampling.plans import Plan
from sampling.publication.tables import publication
from sampling.tables import campaign

STATES = {
    FROZEN: "frozen",
    LISTED: "listed",
    DRAWN: "drawn",
    MATCHED: "matched",
    CLOSED: "closed",
    VOIDED: "voided",
    VOID_CONFIRMED: "voided",
}


@dataclass(frozen=True)
class Campaign:
    """A campaign as staff see it: its plan holds rates and exclusions, which are never public.

    `version` counts the changes of the plan, from 1.
    """

    id: str
    plan: Plan
    state: str
    planned_by: str
    planned_at: datetime
    version: int = 1

    @property
    def plan_expired(self) -> bool:
        """Whether the sealed plan has expired, and what is left of it is its public part."""
        return self.state != "planned" and not self.planned_by


def read(tx: Connection, actor: Actor, identifier: str) -> Campaign:
    """Return a campaign to its departments' planners, to analysts and auditors; raises Missing to all others.

    Departments that do not lead see nothing of rates and grades.
    """
    found = _load(tx, identifier)
    _require_seen(actor, found)
    return _as_seen(actor, found)


def for_planner(tx: Connection, actor: Actor, identifier: str, *states: str) -> Campaign:
    """Return a campaign in one of the states to a planner of its lead department; raises Conflict in another.

    Raises Missing to planners whose department takes no part, as queries do; Forbidden to those of partners.
    """
    actor.require(Role.PLANNER)
    found = _load(tx, identifier, lock=True)
    _require_seen(actor, found)
    actor.require_department(found.plan.lead)
    require_state(found, *states)
    return found


def for_participant(
    tx: Connection, actor: Actor, identifier: str, states: Sequence[str], shared: bool = False
) -> Campaign:
    """Return a campaign in one of the states to someone of one of its departments.

    Nobody changes its state until the transaction ends; `shared` lets others act beside who holds it so, too. Raises
    Missing to all others, but for auditors, who see it.
    """
    found = _load(tx, identifier, lock=True, shared=shared)
    require_known(actor, found)
    if actor.department is not None and actor.department not in found.plan.departments:
        _require_seen(actor, found)
        raise Forbidden("department_not_allowed", department=found.plan.lead)
    require_state(found, *states)
    return found


def require_known(actor: Actor, found: Campaign) -> None:
    """Raise Missing to whoever may not see a campaign that is planned: from its freeze on everybody knows of it."""
    if found.state == "planned":
        _require_seen(actor, found)


def plans_of(tx: Connection, identifiers: Iterable[str]) -> dict[str, Plan]:
    """Return the plans of campaigns by id."""
    query = select(campaign.c.id, campaign.c.plan).where(campaign.c.id.in_(list(identifiers)))
    return {identifier: Plan.from_json(value) for identifier, value in tx.execute(query)}


def several(tx: Connection, identifiers: Collection[str]) -> list[Campaign]:
    """Return campaigns by ids, in the order of these, whoever asks."""
    query = select(campaign).where(campaign.c.id.in_(identifiers)).order_by(campaign.c.id)
    return [_campaign(row) for row in tx.execute(query)]


def locked(tx: Connection, identifier: str) -> Campaign:
    """Return a campaign that nobody else changes until the transaction ends; for rules, which are nobody's act."""
    return _load(tx, identifier, lock=True)


def plain(tx: Connection, identifier: str) -> Campaign:
    """Return a campaign without what only its lead department and auditors see of the plan, whoever asks."""
    found = _load(tx, identifier)
    return replace(found, plan=found.plan.for_participants())


def state_of(tx: Connection, identifier: str) -> str:
    """Return a campaign's state, which the log makes public from the freeze on; raises Missing."""
    return _load(tx, identifier).state


def require_state(found: Campaign, *states: str) -> None:
    """Raise Conflict unless the campaign is in one of the states."""
    if found.state not in states:
        raise Conflict("campaign_state", campaign=found.id, state=found.state, needed=list(states))


def require_drawn(tx: Connection, found: Campaign) -> None:
    """Raise Conflict unless a campaign was drawn, or matched without a draw, whether or not it was voided then."""
    if found.state != "voided" or not any(log.about(tx, found.id, kind) for kind in (DRAWN, MATCHED)):
        require_state(found, "drawn", "matched", "closed")


def visible(tx: Connection, actor: Actor, chosen: CampaignFilter = EVERY) -> list[Campaign]:
    """Return the campaigns that the actor may see, newest first: all, or those that are asked for."""
    return page(tx, actor, ALL, chosen)


def page(
    tx: Connection,
    actor: Actor,
    window: Window,
    chosen: CampaignFilter = EVERY,
    order: CampaignOrder = CampaignOrder.CODE,
) -> list[Campaign]:
    """Return campaigns that the actor may see, by code, or by what an order names and code, the last first.

    Raises Forbidden to all but officers, Invalid("search_too_long").
    """
    query, keep = _chosen(tx, actor, chosen)
    if order is CampaignOrder.TYPE:
        every = [_campaign(row) for row in tx.execute(query) if keep is None or keep(row)]
        found = window.of(every, lambda each: order.place(each.id, each.state, each.plan), descending=True)
        return [_as_seen(actor, each) for each in found]
    columns = [*_before_code(tx, order), campaign.c.id.desc()]
    rows = tx.execute(window.on(query, *columns)).all() if keep is None else window.kept(tx, query, keep, *columns)
    return [_as_seen(actor, _campaign(row)) for row in rows]


def _before_code(tx: Connection, order: CampaignOrder) -> list[ColumnElement[Any]]:
    if order in (CampaignOrder.STARTS, CampaignOrder.ENDS):
        return [member(tx, campaign.c.plan, order.value).desc()]
    return [] if order is CampaignOrder.CODE else [by_code_points(tx, campaign.c[order.value]).desc()]


def count(tx: Connection, actor: Actor, chosen: CampaignFilter = EVERY) -> int:
    """Return how many campaigns there are of which `page` tells."""
    query, keep = _chosen(tx, actor, chosen)
    return counted(tx, query) if keep is None else kept_count(tx, query, keep)


def seen_by(tx: Connection, actor: Actor) -> ColumnElement[bool]:
    """Return the condition on `campaign` that the actor may see it; raises Forbidden to all but officers."""
    actor.require_officer()
    if actor.role is Role.AUDITOR:
        return true()
    if actor.role not in (Role.PLANNER, Role.ANALYST):
        return false()
    return true() if actor.department is None else lists(tx, campaign.c.plan, actor.department, "departments")


def ids_seen_by(tx: Connection, actor: Actor) -> Select[Any]:
    """Return the query of the ids of the campaigns that the actor may see; raises Forbidden to all but officers."""
    return select(campaign.c.id).where(seen_by(tx, actor))


def _chosen(
    tx: Connection, actor: Actor, chosen: CampaignFilter
) -> tuple[Select[Any], Callable[[Row[Any]], bool] | None]:
    """Return the query of the campaigns that are asked for, and what of them no query tells."""
    query, plan = select(campaign).where(seen_by(tx, actor)), campaign.c.plan
    if chosen.states:
        query = query.where(campaign.c.state.in_(chosen.states))
    if chosen.department:
        query = query.where(lists(tx, plan, chosen.department, "departments"))
    if chosen.since is not None:
        query = query.where(member(tx, plan, "ends") >= chosen.since.isoformat())
    if chosen.until is not None:
        query = query.where(member(tx, plan, "starts") <= chosen.until.isoformat())
    if not chosen.types and not words(chosen.text):
        return query, None
    return query, lambda row: chosen.holds(row.state, Plan.from_json(row.plan))


def led_by(tx: Connection, department: str) -> list[Campaign]:
    """Return the campaigns that a department leads, oldest first, whoever asks."""
    query = select(campaign).where(campaign.c.department == department).order_by(campaign.c.id)
    return [_campaign(row) for row in tx.execute(query)]


def set_state(tx: Connection, identifier: str, state: str) -> None:
    """Repeat in the campaign's row what the entry appended in the same transaction says."""
    tx.execute(campaign.update().where(campaign.c.id == identifier).values(state=state))


def forget_plan(tx: Connection, identifier: str) -> None:
    """Leave of a plan in its campaign's row what the frozen entry tells of it; who planned it goes as well."""
    plan = Plan.public_part(fixing_entry(tx, identifier).body)
    tx.execute(campaign.update().where(campaign.c.id == identifier).values(plan=plan.to_json(), planned_by=""))


def entry_of(tx: Connection, identifier: str, kind: str) -> Entry:
    """Return a campaign's one entry of a kind; raises Missing."""
    entries = log.about(tx, identifier, kind)
    if not entries:
        raise Missing("campaign_entry_missing", campaign=identifier, kind=kind)
    return entries[0]


def told_positions(tx: Connection, closed: Entry, name: str) -> list[int]:
    """Return a list of positions that a closing entry tells, itself or by a file: overdue, replaced, substitutes."""
    return told_by_each(tx, [closed], name)[closed.subject]


def told_by_each(tx: Connection, closed: Iterable[Entry], name: str) -> dict[str, list[int]]:
    """Return a list of positions that each of some closing entries tells, by campaign."""
    told = {entry.subject: entry.body.get(name, []) for entry in closed}
    files = documents.public_files(tx, {each["file"] for each in told.values() if not isinstance(each, list)})
    return {
        identifier: each if isinstance(each, list) else orjson.loads(files[each["file"]])
        for identifier, each in told.items()
    }


def fixing_entry(tx: Connection, identifier: str) -> Entry:
    """Return the entry that fixed who may be visited, a freeze or a list that is no draw; raises Missing."""
    for kind in FIXING:
        if entries := log.about(tx, identifier, kind):
            return entries[0]
    raise Missing("campaign_entry_missing", campaign=identifier, kind=FROZEN)


def published_positions(tx: Connection, identifier: str) -> set[int]:
    """Return the drawn positions whose findings were published, those included that are shown no more."""
    return published_of_each(tx, [identifier])[identifier]


def published_of_each(tx: Connection, identifiers: Collection[str]) -> dict[str, set[int]]:
    """Return of each of some campaigns what `published_positions` does."""
    found: dict[str, set[int]] = {identifier: set() for identifier in identifiers}
    query = select(publication.c.campaign, publication.c.position).where(publication.c.campaign.in_(identifiers))
    for identifier, position in tx.execute(query):
        found[identifier].add(position)
    return found


def audit_states(tx: Connection) -> Iterator[Fault]:
    """Check that every campaign's row says what its entries and its sealed plan say (a check for `ledger.audit`).

    A plan that is not frozen yet may change, so nothing binds its row but its state.
    """
    states: dict[str, str] = {}
    logged = select(log_entry.c.subject, log_entry.c.kind).where(log_entry.c.kind.in_(STATES)).order_by(log_entry.c.seq)
    for subject, kind in tx.execute(logged):
        states[subject] = STATES[kind]
    for row in tx.execute(select(*raw_columns(campaign.columns)).order_by(campaign.c.id)).mappings():
        state = states.pop(row["id"], "planned")
        if row["state"] != state:
            yield Fault("campaign", f"id={row['id']}", "campaign_state_differs_from_log")
        if state != "planned" and not _as_frozen(tx, row):
            yield Fault("campaign", f"id={row['id']}", "row_changed")
    for identifier in states:
        yield Fault("campaign", f"id={identifier}", "row_lost")


def _as_frozen(tx: Connection, row: RowMapping) -> bool:
    """Tell whether a row says what the sealed plan says, or where that has expired, what is public of it.

    Where it is damaged or gone, its own loss is told.
    """
    frozen = fixing_entry(tx, row["id"])
    try:
        document = documents.opened(tx, frozen.documents["plan"])
    except Refusal as refusal:
        left = Plan.public_part(frozen.body)
        expected = (left.lead, canonical(left.to_json()).decode(), "")
        return refusal.code != "document_expired" or (row["department"], row["plan"], row["planned_by"]) == expected
    sealed = document.value["content"]
    said = (row["department"], row["plan"], row["planned_by"], row["planned_at"])
    plan, planned = sealed["plan"], sealed["planned"]
    return said == (plan["departments"][0], canonical(plan).decode(), planned["by"], planned["at"])


def may_see(actor: Actor, plan: Plan) -> bool:
    """Tell whether a campaign is shown to an actor."""
    if actor.role in (Role.ANALYST, Role.AUDITOR):
        return actor.department is None or actor.department in plan.departments or actor.role is Role.AUDITOR
    return actor.role is Role.PLANNER and (actor.department is None or actor.department in plan.departments)


def _require_seen(actor: Actor, found: Campaign) -> None:
    if not may_see(actor, found.plan):
        raise Missing("campaign_missing", campaign=found.id)


def _as_seen(actor: Actor, found: Campaign) -> Campaign:
    """Return a campaign without what only its lead department and auditors see of the plan."""
    if actor.role is Role.AUDITOR or actor.department in (None, found.plan.lead):
        return found
    return replace(found, plan=found.plan.for_participants())


def _load(tx: Connection, identifier: str, lock: bool = False, shared: bool = False) -> Campaign:
    query = select(campaign).where(campaign.c.id == identifier)
    row = tx.execute(query.with_for_update(read=shared) if lock else query).one_or_none()
    if row is None:
        raise Missing("campaign_missing", campaign=identifier)
    return _campaign(row)


def _campaign(row: Row[*tuple[Any, ...]]) -> Campaign:
    return Campaign(row.id, Plan.from_json(row.plan), row.state, row.planned_by, row.planned_at, row.version)
