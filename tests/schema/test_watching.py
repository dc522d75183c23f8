"""One watching thread for all subscribers."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import pytest

from ledger.database import Database
from ledger.notifications import ALL, Topic
from schema import watching
from schema.watching import Watcher


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "watcher"]


async def gone() -> None:
    while threads():
        await asyncio.sleep(0.01)


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> "Source":
    source = Source()
    monkeypatch.setattr(watching, "changes", source.changes)
    return source


class Source:
    """Changes that a test makes."""

    def __init__(self) -> None:
        self.changed = threading.Semaphore(0)
        self.fails = False
        self.begun = 0

    def changes(self, database: Database, stop: threading.Event) -> Iterator[frozenset[Topic]]:
        self.begun += 1
        if self.fails:
            raise ConnectionError
        while not stop.is_set():
            if self.changed.acquire(timeout=0.01):
                yield ALL


NO_DATABASE: Any = None


def test_every_subscriber_learns_of_every_change(source: Source) -> None:
    async def run() -> list[int]:
        watcher = Watcher(NO_DATABASE)
        told = [0, 0]

        async def follow(number: int) -> None:
            async with aclosing(watcher.changes(Topic.JOBS)) as changes:
                async for _ in changes:
                    told[number] += 1
                    if told[number] == 3:
                        return

        following = [asyncio.create_task(follow(number)) for number in range(2)]
        for seen in (1, 2):
            while told != [seen, seen]:
                await asyncio.sleep(0.01)
            source.changed.release()
        await asyncio.gather(*following)
        await gone()
        return told

    assert asyncio.run(run()) == [3, 3]
    assert source.begun == 1


def test_a_subscriber_begins_with_the_state_as_it_is(source: Source) -> None:
    async def run() -> None:
        async with aclosing(Watcher(NO_DATABASE).changes(Topic.JOBS)) as changes:
            await anext(changes)

    asyncio.run(run())


def test_where_watching_fails_subscribers_look_now_and_then(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.01)
    source.fails = True

    async def run() -> None:
        async with aclosing(Watcher(NO_DATABASE).changes(Topic.JOBS)) as changes:
            for _ in range(3):
                await anext(changes)
        await gone()

    asyncio.run(run())
    assert source.begun > 1


def test_stopping_ends_every_subscription(source: Source) -> None:
    async def run() -> int:
        watcher = Watcher(NO_DATABASE)

        async def follow() -> int:
            count = 0
            async with aclosing(watcher.changes(Topic.JOBS)) as changes:
                async for _ in changes:
                    count += 1
            return count

        following = asyncio.create_task(follow())
        await asyncio.sleep(0.05)
        watcher.stop()
        count = await following
        await gone()
        return count

    assert asyncio.run(run()) <= 2


@pytest.mark.usefixtures("source")
def test_who_leaves_just_as_something_changes_is_gone() -> None:
    async def run() -> bool:
        watcher = Watcher(NO_DATABASE)

        async def follow() -> None:
            async with aclosing(watcher.changes(Topic.JOBS)) as changes:
                async for _ in changes:
                    pass

        task = asyncio.create_task(follow())
        await asyncio.sleep(0.05)  # it waits for a change
        watcher._tell(ALL)
        await asyncio.sleep(0)  # the change is on its way
        task.cancel()
        await asyncio.wait([task], timeout=5)
        ended = task.cancelled()
        watcher.stop()
        return ended

    assert asyncio.run(run())
