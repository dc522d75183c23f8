"""Findings (检查结果) as staff read them: recorded and confirmed by the team (`sampling.visits`), reviewed, published.

Until it is published nothing of a finding is public.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Table,
    and_,
    case,
    false,
    func,
    or_,
    select,
)

from ledger.actors import Actor, Role
from ledger.errors import Conflict, Missing
from ledger.json_columns import lists
from ledger.windows import Key, Window, counted
from sampling import campaigns
from sampling.finding_filters import EVERY_FINDING, RecordedFilter, RecordedOrder
from sampling.publication.tables import publication
from sampling.standing import standing
from sampling.tables import (
    assignment,
    conflict_settlement,
    finding,
    finding_confirmation,
    finding_conflict,
    finding_detail,
    finding_review,
    slot,
)
from scoring.tables import enterprise

FEW = 20
"""So many are looked up one by one; more of them read all findings of the campaign at once."""

_STATE = func.coalesce(
    publication.c.state,
    case(
        (finding_review.c.approved == 1, "approved"),
        (finding_review.c.approved == 0, "returned"),
        (finding_confirmation.c.agreed == 1, "confirmed"),
        (finding_confirmation.c.agreed == 0, "returned"),
        else_="recorded",
    ),
)
_ORDERS = {
    RecordedOrder.POSITION: (finding.c.campaign, finding.c.position),
    RecordedOrder.VISITED: (finding.c.visited, finding.c.campaign, finding.c.position),
    RecordedOrder.ENTERPRISE: (slot.c.enterprise, finding.c.campaign, finding.c.position),
}


@dataclass(frozen=True)
class Finding:
    """The newest version of what a visit found, and its state.

    It is recorded, confirmed, returned, approved, published or ended.
    `detail` is what the team says beyond the result; findings of earlier releases have none, and need no confirmation.
    `conflicts` is how many accounts that were handed in later are not settled yet; `name` is the enterprise's today.
    """

    campaign: str
    position: int
    enterprise: str
    version: int
    visited: date
    results: tuple[str, ...]
    follow_up: str
    facts: str
    recorded_by: str
    state: str
    detail: "Detail | None" = None
    confirmed_by: str | None = None
    conflicts: int = 0
    name: str = ""


@dataclass(frozen=True)
class Detail:
    """What a team says of a visit beyond the result; signature and answers as `sampling.visits.accounts` has them."""

    measures: str
    correct_by: date | None
    signature: Mapping[str, Any]
    answers: Sequence[Mapping[str, Any]]
    hand_in: str | None
    entered_at: datetime | None
    based_on: int | None


def visible_findings(tx: Connection, actor: Actor, identifier: str) -> list[Finding]:
    """Return a campaign's findings to its planners, analysts and auditors, or an inspector's own."""
    if actor.role is Role.INSPECTOR:
        own = select(assignment.c.position)
        own = own.where(assignment.c.campaign == identifier, assignment.c.inspector == actor.subject, standing())
        return _findings(tx, finding.c.campaign == identifier, finding.c.position.in_(own))
    campaigns.read(tx, actor, identifier)
    return findings_of(tx, identifier)


def visible_at(tx: Connection, actor: Actor, places: Collection[Key]) -> list[Finding]:
    """Return the findings at places, each a campaign and a position, that `visible_findings` would show the actor."""
    wanted = [and_(finding.c.campaign == campaign, finding.c.position == position) for campaign, position in places]
    return _findings(tx, or_(false(), *wanted), _seen_by(tx, actor))


def page(
    tx: Connection,
    actor: Actor,
    identifier: str,
    window: Window,
    chosen: RecordedFilter = EVERY_FINDING,
    order: RecordedOrder = RecordedOrder.POSITION,
) -> list[Finding]:
    """Return those of a campaign's findings that `visible_findings` shows and that are asked for, in an order.

    Raises Missing("campaign_missing") to whoever may not see the campaign, but for inspectors.
    """
    query = _of_campaign(tx, actor, identifier, chosen)
    return _as_findings(tx.execute(window.on(query, *_ORDERS[order])))


def count(tx: Connection, actor: Actor, identifier: str, chosen: RecordedFilter = EVERY_FINDING) -> int:
    """Return how many findings there are of which `page` tells."""
    return counted(tx, _of_campaign(tx, actor, identifier, chosen).with_only_columns(finding.c.position))


def page_of_each(
    tx: Connection,
    actor: Actor,
    identifiers: Collection[str],
    window: Window,
    chosen: RecordedFilter = EVERY_FINDING,
    order: RecordedOrder = RecordedOrder.POSITION,
) -> dict[str, list[Finding]]:
    """Return the findings of a window in each of some campaigns that the actor may see, by campaign, as `page` does."""
    found: dict[str, list[Finding]] = {identifier: [] for identifier in identifiers}
    query = _chosen(tx, actor, chosen).where(finding.c.campaign.in_(identifiers))
    for each in _as_findings(tx.execute(window.on_each(query, finding.c.campaign, *_ORDERS[order]))):
        found[each.campaign].append(each)
    return found


def count_of_each(
    tx: Connection, actor: Actor, identifiers: Collection[str], chosen: RecordedFilter = EVERY_FINDING
) -> dict[str, int]:
    """Return how many findings there are of which `page_of_each` tells, by campaign."""
    query = _chosen(tx, actor, chosen).where(finding.c.campaign.in_(identifiers)).order_by(None)
    query = query.with_only_columns(finding.c.campaign, func.count()).group_by(finding.c.campaign)
    return {**dict.fromkeys(identifiers, 0), **{row[0]: row[1] for row in tx.execute(query)}}


def _of_campaign(tx: Connection, actor: Actor, identifier: str, chosen: RecordedFilter) -> Select[Any]:
    if actor.role is not Role.INSPECTOR:
        campaigns.read(tx, actor, identifier)
    return _chosen(tx, actor, chosen).where(finding.c.campaign == identifier)


def _chosen(tx: Connection, actor: Actor, chosen: RecordedFilter) -> Select[Any]:
    query = _newest_versions().where(_seen_by(tx, actor))
    if chosen.enterprise:
        query = query.where(slot.c.enterprise == chosen.enterprise)
    if chosen.states:
        query = query.where(_STATE.in_(chosen.states))
    if chosen.results:
        query = query.where(or_(*(lists(tx, finding.c.results, each) for each in chosen.results)))
    if chosen.since is not None:
        query = query.where(finding.c.visited >= chosen.since)
    if chosen.until is not None:
        query = query.where(finding.c.visited <= chosen.until)
    return query


def seen_at(
    tx: Connection, actor: Actor, campaign: ColumnElement[str], position: ColumnElement[int]
) -> ColumnElement[bool]:
    """Return the condition that the actor may see what the visit at a place found: its team, or who sees the campaign.

    Raises Forbidden to all but officers.
    """
    if actor.role is not Role.INSPECTOR:
        return campaign.in_(campaigns.ids_seen_by(tx, actor))
    own = select(assignment.c.position).where(assignment.c.campaign == campaign, assignment.c.position == position)
    return own.where(assignment.c.inspector == actor.subject, standing()).exists()


def _seen_by(tx: Connection, actor: Actor) -> ColumnElement[bool]:
    return seen_at(tx, actor, finding.c.campaign, finding.c.position)


def findings_of(tx: Connection, identifier: str) -> list[Finding]:
    """Return the newest version of each finding of a campaign, by position."""
    return _findings(tx, finding.c.campaign == identifier)


def _findings(tx: Connection, *which: ColumnElement[bool]) -> list[Finding]:
    """Return the newest version of the findings that meet conditions, by position; only they are read."""
    return _as_findings(tx.execute(_newest_versions().where(*which)))


def _as_findings(rows: Iterable[Row[Any]]) -> list[Finding]:
    return [
        Finding(
            row.campaign,
            row.position,
            row.enterprise,
            row.version,
            row.visited,
            tuple(row.results),
            row.follow_up,
            row.facts,
            row.recorded_by,
            row.state,
            None if row.detailed is None else Detail(*(getattr(row, each.name) for each in fields(Detail))),
            row.confirmed_by if row.agreed else None,
            row.conflicts,
            row.enterprise_name or "",
        )
        for row in rows
    ]


@cache
def _newest_versions() -> Select[Any]:
    """Select the newest versions of all findings with what belongs to them."""
    versions = finding.alias()
    last = select(func.max(versions.c.version))
    last = last.where(versions.c.campaign == finding.c.campaign, versions.c.position == finding.c.position)
    return (
        select(
            finding,
            slot.c.enterprise,
            enterprise.c.name.label("enterprise_name"),
            _STATE.label("state"),
            finding_confirmation.c.agreed,
            finding_confirmation.c.confirmed_by,
            finding_detail.c.version.label("detailed"),
            *(finding_detail.c[each.name] for each in fields(Detail)),
            _open_conflicts().label("conflicts"),
        )
        .outerjoin(finding_detail, _same_version(finding_detail))
        .outerjoin(finding_confirmation, _same_version(finding_confirmation))
        .join(slot, (slot.c.campaign == finding.c.campaign) & (slot.c.position == finding.c.position))
        .outerjoin(enterprise, enterprise.c.code == slot.c.enterprise)
        .outerjoin(finding_review, _same_version(finding_review))
        .outerjoin(
            publication,
            (publication.c.campaign == finding.c.campaign) & (publication.c.position == finding.c.position),
        )
        .where(finding.c.version == last.scalar_subquery())
        .order_by(finding.c.position)
    )


def _same_version(table: Table) -> ColumnElement[bool]:
    return (
        (table.c.campaign == finding.c.campaign)
        & (table.c.position == finding.c.position)
        & (table.c.version == finding.c.version)
    )


def _open_conflicts() -> ScalarSelect[int]:
    settled = select(conflict_settlement.c.number).where(
        conflict_settlement.c.campaign == finding_conflict.c.campaign,
        conflict_settlement.c.position == finding_conflict.c.position,
        conflict_settlement.c.number == finding_conflict.c.number,
    )
    query = select(func.count()).select_from(finding_conflict).where(~settled.exists())
    query = query.where(
        finding_conflict.c.campaign == finding.c.campaign, finding_conflict.c.position == finding.c.position
    )
    return query.correlate(finding).scalar_subquery()


def newest(tx: Connection, identifier: str, position: int) -> Finding | None:
    """Return the newest version of the finding at a position; None where nothing is recorded."""
    return next(iter(_findings(tx, finding.c.campaign == identifier, finding.c.position == position)), None)


def newest_at(tx: Connection, identifier: str, position: int) -> Finding:
    """Return the newest version of the finding at a position; raises Missing."""
    found = newest(tx, identifier, position)
    if found is None:
        raise Missing("finding_missing", enterprise=str(position))
    return found


def of_enterprise(tx: Connection, identifier: str, code: str) -> Finding:
    """Return the newest finding of a campaign at an enterprise; raises Missing."""
    found = next(iter(_findings(tx, finding.c.campaign == identifier, slot.c.enterprise == code)), None)
    if found is None:
        raise Missing("finding_missing", enterprise=code)
    return found


def require_read(found: Finding, version: int | None) -> None:
    """Raise Conflict("finding_changed") where somebody decides on the version that he read and another one stands."""
    if version is not None and version != found.version:
        raise Conflict("finding_changed", enterprise=found.enterprise, version=found.version, given=version)


def of_enterprises(tx: Connection, identifier: str, codes: Sequence[str]) -> list[Finding]:
    """Return the newest findings of a campaign at enterprises, in their order; raises Missing."""
    if len(codes) <= FEW:
        return [of_enterprise(tx, identifier, code) for code in codes]
    found = {each.enterprise: each for each in findings_of(tx, identifier)}
    for code in codes:
        if code not in found:
            raise Missing("finding_missing", enterprise=code)
    return [found[code] for code in codes]
