"""Schedules: work that is due again and again, asked for once for each time due, by whichever process looks first.

A schedule begins with the first time due after it was first seen. Times that pass while no process runs are made up for
by one job.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.recurrence import Recurrence
from ledger.tables import schedule


@dataclass(frozen=True)
class Schedule:
    """What is due when. The name is unique; `ask` gets the transaction, the present and the time due."""

    name: str
    recurrence: Recurrence
    ask: Callable[[Connection, datetime, datetime], object]


def due(tx: Connection, now: datetime, schedules: Iterable[Schedule]) -> list[Schedule]:
    """Return the schedules that are new, or whose last time due was not asked for yet."""
    asked = dict(tx.execute(select(schedule.c.name, schedule.c.due)).all())
    return [each for each in schedules if each.name not in asked or asked[each.name] < each.recurrence.last(now)]


def ask_once(tx: Connection, now: datetime, each: Schedule) -> bool:
    """Ask for what is due, unless another process did or the schedule is new; tell whether this one did."""
    last = each.recurrence.last(now)
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(schedule)
    new = insert.values(name=each.name, due=last).on_conflict_do_nothing().returning(schedule.c.name)
    if tx.execute(new).first() is not None:
        return False
    later = schedule.update().where(schedule.c.name == each.name, schedule.c.due < last).values(due=last)
    if tx.execute(later.returning(schedule.c.name)).first() is None:
        return False
    each.ask(tx, now, last)
    return True
