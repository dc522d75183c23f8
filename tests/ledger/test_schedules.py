"""Each time due is asked for once, whichever process looks first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from ledger import schedules
from ledger.calendar import parse_instant
from ledger.database import Database
from ledger.recurrence import Recurrence
from ledger.schedules import Schedule

NOW = parse_instant("2026-11-26T08:31:00Z")
HOUR = timedelta(hours=1)


def hourly(asked: list[datetime]) -> Schedule:
    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        asked.append(due)

    return Schedule("hourly", Recurrence.parse("every 1h"), ask)


def look(database: Database, now: datetime, schedule: Schedule) -> bool:
    with database.read() as tx:
        found = schedules.due(tx, now, [schedule])
    if not found:
        return False
    with database.write() as tx:
        return schedules.ask_once(tx, now, found[0])


def test_a_new_schedule_begins_with_the_next_time_due(database: Database) -> None:
    asked: list[datetime] = []
    assert not look(database, NOW, hourly(asked))
    assert not look(database, NOW + timedelta(minutes=28), hourly(asked))
    assert look(database, NOW + timedelta(minutes=29), hourly(asked))
    assert asked == [parse_instant("2026-11-26T09:00:00Z")]


def test_missed_times_are_made_up_for_by_one_job(database: Database) -> None:
    asked: list[datetime] = []
    look(database, NOW, hourly(asked))
    assert look(database, NOW + 10 * HOUR, hourly(asked))
    assert not look(database, NOW + 10 * HOUR, hourly(asked))
    assert asked == [parse_instant("2026-11-26T18:00:00Z")]


def test_a_clock_set_back_asks_for_nothing_again(database: Database) -> None:
    asked: list[datetime] = []
    look(database, NOW, hourly(asked))
    look(database, NOW + 2 * HOUR, hourly(asked))
    assert not look(database, NOW + HOUR, hourly(asked))
    assert len(asked) == 1


def test_of_many_processes_at_once_one_asks(database: Database) -> None:
    asked: list[datetime] = []
    look(database, NOW, hourly(asked))

    def another(_: int) -> bool:
        other = Database(database.url.render_as_string(hide_password=False))
        with other.write() as tx:
            found = schedules.ask_once(tx, NOW + HOUR, hourly(asked))
        other.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(another, range(8))) == 1
    assert len(asked) == 1


def test_where_asking_fails_it_stays_due(database: Database) -> None:
    asked: list[datetime] = []
    look(database, NOW, hourly(asked))

    def fail(tx: Connection, now: datetime, due: datetime) -> None:
        raise RuntimeError("no job today")

    broken = Schedule("hourly", Recurrence.parse("every 1h"), fail)
    with pytest.raises(RuntimeError):
        look(database, NOW + HOUR, broken)
    assert look(database, NOW + HOUR, hourly(asked))
