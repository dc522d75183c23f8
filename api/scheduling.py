"""Asking, in the background, for the jobs that are due by a schedule."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from threading import Event
from typing import Final, TypeAlias

import structlog
from sqlalchemy import Connection

from api import logs
from api.bureau import Bureau
from ledger import idempotency, jobs, schedules
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Refusal
from ledger.recurrence import Recurrence
from ledger.schedules import Schedule
from sampling import inbox, pull_states, requests
from sampling.early_warning import request_warnings
from sampling.publicity import limits

ROUND_SECONDS: Final = 5.0

Plan: TypeAlias = Callable[[Bureau, Connection], Iterable[Schedule]]

SCHEDULE: Final = Actor("schedule", Role.ADMINISTRATOR)
"""Who asks for what is due."""

SEALED_AT: Final = Recurrence.parse("daily 02:00")
"""When the readings of the day before are sealed: long after all work that began on it has ended."""

REMINDED_AT: Final = Recurrence.parse("daily 08:00")
MAILED_EVERY: Final = Recurrence.parse("every 10m")

WARNED_AT: Final = Recurrence.parse("daily 05:00")
"""When warnings are looked for: after what came in by night, and before the working day begins."""

TENDED_AT: Final = Recurrence.parse("daily 06:00")
"""When deadlines of publications are looked at: before the working day begins."""

FORGOTTEN_AT: Final = Recurrence.parse("daily 00:05")
"""When the hashes of the day before's callers go, with their salt."""

ANSWERS_FORGOTTEN_EVERY: Final = Recurrence.parse("every 1h")
"""When answers that were kept for requests under a key go, if they are old enough."""


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


def reminders(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which staff are reminded of what is nearly due."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        jobs.enqueue(tx, SCHEDULE, now, "remind", {})

    yield Schedule("reminders", REMINDED_AT, ask)


def mails(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which staff are told of their inbox by e-mail, where a server is set and something waits."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        jobs.enqueue(tx, SCHEDULE, now, "mail_inbox", {})

    if bureau.settings.smtp_host and bureau.settings.smtp_sender and inbox.is_mail_due(tx):
        yield Schedule("mails", MAILED_EVERY, ask)


def publications(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which deadlines of publications are told, and what is over its retention is ended."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        requests.request_tending(tx, SCHEDULE, now)

    yield Schedule("publications", TENDED_AT, ask)


def warnings(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which warnings are looked for."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        request_warnings(tx, SCHEDULE, now)

    yield Schedule("early warning", WARNED_AT, ask)


def forgettings(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which nothing is left that leads from a question of yesterday to an address."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        limits.forget(tx, civil_date(now))

    yield Schedule("forgetting of callers", FORGOTTEN_AT, ask)


def answer_forgettings(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which nothing is left of requests under a key, nor of their answers."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        idempotency.forget(tx, now)

    yield Schedule("forgetting of answers", ANSWERS_FORGOTTEN_EVERY, ask)


def receipt_sealings(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    """Give the schedule by which the receipts of deliveries are sealed."""

    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        jobs.enqueue(tx, SCHEDULE, now, "seal_receipts", {})

    yield Schedule("sealing of receipts", SEALED_AT, ask)


def pulls(bureau: Bureau, tx: Connection) -> Iterable[Schedule]:
    """Give the schedules by which files of sources are fetched."""
    return pull_states.schedules(tx)


PLANS: Final[Sequence[Plan]] = (
    gradings,
    sealings,
    receipt_sealings,
    reminders,
    mails,
    publications,
    warnings,
    forgettings,
    answer_forgettings,
    pulls,
)
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
