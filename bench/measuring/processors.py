"""Seconds of processors: other work on the machine lengthens those of the clock, and these hardly."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Self

from ledger.database import Database


def server_of(database: Database) -> int:
    """Return the process that serves the one connection that a database keeps, 0 where there is none."""
    if database.is_sqlite:
        return 0
    with database.read() as tx:
        return int(tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def busy(server: int = 0) -> float:
    """Return the seconds of processors that this process and one of a server on this machine had so far."""
    status = Path(f"/proc/{server}/stat")
    try:
        ticks = status.read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        ticks = []
    return process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def thread_times(root: int) -> dict[int, float]:
    """Return the seconds of a processor of each thread of a process and of those that it started, as far as they run.

    On a machine that does nothing else the busiest thread's are about those of the clock.
    """
    times: dict[int, float] = {}
    waiting = [root]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").glob("*"):
            with suppress(OSError, ValueError):  # it has just ended
                ticks = (task / "stat").read_text().rpartition(")")[2].split()[11:13]
                times[int(task.name)] = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
                waiting += map(int, (task / "children").read_text().split())
    return times


@dataclass
class Stopwatch:
    """Seconds, and those of processors, of the blocks that it was entered for; `server` as in `busy`."""

    server: int = 0
    seconds: float = 0.0
    busy: float = 0.0

    def __enter__(self) -> Self:
        self.seconds -= perf_counter()
        self.busy -= busy(self.server)
        return self

    def __exit__(self, *raised: object) -> None:
        self.busy += busy(self.server)
        self.seconds += perf_counter()
