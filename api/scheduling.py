"""Asking, in the background, for the jobs that are due by a schedule."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from threading import Event
from typing import Final, TypeAlias

import structlog
from sqlalchemy import Connection

from api import logs
from api.bureau import Bureau
from ledger import jobs, schedules
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from ledger.recurrence import Recurrence
from ledger.schedules import Schedule
from sampling import pull_states, requests

ROUND_SECONDS: Final = 5.0

Plan: TypeAlias = Callable[[Bureau, Connection], Iterable[Schedule]]

SCHEDULE: Final = Actor("schedule", Role.ADMINISTRATOR)
"""Who asks for what is due."""

SEALED_AT: Final = Recurrence.parse("daily 02:00")
"""When the readings of the day before are sealed: long after all work that began on it has ended."""


def gradings(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which all enterprises are graded, where a setting has one."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        requests.request_grading(tx, SCHEDULE, now, None)

    if bureau.settings.grading:
        yield Schedule("grading", Recurrence.parse(bureau.settings.grading), ask)


def sealings(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which the record of who read grades is sealed."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        jobs.enqueue(tx, SCHEDULE, now, "seal_readings", {})

    yield Schedule("sealing of readings", SEALED_AT, ask)


def pulls(bureau: Bureau, tx: Connection) -> Iterable[Schedule]:
    """Give the schedules by which files of sources are fetched."""
    return pull_states.schedules(tx)


PLANS: Final[Sequence[Plan]] = (gradings, sealings, pulls)
"""What gives the bureau's schedules: some follow from settings, others from what the database holds."""

_log = structlog.get_logger("qian.scheduling")


def keep_scheduled(bureau: Bureau, stop: Event) -> None:
    """Ask for what is due until `stop` is set."""
    while not stop.is_set():
        try:
            ask_for_due(bureau)
        except Exception as error:  # such as a database that is away
            logs.unexpected(error, with_trace=True)
        stop.wait(ROUND_SECONDS)


def ask_for_due(bureau: Bureau, plans: Sequence[Plan] = PLANS) -> list[str]:
    """Ask for each job that is due, in a transaction of its own; return the names of their schedules."""
    now, asked = bureau.now, []
    with bureau.read() as tx:
        found = schedules.due(tx, now, [schedule for plan in plans for schedule in plan(bureau, tx)])
    for each in found:
        try:
            with bureau.database.write() as tx:
                if schedules.ask_once(tx, now, each):
                    asked.append(each.name)
        except Refusal as refusal:
            _log.error("schedule_refused", schedule=each.name, code=refusal.code)
    if asked:
        _log.info("jobs_due", schedules=asked)
    return asked
