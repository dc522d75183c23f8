"""How pulls go: what is remembered, when what failed is tried again, and what is due."""

from datetime import timedelta

import pytest

from ledger import jobs, schedules
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.errors import Conflict
from ledger.windows import Window
from sampling import pull_states, sources
from sampling.pull_states import Taken
from tests.actors import somebody
from tests.refusing import refuse
from tests.scoring.register import ADMINISTRATOR, ANALYST, NOW
from tests.scoring.source_text import PULLED

TEXT = PULLED + '[pull]\nschedule = "every 1h"\nfolder = "departments"\nfiles = "*.csv"\n'
SOURCE = sources.parse(TEXT)
FAILED = Conflict("pull_http_status", status=503)


@pytest.fixture(autouse=True)
def added(database: Database) -> None:
    with database.write() as tx:
        sources.add(tx, Actor("adder", Role.ADMINISTRATOR), NOW, TEXT)


def record(database: Database, minutes: int, error: Conflict | None, file: str | None = None) -> pull_states.PullState:
    with database.write() as tx:
        pull_states.record(tx, NOW + timedelta(minutes=minutes), SOURCE, error, file)
        return pull_states.states(tx, ANALYST)[SOURCE.name]


def test_a_pull_that_went_well_is_told(database: Database) -> None:
    state = record(database, 0, None)
    assert (state.attempted_at, state.succeeded_at, state.failures, state.error) == (NOW, NOW, 0, None)


def test_what_failed_is_tried_again_ever_later_until_it_goes_well(database: Database) -> None:
    record(database, 0, None)
    pauses = []
    for minutes in range(1, 10):
        state = record(database, minutes, FAILED, "甲.csv")
        assert state.retry_at is not None
        pauses.append((state.retry_at - state.attempted_at) // timedelta(minutes=1))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert (state.failures, state.succeeded_at, state.file) == (9, NOW, "甲.csv")
    assert state.error is not None
    assert (state.error.code, state.error.parameters) == ("pull_http_status", {"status": "503"})
    assert record(database, 10, None).retry_at is None


def waiting(database: Database) -> list[jobs.Job]:
    with database.read() as tx:
        return jobs.own(tx, ADMINISTRATOR, Window(10))


def due(database: Database, minutes: int) -> list[str]:
    now = NOW + timedelta(minutes=minutes)
    with database.write() as tx:
        found = schedules.due(tx, now, pull_states.schedules(tx))
        return [each.name for each in found if schedules.ask_once(tx, now, each)]


def test_a_pull_is_asked_for_when_it_is_due_in_the_name_of_who_added_the_source(database: Database) -> None:
    assert due(database, 0) == []
    assert "pull 信用平台" in due(database, 60)
    [job] = waiting(database)
    assert (job.kind, job.parameters, job.actor) == (
        "pull_source",
        {"source": "信用平台"},
        Actor("adder", Role.ADMINISTRATOR),
    )


def test_a_retry_is_asked_for_once(database: Database) -> None:
    due(database, 0)
    record(database, 1, FAILED)
    due(database, 5)
    assert waiting(database) == []
    due(database, 10)
    assert len(waiting(database)) == 1
    due(database, 15)
    assert len(waiting(database)) == 1


def test_a_source_without_a_pull_is_not_fetched(database: Database) -> None:
    with database.write() as tx:
        sources.add(tx, ADMINISTRATOR, NOW, PULLED.replace('"1"', '"2"'))
    refuse(database, "source_without_pull", lambda tx: pull_states.request_pull(tx, ANALYST, NOW, "信用平台"))
    due(database, 0)
    record(database, 0, FAILED)
    assert "pull 信用平台" not in due(database, 60)
    assert waiting(database) == []


def test_what_was_taken_in_is_remembered_for_the_document_that_read_it(database: Database) -> None:
    with database.write() as tx:
        pull_states.remember(tx, NOW, SOURCE, "甲.csv", Taken("m1", "a" * 64))
        pull_states.remember(tx, NOW, SOURCE, "乙.csv", Taken("m2", "b" * 64))
        pull_states.remember(tx, NOW, SOURCE, "甲.csv", Taken("m3", "c" * 64))
    changed = sources.parse(TEXT.replace('"1"', '"2"'))
    with database.read() as tx:
        assert pull_states.taken(tx, SOURCE) == {"甲.csv": Taken("m3", "c" * 64), "乙.csv": Taken("m2", "b" * 64)}
        assert pull_states.taken(tx, changed) == {}


@pytest.mark.parametrize("role", Role)
def test_who_imports_may_pull_and_all_but_inspectors_see_how_it_goes(database: Database, role: Role) -> None:
    actor = somebody(role)
    if role in (Role.PLANNER, Role.ANALYST, Role.ADMINISTRATOR):
        with database.write() as tx:
            assert pull_states.request_pull(tx, actor, NOW, "信用平台").kind == "pull_source"
    else:
        refuse(database, "role_not_allowed", lambda tx: pull_states.request_pull(tx, actor, NOW, "信用平台"))
    if role is Role.INSPECTOR:
        refuse(database, "role_not_allowed", lambda tx: pull_states.states(tx, actor))
