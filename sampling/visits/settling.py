"""Conflicts (离线冲突): what was handed in later although another version stood, and settling it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Invalid, Missing
from ledger.log import NewEntry
from sampling import campaigns, findings
from sampling.entry_kinds import SETTLED
from sampling.findings import Finding
from sampling.standing import standing
from sampling.tables import CONFLICT_SETTLEMENT, assignment, conflict_settlement, finding_conflict, slot
from sampling.visits.accounts import LONGEST_FACTS, Account, HandIn
from sampling.visits.positions import assigned_position, hold_position
from sampling.visits.recording import enter
from scoring.fields import lines_up_to


class Choice(StrEnum):
    """What comes of a conflict: what stood is kept, or what was handed in later is recorded anew."""

    KEPT = "kept"
    RECORDED = "recorded"


@dataclass(frozen=True)
class HeldConflict:
    """An account that was handed in later, the version that stood then, and what came of it."""

    campaign: str
    position: int
    enterprise: str
    number: int
    stood: int
    account: Account
    handed_in_by: str
    hand_in: HandIn
    choice: Choice | None
    note: str
    settled_by: str


def conflicts(tx: Connection, actor: Actor, identifier: str) -> list[HeldConflict]:
    """Return a campaign's conflicts by position and number, to all who may see it; an inspector's own."""
    if actor.role is Role.INSPECTOR:
        own = select(assignment.c.position)
        own = own.where(assignment.c.campaign == identifier, assignment.c.inspector == actor.subject, standing())
        return _conflicts(tx, identifier, finding_conflict.c.position.in_(own))
    campaigns.read(tx, actor, identifier)
    return _conflicts(tx, identifier)


def settle_conflict(
    tx: Connection,
    actor: Actor,
    now: datetime,
    identifier: str,
    code: str,
    number: int,
    choice: Choice,
    note: str,
) -> Finding:
    """Settle a conflict as an inspector of the team or a planner outside it, and say why.

    What is recorded anew is recorded as by who handed it in, so that another inspector confirms it. Raises Forbidden
    ("finding_not_assigned"); Missing("conflict_missing"); Conflict: conflict_settled, finding_stands where what was
    approved would be recorded anew; Invalid("settlement_without_note"), and what is wrong with the note's text.
    """
    actor.require(Role.INSPECTOR, Role.PLANNER)
    found = campaigns.for_participant(tx, actor, identifier, ["matched"], shared=True)
    hold_position(tx, identifier, code)
    if actor.role is Role.INSPECTOR:
        assigned_position(tx, actor, identifier, code)
    here = _conflicts(tx, identifier, slot.c.enterprise == code, finding_conflict.c.number == number)
    if not here:
        raise Missing("conflict_missing", enterprise=code, number=number)
    (conflict,) = here
    if conflict.choice is not None:
        raise Conflict("conflict_settled", enterprise=code, number=number)
    stands = findings.of_enterprise(tx, identifier, code)
    if choice is Choice.RECORDED and stands.state not in ("recorded", "confirmed", "returned"):
        raise Conflict("finding_stands", enterprise=code, state=stands.state)
    if not note.strip():
        raise Invalid("settlement_without_note", field="note")
    row = {
        "campaign": identifier,
        "position": conflict.position,
        "number": number,
        "choice": choice.value,
        "note": str(lines_up_to(LONGEST_FACTS)(note)),
        "settled_by": actor.subject,
    }
    sealed = documents.seal(tx, "settlement", {"campaign": identifier}, [(CONFLICT_SETTLEMENT, [row])])
    log.append(tx, now, [NewEntry(SETTLED, identifier, {"settlement": sealed})])
    if choice is Choice.RECORDED:
        by = conflict.handed_in_by
        return enter(tx, now, found, conflict.position, code, conflict.account, by, None)
    return findings.newest_at(tx, identifier, conflict.position)


def _conflicts(tx: Connection, identifier: str, *which: ColumnElement[bool]) -> list[HeldConflict]:
    same = (
        (conflict_settlement.c.campaign == finding_conflict.c.campaign)
        & (conflict_settlement.c.position == finding_conflict.c.position)
        & (conflict_settlement.c.number == finding_conflict.c.number)
    )
    at = (slot.c.campaign == finding_conflict.c.campaign) & (slot.c.position == finding_conflict.c.position)
    settled = conflict_settlement.c.choice, conflict_settlement.c.note, conflict_settlement.c.settled_by
    query = select(finding_conflict, slot.c.enterprise, *settled).join(slot, at).outerjoin(conflict_settlement, same)
    query = query.where(finding_conflict.c.campaign == identifier, *which)
    return [_held(row) for row in tx.execute(query.order_by(finding_conflict.c.position, finding_conflict.c.number))]


def _held(row: Row[*tuple[Any, ...]]) -> HeldConflict:
    return HeldConflict(
        row.campaign,
        row.position,
        row.enterprise,
        row.number,
        row.stood,
        Account.from_json(row.account),
        row.handed_in_by,
        HandIn(row.hand_in, row.entered_at, row.based_on),
        None if row.choice is None else Choice(row.choice),
        row.note or "",
        row.settled_by or "",
    )
