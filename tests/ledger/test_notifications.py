"""Whoever waits for a change of a job learns of it, whichever process made it."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from queue import Queue
from threading import Event, Thread

import pytest

from ledger import jobs
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.notifications import Topic, changes
from ledger.windows import Window

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
OWNER = Actor("li", Role.ANALYST, "ZJ")
PATIENCE = 30

executors = pytest.mark.parametrize(
    "executor",
    [lambda: ThreadPoolExecutor(1), lambda: ProcessPoolExecutor(1, get_context("spawn"))],
    ids=["in this process", "in another process"],
)


def enqueue(url: str) -> str:
    database = Database(url)
    with database.write() as tx:
        identifier = jobs.enqueue(tx, OWNER, NOW, "grade", {})
    database.close()
    return identifier


def work(url: str, identifier: str) -> None:
    """Take the job up, tell its progress and end it, each in a transaction."""
    database = Database(url)
    with database.write() as tx:
        jobs.claim(tx, NOW, "one")
    with database.write() as tx:
        jobs.report(tx, identifier, "one", NOW, 1, 2)
    with database.write() as tx:
        jobs.finish(tx, identifier, "one", NOW, {})
    database.close()


@contextmanager
def subscribed(database: Database) -> Iterator[Queue[frozenset[Topic]]]:
    """A subscriber in a thread of its own, which ends when it is told to stop."""
    told: Queue[frozenset[Topic]] = Queue()
    stop = Event()

    def listen() -> None:
        for change in changes(database, stop):
            told.put(change)

    thread = Thread(target=listen)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def test_a_subscriber_is_told_at_once_so_that_it_reads_where_things_stand(database: Database) -> None:
    with subscribed(database) as told:
        told.get(timeout=PATIENCE)


@executors
def test_a_subscriber_learns_of_a_new_job(database: Database, executor: Callable[[], Executor]) -> None:
    with subscribed(database) as told, executor() as pool:
        told.get(timeout=PATIENCE)
        pool.submit(enqueue, address(database)).result()
        told.get(timeout=PATIENCE)


@executors
def test_a_subscriber_that_reads_when_it_is_told_sees_the_end(
    database: Database, executor: Callable[[], Executor]
) -> None:
    identifier = enqueue(address(database))
    with subscribed(database) as told, executor() as pool:
        told.get(timeout=PATIENCE)
        working = pool.submit(work, address(database), identifier)
        state = "waiting"
        while state != "done":
            told.get(timeout=PATIENCE)
            with database.read() as tx:
                state = jobs.read(tx, OWNER, identifier).state
        working.result()


def test_every_subscriber_is_told(database: Database) -> None:
    with subscribed(database) as one, subscribed(database) as other:
        for told in (one, other):
            told.get(timeout=PATIENCE)
        enqueue(address(database))
        for told in (one, other):
            told.get(timeout=PATIENCE)


def test_a_subscriber_that_is_told_to_stop_before_it_begins_ends(database: Database) -> None:
    stop = Event()
    stop.set()
    assert len(list(changes(database, stop))) <= 1


def test_subscribers_take_no_connection_from_others(database: Database) -> None:
    subscriptions = [changes(database, Event()) for _ in range(20)]
    for subscription in subscriptions:
        next(subscription)
    with database.read() as one, database.write() as other:
        assert jobs.own(one, OWNER, Window(1)) == jobs.own(other, OWNER, Window(1)) == []
    for subscription in subscriptions:
        subscription.close()  # type: ignore[attr-defined]
