"""How the pulls of sources go: what was taken in of which file, what failed last, and when it is tried again."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.database import upsert
from ledger.errors import Invalid, Refusal
from ledger.jobs import Job
from ledger.recurrence import Recurrence
from ledger.schedules import Schedule
from sampling import sources
from sampling.sources import HeldSource
from sampling.tables import pull_state, pulled_file
from scoring.pulls import Pull
from scoring.source import Source

PULL_SOURCE: Final = "pull_source"
FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=6)
_MOST_DOUBLINGS: Final = 10
RETRIES: Final = Recurrence.parse("every 5m")
"""How often it is looked whether a pull that failed is to be tried again."""


@dataclass(frozen=True)
class PullState:
    """How the pulls of a source went. `error` is the first refusal of the last one, None where it went well.

    `failures` counts those in a row; `file` is the one at fault, None where it was none alone.
    """

    source: str
    attempted_at: datetime
    succeeded_at: datetime | None
    failures: int
    error: Refusal | None
    file: str | None
    retry_at: datetime | None


@dataclass(frozen=True)
class Taken:
    """A file whose content was taken in: what its server said of its state, and its SHA-256 in hex."""

    mark: str
    sha256: str


def states(tx: Connection, actor: Actor) -> dict[str, PullState]:
    """Return the states of all sources that were pulled and that the actor reads, by name."""
    known = {each.source.name for each in sources.read_all(tx, actor)[0]}
    return {row.source: _state(row) for row in tx.execute(select(pull_state)) if row.source in known}


def pull_of(source: Source) -> Pull:
    """Return where a source's files are fetched; raises Invalid("source_without_pull")."""
    if source.pull is None:
        raise Invalid("source_without_pull", field="source", source=source.name)
    return source.pull


def request_pull(tx: Connection, actor: Actor, now: datetime, name: str) -> Job:
    """Ask that a source's files be fetched and taken in, whether that is due or not."""
    actor.require(Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR)
    pull_of(sources.find(tx, name).source)
    return jobs.read(tx, actor, jobs.enqueue(tx, actor, now, PULL_SOURCE, {"source": name}))


def schedules(tx: Connection) -> Iterator[Schedule]:
    """Give the schedules of all pulls.

    A source has none whose document this release reads more strictly than the one under which it was added.
    """
    yield Schedule("pull again", RETRIES, lambda tx, now, due: request_retries(tx, now))
    for name in sources.own_names(tx):
        with suppress(Invalid):
            held = sources.find(tx, name)
            if held.source.pull is not None:
                yield Schedule(f"pull {name}", held.source.pull.recurrence, partial(_request_due, held))


def _request_due(held: HeldSource, tx: Connection, now: datetime, due: datetime) -> None:
    """Ask for the pull of a source in the name of the administrator who added it."""
    actor = Actor(held.added_by or "", Role.ADMINISTRATOR)
    jobs.enqueue(tx, actor, now, PULL_SOURCE, {"source": held.source.name})


def request_retries(tx: Connection, now: datetime) -> None:
    """Ask for the pulls that failed and are to be tried again."""
    due = (pull_state.c.retry_at != None) & (pull_state.c.retry_at <= now)  # noqa: E711
    for name in tx.execute(select(pull_state.c.source).where(due).order_by(pull_state.c.source)).scalars().all():
        tx.execute(pull_state.update().where(pull_state.c.source == name).values(retry_at=None))
        with suppress(Invalid):
            held = sources.find(tx, name)
            if held.source.pull is not None:
                _request_due(held, tx, now, now)


def taken(tx: Connection, source: Source) -> Mapping[str, Taken]:
    """Return what was taken in last of each file, by this version of the source."""
    query = select(pulled_file).where(pulled_file.c.source == source.name)
    rows = tx.execute(query.where(pulled_file.c.source_sha256 == source.digest))
    return {row.name: Taken(row.mark, row.sha256) for row in rows}


def remember(tx: Connection, now: datetime, source: Source, name: str, file: Taken) -> None:
    """Remember what was taken in of a file, in the transaction that takes it in."""
    row = {
        "source": source.name,
        "name": name,
        "source_sha256": source.digest,
        "mark": file.mark,
        "sha256": file.sha256,
        "taken_at": now,
    }
    upsert(tx, pulled_file, [row])


def record(
    tx: Connection, now: datetime, source: Source, error: Refusal | None = None, file: str | None = None
) -> None:
    """Record how a pull went; after a failure it is tried again in 5 minutes, then twice as late each time."""
    held = tx.execute(select(pull_state).where(pull_state.c.source == source.name)).one_or_none()
    row: dict[str, Any] = {"source": source.name, "attempted_at": now}
    if error is None:
        row |= {"succeeded_at": now, "failures": 0, "error": None, "retry_at": None}
    else:
        failures = 0 if held is None else held.failures
        pause = min(FIRST_PAUSE * (1 << min(failures, _MOST_DOUBLINGS)), LONGEST_PAUSE)
        row |= {
            "succeeded_at": None if held is None else held.succeeded_at,
            "failures": failures + 1,
            "error": {"code": error.code, "parameters": error.told(), "file": file},
            "retry_at": now + pause,
        }
    upsert(tx, pull_state, [row])


def _state(row: Any) -> PullState:
    error = file = None
    if row.error is not None:
        error, file = Refusal(row.error["code"], **row.error["parameters"]), row.error["file"]
    return PullState(row.source, row.attempted_at, row.succeeded_at, row.failures, error, file, row.retry_at)
