"""Reading warnings. What a warning says is as secret as a grade, so each reading is recorded with its purpose.

`campaigns` are those whose corrections somebody of a department may be told of, as `states.seen_by` takes them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from ledger.actors import Actor, Role
from ledger.errors import Missing
from ledger.tables import log_entry
from ledger.windows import Window, counted
from scoring.entry_kinds import WARNED
from scoring.grades import Recorded, record_reading, recorded
from scoring.projections import chunks
from scoring.warnings.handling import READ
from scoring.warnings.kinds import Kind, State
from scoring.warnings.states import seen_by, state_column, with_states
from scoring.warnings.tables import warning, warning_member, warning_step

_IN_A_RUN = 1_000_000
"""More warnings than a run raises."""


@dataclass(frozen=True)
class Begun:
    """A reading that is recorded, and the corrections of which campaigns it may be of."""

    recorded: Recorded
    campaigns: Select[Any] | None


@dataclass(frozen=True)
class Step:
    """What somebody did with a warning; `campaign` is what it was turned into, '' by any other step."""

    step: State
    by: str
    at: datetime
    note: str
    campaign: str


@dataclass(frozen=True)
class HeldWarning:
    """A warning as analysts see it; `number` orders them, `run` is the document of the run that raised it.

    `subject` names an enterprise or a cell; `evidence` is empty in lists.
    """

    number: int
    reference: str
    kind: Kind
    subject: Mapping[str, Any]
    state: State
    raised_at: datetime
    run: str
    enterprises: tuple[str, ...] = ()
    evidence: Mapping[str, Any] | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class WarningToPlan:
    """A warning as planners see it: a reference and enterprises, and never why; `number` orders them."""

    number: int
    reference: str
    acknowledged_at: datetime
    enterprises: tuple[str, ...]


def begin(
    tx: Connection,
    actor: Actor,
    now: datetime,
    purpose: str,
    code: str | None = None,
    campaigns: Select[Any] | None = None,
) -> Begun:
    """Record that the actor reads the warnings of an enterprise, or all, and why; raises Invalid("purpose_missing")."""
    actor.require(Role.ANALYST, Role.AUDITOR)
    return Begun(recorded(tx, actor, now, READ, code, purpose), campaigns)


def rows(
    tx: Connection, reading: Begun, window: Window, kind: Kind | None = None, state: State | None = None
) -> list[HeldWarning]:
    """Return the warnings that a recorded reading is of, without evidence, by number, newest first."""
    number = log_entry.c.seq * _IN_A_RUN + warning.c.line
    return [_held(row) for row in tx.execute(window.on(_chosen(tx, reading, kind, state), number.desc()))]


def count(tx: Connection, reading: Begun, kind: Kind | None = None, state: State | None = None) -> int:
    """Return how many warnings there are of which `rows` tells."""
    return counted(tx, _chosen(tx, reading, kind, state).with_only_columns(warning.c.reference))


def _chosen(tx: Connection, reading: Begun, kind: Kind | None, state: State | None) -> Select[Any]:
    query = _of(tx, _warnings(), reading)
    if kind is not None:
        query = query.where(warning.c.kind == kind.value)
    if state is not None:
        query = query.where(state_column() == state.value)
    return query


def read(
    tx: Connection,
    actor: Actor,
    now: datetime,
    reference: str,
    purpose: str,
    campaigns: Select[Any] | None = None,
) -> HeldWarning:
    """Return a warning with its evidence and its steps, and record the reading; raises Missing("warning_missing")."""
    actor.require(Role.ANALYST, Role.AUDITOR)
    query = _warnings().add_columns(warning.c.evidence).where(warning.c.reference == reference)
    row = tx.execute(query.where(seen_by(tx, actor, campaigns))).one_or_none()
    if row is None:
        raise Missing("warning_missing", warning=reference)
    record_reading(tx, actor, now, READ, row.subject.get("enterprise"), purpose)
    held = _held(row)
    steps = tx.execute(select(warning_step).where(warning_step.c.warning == reference).order_by(warning_step.c.id))
    return HeldWarning(
        held.number,
        held.reference,
        held.kind,
        held.subject,
        held.state,
        held.raised_at,
        held.run,
        _members(tx, [reference]).get(reference, ()),
        row.evidence,
        tuple(Step(State(each.step), each.by, each.at, each.note, each.campaign) for each in steps),
    )


def begin_to_plan(
    tx: Connection,
    actor: Actor,
    now: datetime,
    purpose: str,
    code: str | None = None,
    campaigns: Select[Any] | None = None,
) -> Begun:
    """Record that a planner reads acknowledged warnings of an enterprise, or all, and why; raises as `begin`."""
    actor.require(Role.PLANNER)
    return Begun(recorded(tx, actor, now, READ, code, purpose), campaigns)


def rows_to_plan(tx: Connection, reading: Begun, window: Window) -> list[WarningToPlan]:
    """Return what a planner who reads it may turn into special checks, by number, the first first."""
    found = tx.execute(window.on(_acknowledged(tx, reading), warning_step.c.id)).all()
    members = _members(tx, [row.reference for row in found])
    return [WarningToPlan(row.id, row.reference, row.at, members.get(row.reference, ())) for row in found]


def count_to_plan(tx: Connection, reading: Begun) -> int:
    """Return how many warnings there are of which `rows_to_plan` tells."""
    return counted(tx, _acknowledged(tx, reading))


def _acknowledged(tx: Connection, reading: Begun) -> Select[Any]:
    query = with_states(select(warning_step.c.id, warning.c.reference, warning_step.c.at))
    return _of(tx, query.where(state_column() == State.ACKNOWLEDGED.value), reading)


def _of(tx: Connection, query: Select[Any], reading: Begun) -> Select[Any]:
    """Return a query of warnings of those alone that a reading is of."""
    actor, codes = reading.recorded.actor, reading.recorded.codes
    query = query.where(seen_by(tx, actor, reading.campaigns))
    if codes is None:
        return query
    of_enterprise = select(warning_member.c.warning).where(warning_member.c.enterprise.in_(codes))
    return query.where(warning.c.reference.in_(of_enterprise))


def _warnings() -> Select[Any]:
    columns = (warning.c.reference, warning.c.kind, warning.c.subject, warning.c.raised_at)
    raised = (log_entry.c.subject == warning.c.document) & (log_entry.c.kind == WARNED)
    query = select(*columns, warning.c.document, warning.c.line, log_entry.c.seq, state_column())
    return with_states(query).join(log_entry, raised)


def _held(row: Any) -> HeldWarning:
    number = row.seq * _IN_A_RUN + row.line
    return HeldWarning(
        number, row.reference, Kind(row.kind), row.subject, State(row.state), row.raised_at, row.document
    )


def _members(tx: Connection, references: Sequence[str]) -> dict[str, tuple[str, ...]]:
    members: dict[str, tuple[str, ...]] = {}
    for some in chunks(references):
        query = select(warning_member.c.warning, warning_member.c.enterprise)
        query = query.where(warning_member.c.warning.in_(some))
        for reference, code in tx.execute(query.order_by(warning_member.c.warning, warning_member.c.line)):
            members[reference] = (*members.get(reference, ()), code)
    return members
