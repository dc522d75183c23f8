"""A time limit that stops what a thread does with the database: the statement at work, and every later one.

Between statements a thread goes on; computing without the database ends at its next statement, or when it is done.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Connection

from ledger.errors import Refusal

AGAIN_SECONDS: Final = 0.05
CANCEL_SECONDS: Final = 5.0

waiting_seconds: ContextVar[float | None] = ContextVar("waiting_seconds", default=None)
"""How long this thread may wait for a lock that the whole database has, None as long as the engine waits."""

_at_work: ContextVar["TimeLimit | None"] = ContextVar("at_work", default=None)


class TimedOut(Refusal):
    """The time limit was over before the work was done; nothing of it was written."""


class TimeLimit:
    """What one operation's threads may be stopped by."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.over = False
        self._driver: Any = None  # of the transaction that is at work
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()

    def refusal(self) -> TimedOut:
        """Return why the work was stopped."""
        return TimedOut("operation_timed_out", seconds=f"{self.seconds:g}")

    @contextmanager
    def work(self, tx: Connection) -> Iterator[None]:
        """Let the block be stopped while it uses a transaction; raises TimedOut where it was."""
        self.require_time()
        with self._lock:
            self._driver = tx.connection.driver_connection
        self._idle.clear()
        before = _at_work.set(self)
        try:
            yield
        except Exception:
            self.require_time()
            raise
        finally:
            _at_work.reset(before)
            with self._lock:
                self._driver = None  # so that what follows, such as the commit, is not stopped half-way
            self._idle.set()
        self.require_time()

    def stop(self) -> None:
        """Stop the work, in a thread of its own that goes on until nothing is at work."""
        self.over = True
        threading.Thread(target=self._stop, name="time limit", daemon=True).start()

    def _stop(self) -> None:
        while not self._idle.wait(AGAIN_SECONDS):
            with self._lock:
                if self._driver is not None:
                    _interrupt(self._driver)

    def require_time(self) -> None:
        """Raise TimedOut where the time is over."""
        if self.over:
            raise self.refusal() from None


def before_statement(*_: object) -> None:
    """Let a statement begin (SQLAlchemy's before_cursor_execute); raises TimedOut where this thread's time is over."""
    limit = _at_work.get()
    if limit is not None:
        limit.require_time()


def _interrupt(driver: Any) -> None:
    if hasattr(driver, "interrupt"):  # SQLite
        driver.interrupt()
    else:
        driver.cancel_safe(timeout=CANCEL_SECONDS)
