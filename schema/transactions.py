"""The bureau's transactions for resolvers and handlers: in worker threads, so that the event loop never waits.

No more are open at once than the database's pool has connections. A transaction that waits for its turn so waits in
the event loop and holds no thread that another one needs to come to its end.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from sqlalchemy import Connection
from sqlalchemy.exc import DataError

from ledger.errors import Invalid
from schema.bureau import Bureau

T = TypeVar("T")

AT_ONCE = 10


class Transactions:
    """Opens the transactions of one process."""

    def __init__(self, bureau: Bureau, at_once: int = AT_ONCE) -> None:
        self._bureau = bureau
        self._free = anyio.Semaphore(at_once)

    def operation(self) -> "Operation":
        """Return the transactions of one operation; they must be closed."""
        return Operation(self._bureau, self._free)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in a snapshot of its own."""
        operation = self.operation()
        try:
            return await operation.read(work)
        finally:
            await operation.close()


class Operation:
    """One operation's transactions: its reads see one snapshot, a new one after each of its writes."""

    def __init__(self, bureau: Bureau, free: anyio.Semaphore) -> None:
        self._bureau = bureau
        self._free = free
        self._admitted = False
        self._turn = anyio.Lock()
        self._use = threading.Lock()  # a caller that was cancelled leaves its thread at work
        self._snapshot = ExitStack()
        self._tx: Connection | None = None
        self._known: dict[str, Any] = {}

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads in the operation's snapshot."""
        async with self._turn:
            await self._admit()
            return await run_sync(self._read, work)

    async def read_once(self, name: str, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads, the same for the same name until the operation writes."""
        async with self._turn:
            if name not in self._known:
                await self._admit()
                self._known[name] = await run_sync(self._read, work)
            found: T = self._known[name]
            return found

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` does in a transaction of its own, committed and signed."""
        async with self._turn:
            await self._admit()
            self._known.clear()
            return await run_sync(self._write, work)

    async def close(self) -> None:
        """End the snapshot and let others in."""
        try:
            if self._tx is not None:
                await run_sync(self._end_snapshot)
        finally:
            if self._admitted:
                self._admitted = False
                self._free.release()

    async def _admit(self) -> None:
        if not self._admitted:
            await self._free.acquire()
            self._admitted = True

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._use:
            if self._tx is None:
                self._tx = self._snapshot.enter_context(self._bureau.read())
            return _storable(work, self._tx)

    def _write(self, work: Callable[[Connection], T]) -> T:
        self._end_snapshot()
        with self._use, self._bureau.write() as tx:
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
