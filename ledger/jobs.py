"""Durable jobs: long work that a worker claims, reports on, and finishes in the transaction of its result.

States: waiting → running → done | failed | cancelled. A worker holds a job by a lease; when the lease runs out (the
worker was killed) another one claims it and runs it again from its start. Since the job is finished in the same
transaction that commits its work, the work is done once.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, or_, select

from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Conflict, Missing, Refusal
from ledger.notifications import Topic, notify
from ledger.tables import job, job_file
from ledger.windows import Window, counted

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3
PREPARING, STORING = "preparing", "storing"
ENDED = ("done", "failed", "cancelled")
OVERSEERS = (Role.ADMINISTRATOR, Role.AUDITOR)


class JobLost(Exception):
    """The worker no longer holds the job: it was cancelled, or its lease went to another worker."""


@dataclass(frozen=True)
class Job:
    """A job as its owner sees it. `result` and `refusal` are JSON; `done` of `total` is its progress at a `step`."""

    id: str
    kind: str
    state: str
    actor: Actor
    parameters: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    cancel_requested: bool
    done: int
    total: int
    step: str
    result: Any
    refusal: Any


@dataclass(frozen=True)
class JobFile:
    """A file that a job was given or that it leaves."""

    name: str
    content: bytes


def enqueue(
    tx: Connection,
    actor: Actor,
    now: datetime,
    kind: str,
    parameters: Mapping[str, JSON],
    files: Sequence[JobFile] = (),
) -> str:
    """Add a waiting job with its input files and return its id."""
    identifier = secrets.token_hex(16)
    tx.execute(
        job.insert().values(
            id=identifier,
            kind=kind,
            state="waiting",
            subject=actor.subject,
            role=actor.role.value,
            department=actor.department,
            parameters=dict(parameters),
            created_at=now,
            attempts=0,
            cancel_requested=0,
            done=0,
            total=0,
            step="",
        )
    )
    _add_files(tx, identifier, "input", files)
    notify(tx, Topic.JOBS)
    return identifier


def claim(tx: Connection, now: datetime, worker: str) -> Job | None:
    """Claim the oldest job that waits or whose worker is gone; ends those that were cancelled or tried too often.

    `worker` is a name that no other worker has or had.
    """
    free = or_(job.c.state == "waiting", (job.c.state == "running") & (job.c.leased_until < now))
    query = select(job).where(free).order_by(job.c.number).limit(1).with_for_update(skip_locked=True)
    while (row := tx.execute(query).one_or_none()) is not None:
        if row.cancel_requested:
            _end(tx, row.id, now, "cancelled")
        elif row.attempts >= MAX_ATTEMPTS:
            _end(tx, row.id, now, "failed", refusal=_told(Conflict("job_gave_up", attempts=row.attempts)))
        else:
            return _begin(tx, row, now, worker)
    return None


def _begin(tx: Connection, row: Row[*tuple[Any, ...]], now: datetime, worker: str) -> Job:
    tx.execute(
        job.update()
        .where(job.c.id == row.id)
        .values(
            state="running",
            worker=worker,
            leased_until=now + LEASE,
            attempts=row.attempts + 1,
            started_at=now,
            done=0,
            total=0,
            step=PREPARING,
        )
    )
    notify(tx, Topic.JOBS)
    return _job(tx.execute(select(job).where(job.c.id == row.id)).one())


def report(
    tx: Connection, identifier: str, worker: str, now: datetime, done: int, total: int, step: str = PREPARING
) -> None:
    """Record progress at a step and renew the lease; raises JobLost where the job is no longer this worker's."""
    _held(tx, identifier, worker)
    values = {"leased_until": now + LEASE, "done": done, "total": total, "step": step}
    tx.execute(job.update().where(job.c.id == identifier).values(values))
    notify(tx, Topic.JOBS)


def finish(
    tx: Connection, identifier: str, worker: str, now: datetime, result: JSON, files: Sequence[JobFile] = ()
) -> None:
    """End a job well, in the transaction of its work; raises JobLost, which rolls that work back."""
    _held(tx, identifier, worker)
    _add_files(tx, identifier, "result", files)
    _end(tx, identifier, now, "done", result=result, done=case((job.c.total > 0, job.c.total), else_=job.c.done))


def fail(
    tx: Connection, identifier: str, worker: str, now: datetime, refusal: Refusal, files: Sequence[JobFile] = ()
) -> None:
    """End a job with a refusal, and with the files that it leaves all the same."""
    _held(tx, identifier, worker)
    _add_files(tx, identifier, "result", files)
    _end(tx, identifier, now, "failed", refusal=_told(refusal))


def cancel(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Job:
    """Ask for a job to end, as its owner or an administrator; raises Conflict where it has ended.

    A waiting one ends at once, a running one before it commits anything.
    """
    held = read(tx, actor, identifier)
    if actor != held.actor:
        actor.require(Role.ADMINISTRATOR)
    state = _locked(tx, identifier).state
    if state == "waiting":
        _end(tx, identifier, now, "cancelled")
    elif state == "running":
        tx.execute(job.update().where(job.c.id == identifier).values(cancel_requested=1))
        notify(tx, Topic.JOBS)
    else:
        raise Conflict("job_has_ended", state=state)
    return read(tx, actor, identifier)


def cancelled(tx: Connection, identifier: str, worker: str, now: datetime) -> None:
    """Mark a job ended that its worker gave up because it was asked to."""
    row = _locked(tx, identifier)
    if row.worker == worker and row.state == "running" and row.cancel_requested:
        _end(tx, identifier, now, "cancelled")


def read(tx: Connection, actor: Actor, identifier: str) -> Job:
    """Return a job to its owner, to an auditor or to an administrator of its department; raises Missing to all others.

    A job's department is that of its owner when he asked for it, and so is his role: what it found was found for that
    role, so an owner of another role or department since then is as any other.
    """
    row = tx.execute(select(job).where(job.c.id == identifier)).one_or_none()
    if row is None or not _may_see(actor, row):
        raise Missing("job_missing")
    return _job(row)


@dataclass(frozen=True)
class JobFilter:
    """Which jobs are asked for; what is empty asks for nothing."""

    kind: str = ""
    states: tuple[str, ...] = ()


EVERY_JOB = JobFilter()


def own(tx: Connection, actor: Actor, window: Window, chosen: JobFilter = EVERY_JOB) -> list[Job]:
    """Return the jobs that the actor may see, newest first, by the instant of their making and their id."""
    return [_job(row) for row in tx.execute(window.on(_visible(actor, chosen), job.c.created_at.desc(), job.c.id))]


def count_own(tx: Connection, actor: Actor, chosen: JobFilter = EVERY_JOB) -> int:
    """Return how many jobs there are of which `own` tells."""
    return counted(tx, _visible(actor, chosen))


def files(tx: Connection, identifier: str, role: str) -> list[JobFile]:
    """Return a job's files: role "input" or "result". The caller has read the job, which decides who may."""
    query = select(job_file).where(job_file.c.job == identifier, job_file.c.role == role)
    found = [JobFile(row.name, row.content) for row in tx.execute(query)]
    return sorted(found, key=lambda file: file.name)


def result_files(tx: Connection, identifiers: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return the sizes in bytes of jobs' result files, by job and name. The caller has read the jobs."""
    query = select(job_file.c.job, job_file.c.name, func.length(job_file.c.content).label("size"))
    query = query.where(job_file.c.job.in_(identifiers), job_file.c.role == "result").order_by(job_file.c.name)
    found: dict[str, dict[str, int]] = {identifier: {} for identifier in identifiers}
    for row in tx.execute(query):
        found[row.job][row.name] = row.size
    return found


def result_file(tx: Connection, actor: Actor, identifier: str, name: str) -> bytes:
    """Return a result file to an auditor, or to the job's owner: it may tell grades. Raises Missing to all others."""
    if read(tx, actor, identifier).actor != actor and actor.role is not Role.AUDITOR:
        raise Missing("job_file_missing", job=identifier, name=name)
    query = select(job_file.c.content)
    query = query.where(job_file.c.job == identifier, job_file.c.role == "result", job_file.c.name == name)
    content = tx.execute(query).scalar_one_or_none()
    if content is None:
        raise Missing("job_file_missing", job=identifier, name=name)
    return bytes(content)


def forget_results(tx: Connection, kind: str, parameters: Mapping[str, JSON]) -> None:
    """Remove the result files of all jobs of a kind with these parameters: they repeat what has expired."""
    made = select(job.c.id).where(job.c.kind == kind, job.c.parameters == dict(parameters))
    tx.execute(job_file.delete().where(job_file.c.job.in_(made), job_file.c.role == "result"))


def _visible(actor: Actor, chosen: JobFilter) -> Select[Any]:
    query = select(job)
    if chosen.kind:
        query = query.where(job.c.kind == chosen.kind)
    if chosen.states:
        query = query.where(job.c.state.in_(chosen.states))
    owned = (
        (job.c.subject == actor.subject)
        & (job.c.role == actor.role.value)
        & job.c.department.is_not_distinct_from(actor.department)
    )
    if actor.role not in OVERSEERS:
        return query.where(owned)
    if actor.confined_to is None:
        return query
    return query.where(or_(owned, job.c.department == actor.confined_to))


def _may_see(actor: Actor, row: Row[*tuple[Any, ...]]) -> bool:
    oversees = actor.role in OVERSEERS and actor.confined_to in (None, row.department)
    return oversees or actor == _actor(row)


def _held(tx: Connection, identifier: str, worker: str) -> None:
    row = _locked(tx, identifier)
    if row.state != "running" or row.worker != worker or row.cancel_requested:
        raise JobLost(identifier)


def _locked(tx: Connection, identifier: str) -> Row[*tuple[Any, ...]]:
    """Return a job's row as it is now, which nobody else changes before the transaction ends."""
    return tx.execute(select(job).where(job.c.id == identifier).with_for_update()).one()


def _end(tx: Connection, identifier: str, now: datetime, state: str, **values: Any) -> None:
    """End a job; what it was given, which may name persons, goes with it."""
    ended = {"state": state, "finished_at": now, "step": "", **values}
    tx.execute(job.update().where(job.c.id == identifier).values(ended))
    tx.execute(job_file.delete().where(job_file.c.job == identifier, job_file.c.role == "input"))
    notify(tx, Topic.JOBS)


def _told(refusal: Refusal) -> dict[str, JSON]:
    return {"code": refusal.code, "parameters": refusal.told()}


def _add_files(tx: Connection, identifier: str, role: str, files: Sequence[JobFile]) -> None:
    for file in files:
        tx.execute(job_file.insert().values(job=identifier, role=role, name=file.name, content=file.content))


def _actor(row: Row[*tuple[Any, ...]]) -> Actor:
    return Actor(row.subject, Role(row.role), row.department)


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        state=row.state,
        actor=_actor(row),
        parameters=row.parameters,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        attempts=row.attempts,
        cancel_requested=bool(row.cancel_requested),
        done=row.done,
        total=row.total,
        step=row.step,
        result=row.result,
        refusal=row.refusal,
    )
