"""How much memory a step takes."""

import tracemalloc
from collections.abc import Callable

from tests.engines import wait_for_dropping


def peak_of(step: Callable[[], object]) -> int:
    """Return the most bytes that Python objects took while a step ran, beyond what there was."""
    wait_for_dropping()  # its thread's objects would count
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
