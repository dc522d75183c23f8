"""Raising what was found: each run has one entry, whether it found anything or not."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.log import NewEntry
from scoring.entry_kinds import WARNED
from scoring.grades import record_reading
from scoring.projections import chunks
from scoring.warnings.kinds import OPEN, Candidate
from scoring.warnings.looking import Found
from scoring.warnings.sealing import seal_steps
from scoring.warnings.states import state_column, with_states
from scoring.warnings.tables import WARNING, WARNING_MEMBER, warning

PURPOSE = "风险预警 early warning"


@dataclass(frozen=True)
class Raised:
    """A run: its document, what it raised, and whether grades were not compared, as models changed."""

    document: str
    new: tuple[Candidate, ...]
    models_changed: bool

    @property
    def count(self) -> int:
        """How many warnings it raised."""
        return len(self.new)


def raise_found(tx: Connection, actor: Actor, now: datetime, found: Found) -> Raised:
    """Raise what was found anew, and seal what was done with warnings since the last run.

    What is about the same thing as an open warning is not raised, nor what rests on the basis of any other. That grades
    were compared is recorded as a reading of the whole run.
    """
    actor.require(Role.ANALYST, Role.ADMINISTRATOR)
    log.lock(tx)
    if found.grade_run:
        record_reading(tx, actor, now, found.grade_run, None, PURPOSE)
    new = _not_raised(tx, found.candidates)
    sealing = documents.Sealing(tx, "warnings")
    raised, members = sealing.rows(WARNING), sealing.rows(WARNING_MEMBER)
    for each in new:
        reference = secrets.token_hex(16)
        raised.add(
            [
                {
                    "reference": reference,
                    "kind": each.kind.value,
                    "subject": dict(each.subject),
                    "thing": each.thing_hash,
                    "basis": each.basis_hash,
                    "evidence": dict(each.evidence),
                    "raised_at": now,
                }
            ]
        )
        members.add({"warning": reference, "enterprise": code} for code in each.members)
    sealed = sealing.seal({"by": actor.subject, "grade_run": found.grade_run})
    log.append(tx, now, [NewEntry(WARNED, sealed.id, {"warnings": sealed, "steps": seal_steps(tx)})])
    return Raised(sealed.id, tuple(new), found.models_changed)


def _not_raised(tx: Connection, candidates: Sequence[Candidate]) -> list[Candidate]:
    open_things, bases = set[str](), set[str]()
    for some in chunks({each.thing_hash for each in candidates}):
        query = with_states(select(warning.c.thing, warning.c.basis, state_column()))
        for thing, basis, state in tx.execute(query.where(warning.c.thing.in_(some))):
            bases.add(basis)
            if state in OPEN:
                open_things.add(thing)
    new = []
    for each in candidates:
        if each.thing_hash not in open_things and each.basis_hash not in bases:
            open_things.add(each.thing_hash)
            new.append(each)
    return new
