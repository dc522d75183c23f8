"""How subscribers learn that a job may have changed: one watching thread for all of this process."""

import asyncio
import threading
from collections.abc import AsyncGenerator

import structlog

from ledger.database import Database
from ledger.notifications import changes

RETRY_SECONDS = 1.0

log = structlog.get_logger()


class Watcher:
    """Tells its subscribers of changes; the thread runs while there are any, and until `stop`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: set[asyncio.Event] = set()
        self._stop: threading.Event | None = None
        self._closed = False

    async def changes(self) -> AsyncGenerator[None, None]:
        """Yield once, and again whenever some job may have changed, until the watcher is stopped."""
        changed = asyncio.Event()
        changed.set()
        self._subscribers.add(changed)
        self._watch(asyncio.get_running_loop())
        try:
            while not self._closed:
                await changed.wait()
                changed.clear()
                yield
        finally:
            self._subscribers.discard(changed)
            if not self._subscribers and self._stop is not None:
                self._stop.set()
                self._stop = None

    def stop(self) -> None:
        """End all subscriptions and the thread."""
        self._closed = True
        if self._stop is not None:
            self._stop.set()
        self._tell()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._stop is None and not self._closed:
            self._stop = threading.Event()
            threading.Thread(target=self._run, args=(loop, self._stop), name="watcher", daemon=True).start()

    def _run(self, loop: asyncio.AbstractEventLoop, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                for _ in changes(self._database, stop):
                    loop.call_soon_threadsafe(self._tell)
            except Exception as error:  # the database may be away for a while: let them look now and then
                log.warning("watching_failed", error=type(error).__name__)
                stop.wait(RETRY_SECONDS)
                loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for changed in self._subscribers:
            changed.set()
