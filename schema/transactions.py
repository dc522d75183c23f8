"""The bureau's transactions for resolvers and handlers: in worker threads, so that the event loop never waits.

No more are open at once than the database's pool has connections. A transaction that waits for its turn so waits in
the event loop and holds no thread that another one needs to come to its end. An operation has so many seconds; then
what it does with the database is stopped, and undone.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, OperationalError

from ledger import idempotency
from ledger.errors import Invalid, Refusal
from ledger.time_limits import TimeLimit, waiting_seconds
from schema.bureau import Bureau

K = TypeVar("K")
T = TypeVar("T")

AT_ONCE = 10
SECONDS = 30.0


class Transactions:
    """Opens the transactions of one process."""

    def __init__(self, bureau: Bureau, at_once: int = AT_ONCE, seconds: float = SECONDS) -> None:
        self._bureau = bureau
        self._free = anyio.Semaphore(at_once)
        self._seconds = seconds

    def operation(self) -> "Operation":
        """Return the transactions of one operation; they must be closed."""
        return Operation(self._bureau, self._free, self._seconds)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in a snapshot of its own."""
        operation = self.operation()
        try:
            return await operation.read(work)
        finally:
            await operation.close()


class AnsweredBefore(Exception):
    """The operation was done before, under the same key; `Once.answer` is what was answered then."""


@dataclass
class Once:
    """That an operation is asked under a key: whether its work has taken the key, or what was answered before."""

    request: idempotency.Request
    now: datetime
    is_held: bool = False
    answer: bytes | None = None

    def claim(self, tx: Connection) -> None:
        """Take the key unless an earlier write of the operation has; raises AnsweredBefore, or what `claim` raises."""
        if not self.is_held:
            self.answer = idempotency.claim(tx, self.now, self.request)
            if self.answer is not None:
                raise AnsweredBefore

    def release(self, tx: Connection) -> None:
        """Let go of the key, since nothing was done."""
        idempotency.release(tx, self.request)


class Operation:
    """One operation's transactions: its reads see one snapshot, a new one after each of its writes.

    Its time begins with its first transaction; of an operation that `lasts`, each read and write has the time anew.
    `refusals` are the codes of what use cases refused to it.
    """

    def __init__(self, bureau: Bureau, free: anyio.Semaphore, seconds: float = SECONDS) -> None:
        self._bureau = bureau
        self._free = free
        self._admitted = False
        self._use = threading.Lock()  # a caller that was cancelled leaves its thread at work
        self._snapshot = ExitStack()
        self._tx: Connection | None = None
        self._known: dict[str, Any] = {}
        self._wanted: dict[str, dict[Any, None]] = {}
        self.once: Once | None = None
        self._seconds = seconds
        self._ends_at: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.lasts = False
        self.refusals: set[str] = set()

    @cached_property
    def _turn(self) -> anyio.Lock:  # made where it is needed first, which is in the event loop, as is the limit
        return anyio.Lock()

    @cached_property
    def _limit(self) -> TimeLimit:
        return TimeLimit(self._seconds)

    @property
    def timed_out(self) -> Refusal | None:
        """Why the operation was stopped, None where it was not."""
        if self._ends_at is None:  # it never asked the database
            return None
        return self._limit.refusal() if self._limit.over else None

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in the operation's snapshot; raises TimedOut."""
        async with self._turn:
            return await self._run(self._read, work)

    async def read_once(self, name: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads, the same for the same name until the operation writes; raises TimedOut."""
        async with self._turn:
            if name not in self._known:
                self._known[name] = await self._run(self._read, work)
            found: T = self._known[name]
            return found

    async def read_together(self, name: str, key: K, work: Callable[[Connection, Collection[K]], Mapping[K, T]]) -> T:
        """Return what `work` reads of a key, read at once for all keys that wait under the same name.

        Where it refuses them together, each is asked for alone, so that none is refused for another's sake.
        """
        self._wanted.setdefault(name, {})[key] = None
        async with self._turn:
            known: dict[K, T] = self._known.setdefault(name, {})
            if key not in known:
                keys = list(self._wanted.pop(name, {})) or [key]
                try:
                    known |= await self._run(self._read, lambda tx: work(tx, keys))
                except Refusal:
                    if keys == [key] or self._limit.over:
                        raise
                    known |= await self._run(self._read, lambda tx: work(tx, [key]))
            return known[key]

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` does in a transaction of its own, committed and signed; raises TimedOut."""
        async with self._turn:
            self._known.clear()
            return await self._run(self._write, work)

    async def apart(self, work: Callable[[], T], limiter: anyio.CapacityLimiter) -> T:
        """Return what `work` does in transactions of its own; the operation's key is taken before them.

        A refusal lets the key go. Whatever else ends the work leaves it taken, since something may have been done.
        """
        once = None if self.once is None or self.once.is_held else self.once
        try:
            if once is not None:
                await self.note(once.claim)
                once.is_held = True
            return await run_sync(work, limiter=limiter)
        except Refusal as refusal:
            self.refusals.add(refusal.code)
            if once is not None and once.is_held:
                once.is_held = False
                await self.note(once.release)
            raise

    async def note(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` writes in a transaction of its own, of which the log knows nothing."""
        async with self._turn:
            self._begin_timer()
            await self._admit()
            return await run_sync(self._note, work)

    async def close(self) -> None:
        """End the snapshot and let others in; what is read afterwards is of a new one."""
        self._end_timer()
        self._known.clear()
        try:
            if self._tx is not None:
                await run_sync(self._end_snapshot)
        finally:
            if self._admitted:
                self._admitted = False
                self._free.release()

    async def _run(self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]) -> T:
        self._begin_timer()
        try:
            await self._admit()
            return await run_sync(run, work)
        except Refusal as refusal:
            self.refusals.add(refusal.code)
            raise
        finally:
            if self.lasts:
                self._end_timer()

    def _begin_timer(self) -> None:
        if self._timer is None:
            self._ends_at = time.monotonic() + self._limit.seconds
            self._timer = asyncio.get_running_loop().call_later(self._limit.seconds, self._limit.stop)

    def _end_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _left(self) -> float:
        return max(0.0, (self._ends_at or 0.0) - time.monotonic())

    async def _admit(self) -> None:
        if not self._admitted:
            with anyio.move_on_after(self._left()):
                await self._free.acquire()
                self._admitted = True
        if not self._admitted:
            raise self._limit.refusal()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._use:
            if self._tx is None:
                self._tx = self._snapshot.enter_context(self._bureau.read())
            return self._done(work, self._tx)

    def _write(self, work: Callable[[Connection], T]) -> T:
        self._end_snapshot()
        with self._use, ExitStack() as ending:
            tx = self._begin_to_write(ending)
            if self.once is not None:
                self.once.claim(tx)
            done = self._done(work, tx)
        if self.once is not None:
            self.once.is_held = True
        return done

    def _note(self, work: Callable[[Connection], T]) -> T:
        self._end_snapshot()
        with self._use, self._bureau.database.write() as tx:
            return work(tx)

    def _begin_to_write(self, ending: ExitStack) -> Connection:
        waiting = waiting_seconds.set(self._left())
        try:
            return ending.enter_context(self._bureau.write())
        except OperationalError:
            if self._left() > 0:
                raise
            raise self._limit.refusal() from None  # it waited all its time for its turn to write
        finally:
            waiting_seconds.reset(waiting)

    def _done(self, work: Callable[[Connection], T], tx: Connection) -> T:
        with self._limit.work(tx):
            return _storable(work, tx)

    def _end_snapshot(self) -> None:
        with self._use:
            self._tx = None
            self._snapshot.close()


current: ContextVar[Operation] = ContextVar("current")
"""The GraphQL operation that is being answered."""


def _storable(work: Callable[[Connection], T], tx: Connection) -> T:
    try:
        return work(tx)
    except DataError:  # such as the character U+0000 in a text, which PostgreSQL does not hold
        raise Invalid("value_not_storable") from None
