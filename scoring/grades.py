"""Reading grades. Every reading leaves its record, because only the functions here read a grade.

The functions that take a purpose raise Invalid("purpose_missing") without one.

A grade is for placing supervision only; it is no evaluation of an enterprise's credit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger.actors import Actor, Role
from ledger.bindings import stored_rows
from ledger.canonical import JSON
from ledger.errors import Invalid, Missing
from ledger.tables import log_entry
from scoring.entry_kinds import RUN
from scoring.fields import text_up_to
from scoring.tables import GRADE, enterprise, grade, grade_reading, grade_run

LONGEST_PURPOSE = 500
NOTICE = "For placing supervision only; no evaluation of credit. 仅用于合理配置监管资源，不作为对企业信用的评价。"


@dataclass(frozen=True)
class GradeRun:
    """One run of a model over the whole register: the document that binds it, its model's, its date."""

    document: str
    model: str
    as_of: date
    enterprises: int
    results: str


@dataclass(frozen=True)
class Grade:
    """What the model says of one enterprise, with its reasons; `notice` goes wherever the grade is shown."""

    enterprise: str
    grade: str
    score: int
    reasons: Any
    as_of: date
    notice: str = NOTICE


def latest_run(tx: Connection) -> GradeRun:
    """Return the newest run; raises Missing before the first."""
    newest = (
        select(log_entry.c.subject).where(log_entry.c.kind == RUN).order_by(log_entry.c.seq.desc()).limit(1)
    ).scalar_subquery()
    row = tx.execute(select(grade_run).where(grade_run.c.document == newest)).one_or_none()
    if row is None:
        raise Missing("grades_missing")
    return GradeRun(row.document, row.model, row.as_of, row.enterprises, row.results)


def read_grade(tx: Connection, actor: Actor, now: datetime, code: str, purpose: str) -> Grade:
    """Return an enterprise's present grade and record that the actor read it, why and when."""
    actor.require(Role.ANALYST, Role.AUDITOR)
    run = latest_run(tx)
    row = tx.execute(select(grade).where(grade.c.document == run.document, grade.c.enterprise == code)).one_or_none()
    if row is None:
        raise Missing("grade_missing", enterprise=code)
    record_reading(tx, actor, now, run.document, code, purpose)
    return Grade(row.enterprise, row.grade, row.score, row.reasons, run.as_of)


def read_run(tx: Connection, actor: Actor, now: datetime, run: GradeRun, purpose: str) -> Mapping[str, str]:
    """Return a run's grade by enterprise, for placing supervision, and record the reading of the whole run."""
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
    record_reading(tx, actor, now, run.document, None, purpose)
    rows = tx.execute(select(grade.c.enterprise, grade.c.grade).where(grade.c.document == run.document))
    return dict(rows.all())


def read_rows(tx: Connection, actor: Actor, now: datetime, run: str, purpose: str) -> list[dict[str, JSON]]:
    """Return the bound rows of a run (its document's id) for an auditor's bundle, and record the reading of all."""
    actor.require(Role.AUDITOR)
    record_reading(tx, actor, now, run, None, purpose)
    return stored_rows(tx, GRADE, run)


def distribution(tx: Connection, actor: Actor, now: datetime, purpose: str) -> list[tuple[str, str, int]]:
    """Return (sector, grade, number of enterprises) of the newest run, recorded like any other reading."""
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
    run = latest_run(tx)
    record_reading(tx, actor, now, run.document, None, purpose)
    counted = (
        select(enterprise.c.sector, grade.c.grade, func.count())
        .join_from(grade, enterprise, grade.c.enterprise == enterprise.c.code)
        .where(grade.c.document == run.document)
        .group_by(enterprise.c.sector, grade.c.grade)
        .order_by(enterprise.c.sector, grade.c.grade)
    )
    return [(sector, letter, count) for sector, letter, count in tx.execute(counted)]


def readings(tx: Connection, actor: Actor, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """Return the newest readings, for auditors and administrators: who, when, which enterprise or run, and why."""
    actor.require(Role.AUDITOR, Role.ADMINISTRATOR)
    query = select(grade_reading).order_by(grade_reading.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(grade_reading.c.id < before)
    return [dict(row) for row in tx.execute(query).mappings()]


def record_reading(tx: Connection, actor: Actor, now: datetime, run: str, code: str | None, purpose: str) -> None:
    """Record that an actor reads a run's grades, of one enterprise or of all; raises Invalid("purpose_missing")."""
    purpose = str(text_up_to(LONGEST_PURPOSE)(purpose.strip()))
    if not purpose:
        raise Invalid("purpose_missing", field="purpose")
    tx.execute(
        grade_reading.insert().values(
            time=now, subject=actor.subject, role=actor.role.value, run=run, enterprise=code, purpose=purpose
        )
    )
