"""Asking, in the background, for the jobs that are due by a schedule."""

from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import Final, TypeAlias

import structlog
from sqlalchemy import Connection

from api import logs
from api.bureau import Bureau
from ledger import schedules
from ledger.errors import Refusal
from ledger.schedules import Schedule
from sampling import pull_states

ROUND_SECONDS: Final = 5.0

Plan: TypeAlias = Callable[[Bureau, Connection], Iterable[Schedule]]

PLANS: Final[Sequence[Plan]] = (lambda bureau, tx: pull_states.schedules(tx),)
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
