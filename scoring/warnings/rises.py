"""Grades and scores that jumped between two runs of grades, as the database has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from ledger.canonical import JSON
from scoring import models
from scoring.grade_runs import GradeRun, all_runs, chain, held_rows
from scoring.scopes import GENERAL
from scoring.tables import grade
from scoring.warnings.jumps import RISE_FALSE_ALARMS, Change, jumps, rise_limit
from scoring.warnings.kinds import Candidate, Kind


@dataclass(frozen=True)
class Rises:
    """The jumps up to a run, '' where there is none; none are told where other models gave the earlier grades."""

    run: str
    candidates: tuple[Candidate, ...] = ()
    models_changed: bool = False


def rises(tx: Connection, seen: str) -> Rises:
    """Return who jumped from a run (its document) to the newest one; where none is named, from the one before it.

    General grades alone are compared: a department's own model is its own.
    """
    runs = all_runs(tx)
    if not runs:
        return Rises("")
    newest = runs[-1]
    before = next((run for run in runs if run.document == seen), runs[-2] if len(runs) > 1 else newest)
    if before.document == newest.document:
        return Rises(newest.document)
    if set(before.models) != set(newest.models):
        return Rises(newest.document, models_changed=True)
    changes = _changes(tx, before, newest)
    limit = rise_limit(changes)
    jumped = jumps(changes, models.scale_of(tx, newest.model), limit)
    risen = sum(change.rise > 0 for change in changes)
    return Rises(newest.document, tuple(_candidate(each, before, newest, limit, risen) for each in jumped))


def _candidate(change: Change, before: GradeRun, newest: GradeRun, limit: int | None, risen: int) -> Candidate:
    evidence: dict[str, JSON] = {
        "runs": [before.document, newest.document],
        "as_of": [before.as_of.isoformat(), newest.as_of.isoformat()],
        "grades": [change.grade_before, change.grade],
        "scores": [change.score_before, change.score],
        "rise_limit": limit,
        "rises": risen,
        "false_alarms_per_million": RISE_FALSE_ALARMS,
    }
    basis = (before.document, newest.document)
    code = change.enterprise
    return Candidate(Kind.GRADE_JUMP, {"enterprise": code}, (code,), basis, (code,), evidence)


def _changes(tx: Connection, before: GradeRun, newest: GradeRun) -> Sequence[Change]:
    """Return whose grade differs or score rose, by code; of a run that stands on the other it reads what it stores."""
    key = [grade.c.department == GENERAL]
    documents = [run.document for run in chain(tx, newest)]
    if before.document in documents:
        later = documents[: documents.index(before.document)]
        key.append(grade.c.enterprise.in_(select(grade.c.enterprise).where(grade.c.document.in_(later))))
    old, new = (held_rows(tx, run, *key).subquery() for run in (before, newest))
    query = (
        select(new.c.enterprise, old.c.grade, new.c.grade, old.c.score, new.c.score)
        .join_from(new, old, old.c.enterprise == new.c.enterprise)
        .where(or_(old.c.grade != new.c.grade, new.c.score > old.c.score))
        .order_by(new.c.enterprise)
    )
    return [Change(*row) for row in tx.execute(query)]
