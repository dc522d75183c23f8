"""Proceedings about a finding (后续事项): what somebody began, and each step that was taken since.

A correction or a repair is proposed and decided; a re-check is recorded; a transfer is sent and answered; a punishment
is proposed, confirmed, fed back and ended. Each is a bound row, and so is each of its steps; the log's entries hold
commitments alone and are about documents, so that nobody learns from them whose finding it is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, select

from ledger import documents
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.documents import Sealed
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.json_columns import member
from ledger.windows import ALL, Window
from sampling import campaigns
from sampling.campaigns import Campaign
from sampling.publication.tables import PROCEEDING, PROCEEDING_STEP, proceeding, proceeding_step
from sampling.standing import standing
from sampling.tables import assignment, slot
from sampling.tables import campaign as campaign_table
from scoring.fields import lines_up_to
from scoring.tables import enterprise as enterprise_table

LONGEST_TEXT = 2000


class Kind(StrEnum):
    """What a proceeding is."""

    CORRECTION = "correction"
    REPAIR = "repair"
    RECHECK = "recheck"
    TRANSFER = "transfer"
    PUNISHMENT = "punishment"


class State(StrEnum):
    """How far a proceeding has come: the last step that was taken, open before the first; what a re-check found."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN = "taken"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    ANSWERED = "answered"
    ENDED = "ended"
    CORRECTED = "corrected"
    NOT_CORRECTED = "not_corrected"


OPEN = State.OPEN
OVER = (State.APPROVED, State.REFUSED, State.RETURNED, State.ENDED, State.CORRECTED, State.NOT_CORRECTED)


@dataclass(frozen=True)
class ProceedingFilter:
    """What proceedings must be; what is empty asks for nothing."""

    campaign: str = ""
    enterprise: str = ""
    kind: Kind | None = None
    states: tuple[State, ...] = ()


EVERY_PROCEEDING = ProceedingFilter()


@dataclass(frozen=True)
class Step:
    """What came of a proceeding: `content` has what the step says, by whom and when."""

    step: str
    content: Mapping[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True)
class Proceeding:
    """A proceeding with its steps, confidential; `content` differs by kind, `lead` leads its campaign.

    The enterprise's code, and its name of today, are empty where the campaign's frame has expired.
    """

    id: str
    kind: Kind
    campaign: str
    position: int
    enterprise: str
    content: Mapping[str, Any]
    opened_by: str
    opened_at: datetime
    steps: tuple[Step, ...]
    lead: str
    name: str

    @property
    def state(self) -> State:
        """How far it has come, as `_state` says it to the database."""
        if self.kind is Kind.RECHECK:
            return State.CORRECTED if self.content["corrected"] else State.NOT_CORRECTED
        return State(self.steps[-1].step) if self.steps else State.OPEN

    @property
    def is_over(self) -> bool:
        """Whether no step can follow."""
        return self.state in OVER


def open_(
    tx: Connection,
    actor: Actor,
    now: datetime,
    kind: Kind,
    campaign: str,
    position: int,
    content: Mapping[str, JSON],
) -> Sealed:
    """Store a proceeding, and return its document; the caller appends the entry."""
    row = {
        "kind": kind.value,
        "campaign": campaign,
        "position": position,
        "content": dict(content),
        "opened_by": actor.subject,
        "opened_at": now,
    }
    return documents.seal(tx, kind.value, {}, [(PROCEEDING, [row])])


def take_step(
    tx: Connection, actor: Actor, now: datetime, found: Proceeding, step: str, content: Mapping[str, JSON]
) -> Sealed:
    """Store the next step of a proceeding, and return its document; the caller appends the entry."""
    row = {
        "proceeding": found.id,
        "place": len(found.steps),
        "step": step,
        "content": dict(content),
        "by": actor.subject,
        "at": now,
    }
    return documents.seal(tx, "proceeding_step", {}, [(PROCEEDING_STEP, [row])])


def begun(tx: Connection, actor: Actor, identifier: str, *kinds: Kind) -> tuple[Proceeding, Campaign]:
    """Return a proceeding of one of the kinds with its campaign, which nobody else changes now, to those who see it.

    Raises Missing("proceeding_missing") to all others, and of what is of another kind.
    """
    found = read(tx, identifier)
    campaign = campaigns.locked(tx, found.campaign)
    is_seen = campaigns.may_see(actor, campaign.plan) or found.content.get("to") == actor.department
    if found.kind not in kinds or not is_seen:
        raise Missing("proceeding_missing", proceeding=identifier)
    return read(tx, identifier), campaign  # as it is now that the campaign is locked


def require_state(found: Proceeding, *states: str) -> None:
    """Raise Conflict("proceeding_state") unless a proceeding is in one of the states."""
    if found.state not in states:
        raise Conflict("proceeding_state", proceeding=found.id, state=found.state, needed=list(states))


def require_other_person(actor: Actor, found: Proceeding) -> None:
    """Raise Forbidden("proceeding_by_same_person") for who began it."""
    if actor.subject == found.opened_by:
        raise Forbidden("proceeding_by_same_person", proceeding=found.id)


def require_none_open(tx: Connection, kind: Kind, campaign: str, position: int) -> None:
    """Raise Conflict("proceeding_open") where one of the kind waits already at a position."""
    for each in of_position(tx, campaign, position, kind):
        if not each.is_over:
            raise Conflict("proceeding_open", proceeding=each.id, state=each.state)


def text(given: str, field: str, *, needed: bool = True) -> str:
    """Return a person's text, trimmed; raises Invalid("proceeding_text_missing"), and what is wrong with it."""
    if needed and not given.strip():
        raise Invalid("proceeding_text_missing", field=field)
    return str(lines_up_to(LONGEST_TEXT)(given.strip())) if given.strip() else ""


def read(tx: Connection, identifier: str) -> Proceeding:
    """Return a proceeding; raises Missing("proceeding_missing")."""
    for found in _read(tx, proceeding.c.document == identifier):
        return found
    raise Missing("proceeding_missing", proceeding=identifier)


def of_position(tx: Connection, campaign: str, position: int, kind: Kind | None = None) -> list[Proceeding]:
    """Return the proceedings at a position, of one kind or of all, in their order."""
    where = [proceeding.c.campaign == campaign, proceeding.c.position == position]
    return _read(tx, *where, *([] if kind is None else [proceeding.c.kind == kind.value]))


def settled_positions(tx: Connection, campaign: str) -> set[int]:
    """Return where a re-check found all corrected, or a department ended what was transferred to it."""
    after = proceeding.c.kind.in_((Kind.RECHECK.value, Kind.TRANSFER.value))
    found = _read(tx, proceeding.c.campaign == campaign, after)
    return {each.position for each in found if each.state in ("corrected", "ended")}


def of_kind(tx: Connection, kind: Kind) -> list[Proceeding]:
    """Return all proceedings of a kind, in their order."""
    return _read(tx, proceeding.c.kind == kind.value)


def visible(
    tx: Connection,
    actor: Actor,
    chosen: ProceedingFilter = EVERY_PROCEEDING,
    window: Window = ALL,
) -> list[Proceeding]:
    """Return the proceedings that an actor may see, by the instant at which they were begun and id.

    Those of his campaigns, or of an inspector's own visits; those that were sent to his department.
    """
    where: list[ColumnElement[bool]] = []
    if chosen.campaign:
        where.append(proceeding.c.campaign == chosen.campaign)
    if chosen.enterprise:
        where.append(slot.c.enterprise == chosen.enterprise)
    if chosen.kind is not None:
        where.append(proceeding.c.kind == chosen.kind.value)
    if chosen.states:
        where.append(_state(tx).in_([each.value for each in chosen.states]))
    if actor.role is Role.INSPECTOR:
        own = select(assignment.c.position).where(
            assignment.c.campaign == proceeding.c.campaign,
            assignment.c.position == proceeding.c.position,
            assignment.c.inspector == actor.subject,
            standing(),
        )
        return _read(tx, *where, own.exists(), window=window)
    actor.require(Role.PLANNER, Role.AUDITOR, Role.ANALYST)
    seen: ColumnElement[bool] = proceeding.c.campaign.in_(campaigns.ids_seen_by(tx, actor))
    if actor.role is Role.PLANNER and actor.department is not None:
        seen |= func.coalesce(member(tx, proceeding.c.content, "to"), "") == actor.department
    return _read(tx, *where, seen, window=window)


def _read(tx: Connection, *where: ColumnElement[bool], window: Window = ALL) -> list[Proceeding]:
    same = (slot.c.campaign == proceeding.c.campaign) & (slot.c.position == proceeding.c.position)
    query = (
        select(proceeding, slot.c.enterprise, enterprise_table.c.name, campaign_table.c.department)
        .outerjoin(slot, same)
        .outerjoin(enterprise_table, enterprise_table.c.code == slot.c.enterprise)
        .join(campaign_table, campaign_table.c.id == proceeding.c.campaign)
        .where(*where)
    )
    rows = tx.execute(window.on(query, proceeding.c.opened_at, proceeding.c.document)).all()
    steps = _steps(tx, [row.document for row in rows])
    return [
        Proceeding(
            row.document,
            Kind(row.kind),
            row.campaign,
            row.position,
            row.enterprise or "",
            row.content,
            row.opened_by,
            row.opened_at,
            tuple(steps[row.document]),
            row.department,
            row.name or "",
        )
        for row in rows
    ]


def _state(tx: Connection) -> ColumnElement[str]:
    steps = select(proceeding_step.c.step).where(proceeding_step.c.proceeding == proceeding.c.document)
    last = steps.order_by(proceeding_step.c.place.desc()).limit(1).scalar_subquery()
    corrected = cast(member(tx, proceeding.c.content, "corrected"), Text) == "1"
    return case(
        (proceeding.c.kind != Kind.RECHECK.value, func.coalesce(last, State.OPEN.value)),
        (corrected, State.CORRECTED.value),
        else_=State.NOT_CORRECTED.value,
    )


def _steps(tx: Connection, documents_: Sequence[str]) -> Mapping[str, list[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    for start in range(0, len(documents_), 500):
        query = select(proceeding_step).where(proceeding_step.c.proceeding.in_(documents_[start : start + 500]))
        for row in tx.execute(query.order_by(proceeding_step.c.proceeding, proceeding_step.c.place)):
            found[row.proceeding].append(Step(row.step, row.content, row.by, row.at))
    return found
