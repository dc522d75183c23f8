"""Long work on many rows: what keeps it from waiting."""

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

LARGE_FILE = 1 << 24
"""From so many bytes on a file is sooner read by two threads."""

READ_AT_ONCE = 1 << 24

WholeFile: TypeAlias = bytes | mmap
"""The bytes of a file, in memory of this process alone."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Mark long work that makes millions of objects and no cycles of them: the collector would look in vain."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def ahead(values: Iterator[T]) -> Iterator[T]:
    """Give values in their order, each next one made by a thread while the caller waits for the database with one."""
    with ThreadPoolExecutor(1) as thread:
        end = object()
        coming = thread.submit(next, values, end)
        while (value := coming.result()) is not end:
            coming = thread.submit(next, values, end)
            yield value  # type: ignore[misc]


class HandOver(Protocol):
    """Has work done elsewhere, one piece after the other in their order."""

    def __call__(self, work: Callable[[], T]) -> Future[T]:
        """Hand over a piece."""


@contextmanager
def behind() -> Iterator[HandOver]:
    """Give what has a thread do work while the caller goes on.

    No more than two pieces wait for it or are done by it at a time: handing over another one waits. All are done at
    the end; whatever one raised is raised by the next waiting or by the end. Context variables, such as the time limit
    that a statement keeps to, are the caller's.
    """
    with ThreadPoolExecutor(1) as thread:
        handed: deque[Future[Any]] = deque()

        def hand_over(work: Callable[[], T]) -> Future[T]:
            if len(handed) == 2:
                handed.popleft().result()
            piece = thread.submit(copy_context().run, work)
            handed.append(piece)
            return piece

        yield hand_over
        for piece in handed:
            piece.result()


def read_whole(path: Path) -> WholeFile:
    """Read a file; a large one by two threads, since to be given the memory takes longer than to fill it.

    Raises OSError.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < LARGE_FILE or sys.platform != "linux":
            return file.read()
        data = mmap(-1, size, flags=MAP_PRIVATE | MAP_ANONYMOUS)
        with memoryview(data) as whole, ThreadPoolExecutor(2) as threads:
            middle = size // 2
            first = threads.submit(_read_into, file.fileno(), whole[:middle], 0)
            second = threads.submit(_read_into, file.fileno(), whole[middle:], middle)
            is_whole = first.result() and second.result()
    return data if is_whole else path.read_bytes()  # it has changed meanwhile


def _read_into(file: int, memory: memoryview, place: int) -> bool:
    """Fill memory with what stands from a place on; tell whether there was enough."""
    with memory:
        done = 0
        while done < len(memory):
            with memory[done : done + READ_AT_ONCE] as some:
                count = os.preadv(file, [some], place + done)
            if not count:
                return False
            done += count
    return True


@contextmanager
def beside(work: Callable[[], T], wanted: bool) -> Iterator[Callable[[], T]]:
    """Begin work in a process of its own, if that is wanted and can be, and give what waits for its result.

    The process sees the memory as it is now, so nothing is copied to it, and ends with the context. What it cannot
    finish, and all of it where there is no such process, is done by whoever asks for the result.
    """
    if not (wanted and sys.platform == "linux"):
        yield work
        return
    processes = multiprocessing.get_context("fork")
    receiver, sender = processes.Pipe(duplex=False)
    process = processes.Process(target=_send, args=(sender, work), daemon=True)
    process.start()
    sender.close()

    def result() -> T:
        try:
            done: T = receiver.recv()
        except EOFError:
            return work()
        return done

    try:
        yield result
    finally:
        process.kill()
        process.join()
        receiver.close()


class Pile:
    """Numbers from 0, each of which is taken once, by whichever process comes first: this one or one that is beside it.

    They lie in a pipe, which every process empties in the same order.
    """

    MOST = 1000
    """What a pipe takes without waiting."""

    _BYTES = 4

    def __init__(self, count: int) -> None:
        """Lay out so many, at most `MOST`."""
        self._from, into = os.pipe()
        with open(into, "wb") as writing:
            writing.write(b"".join(number.to_bytes(self._BYTES, "big") for number in range(count)))

    def __iter__(self) -> Iterator[int]:
        """Take one after the other until none is left."""
        while taken := os.read(self._from, self._BYTES):
            yield int.from_bytes(taken, "big")

    def close(self) -> None:
        """Throw away what is left."""
        os.close(self._from)


def _send(sender: Connection, work: Callable[[], object]) -> None:
    """Send the result of work; nothing where it raises, which whoever waits for it will see for himself."""
    with suppress(Exception):
        sender.send(work())
    sender.close()
