"""Reading grades. Every reading leaves its record, because only the functions here read a grade.

The functions that take a purpose raise Invalid("purpose_missing") without one.

A grade is for placing supervision only; it is no evaluation of an enterprise's credit.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, union_all

from ledger.actors import Actor, Role
from ledger.bindings import stored_rows
from ledger.canonical import JSON
from ledger.errors import Forbidden, Invalid, Missing
from ledger.windows import Window, counted, within
from scoring import kept, models
from scoring.enterprises import codes_of
from scoring.fields import text_up_to
from scoring.grade_runs import GradeRun, all_runs, chain, held_rows, latest_run
from scoring.joint_grades import JointGrading
from scoring.readings import refuse_sealed
from scoring.scopes import GENERAL
from scoring.tables import GRADE, enterprise, grade, grade_reading

__all__ = ["GradeRun", "chain", "latest_run"]

LONGEST_PURPOSE = 500
NOTICE = "For placing supervision only; no evaluation of credit. 仅用于合理配置监管资源，不作为对企业信用的评价。"


class Attribute(StrEnum):
    """What a distribution can be told by."""

    SECTOR = "sector"
    REGION = "region"
    STAGE = "stage"


@dataclass(frozen=True)
class Migration:
    """How many enterprises had one grade on a day and which one on another; '' is none, `scale` rises in risk."""

    since: date
    until: date
    scale: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]
    notice: str = NOTICE


@dataclass(frozen=True)
class Grade:
    """What a model says of one enterprise, with its reasons; `notice` goes wherever the grade is shown.

    `department` is the code of the one whose model it is, or `scopes.GENERAL`; `model` names the document of the model.
    """

    enterprise: str
    grade: str
    score: int
    reasons: Any
    as_of: date
    department: str = GENERAL
    model: str = ""
    stage: str = ""
    notice: str = NOTICE


def read_grade(
    tx: Connection, actor: Actor, now: datetime, code: str, purpose: str, department: str = GENERAL
) -> Grade:
    """Return the present grade of the enterprise that has or had a code, and record that the actor read it, why, when.

    It is the general one, or the one by a department's own model; raises Forbidden("grade_of_others") for the grade of
    a department that is not the actor's.
    """
    actor.require(Role.ANALYST, Role.AUDITOR)
    require_own(actor, department)
    run, code = latest_run(tx), codes_of(tx, code)[0]
    key = (grade.c.enterprise == code, grade.c.department == department)
    row = tx.execute(held_rows(tx, run, *key)).one_or_none()
    if row is None:
        raise Missing("grade_missing", enterprise=code)
    record_reading(tx, actor, now, run.document, code, purpose, department)
    return _grade(tx, row, run.as_of)


def read_run(
    tx: Connection, actor: Actor, now: datetime, run: GradeRun, purpose: str, department: str = GENERAL
) -> Mapping[str, str]:
    """Return a run's grade by enterprise, for placing supervision, and record the reading of the whole run."""
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
    require_own(actor, department)
    record_reading(tx, actor, now, run.document, None, purpose, department)
    held = held_rows(tx, run, grade.c.department == department).subquery()
    return dict(tx.execute(select(held.c.enterprise, held.c.grade)).all())


def read_joint(
    tx: Connection, actor: Actor, now: datetime, run: GradeRun, purpose: str, grading: JointGrading
) -> Mapping[str, str]:
    """Return a run's grades by enterprise as a joint campaign combines them, and record the reading of the whole run.

    The grades of each department stay in here: who leads the campaign learns only what they give together.
    """
    actor.require(Role.PLANNER, Role.AUDITOR)
    record_reading(tx, actor, now, run.document, None, purpose)
    held = held_rows(tx, run, grade.c.department.in_((GENERAL, *grading.departments))).subquery()
    rows = tx.execute(select(held.c.enterprise, held.c.department, held.c.grade))
    return grading.combine(
        models.scale_of(tx, run.model), {(code, department): letter for code, department, letter in rows}
    )


def read_rows(tx: Connection, actor: Actor, now: datetime, run: str, purpose: str) -> list[dict[str, JSON]]:
    """Return the bound rows of a run (its document's id) for an auditor's bundle, and record the reading of all."""
    actor.require(Role.AUDITOR)
    record_reading(tx, actor, now, run, None, purpose)
    return stored_rows(tx, GRADE, run)


def history(
    tx: Connection, actor: Actor, now: datetime, code: str, purpose: str, department: str = GENERAL
) -> list[Grade]:
    """Return what an enterprise's grade was, newest first: each time that it or its reasons changed, as of that run."""
    actor.require(Role.ANALYST, Role.AUDITOR)
    require_own(actor, department)
    code = codes_of(tx, code)[0]
    record_reading(tx, actor, now, "", code, purpose, department)
    runs = {run.document: run for run in all_runs(tx)}
    found = tx.execute(
        select(grade).where(grade.c.enterprise == code, grade.c.department == department, grade.c.grade != "")
    )
    rows = sorted(found, key=lambda row: runs[row.document].seq)
    changed = [
        row for before, row in zip([None, *rows], rows, strict=False) if before is None or _said(before) != _said(row)
    ]
    return [_grade(tx, row, runs[row.document].as_of) for row in reversed(changed)]


def distribution(
    tx: Connection,
    actor: Actor,
    now: datetime,
    purpose: str,
    by: Sequence[Attribute] = (Attribute.SECTOR,),
    department: str = GENERAL,
) -> list[tuple[Any, ...]]:
    """Return (attributes …, grade, number of enterprises) of the newest run, recorded like any other reading.

    The grades are the general ones, or those by a department's own models; the attributes that the numbers are told by
    are those of the register, the stage that of the run.
    """
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
    require_own(actor, department)
    run = latest_run(tx)
    record_reading(tx, actor, now, run.document, None, purpose, department)
    held = held_rows(tx, run, grade.c.department == department).subquery()
    told = {
        Attribute.SECTOR: enterprise.c.sector,
        Attribute.REGION: enterprise.c.region,
        Attribute.STAGE: held.c.stage,
    }
    columns = [*(told[each] for each in by), held.c.grade]
    counted = (
        select(*columns, func.count())
        .join_from(held, enterprise, held.c.enterprise == enterprise.c.code)
        .group_by(*columns)
    )
    return sorted(tuple(row) for row in tx.execute(counted))


def migration(
    tx: Connection, actor: Actor, now: datetime, since: str, until: str, purpose: str, department: str = GENERAL
) -> Migration:
    """Return how many enterprises moved from which grade to which, from the end of one month to that of another.

    The grades are the general ones, or those by a department's own models. A month is written YYYY-MM; its grades are
    those of the newest run as of a day of it. '' stands for no grade. Raises Invalid("month_unusable") or
    Missing("grades_of_month_missing").
    """
    actor.require(Role.PLANNER, Role.ANALYST, Role.AUDITOR)
    require_own(actor, department)
    runs = all_runs(tx)
    before, after = _run_of_month(runs, since, "since"), _run_of_month(runs, until, "until")
    for run in (before, after):
        record_reading(tx, actor, now, run.document, None, purpose, department)
    first, second = (held_rows(tx, run, grade.c.department == department).subquery() for run in (before, after))
    both = union_all(
        select(first.c.enterprise, first.c.grade.label("old"), literal("").label("new")),
        select(second.c.enterprise, literal(""), second.c.grade),
    ).subquery()
    each = select(func.max(both.c.old).label("old"), func.max(both.c.new).label("new")).group_by(both.c.enterprise)
    moved = each.subquery()
    counted = select(moved.c.old, moved.c.new, func.count()).group_by(moved.c.old, moved.c.new)
    counts = {(old, new): count for old, new, count in tx.execute(counted)}
    scale = list(dict.fromkeys((*models.scale_of(tx, before.model), *models.scale_of(tx, after.model))))
    return Migration(before.as_of, after.as_of, tuple(scale), counts)


@dataclass(frozen=True)
class ReadingFilter:
    """Which readings are asked for: whose, of which enterprise, from one civil day to another, both included."""

    subject: str = ""
    enterprise: str = ""
    since: date | None = None
    until: date | None = None


EVERY_READING = ReadingFilter()


def readings(
    tx: Connection, actor: Actor, window: Window, chosen: ReadingFilter = EVERY_READING
) -> list[dict[str, Any]]:
    """Return the readings by id, newest first, for auditors and administrators: who, when, what of, and why.

    An administrator of a department is told of those of its own grades, and of what its people read besides.
    """
    query = window.on(_readings(actor, chosen), grade_reading.c.id.desc())
    return [dict(row) for row in tx.execute(query).mappings()]


def count_readings(tx: Connection, actor: Actor, chosen: ReadingFilter = EVERY_READING) -> int:
    """Return how many readings there are of which `readings` tells."""
    return counted(tx, _readings(actor, chosen).with_only_columns(grade_reading.c.id))


def _readings(actor: Actor, chosen: ReadingFilter) -> Select[Any]:
    actor.require(Role.AUDITOR, Role.ADMINISTRATOR)
    query = select(grade_reading)
    if actor.confined_to is not None:
        query = query.where(grade_reading.c.department == actor.confined_to)
    if chosen.subject:
        query = query.where(grade_reading.c.subject == chosen.subject)
    if chosen.enterprise:
        query = query.where(grade_reading.c.enterprise == chosen.enterprise)
    return query.where(within(grade_reading.c.time, chosen.since, chosen.until))


def checked_purpose(purpose: str) -> str:
    """Return a purpose as it is recorded; raises Invalid("purpose_missing") and what is wrong with its text."""
    purpose = str(text_up_to(LONGEST_PURPOSE)(purpose.strip()))
    if not purpose:
        raise Invalid("purpose_missing", field="purpose")
    return purpose


@dataclass(frozen=True)
class Recorded:
    """A reading that is recorded: what is read of the same in one request, such as a page's total, is no other.

    It is an actor's, of the enterprise that has or had these codes, None of all, at a time.
    """

    actor: Actor
    time: datetime
    codes: tuple[str, ...] | None


def recorded(tx: Connection, actor: Actor, now: datetime, what: str, code: str | None, purpose: str) -> Recorded:
    """Record a reading of the enterprise that has or had a code, or of all; `what` is as `record_reading` has it."""
    codes = None if code is None else tuple(codes_of(tx, code))
    record_reading(tx, actor, now, what, None if codes is None else codes[0], purpose)
    return Recorded(actor, now, codes)


def record_reading(
    tx: Connection,
    actor: Actor,
    now: datetime,
    run: str,
    code: str | None,
    purpose: str,
    department: str = GENERAL,
) -> None:
    """Record a reading of one enterprise or of all, of a run or of what else is as secret, such as a judgement.

    It is of the department whose own grades are read, and of anything else of the reader's. Raises what
    `checked_purpose` and `readings.refuse_sealed` raise.
    """
    purpose = checked_purpose(purpose)
    refuse_sealed(tx, now)
    row = {
        "time": now,
        "subject": actor.subject,
        "role": actor.role.value,
        "run": run,
        "enterprise": code,
        "purpose": purpose,
        "department": department or actor.department or "",
    }
    tx.execute(grade_reading.insert().values(row))


def require_own(actor: Actor, department: str) -> None:
    """Raise Forbidden unless grades are the general ones, or of a department whose rows the actor reads."""
    if department != GENERAL and actor.confined_to not in (None, department):
        raise Forbidden("grade_of_others", department=department)


def _said(row: Any) -> tuple[Any, ...]:
    return row.grade, row.score, row.reasons, row.model, row.stage


def _grade(tx: Connection, row: Any, as_of: date) -> Grade:
    """Return a grade with its reasons; runs of earlier versions of Qian kept them as they are told."""
    reasons = row.reasons
    if row.model:
        reasons = kept.told(models.of_document(tx, row.model), row.stage, row.score, reasons, as_of)
    return Grade(row.enterprise, row.grade, row.score, reasons, as_of, row.department, row.model, row.stage)


def _run_of_month(runs: Sequence[GradeRun], month: str, field: str) -> GradeRun:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise Invalid("month_unusable", field=field, value=month[:40])
    found = [run for run in runs if run.as_of.isoformat().startswith(month)]
    if not found:
        raise Missing("grades_of_month_missing", month=month)
    return max(found, key=lambda run: (run.as_of, run.seq))
