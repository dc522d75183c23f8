"""The bureau's transactions for resolvers and handlers: in worker threads, so that the event loop never waits.

No more are open at once than the database's pool has connections. A transaction that waits for its turn so waits in
the event loop and holds no thread that another one needs to come to its end. An operation has so many seconds; then
what it does with the database is stopped, and undone.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import ExitStack
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import anyio
from anyio.to_thread import run_sync
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, OperationalError

from ledger import idempotency
from ledger.errors import Invalid, Refusal
from ledger.time_limits import TimeLimit, waiting_seconds
from schema.bureau import Bureau

A = TypeVar("A")
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
            return await operation.read_alone(work)
        finally:
            await operation.close()

    async def note(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` writes in a transaction of its own, of which the log knows nothing."""
        operation = self.operation()
        try:
            return await operation.note(work)
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


@dataclass(eq=False, slots=True)
class Answer(Generic[T]):
    """What is asked of the database, read in a thread; any number may wait for it, and whoever gives up harms no other.

    `found` has what was read, once it was, and `error` what was raised instead.
    """

    work: Callable[[Connection], T]
    found: list[T] = field(default_factory=list)
    error: BaseException | None = None
    _told: bool = False
    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    async def get(self) -> T:
        """Return what was read, or raise what was raised."""
        if not self._told:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting
        if self.error is not None:
            raise self.error
        return self.found[0]

    def tell(self) -> None:
        """Let all who wait have it, and forget how it was read: that may know who keeps what was read."""
        self._told = True
        self.work = _read_before
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)


def _read_before(_tx: Connection) -> Any:
    raise AssertionError("What was told is not read again.")


class Operation:
    """One operation's transactions: its reads see one snapshot, a new one after each of its writes.

    What is asked side by side, such as all fields of a selection, is read in one turn of a thread. Its time begins with
    its first transaction; of an operation that `lasts`, each read and write has the time anew.
    `refusals` are the codes of what use cases refused to it.
    """

    def __init__(self, bureau: Bureau, free: anyio.Semaphore, seconds: float = SECONDS) -> None:
        self._bureau = bureau
        self._free = free
        self._admitted = False
        self._use = threading.Lock()  # a caller that was cancelled leaves its thread at work
        self._tx: Connection | None = None
        self._asked: list[Answer[Any]] = []
        self._asked_together: dict[str, tuple[dict[Any, None], Answer[Any]]] = {}
        self._known: dict[Hashable, Answer[Any]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._left_at_work = False
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
    def _snapshot(self) -> ExitStack:
        return ExitStack()

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
        return await self.ask(work).get()

    def ask(self, work: Callable[[Connection], T]) -> Answer[T]:
        """Have `work` read in the operation's snapshot, with all that is asked before a thread has its turn."""
        answer = Answer(work)
        self._asked.append(answer)
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read_asked())
        return answer

    async def read_once(self, name: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads, the same for the same name until the operation writes; raises TimedOut."""
        answer = self._known.get(name)
        if answer is None:
            answer = self._known[name] = self.ask(work)
        found: T = await answer.get()
        return found

    async def read_together(self, name: str, key: K, work: Callable[[Connection, Collection[K]], Mapping[K, T]]) -> T:
        """Return what `work` reads of a key, read at once for all keys that are asked under the same name.

        Where it refuses them together, each is asked for alone, so that none is refused for another's sake.
        """
        answer: Answer[Mapping[K, T | Refusal]] | None = self._known.get((name, key))
        if answer is None:
            if name not in self._asked_together:
                keys: dict[K, None] = {}
                self._asked_together[name] = keys, self.ask(lambda tx: _each(work, tx, list(keys)))
            together, answer = self._asked_together[name]
            together[key] = None
            self._known[name, key] = answer
        found = (await answer.get())[key]
        if isinstance(found, Refusal):
            self.refusals.add(found.code)
            raise found
        return found

    async def read_alone(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in a snapshot that ends with it, in one turn of a thread; raises TimedOut."""
        async with self._turn:
            return await self._run(self._read_alone, work)

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
            return await self._run(self._note, work)

    async def close(self) -> None:
        """End the snapshot and let others in; what is read afterwards is of a new one."""
        self._end_timer()
        self._known.clear()
        try:
            if self._reading is not None:  # for somebody who was cancelled
                self._reading.cancel()
                await asyncio.wait([self._reading])
                self._give_up([], asyncio.CancelledError())
            if self._tx is not None or self._left_at_work:
                await run_sync(self._end_snapshot)
                self._left_at_work = False
        finally:
            if self._admitted:
                self._admitted = False
                self._free.release()

    async def _read_asked(self) -> None:
        asked: list[Answer[Any]] = []
        try:
            while self._asked:
                async with self._turn:
                    asked, self._asked, self._asked_together = self._asked, [], {}
                    await self._run(self._read, asked)
                self._tell(asked)
            self._reading = None
        except BaseException as error:
            self._give_up(asked, error)
            if not isinstance(error, Exception):
                raise

    def _tell(self, asked: list[Answer[Any]]) -> None:
        for answer in asked:
            if isinstance(answer.error, Refusal):
                self.refusals.add(answer.error.code)
            answer.tell()

    def _give_up(self, asked: list[Answer[Any]], error: BaseException) -> None:
        """Let all who wait have the error; a thread that is left at work goes on with nothing of what was asked."""
        waiting, self._asked, self._asked_together, self._reading = [*asked, *self._asked], [], {}, None
        asked.clear()
        for answer in waiting:
            answer.error = error
        self._tell(waiting)

    async def _run(self, run: Callable[[A], T], asked: A) -> T:
        self._begin_timer()
        try:
            await self._admit()
            return await run_sync(run, asked)
        except asyncio.CancelledError:
            self._left_at_work = True
            raise
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

    def _read(self, asked: list[Answer[Any]]) -> None:
        with self._use:
            for answer in asked:
                if self._tx is None:
                    self._tx = self._snapshot.enter_context(self._bureau.read())
                try:
                    answer.found.append(self._done(answer.work, self._tx))
                except Exception as error:  # is for whoever asked, and no other
                    answer.error = error

    def _read_alone(self, work: Callable[[Connection], T]) -> T:
        with self._use, self._bureau.read() as tx:
            return self._done(work, tx)

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


def _each(
    work: Callable[[Connection, Collection[K]], Mapping[K, T]], tx: Connection, keys: Collection[K]
) -> Mapping[K, T | Refusal]:
    """Return what `work` reads of keys; where it refuses them together, what it reads of each or refuses of it."""
    try:
        return work(tx, keys)
    except Refusal as refusal:
        if len(keys) == 1:
            return dict.fromkeys(keys, refusal)
        found: dict[K, T | Refusal] = {}
        for key in keys:
            found |= _each(work, tx, [key])
        return found


def _storable(work: Callable[[Connection], T], tx: Connection) -> T:
    try:
        return work(tx)
    except DataError:  # such as the character U+0000 in a text, which PostgreSQL does not hold
        raise Invalid("value_not_storable") from None
