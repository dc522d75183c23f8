"""Runs of grading and their chains: a run stores what its base does not say, and so on to one that stores all."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, null, select, union_all

from ledger.actors import Actor
from ledger.errors import Missing
from ledger.tables import log_entry
from scoring.entry_kinds import RUN
from scoring.scopes import GENERAL
from scoring.tables import grade, grade_run

LONGEST_CHAIN = 12


@dataclass(frozen=True)
class GradeRun:
    """One run of the models in force over the whole register, bound by a document.

    `model` is the document of the general model with the widest scope, `models` those of all that held; `results` is
    the digest over all grades; `stored` counts the rows that the run itself has, `base` is the run that it stands on
    or '', `seq` its entry.
    """

    document: str
    model: str
    as_of: date
    enterprises: int
    results: str
    models: tuple[str, ...]
    base: str
    stored: int
    state: str
    seq: int


def latest_run(tx: Connection) -> GradeRun:
    """Return the newest run; raises Missing before the first."""
    row = tx.execute(_runs().order_by(log_entry.c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        raise Missing("grades_missing")
    return _run(row)


def all_runs(tx: Connection) -> list[GradeRun]:
    """Return all runs in the order of the log."""
    return [_run(row) for row in tx.execute(_runs().order_by(log_entry.c.seq))]


def chain(tx: Connection, run: GradeRun) -> list[GradeRun]:
    """Return a run and those that it stands on, itself first."""
    runs = [run]
    while runs[-1].base:
        found = tx.execute(_runs().where(grade_run.c.document == runs[-1].base)).one_or_none()
        if found is None:
            raise Missing("grade_run_missing", run=runs[-1].base)
        runs.append(_run(found))
    return runs


def stored_for(tx: Connection, actor: Actor, run: GradeRun) -> int:
    """Return how many grades a run stored of those that are the actor's to read: not how many of other departments."""
    if actor.confined_to is None:
        return run.stored
    own = grade.c.department.in_((GENERAL, actor.confined_to))
    return tx.execute(select(func.count()).where(grade.c.document == run.document, own)).scalar_one()


def held_rows(tx: Connection, run: GradeRun, *conditions: Any) -> Select[Any]:
    """Return the query of a run's grades, wherever in its chain they are stored, that meet some conditions.

    The conditions are on the key (enterprise, department) of `grade`, so that a later row hides an earlier one.
    """
    documents = [each.document for each in chain(tx, run)]
    parts = []
    for place, document in enumerate(documents):
        query = select(grade).where(grade.c.document == document, *conditions)
        if place:
            later = grade.alias("later")
            query = query.where(
                ~select(null())
                .where(
                    later.c.enterprise == grade.c.enterprise,
                    later.c.department == grade.c.department,
                    later.c.document.in_(documents[:place]),
                )
                .exists()
            )
        parts.append(query)
    held = parts[0].subquery("held") if len(parts) == 1 else union_all(*parts).subquery("held")
    return select(held).where(held.c.grade != "")


def _runs() -> Select[Any]:
    return select(grade_run, log_entry.c.seq).join(
        log_entry, (log_entry.c.subject == grade_run.c.document) & (log_entry.c.kind == RUN)
    )


def _run(row: Any) -> GradeRun:
    return GradeRun(
        row.document,
        row.model,
        row.as_of,
        row.enterprises,
        row.results,
        tuple(row.models) or (row.model,),
        row.base,
        row.stored,
        row.state,
        row.seq,
    )
