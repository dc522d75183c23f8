"""How subscribers learn that something may have changed: one watching thread for all of this process."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress

import structlog

from ledger.database import Database
from ledger.errors import Conflict
from ledger.notifications import ALL, Topic, changes

RETRY_SECONDS = 1.0
LOOK_SECONDS = 30.0
"""How long a subscriber waits at most: who asks must still be signed in, though nothing changes."""

MOST, MOST_OF_ONE = 2000, 50
"""How many subscriptions one process follows, and how many of them for one address or person."""

log = structlog.get_logger()


class Places:
    """Places for what lasts, sockets and subscriptions: so many in one process, and for one address or person."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    @contextmanager
    def place(self, whose: str) -> Iterator[None]:
        """Hold one of the places; raises Conflict("subscriptions_full")."""
        if self._held[whose] >= MOST_OF_ONE or self._held.total() >= MOST:
            raise Conflict("subscriptions_full", most=MOST_OF_ONE)
        self._held[whose] += 1
        try:
            yield
        finally:
            self._held[whose] -= 1
            if not self._held[whose]:
                del self._held[whose]


class Watcher:
    """Tells its subscribers of changes; the thread runs while there are any, and until `stop`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: dict[asyncio.Event, Topic] = {}
        self.places = Places()
        self._stop: threading.Event | None = None
        self._closed = False

    async def changes(self, topic: Topic) -> AsyncGenerator[None, None]:
        """Yield once, and again whenever something of a topic may have changed, until the watcher is stopped."""
        changed = asyncio.Event()
        changed.set()
        self._subscribers[changed] = topic
        self._watch(asyncio.get_running_loop())
        try:
            while not self._closed:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):  # wait_for of Python 3.11 can swallow a cancellation
                        await changed.wait()
                changed.clear()
                yield
        finally:
            del self._subscribers[changed]
            if not self._subscribers and self._stop is not None:
                self._stop.set()
                self._stop = None

    def stop(self) -> None:
        """End all subscriptions and the thread."""
        self._closed = True
        if self._stop is not None:
            self._stop.set()
        self._tell(ALL)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._stop is None and not self._closed:
            self._stop = threading.Event()
            threading.Thread(target=self._run, args=(loop, self._stop), name="watcher", daemon=True).start()

    def _run(self, loop: asyncio.AbstractEventLoop, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                for topics in changes(self._database, stop):
                    loop.call_soon_threadsafe(self._tell, topics)
            except Exception as error:  # the database may be away for a while: let them look now and then
                log.warning("watching_failed", error=type(error).__name__)
                if not stop.wait(RETRY_SECONDS):
                    loop.call_soon_threadsafe(self._tell, ALL)

    def _tell(self, topics: frozenset[Topic]) -> None:
        for changed, topic in self._subscribers.items():
            if topic in topics:
                changed.set()
