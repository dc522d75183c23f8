"""Long work on many rows: what keeps it from waiting."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def long_work() -> Iterator[None]:
    """Mark long work, during which the collector of cycles leaves alone all that was there before.

    Each full collection would look through everything that the process has imported, once for every few thousand rows.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def ahead(values: Iterator[T]) -> Iterator[T]:
    """Give values in their order, each next one made by a thread while the caller waits for the database with one."""
    with ThreadPoolExecutor(1) as thread:
        end = object()
        coming = thread.submit(next, values, end)
        while (value := coming.result()) is not end:
            coming = thread.submit(next, values, end)
            yield value  # type: ignore[misc]
