"""Findings (检查结果): recorded and confirmed by the team (`sampling.visits`), reviewed by another person, published.

Until it is published nothing of a finding is public. Published, it opens the enterprise's slot: anybody sees that it
was fixed before the seed and is among the drawn, and nothing of its stratum.
"""

from collections import defaultdict
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
    exists,
    false,
    func,
    or_,
    select,
    text,
)

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.json_columns import lists
from ledger.log import NewEntry
from ledger.long_work import long_work
from ledger.windows import Key, Window, counted
from sampling import campaigns, inbox, registers
from sampling.campaigns import Campaign
from sampling.drawing import frame_slots
from sampling.entry_kinds import PUBLISHED, REVIEWED
from sampling.exchange import queueing
from sampling.finding_filters import EVERY_FINDING, RecordedFilter, RecordedOrder
from sampling.inbox import Recipient
from sampling.listings import CampaignType
from sampling.publication import finding_texts, publications
from sampling.publication.tables import publication
from sampling.slots import SealedFrame, slot_nodes, slot_proof, slots_root
from sampling.standing import standing, to_visit
from sampling.tables import (
    DISCLOSURE,
    FINDING_REVIEW,
    assignment,
    conflict_settlement,
    finding,
    finding_confirmation,
    finding_conflict,
    finding_detail,
    finding_review,
    recognition,
    slot,
)
from sampling.targets import replacements_of
from sampling.visits.accounts import Reply
from scoring import intake, projections
from scoring.fields import lines_up_to
from scoring.results import found_problem
from scoring.tables import enterprise

CHECK_TYPES = {
    CampaignType.UNTARGETED: "双随机抽查",
    CampaignType.TARGETED: "双随机抽查",
    CampaignType.SPECIAL: "专项检查",
    CampaignType.SUPERIOR: "上级抽取检查",
}
LONGEST_FACTS = 4000
VISIT_LOCK = "qian/visit-lock/v1"
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


def review_finding(
    tx: Connection, actor: Actor, now: datetime, identifier: str, code: str, approve: bool, note: str
) -> Finding:
    """Approve a confirmed finding, or return it with a note to be recorded anew; never by anybody of its team.

    Raises Forbidden("review_of_own_finding"), Missing("finding_missing"), Conflict: finding_stands,
    finding_unconfirmed, conflict_open; Invalid("return_without_note"), and what is wrong with the note's text.
    """
    actor.require(Role.PLANNER)
    campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    found = of_enterprise(tx, identifier, code)
    if found.state not in ("recorded", "confirmed"):
        raise Conflict("finding_stands", enterprise=code, state=found.state)
    if actor.subject == found.recorded_by or actor.subject in team_of(tx, identifier, found.position):
        raise Forbidden("review_of_own_finding", enterprise=code)
    if found.state == "recorded" and found.detail is not None:
        raise Conflict("finding_unconfirmed", enterprise=code)
    if found.conflicts:
        raise Conflict("conflict_open", enterprise=code, count=found.conflicts)
    if not approve and not note.strip():
        raise Invalid("return_without_note", field="note")
    note = str(lines_up_to(LONGEST_FACTS)(note))
    row = {
        "campaign": identifier,
        "position": found.position,
        "version": found.version,
        "approved": int(approve),
        "note": note,
        "reviewed_by": actor.subject,
    }
    sealed = documents.seal(tx, "review", {"campaign": identifier}, [(FINDING_REVIEW, [row])])
    if not approve:
        told: dict[str, JSON] = {"enterprise": code, "note": note}
        inbox.tell(tx, now, Recipient.person(found.recorded_by), "finding_returned", told, identifier)
    log.append(tx, now, [NewEntry(REVIEWED, identifier, {"review": sealed})])
    return newest_at(tx, identifier, found.position)


def publish_findings(
    tx: Connection, actor: Actor, now: datetime, identifier: str, codes: Sequence[str] | None = None
) -> list[Entry]:
    """Publish approved findings, all of a campaign's or those of some enterprises, and take them in as records.

    Those at reserves wait for the close (`sampling.closing`): until then nobody is told which positions these are.
    Raises Conflict("finding_stands") where a named one is not approved; Conflict("finding_of_reserve");
    Conflict("nothing_to_publish"), also for an empty list of enterprises.
    """
    found = campaigns.for_planner(tx, actor, identifier, "matched")
    if codes is None:
        chosen = findings_of(tx, identifier)
    else:
        chosen = _of_enterprises(tx, identifier, list(dict.fromkeys(codes)))
    for each in chosen:
        if codes is not None and each.state != "approved":
            raise Conflict("finding_stands", enterprise=each.enterprise, state=each.state)
    reserves = {each.reserve for each in replacements_of(tx, identifier)}
    for each in chosen:
        if codes is not None and each.position in reserves:
            raise Conflict("finding_of_reserve", enterprise=each.enterprise)
    approved = [each for each in chosen if each.state == "approved" and each.position not in reserves]
    if not approved:
        raise Conflict("nothing_to_publish", campaign=identifier)
    return publish(tx, actor, now, found, approved)


def approved_at_reserves(tx: Connection, identifier: str) -> list[Finding]:
    """Return the approved findings of a campaign at reserves, which wait for its close."""
    reserves = {each.reserve for each in replacements_of(tx, identifier)}
    return [each for each in findings_of(tx, identifier) if each.state == "approved" and each.position in reserves]


@long_work()
def publish(tx: Connection, actor: Actor, now: datetime, found: Campaign, approved: Sequence[Finding]) -> list[Entry]:
    """Publish approved findings of a campaign, take them in as records, and queue these for the platforms."""
    identifier = found.id
    now = log.moment(tx, now)  # disclosures are numbered in the order of the feed, and tell the entry's own time
    rows = _disclosures(tx, found, sorted(approved, key=lambda each: each.position), now)
    sealed = documents.seal(tx, "disclosure", {"by": actor.subject, "campaign": identifier}, [(DISCLOSURE, rows)])
    publications.add(tx, now, identifier, sealed.id, [(row["number"], row["position"]) for row in rows])
    finding_texts.add(tx, [(row["number"], row["visited"], row["name"]) for row in rows])
    records = as_records(tx, actor, found, rows)
    published = NewEntry(PUBLISHED, identifier, {"disclosure": sealed}, {"count": len(rows)})
    entries = log.append(tx, now, [published, *records])
    queueing.queue(tx, now, [each.subject for each in records])
    return entries


def as_records(tx: Connection, actor: Actor, found: Campaign, rows: Sequence[Mapping[str, Any]]) -> list[NewEntry]:
    """Take published findings in as records, each in the place of what an earlier version of it said.

    Those that repeat an earlier inspection make none: no second one took place. The records tell who stands in the
    team, and by their names the items that were inspected and those in which a problem was found, as far as the team's
    answers to check points tell.
    """
    recognised = _recognised(tx, found.id)
    own = [row for row in rows if row["position"] not in recognised]
    positions = [row["position"] for row in own]
    teams, failed = _teams(tx, found.id, positions), _failed_items(tx, found.id, positions)
    register = registers.items(tx) if own else {}
    names = {code: register[code]["name"] for code in found.plan.items if code in register}
    inspections = []
    for row in own:
        violated = failed.get(row["position"], ()) if found_problem(row["results"]) else ()
        content = {
            "type": CHECK_TYPES[found.plan.type],
            "results": row["results"],
            "follow_up": row["follow_up"],
            "inspectors": teams.get(row["position"], []),
            "matters": _different(names[code] for code in found.plan.items if code in names),
            "violated": _different(name for code, name in names.items() if code in violated),
        }
        inspections.append(
            {
                "enterprise": row["enterprise"],
                "date": row["visited"],
                "body": row["department"],
                "number": f"{found.id}-{row['position']}",
                "content": {name: value for name, value in content.items() if value != []},
            }
        )
    return [intake.take_in_inspections(tx, actor, f"campaign {found.id}", inspections)] if inspections else []


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


def hold_position(tx: Connection, identifier: str, code: str) -> None:
    """Let nobody else act on a campaign's visit of an enterprise until the transaction ends."""
    if tx.dialect.name != "sqlite":  # where every writer is alone
        named = f"{VISIT_LOCK} {identifier} {code}"
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:named, 0))"), {"named": named})


def assigned_position(tx: Connection, actor: Actor, identifier: str, code: str) -> int:
    """Return the position of an enterprise that the actor is assigned to; others learn not even if it was drawn.

    Raises Forbidden("finding_not_assigned").
    """
    query = (
        select(assignment.c.position)
        .join(slot, (slot.c.campaign == assignment.c.campaign) & (slot.c.position == assignment.c.position))
        .where(assignment.c.campaign == identifier, assignment.c.inspector == actor.subject, standing())
        .where(slot.c.enterprise == code)
    )
    position = tx.execute(query).scalar_one_or_none()
    if position is None:
        raise Forbidden("finding_not_assigned", enterprise=code, campaign=identifier)
    return int(position)


def visible_position(tx: Connection, actor: Actor, identifier: str, code: str) -> int:
    """Return the position of an enterprise that is to be visited, to its team and all who may see the campaign.

    Raises Forbidden("finding_not_assigned"), Missing: campaign_missing, visit_missing.
    """
    if actor.role is Role.INSPECTOR:
        return assigned_position(tx, actor, identifier, code)
    campaigns.read(tx, actor, identifier)
    query = select(slot.c.position).where(slot.c.campaign == identifier, slot.c.enterprise == code, to_visit())
    position: int | None = tx.execute(query).scalar_one_or_none()
    if position is None:
        raise Missing("visit_missing", enterprise=code, campaign=identifier)
    return position


def team_of(tx: Connection, identifier: str, position: int) -> set[str]:
    """Return the inspectors who stand in the team of a position."""
    query = select(assignment.c.inspector)
    query = query.where(assignment.c.campaign == identifier, assignment.c.position == position, standing())
    return set(tx.execute(query).scalars())


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


def _of_enterprises(tx: Connection, identifier: str, codes: Sequence[str]) -> list[Finding]:
    """Return the newest findings of a campaign at enterprises, in their order; raises Missing."""
    if len(codes) <= FEW:
        return [of_enterprise(tx, identifier, code) for code in codes]
    found = {each.enterprise: each for each in findings_of(tx, identifier)}
    for code in codes:
        if code not in found:
            raise Missing("finding_missing", enterprise=code)
    return [found[code] for code in codes]


def _recognised(tx: Connection, identifier: str) -> set[int]:
    """Return the positions whose newest finding repeats an earlier inspection: no second one took place."""
    newest = select(func.max(finding.c.version))
    newest = newest.where(finding.c.campaign == recognition.c.campaign, finding.c.position == recognition.c.position)
    query = select(recognition.c.position).where(recognition.c.campaign == identifier)
    return set(tx.execute(query.where(recognition.c.version == newest.scalar_subquery())).scalars())


def _teams(tx: Connection, identifier: str, positions: Sequence[int]) -> dict[int, list[str]]:
    """Return who stands in the teams of positions, by position and in the order of their codes."""
    query = select(assignment.c.position, assignment.c.inspector).distinct()
    query = query.where(assignment.c.campaign == identifier, standing())
    found = defaultdict[int, list[str]](list)
    for some in projections.chunks(positions):
        for position, inspector in sorted(
            tuple(row) for row in tx.execute(query.where(assignment.c.position.in_(some)))
        ):
            found[position].append(inspector)
    return found


def _failed_items(tx: Connection, identifier: str, positions: Sequence[int]) -> dict[int, set[str]]:
    """Return by position the items of which the newest finding says no to a check point."""
    later = finding_detail.alias()
    newest = ~exists().where(
        later.c.campaign == finding_detail.c.campaign,
        later.c.position == finding_detail.c.position,
        later.c.version > finding_detail.c.version,
    )
    query = select(finding_detail.c.position, finding_detail.c.answers)
    query = query.where(finding_detail.c.campaign == identifier, newest)
    return {
        position: {each["item"] for each in answers if each["reply"] == Reply.NO}
        for some in projections.chunks(positions)
        for position, answers in tx.execute(query.where(finding_detail.c.position.in_(some)))
    }


def _different(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _disclosures(tx: Connection, found: Campaign, approved: Sequence[Finding], now: datetime) -> list[dict[str, Any]]:
    frame = frame_slots(tx, found.id)
    openings = _openings(frame, [each.position for each in approved])
    names = _names(tx, [each.enterprise for each in approved])
    department = registers.departments(tx)[found.plan.lead]["name"]
    register = registers.items(tx)
    items = [register[code]["name"] for code in found.plan.items]
    first = publications.next_number(tx)
    return [
        {
            "number": first + count,
            "campaign": found.id,
            "position": each.position,
            "enterprise": each.enterprise,
            "name": names[each.enterprise],
            "department": department,
            "items": items,
            "visited": each.visited,
            "results": list(each.results),
            "follow_up": each.follow_up,
            "published_at": now,
            "opening": openings[each.position],
        }
        for count, each in enumerate(approved)
    ]


def _openings(frame: SealedFrame, positions: Sequence[int]) -> Mapping[int, JSON]:
    """Return for each position what proves that its code was fixed in the frozen frame, and nothing more."""
    nodes, root = slot_nodes(frame.slots), slots_root(frame.slots).hex()
    openings: dict[int, JSON] = {}
    for position in positions:
        public = frame.secrets.public_opening(position)
        openings[position] = {
            "position": position,
            "slots": len(frame.slots),
            "root": root,
            "slot": frame.slots[position].hex(),
            "identity_salt": public.identity.salt.hex(),
            "stratum_commitment": public.stratum_commitment.hex(),
            "key_commitment": public.key_commitment.hex(),
            "proof": [step.hex() for step in slot_proof(position, len(frame.slots), nodes)],
        }
    return openings


def _names(tx: Connection, codes: Sequence[str]) -> dict[str, str]:
    columns, found = select(enterprise.c.code, enterprise.c.name), dict[str, str]()
    for some in projections.chunks(codes):
        found.update(tx.execute(columns.where(enterprise.c.code.in_(some))).all())
    return found
