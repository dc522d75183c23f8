"""Findings (检查结果): recorded by an inspector of the team, reviewed by another person, then published.

Until it is published nothing of a finding is public. Published, it opens the enterprise's slot: anybody sees that it
was fixed before the seed and is among the drawn, and nothing of its stratum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, parse_instant
from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from sampling import campaigns, registers
from sampling.campaigns import Campaign
from sampling.drawing import frame_slots
from sampling.entry_kinds import CLOSED, DRAWN, LISTED, PUBLISHED, RECORDED, REVIEWED
from sampling.listings import CampaignType
from sampling.slots import KEY_TAG, STRATUM_TAG, SlotSecret, slot_nodes, slot_proof, slots_root
from sampling.standing import standing
from sampling.tables import (
    DISCLOSURE,
    FINDING,
    FINDING_REVIEW,
    assignment,
    disclosure,
    finding,
    finding_review,
    slot,
)
from sampling.targets import replacements_of
from scoring import intake
from scoring.fields import lines_up_to
from scoring.results import FollowUp, check_results
from scoring.tables import enterprise

CHECK_TYPES = {
    CampaignType.UNTARGETED: "双随机抽查",
    CampaignType.TARGETED: "双随机抽查",
    CampaignType.SPECIAL: "专项检查",
    CampaignType.SUPERIOR: "上级抽取检查",
}
LONGEST_FACTS = 4000


@dataclass(frozen=True)
class Finding:
    """The newest version of what a visit found, and its state: recorded, returned, approved or published."""

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


def record_finding(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    code: str,
    visited: date,
    results: Sequence[str],
    follow_up: str,
    facts: str,
) -> Finding:
    """Record what an inspector of the enterprise's team found there.

    Raises Forbidden("finding_not_assigned") for all others, whether the enterprise was drawn or not; Conflict where
    the finding waits for review or was approved, or the team lacks somebody (rematch_awaited); Invalid:
    visit_in_future, visit_before_draw, facts_too_long, follow_up_unknown, what `check_results` raises, and what is
    wrong with the facts' text.
    """
    actor.require(Role.INSPECTOR)
    found = campaigns.for_participant(tx, actor, identifier, ["matched"])
    position = _assigned(tx, actor, identifier, code)
    if len(_team(tx, identifier, position)) < sum(role.count for role in found.plan.team_roles):
        raise Conflict("rematch_awaited", campaign=identifier, enterprise=code)
    checked, facts = _checked(tx, now, identifier, visited, results, follow_up, facts)
    earlier = _newest(tx, identifier, position)
    if earlier is not None and earlier.state != "returned":
        raise Conflict("finding_stands", enterprise=code, state=earlier.state)
    version = 1 if earlier is None else earlier.version + 1
    row = {
        "campaign": identifier,
        "position": position,
        "version": version,
        "visited": visited,
        "results": checked,
        "follow_up": follow_up,
        "facts": facts,
        "recorded_by": actor.subject,
    }
    sealed = documents.seal(tx, "finding", {"campaign": identifier}, [(FINDING, [row])])
    log.append(tx, now, [NewEntry(RECORDED, identifier, {"finding": sealed})])
    return _newest_of(tx, identifier, position)


def review_finding(
    tx: Connection, actor: Actor, now: datetime, identifier: str, code: str, approve: bool, note: str
) -> Finding:
    """Approve a recorded finding, or return it with a note to be recorded anew; never by who recorded it.

    Raises Forbidden("review_of_own_finding"), Missing("finding_missing"), Conflict("finding_stands"),
    Invalid("return_without_note"), and what is wrong with the note's text.
    """
    actor.require(Role.PLANNER)
    campaigns.for_participant(tx, actor, identifier, ["matched"])
    found = of_enterprise(tx, identifier, code)
    if found.state != "recorded":
        raise Conflict("finding_stands", enterprise=code, state=found.state)
    if actor.subject == found.recorded_by or actor.subject in _team(tx, identifier, found.position):
        raise Forbidden("review_of_own_finding", enterprise=code)
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
    log.append(tx, now, [NewEntry(REVIEWED, identifier, {"review": sealed})])
    return _newest_of(tx, identifier, found.position)


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
        chosen = [of_enterprise(tx, identifier, code) for code in dict.fromkeys(codes)]
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


def publish(tx: Connection, actor: Actor, now: datetime, found: Campaign, approved: Sequence[Finding]) -> list[Entry]:
    """Publish approved findings of a campaign and take them in as records."""
    identifier = found.id
    log.lock(tx)  # disclosures are numbered in the order of the feed
    rows = _disclosures(tx, found, sorted(approved, key=lambda each: each.position), now)
    sealed = documents.seal(tx, "disclosure", {"by": actor.subject, "campaign": identifier}, [(DISCLOSURE, rows)])
    inspections = [
        {
            "enterprise": row["enterprise"],
            "date": row["visited"],
            "body": row["department"],
            "number": f"{identifier}-{row['position']}",
            "content": {"type": CHECK_TYPES[found.plan.type], "results": row["results"], "follow_up": row["follow_up"]},
        }
        for row in rows
    ]
    records = intake.take_in_inspections(tx, actor, f"campaign {identifier}", inspections)
    published = NewEntry(PUBLISHED, identifier, {"disclosure": sealed}, {"count": len(rows)})
    return log.append(tx, now, [published, records])


def visible_findings(tx: Connection, actor: Actor, identifier: str) -> list[Finding]:
    """Return a campaign's findings to its planners, analysts and auditors, or an inspector's own."""
    if actor.role is Role.INSPECTOR:
        own = select(assignment.c.position)
        own = own.where(assignment.c.campaign == identifier, assignment.c.inspector == actor.subject, standing())
        return _findings(tx, identifier, finding.c.position.in_(own))
    campaigns.read(tx, actor, identifier)
    return findings_of(tx, identifier)


def findings_of(tx: Connection, identifier: str) -> list[Finding]:
    """Return the newest version of each finding of a campaign, by position."""
    return _findings(tx, identifier)


def _findings(tx: Connection, identifier: str, *which: ColumnElement[bool]) -> list[Finding]:
    """Return the newest version of the findings of a campaign that meet conditions, by position; only they are read."""
    versions = finding.alias()
    newest = select(func.max(versions.c.version))
    newest = newest.where(versions.c.campaign == finding.c.campaign, versions.c.position == finding.c.position)
    query = (
        select(finding, slot.c.enterprise, finding_review.c.approved, disclosure.c.number.label("published"))
        .join(slot, (slot.c.campaign == finding.c.campaign) & (slot.c.position == finding.c.position))
        .outerjoin(
            finding_review,
            (finding_review.c.campaign == finding.c.campaign)
            & (finding_review.c.position == finding.c.position)
            & (finding_review.c.version == finding.c.version),
        )
        .outerjoin(
            disclosure,
            (disclosure.c.campaign == finding.c.campaign) & (disclosure.c.position == finding.c.position),
        )
        .where(finding.c.campaign == identifier, finding.c.version == newest.scalar_subquery(), *which)
        .order_by(finding.c.position)
    )
    closed = log.about(tx, identifier, CLOSED)  # a disclosure may have expired since
    overdue = set(campaigns.told_positions(tx, closed[0], "overdue")) if closed else set()
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
            _state(row.approved, row.published is not None or bool(closed and row.position not in overdue)),
        )
        for row in tx.execute(query)
    ]


def _state(approved: int | None, published: bool) -> str:
    if published:
        return "published"
    if approved is None:
        return "recorded"
    return "approved" if approved else "returned"


def _assigned(tx: Connection, actor: Actor, identifier: str, code: str) -> int:
    """Return the position of an enterprise that the actor is assigned to; others learn not even if it was drawn."""
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


def _team(tx: Connection, identifier: str, position: int) -> set[str]:
    query = select(assignment.c.inspector)
    query = query.where(assignment.c.campaign == identifier, assignment.c.position == position, standing())
    return set(tx.execute(query).scalars())


def _checked(
    tx: Connection,
    now: datetime,
    identifier: str,
    visited: date,
    results: Sequence[str],
    follow_up: str,
    facts: str,
) -> tuple[list[str], str]:
    drawn_on = civil_date(parse_instant(_chosen(tx, identifier).time))
    if visited > civil_date(now):
        raise Invalid("visit_in_future", field="visited", visited=visited)
    if visited < drawn_on:
        raise Invalid("visit_before_draw", field="visited", visited=visited, drawn=drawn_on)
    if follow_up not in list(FollowUp):
        raise Invalid("follow_up_unknown", field="follow_up", value=follow_up, known="、".join(FollowUp))
    if len(facts) > LONGEST_FACTS:
        raise Invalid("facts_too_long", field="facts", longest=LONGEST_FACTS)
    return [result.value for result in check_results(results)], str(lines_up_to(LONGEST_FACTS)(facts))


def _chosen(tx: Connection, identifier: str) -> Entry:
    """Return the entry since which it is known whom to visit: the draw, or the list that is none."""
    fixed = campaigns.fixing_entry(tx, identifier)
    return fixed if fixed.kind == LISTED else campaigns.entry_of(tx, identifier, DRAWN)


def _newest(tx: Connection, identifier: str, position: int) -> Finding | None:
    return next(iter(_findings(tx, identifier, finding.c.position == position)), None)


def _newest_of(tx: Connection, identifier: str, position: int) -> Finding:
    found = _newest(tx, identifier, position)
    if found is None:
        raise Missing("finding_missing", enterprise=str(position))
    return found


def of_enterprise(tx: Connection, identifier: str, code: str) -> Finding:
    """Return the newest finding of a campaign at an enterprise; raises Missing."""
    found = next(iter(_findings(tx, identifier, slot.c.enterprise == code)), None)
    if found is None:
        raise Missing("finding_missing", enterprise=code)
    return found


def _disclosures(tx: Connection, found: Campaign, approved: Sequence[Finding], now: datetime) -> list[dict[str, Any]]:
    frame = frame_slots(tx, found.id)
    openings = _openings(frame, [each.position for each in approved])
    names = _names(tx, [each.enterprise for each in approved])
    department = registers.departments(tx)[found.plan.lead]["name"]
    register = registers.items(tx)
    items = [register[code]["name"] for code in found.plan.items]
    first = next_number(tx)
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


def next_number(tx: Connection) -> int:
    """Return the number of the next disclosure; those that have expired keep theirs."""
    return 1 + sum(int(entry.body["count"]) for entry in log.of_kind(tx, PUBLISHED))


def _openings(frame: Sequence[SlotSecret], positions: Sequence[int]) -> Mapping[int, JSON]:
    """Return for each position what proves that its code was fixed in the frozen frame, and nothing more."""
    slots = [each.slot for each in frame]
    nodes, root = slot_nodes(slots), slots_root(slots).hex()
    return {
        position: {
            "position": position,
            "slots": len(slots),
            "root": root,
            "slot": frame[position].slot.hex(),
            "identity_salt": frame[position].identity.salt.hex(),
            "stratum_commitment": frame[position].stratum.commitment(STRATUM_TAG).hex(),
            "key_commitment": frame[position].key.commitment(KEY_TAG).hex(),
            "proof": [step.hex() for step in slot_proof(position, len(slots), nodes)],
        }
        for position in positions
    }


def _names(tx: Connection, codes: Sequence[str]) -> dict[str, str]:
    query = select(enterprise.c.code, enterprise.c.name).where(enterprise.c.code.in_(codes))
    return dict(tx.execute(query).all())
