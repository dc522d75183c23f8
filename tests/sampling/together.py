"""Doing things at the same moment, as persons at several desks do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def together(*steps: Callable[[], T]) -> list[T]:
    """Begin all steps at once, each in a thread of its own, and return what they give in their order."""
    ready = Barrier(len(steps))

    def begin(step: Callable[[], T]) -> T:
        ready.wait()
        return step()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(begin, steps))
