"""Mutual recognition (互认): an inspection that another department has done already stands for a second visit.

The frame and the draw stand: a drawn position is opened by its deadline as any other. Its team records a finding that
refers to the earlier inspection and repeats its result, dated on the day on which they decided so; it is reviewed and
published as any other, and makes no second inspection of the one that there was.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Select, exists, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from sampling import assigning, campaigns, findings, registers
from sampling.campaigns import Campaign
from sampling.entry_kinds import RECOGNISED
from sampling.findings import Finding
from sampling.listing import listed_members
from sampling.population import planned_membership
from sampling.standing import standing
from sampling.tables import RECOGNITION, assignment, disclosure, recognition, slot
from sampling.visits.accounts import Account, Signature, Signed
from sampling.visits.recording import enter, place_of, require_none_stands
from scoring import fact_rows
from scoring.enterprises import codes_of
from scoring.fields import lines_up_to
from scoring.results import FollowUp
from scoring.tables import record

MOST_DAYS: Final = 365
LONGEST_REASON: Final = 1000
FEW: Final = 1000
"""Of so many enterprises inspections are looked up; of more, all are read."""

At: TypeAlias = tuple[str, int]
"""A campaign and a position."""


@dataclass(frozen=True)
class Inspection:
    """What another department's inspection found. `items` are the names of its items, where it tells them."""

    reference: str
    version: int
    enterprise: str
    body: str
    date: date
    number: str
    results: tuple[str, ...]
    follow_up: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Overlap:
    """Of a planned campaign's members: how many another department inspected within some days, and on its items.

    `unstated` are those of them whose inspections do not tell their items.
    """

    members: int
    inspected: int
    same_items: int
    unstated: int


@dataclass(frozen=True)
class Recognition:
    """That the newest finding at a position repeats an earlier inspection."""

    campaign: str
    position: int
    reference: str
    body: str
    inspected: date
    reason: str
    recognised_by: str


def overlap(tx: Connection, actor: Actor, now: datetime, identifier: str, days: int) -> Overlap:
    """Tell the planner how many of those who meet a campaign's conditions were inspected elsewhere within some days.

    Raises Invalid("recognition_days"), and what `campaigns.for_planner` raises.
    """
    found = campaigns.for_planner(tx, actor, identifier, "planned", "frozen", "drawn", "matched")
    plan = found.plan
    if plan.listing is not None:
        members = {each.code for each in listed_members(tx, plan)}
    else:
        members = {each.code for each in planned_membership(tx, actor, plan).members}
    wanted = _items(tx, found)
    former = fact_rows.former_codes(tx)
    by_enterprise: dict[str, list[Inspection]] = {}
    for each in _inspections(tx, civil_date(now), days, _names(tx, plan.departments)):
        for code in members.intersection((each.enterprise, former.get(each.enterprise, each.enterprise))):
            by_enterprise.setdefault(code, []).append(each)
    same = sum(any(wanted & set(each.items) for each in some) for some in by_enterprise.values())
    unstated = sum(not any(each.items for each in some) for some in by_enterprise.values())
    return Overlap(len(members), len(by_enterprise), same, unstated)


def inspections_elsewhere(tx: Connection, actor: Actor, now: datetime, enterprise: str, days: int) -> list[Inspection]:
    """Return what other departments' inspections found at an enterprise within some days, the newest first.

    An inspector is told of the enterprises that a team of his is to visit. Raises Forbidden("finding_not_assigned").
    """
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR, Role.INSPECTOR)
    if actor.role is Role.INSPECTOR and not _is_assigned(tx, actor, enterprise):
        raise Forbidden("finding_not_assigned", enterprise=enterprise, campaign="—")
    own = [] if actor.department is None else [actor.department]
    codes = codes_of(tx, enterprise)
    return list(_inspections(tx, civil_date(now), days, _names(tx, own), codes))


def offers(tx: Connection, actor: Actor, now: datetime, identifier: str | None = None) -> dict[At, Inspection]:
    """Return what may stand for visits that the actor sees, all or a campaign's, and that have no finding yet.

    By campaign and position, the newest inspection of another department within a year; one that tells its items has
    one of the campaign's. It is looked for under the codes that an enterprise has and had.
    """
    to_make: dict[str, dict[str, int]] = {}
    for visit in assigning.visits(tx, actor, identifier):
        to_make.setdefault(visit.campaign, {})[visit.enterprise] = visit.position
    former = fact_rows.former_codes(tx)
    found: dict[At, Inspection] = {}
    for campaign, positions in to_make.items():
        planned = campaigns.plain(tx, campaign)
        made = {each.enterprise for each in findings.findings_of(tx, campaign)}
        wanted, own = _items(tx, planned), _names(tx, [actor.department or planned.plan.lead])
        left = {code: (campaign, position) for code, position in positions.items() if code not in made}
        few = [*left, *(code for code, present in former.items() if present in left)] if len(left) <= FEW else None
        for each in _inspections(tx, civil_date(now), MOST_DAYS, own, few) if left else ():
            for code in sorted(left.keys() & (each.enterprise, former.get(each.enterprise, each.enterprise))):
                if not wanted.isdisjoint(each.items or wanted):
                    found.setdefault(left[code], each)
    return found


def recognise(
    tx: Connection, actor: Actor, now: datetime, identifier: str, code: str, reference: str, reason: str
) -> Finding:
    """Record, as an inspector of the enterprise's team, that an earlier inspection stands for the visit.

    Raises what `place_of` and `require_none_stands` raise; Missing("inspection_missing") where another department did
    no such inspection of the enterprise within a year; Conflict("recognition_of_other_items") where it tells its items
    and none is the campaign's; Invalid("recognition_without_reason").
    """
    if not reason.strip():
        raise Invalid("recognition_without_reason", field="reason")
    text = str(lines_up_to(LONGEST_REASON)(reason))
    found, position = place_of(tx, actor, identifier, code)
    require_none_stands(findings.newest(tx, identifier, position))
    own = _names(tx, [actor.department or found.plan.lead])
    known = _inspections(tx, civil_date(now), MOST_DAYS, own, codes_of(tx, code))
    chosen = next((each for each in known if each.reference == reference), None)
    if chosen is None:
        raise Missing("inspection_missing", field="reference", enterprise=code)
    if chosen.items and not _items(tx, found) & set(chosen.items):
        raise Conflict("recognition_of_other_items", items=list(chosen.items))
    facts = f"互认：{chosen.body} {chosen.date.isoformat()} {chosen.number}\n{text}"
    follow_up = chosen.follow_up or FollowUp.NONE
    signature = Signature(Signed.NOBODY_THERE, reason=text)
    account = Account(civil_date(now), chosen.results, follow_up, facts, signature)
    made = enter(tx, now, found, position, code, account, actor.subject, None, on_site=False)
    row = {
        "campaign": identifier,
        "position": made.position,
        "version": made.version,
        "reference": chosen.reference,
        "record_version": chosen.version,
        "body": chosen.body,
        "inspected": chosen.date,
        "reason": text,
        "recognised_by": actor.subject,
    }
    sealed = documents.seal(tx, "recognition", {"campaign": identifier}, [(RECOGNITION, [row])])
    log.append(tx, now, [NewEntry(RECOGNISED, identifier, {"recognition": sealed})])
    return made


def recognitions(tx: Connection, identifier: str) -> dict[int, Recognition]:
    """Return by position the newest findings of a campaign that repeat an earlier inspection.

    Whoever shows such a finding says so: no second inspection took place.
    """
    newest = {each.position: each.version for each in findings.findings_of(tx, identifier)}
    rows = tx.execute(select(recognition).where(recognition.c.campaign == identifier))
    return {
        row.position: Recognition(
            identifier, row.position, row.reference, row.body, row.inspected, row.reason, row.recognised_by
        )
        for row in rows
        if newest.get(row.position) == row.version
    }


def visible_recognitions(tx: Connection, actor: Actor, identifier: str) -> list[Recognition]:
    """Return to those who see a campaign's findings which of them repeat an earlier inspection, by position."""
    seen = {each.position for each in findings.visible_findings(tx, actor, identifier)}
    return [each for position, each in sorted(recognitions(tx, identifier).items()) if position in seen]


def _inspections(
    tx: Connection, today: date, days: int, own: Collection[str], codes: Sequence[str] | None = None
) -> list[Inspection]:
    """Return what others' inspections found within some days, the newest first; `own` are names of departments."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("recognition_days", field="days", least=1, greatest=MOST_DAYS)
    query = _standing().where(record.c.date >= today - timedelta(days=days), record.c.date <= today)
    if own:
        query = query.where(record.c.body.not_in(list(own)))
    if codes is not None:
        query = query.where(record.c.enterprise.in_(codes))
    rows = tx.execute(query.order_by(record.c.date.desc(), record.c.identity)).all()
    items = _items_of_published(tx, codes)
    return [
        Inspection(
            row.identity,
            row.version,
            row.enterprise,
            row.body,
            row.date,
            row.number,
            tuple(row.content["results"]),
            row.content.get("follow_up", ""),
            items.get((row.enterprise, row.number)) or tuple(row.content.get("matters", ())),
        )
        for row in rows
    ]


def _standing() -> Select[Any]:
    later = record.alias()
    newest = ~exists().where(later.c.identity == record.c.identity, later.c.version > record.c.version)
    return select(record).where(record.c.kind == "inspection", record.c.revoked == 0, newest)


def _items_of_published(tx: Connection, codes: Sequence[str] | None) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the items of published findings by enterprise and the number of their record."""
    query = select(disclosure.c.enterprise, disclosure.c.campaign, disclosure.c.position, disclosure.c["items"])
    if codes is not None:
        query = query.where(disclosure.c.enterprise.in_(codes))
    return {
        (enterprise, f"{campaign}-{position}"): tuple(items)
        for enterprise, campaign, position, items in tx.execute(query)
    }


def _items(tx: Connection, found: Campaign) -> set[str]:
    register = registers.items(tx)
    return {register[code]["name"] for code in found.plan.items}


def _names(tx: Connection, departments: Collection[str]) -> list[str]:
    known = registers.departments(tx)
    return [known[code]["name"] for code in departments if code in known]


def _is_assigned(tx: Connection, actor: Actor, code: str) -> bool:
    query = (
        select(assignment.c.position)
        .join(slot, (slot.c.campaign == assignment.c.campaign) & (slot.c.position == assignment.c.position))
        .where(assignment.c.inspector == actor.subject, slot.c.enterprise == code, standing())
    )
    return tx.execute(query.limit(1)).first() is not None
