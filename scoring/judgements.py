"""Manual judgements (定性判定): what two persons say of one enterprise beyond its records, with a reason and a term.

A judgement is as secret as a grade: the log has commitments alone, and whoever reads one leaves a record of it.

It counts under every model that has its grade, so it is the bureau's; where only models of departments have it, it is
there for these departments alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, or_, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, civil_end
from ledger.documents import Sealed
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from ledger.tables import log_entry
from ledger.windows import ALL, Window, counted
from scoring import enterprises, models
from scoring.entry_kinds import CONFIRMED, JUDGED, WITHDRAWN
from scoring.facts import Judgement
from scoring.fields import lines_up_to
from scoring.grades import Recorded, record_reading, recorded
from scoring.models import AdoptedModel
from scoring.scorecard import Effect
from scoring.tables import JUDGEMENT, JUDGEMENT_STEP, former_code, judgement, judgement_step

READ = "judgement"
"""What stands for the run in the record of a reading."""

LONGEST_REASON = 2000
LONGEST_BASIS = 500

_confirmed = judgement_step.alias("confirmed")
_withdrawn = judgement_step.alias("withdrawn")
_HELD = (
    select(
        judgement,
        log_entry.c.seq,
        _confirmed.c.by.label("confirmed_by"),
        _confirmed.c.at.label("confirmed_at"),
        _withdrawn.c.by.label("withdrawn_by"),
        _withdrawn.c.at.label("withdrawn_at"),
        _withdrawn.c.note,
    )
    .join(log_entry, (log_entry.c.subject == judgement.c.document) & (log_entry.c.kind == JUDGED))
    .outerjoin(_confirmed, (_confirmed.c.judgement == judgement.c.document) & (_confirmed.c.step == "confirmed"))
    .outerjoin(_withdrawn, (_withdrawn.c.judgement == judgement.c.document) & (_withdrawn.c.step == "withdrawn"))
)


class JudgementState(StrEnum):
    """How far a judgement has come on a day."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class HeldJudgement:
    """A judgement and its life; `document` names it, `note` says why it was withdrawn.

    `number` is that of the entry that proposed it, so that it stays whatever expires.
    """

    number: int
    document: str
    judgement: Judgement
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    note: str

    def state_on(self, day: date) -> JudgementState:
        """Return how far it has come."""
        if self.withdrawn_at is not None and civil_date(self.withdrawn_at) <= day:
            return JudgementState.WITHDRAWN
        if day > self.judgement.expires:
            return JudgementState.EXPIRED
        if self.confirmed_at is None or civil_date(self.confirmed_at) > day:
            return JudgementState.PROPOSED
        return JudgementState.IN_FORCE


def in_force_on(tx: Connection, day: date) -> list[Judgement]:
    """Return the judgements that count on a day, by enterprise: from their confirmation on, until they expire or end.

    One of an enterprise whose code has changed since is of the present code, as its records are. For grading alone;
    whoever shows one to somebody calls `read`.
    """
    counting_then = _HELD.where(_state_on(day) == JudgementState.IN_FORCE.value)
    held = [_judgement(row).judgement for row in tx.execute(counting_then)]
    judged = select(former_code.c.code, former_code.c.enterprise).where(
        former_code.c.code.in_(select(judgement.c.enterprise))
    )
    present: dict[str, str] = dict(tx.execute(judged).all()) if held else {}
    counting = (replace(each, enterprise=present.get(each.enterprise, each.enterprise)) for each in held)
    return sorted(counting, key=lambda each: (each.enterprise, each.effect, each.grade))


def propose(
    tx: Connection,
    actor: Actor,
    now: datetime,
    code: str,
    effect: Effect,
    grade: str,
    reason: str,
    legal_basis: str,
    expires: date,
) -> HeldJudgement:
    """Propose a judgement of one enterprise, for another person to confirm.

    Raises Missing("enterprise_missing"), and Invalid: judgement_grade_unknown, judgement_expired, judgement_incomplete,
    and what is wrong with the texts.
    """
    actor.require(Role.ANALYST)
    code = enterprises.read(tx, actor, code).code
    today = civil_date(now)
    labels = _labels(actor, models.in_force_on(tx, today))
    if grade not in labels:
        raise Invalid("judgement_grade_unknown", field="grade", known=sorted(labels))
    if expires < today:
        raise Invalid("judgement_expired", field="expires", today=today)
    row = {
        "enterprise": code,
        "effect": effect.value,
        "grade": grade,
        "reason": _text(reason, LONGEST_REASON, "reason"),
        "legal_basis": _text(legal_basis, LONGEST_BASIS, "legal_basis"),
        "expires": expires,
        "proposed_by": actor.subject,
        "proposed_at": now,
    }
    sealed = documents.seal(tx, "judgement", {}, [(JUDGEMENT, [row])])
    log.append(tx, now, [NewEntry(JUDGED, sealed.id, {"judgement": sealed})])
    return _find(tx, actor, sealed.id)


def confirm(tx: Connection, actor: Actor, now: datetime, document: str) -> HeldJudgement:
    """Confirm a judgement that another person proposed: from today on it counts.

    Raises Missing("judgement_missing"), Conflict("judgement_state") or Forbidden("confirmation_of_own_judgement").
    """
    actor.require(Role.ANALYST)
    log.lock(tx)
    found = _find(tx, actor, document)
    _require_state(found, now, JudgementState.PROPOSED)
    if actor.subject == found.proposed_by:
        raise Forbidden("confirmation_of_own_judgement", judgement=document)
    record_reading(tx, actor, now, READ, found.judgement.enterprise, f"judgement {document}: confirm")
    sealed = _seal(tx, actor, now, document, "confirmed", "")
    log.append(tx, now, [NewEntry(CONFIRMED, document, {"step": sealed})])
    return _find(tx, actor, document)


def withdraw(tx: Connection, actor: Actor, now: datetime, document: str, note: str) -> HeldJudgement:
    """End a judgement before its time, or refuse one that is proposed: from today on it does not count.

    Raises Missing("judgement_missing"), Conflict("judgement_state") or Invalid("judgement_incomplete") without a note.
    """
    actor.require(Role.ANALYST)
    log.lock(tx)
    found = _find(tx, actor, document)
    _require_state(found, now, JudgementState.PROPOSED, JudgementState.IN_FORCE)
    record_reading(tx, actor, now, READ, found.judgement.enterprise, f"judgement {document}: withdraw")
    sealed = _seal(tx, actor, now, document, "withdrawn", _text(note, LONGEST_REASON, "note"))
    log.append(tx, now, [NewEntry(WITHDRAWN, document, {"step": sealed})])
    return _find(tx, actor, document)


def read(
    tx: Connection,
    actor: Actor,
    now: datetime,
    purpose: str,
    code: str | None = None,
    states: Collection[JudgementState] = (),
    window: Window = ALL,
) -> list[HeldJudgement]:
    """Return judgements by number and document, newest first, and record that the actor read them, and why.

    All, or those of one enterprise, or those that are in one of some states today; a window of them.
    """
    return page(tx, begin(tx, actor, now, purpose, code), window, states)


def begin(tx: Connection, actor: Actor, now: datetime, purpose: str, code: str | None = None) -> Recorded:
    """Record that the actor reads the judgements of an enterprise, or all, and why."""
    actor.require(Role.ANALYST, Role.AUDITOR)
    return recorded(tx, actor, now, READ, code, purpose)


def page(
    tx: Connection, reading: Recorded, window: Window, states: Collection[JudgementState] = ()
) -> list[HeldJudgement]:
    """Return a window of the judgements that a recorded reading is of, as `read` does."""
    newest_first = (log_entry.c.seq.desc(), judgement.c.document.desc())
    return [_judgement(row) for row in tx.execute(window.on(_of(tx, reading, states), *newest_first))]


def count(tx: Connection, reading: Recorded, states: Collection[JudgementState] = ()) -> int:
    """Return how many judgements there are of which `page` tells."""
    return counted(tx, _of(tx, reading, states).with_only_columns(judgement.c.document))


def _of(tx: Connection, reading: Recorded, states: Collection[JudgementState]) -> Select[Any]:
    query = _seen(tx, reading.actor)
    if reading.codes is not None:
        query = query.where(judgement.c.enterprise.in_(reading.codes))
    if states:
        query = query.where(_state_on(civil_date(reading.time)).in_([each.value for each in states]))
    return query


def _seen(tx: Connection, actor: Actor) -> Select[Any]:
    """Select the judgements that are there for an actor: of grades that a model that he may see gives, or gave."""
    if actor.confined_to is None:
        return _HELD
    adopted = [each.adopted for each in models.versions(tx) if each.adopted is not None]
    return _HELD.where(judgement.c.grade.in_(_labels(actor, adopted)))


def _labels(actor: Actor, adopted: Iterable[AdoptedModel]) -> set[str]:
    return {label for each in adopted if models.may_see(actor, each.model) for label in each.model.labels}


def _state_on(day: date) -> ColumnElement[str]:
    """Return how far judgements have come on a day, as `HeldJudgement.state_on` says."""
    end = civil_end(day)
    return case(
        (_withdrawn.c.at < end, JudgementState.WITHDRAWN.value),
        (judgement.c.expires < day, JudgementState.EXPIRED.value),
        (or_(_confirmed.c.at.is_(None), _confirmed.c.at >= end), JudgementState.PROPOSED.value),
        else_=JudgementState.IN_FORCE.value,
    )


def _judgement(row: Any) -> HeldJudgement:
    said = Judgement(row.enterprise, Effect(row.effect), row.grade, row.reason, row.legal_basis, row.expires)
    return HeldJudgement(
        row.seq,
        row.document,
        said,
        row.proposed_by,
        row.proposed_at,
        row.confirmed_by,
        row.confirmed_at,
        row.withdrawn_by,
        row.withdrawn_at,
        row.note or "",
    )


def _find(tx: Connection, actor: Actor, document: str) -> HeldJudgement:
    row = tx.execute(_seen(tx, actor).where(judgement.c.document == document)).one_or_none()
    if row is None:
        raise Missing("judgement_missing", judgement=document)
    return _judgement(row)


def _require_state(found: HeldJudgement, now: datetime, *states: JudgementState) -> None:
    state = found.state_on(civil_date(now))
    if state not in states:
        raise Conflict("judgement_state", judgement=found.document, state=state.value)


def _seal(tx: Connection, actor: Actor, now: datetime, document: str, step: str, note: str) -> Sealed:
    row = {"judgement": document, "step": step, "by": actor.subject, "at": now, "note": note}
    return documents.seal(tx, "judgement_step", {}, [(JUDGEMENT_STEP, [row])])


def _text(text: str, longest: int, field: str) -> str:
    if not text.strip():
        raise Invalid("judgement_incomplete", field=field)
    return str(lines_up_to(longest)(text.strip()))
