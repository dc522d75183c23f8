"""The background asks for the jobs that are due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from api.bureau import Bureau
from api.scheduling import ask_for_due
from ledger import jobs
from ledger.actors import Actor, Role
from ledger.errors import Conflict
from ledger.recurrence import Recurrence
from ledger.schedules import Schedule

ADMINISTRATOR = Actor("schedule", Role.ADMINISTRATOR)


def audits(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        jobs.enqueue(tx, ADMINISTRATOR, now, "audit", {})

    yield Schedule("audit", Recurrence.parse("every 1h"), ask)


def refusing(bureau: Bureau, tx: Connection) -> Iterator[Schedule]:
    def ask(tx: Connection, now: datetime, due: datetime) -> None:
        raise Conflict("register_empty")

    yield Schedule("aaa refuses", Recurrence.parse("every 1h"), ask)


def test_a_job_is_asked_for_once_when_it_is_due(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    start = bureau.now
    plans = [refusing, audits]
    assert ask_for_due(bureau, plans) == []
    monkeypatch.setattr(Bureau, "now", property(lambda _: start + timedelta(hours=2)))
    assert ask_for_due(bureau, plans) == ["audit"]
    assert ask_for_due(bureau, plans) == []
    with bureau.read() as tx:
        (job,) = jobs.own(tx, ADMINISTRATOR, 10)
    assert (job.kind, job.state, job.actor) == ("audit", "waiting", ADMINISTRATOR)
