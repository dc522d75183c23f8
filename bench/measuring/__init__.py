"""Timing, and the one table that a benchmark prints: each row beside the least work that it could not do without."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import TypeVar

from rich.console import Console
from rich.table import Table

T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """What took how many seconds, and what a bare loop over the same input took."""

    what: str
    seconds: float
    bare: str
    bare_seconds: float


def best_of(times: int, work: Callable[[], T]) -> tuple[float, T]:
    """Return the least of several runs' seconds, and what the last run gave."""
    least = float("inf")
    for _ in range(times):
        start = perf_counter()
        result = work()
        least = min(least, perf_counter() - start)
    return least, result


def best_processor_time_of(times: int, work: Callable[[], T]) -> tuple[float, T]:
    """Return the least of several runs' seconds of the processor, and what the last run gave."""
    least = float("inf")
    for _ in range(times):
        start = process_time()
        result = work()
        least = min(least, process_time() - start)
    return least, result


def show(title: str, rows: Sequence[Measured]) -> None:
    """Print the table."""
    table = Table("work", "seconds", "bare loop", "seconds", "ratio", title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        ratio = f"{row.seconds / row.bare_seconds:.1f}"
        table.add_row(row.what, f"{row.seconds:.3f}", row.bare, f"{row.bare_seconds:.3f}", ratio)
    Console(width=120).print(table)
