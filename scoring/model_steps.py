"""The life of a model's version, step by step; each step is an entry of the log that commits to it.

Whoever drafts and whoever reviews are two persons. An actor of a department handles models of that department alone.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import combinations

from sqlalchemy import Connection

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.bindings import BoundTable
from ledger.calendar import civil_date
from ledger.documents import Sealed
from ledger.errors import Conflict, Forbidden, Invalid
from ledger.log import NewEntry
from scoring.entry_kinds import ADOPTED, DRAFTED, ENFORCED, RETIRED, REVIEWED
from scoring.fields import lines_up_to
from scoring.model import Model, parse_model
from scoring.models import ModelVersion, State, Step, StepTaken, find, may_see, require_own, versions, with_days
from scoring.tables import MODEL, MODEL_STEP

LONGEST_NOTE = 2000


def adopt_first(tx: Connection, actor: Actor, now: datetime, text: str) -> ModelVersion:
    """Put the bureau's first model in force, from its `valid_from` on, so that a new bureau can grade.

    It needs no second person: nothing has been graded, and the bureau's own models take its place by all steps. Raises
    Conflict("model_not_first"), and what `parse_model` raises.
    """
    actor.require(Role.ADMINISTRATOR)
    parsed = parse_model(text)
    log.lock(tx)
    if versions(tx):
        raise Conflict("model_not_first")
    sealed = _store(tx, actor, parsed, text, StepTaken(Step.ADOPTED, actor.subject, now, parsed.valid_from))
    log.append(tx, now, [NewEntry(ADOPTED, sealed.id, {"model": sealed})])
    return find(versions(tx), parsed.name, parsed.version)


def draft(tx: Connection, actor: Actor, now: datetime, text: str) -> ModelVersion:
    """Keep a new version as a draft; one that is held with the very same text is returned as it is.

    Raises Conflict("model_version_exists") for the name and version of another text, Forbidden("model_of_others"), and
    what `parse_model` raises.
    """
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    parsed = parse_model(text)
    require_own(actor, parsed)
    log.lock(tx)
    for held in versions(tx):
        if (held.model.name, held.model.version) == (parsed.name, parsed.version):
            if held.text == text:
                return held
            raise Conflict("model_version_exists", name=parsed.name, version=parsed.version)
    sealed = _store(tx, actor, parsed, text, StepTaken(Step.DRAFTED, actor.subject, now))
    log.append(tx, now, [NewEntry(DRAFTED, sealed.id, {"model": sealed})])
    return find(versions(tx), parsed.name, parsed.version)


def review(
    tx: Connection, actor: Actor, now: datetime, name: str, version: str, approve: bool, note: str = ""
) -> ModelVersion:
    """Approve a draft, or return it with a note; what was returned comes again under another version.

    Raises Missing("model_version_missing"), Conflict("model_state"), Forbidden("review_of_own_model") or
    Invalid("model_return_without_note").
    """
    found = _require(tx, actor, now, name, version, State.DRAFT)
    drafted = found.step(Step.DRAFTED)
    if drafted is not None and drafted.by == actor.subject:
        raise Forbidden("review_of_own_model", name=name, version=version)
    if not approve and not note.strip():
        raise Invalid("model_return_without_note", field="note")
    step = Step.REVIEWED if approve else Step.RETURNED
    sealed = _seal(tx, found, StepTaken(step, actor.subject, now, None, _note(note)))
    log.append(tx, now, [NewEntry(REVIEWED, found.document, {"step": sealed})])
    return find(versions(tx), name, version)


def enforce(tx: Connection, actor: Actor, now: datetime, name: str, version: str, since: date) -> ModelVersion:
    """Put a reviewed version in force from a day on, today or later; it takes the place of its name's earlier version.

    Raises Missing("model_version_missing"); Conflict: model_state, model_scopes_tie, model_scales_differ; Invalid:
    model_date_past, model_date_outside_validity.
    """
    found = _require(tx, actor, now, name, version, State.REVIEWED)
    _require_coming(now, since)
    valid_to = found.model.valid_to
    if since < found.model.valid_from or (valid_to is not None and since > valid_to):
        raise Invalid("model_date_outside_validity", field="since", name=name, version=version)
    taken = StepTaken(Step.ENFORCED, actor.subject, now, since)
    _refuse_conflicts(tx, found, taken)
    sealed = _seal(tx, found, taken)
    log.append(tx, now, [NewEntry(ENFORCED, found.document, {"step": sealed})])
    return find(versions(tx), name, version)


def retire(
    tx: Connection, actor: Actor, now: datetime, name: str, version: str, until: date, note: str = ""
) -> ModelVersion:
    """Let a version hold no longer from a day on, today or later; one that has not begun by then never holds.

    Raises Missing("model_version_missing"), Conflict: model_state, model_scopes_tie, model_scales_differ (where an
    earlier version would hold again beside others), Invalid("model_date_past").
    """
    found = _require(tx, actor, now, name, version, State.IN_FORCE, State.SCHEDULED)
    if found.step(Step.RETIRED) is not None:
        raise Conflict("model_state", name=name, version=version, state=State.RETIRED.value)
    _require_coming(now, until)
    taken = StepTaken(Step.RETIRED, actor.subject, now, until, _note(note))
    _refuse_conflicts(tx, found, taken)
    sealed = _seal(tx, found, taken)
    log.append(tx, now, [NewEntry(RETIRED, found.document, {"step": sealed})])
    return find(versions(tx), name, version)


def refuse_conflicts_of(found: Sequence[ModelVersion]) -> None:
    """Raise Conflict if two of these versions cannot be in force on the same day."""
    adopted = [each.adopted for each in found if each.adopted is not None]
    for first, second in combinations(adopted, 2):
        one, other = first.model, second.model
        if not first.meets_in_time(second) or not one.scope.shares_readers(other.scope):
            continue
        told = {"name": one.name, "version": one.version, "other": other.name, "other_version": other.version}
        if one.labels != other.labels:
            raise Conflict("model_scales_differ", **told)
        if one.scope.ties(other.scope):
            raise Conflict("model_scopes_tie", **told)


def _store(tx: Connection, actor: Actor, parsed: Model, text: str, taken: StepTaken) -> Sealed:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    row: dict[str, object] = {"name": parsed.name, "version": parsed.version, "sha256": sha256, "text": text}
    rows: list[tuple[BoundTable, list[dict[str, object]]]] = [(MODEL, [row]), (MODEL_STEP, [_step_row("", taken)])]
    return documents.seal(tx, "model", {"by": actor.subject}, rows)


def _seal(tx: Connection, found: ModelVersion, taken: StepTaken) -> Sealed:
    return documents.seal(tx, "model_step", {}, [(MODEL_STEP, [_step_row(found.document, taken)])])


def _step_row(document: str, taken: StepTaken) -> dict[str, object]:
    """Return a step's row; a first step stands in the model's own document, which it need not name."""
    return {"model": document, **vars(taken), "step": taken.step.value}


def _require(tx: Connection, actor: Actor, now: datetime, name: str, version: str, *states: State) -> ModelVersion:
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    log.lock(tx)
    found = find([each for each in versions(tx) if may_see(actor, each.model)], name, version)
    require_own(actor, found.model)
    state = found.state_on(civil_date(now))
    if state not in states:
        raise Conflict("model_state", name=name, version=version, state=state.value)
    return found


def _require_coming(now: datetime, day: date) -> None:
    today = civil_date(now)
    if day < today:
        raise Invalid("model_date_past", field="since", day=day, today=today)


def _refuse_conflicts(tx: Connection, found: ModelVersion, taken: StepTaken) -> None:
    after = [
        replace(each, steps=(*each.steps, taken)) if each.document == found.document else each for each in versions(tx)
    ]
    refuse_conflicts_of(with_days(after))


def _note(note: str) -> str:
    return str(lines_up_to(LONGEST_NOTE)(note.strip()))
