"""The background asks for the jobs that are due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from api.bureau import Bureau
from api.scheduling import SCHEDULE, ask_for_due
from api.settings import Settings
from ledger import jobs
from ledger.actors import Actor, Role
from ledger.errors import Conflict
from ledger.recurrence import Recurrence
from ledger.schedules import Schedule
from ledger.windows import Window

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
        (job,) = jobs.own(tx, ADMINISTRATOR, Window(10))
    assert (job.kind, job.state, job.actor) == ("audit", "waiting", ADMINISTRATOR)


def test_grading_and_the_sealing_of_readings_are_due_by_themselves(
    settings: Settings, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = bureau.now
    assert ask_for_due(bureau) == []
    monkeypatch.setattr(bureau, "settings", settings.model_copy(update={"grading": "monthly 1 03:00"}))
    ask_for_due(bureau)
    monkeypatch.setattr(Bureau, "now", property(lambda _: start + timedelta(days=40)))
    assert {"grading", "sealing of readings"} <= set(ask_for_due(bureau))
    assert ask_for_due(bureau) == []
    with bureau.read() as tx:
        asked = jobs.own(tx, SCHEDULE, Window(10))
    kinds = {"grade_enterprises", "seal_readings", "seal_receipts", "remind", "tend_publications", "raise_warnings"}
    assert {(job.kind, job.actor) for job in asked} == {(kind, SCHEDULE) for kind in kinds}
