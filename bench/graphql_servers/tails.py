"""Latencies under a part of the load that a server can bear, by h2load.

Each of its connections asks at a steady rate of its own, and all of them ask at once. A latency counts from when the
request was sent, so that each, the median too, has in it the wait behind the requests of the other connections.
"""

import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from measuring.logs import show_table, table
from measuring.targets import Target
from rich.table import Table

from graphql_servers.rows import QUERIES
from graphql_servers.serving import (
    CONNECTIONS,
    HEADERS,
    OURS,
    PLAIN,
    PROCESSES,
    Process,
    at_once,
    body_of,
    load,
    running,
    share,
)

LOAD: Final = 0.8
TAIL: Final = 4.0
KEPT_UP: Final = 0.95
SETTLING: Final = 1
"""Seconds at the beginning whose requests are not counted."""


@dataclass(frozen=True)
class Latencies:
    """What was found: answers a second, and latencies in milliseconds."""

    rate: float
    median: float
    p99: float
    kept_up: bool
    """Whether about as many requests a second as were to be asked were answered, and all of them well."""

    @property
    def tail(self) -> float:
        """How many times the median the 99th percentile is; endless where the server did not keep up."""
        return self.p99 / self.median if self.kept_up else math.inf


def can_measure() -> bool:
    """Whether h2load is here; say so where it is not."""
    is_here = shutil.which("h2load") is not None
    if not is_here:
        print("Without the tails of latencies: h2load is not here (apt install nghttp2-client).")
    return is_here


def measure(seconds: int) -> list[Target]:
    """Measure and print latencies of the three queries; return what was to be reached.

    The plain server's stand beside, since a machine that stops for some milliseconds stops every server.
    """
    if not can_measure():
        return []
    tails = tails_table("Latency")
    reached = []
    for count in PROCESSES:
        for server in (PLAIN, OURS):
            with running(server, count) as processes:
                for name, query in QUERIES.items():
                    what = f"{name}, {count} process(es)"
                    found = ask_steadily(processes, query, LOAD * load(processes, query, seconds).rate, seconds)
                    target = add_row(tails, f"{what}: {server.name}", what, found)
                    reached += [target] if server == OURS else []
    show_table(tails)
    return reached


def tails_table(title: str) -> Table:
    """Return a table for latencies."""
    told = f"{title} at {LOAD:.0%} of a server's rate, {CONNECTIONS} connections at once, ms"
    return table(told, "", "rate", "p50", "p99", "p99 / p50")


def add_row(tails: Table, shown: str, what: str, found: Latencies) -> Target:
    """Add what was found to the table; return what was to be reached."""
    tails.add_row(shown, f"{found.rate:,.0f}", f"{found.median:.2f}", f"{found.p99:.2f}", f"{found.tail:.1f}")
    return Target(f"{what}: p99 / p50 at {LOAD:.0%}", found.tail, TAIL, at_most=True)


def ask_steadily(
    processes: Sequence[Process],
    query: str,
    rate: float,
    seconds: int,
    path: str = "/graphql",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Latencies:
    """Ask a server so many times a second."""
    connections = share(processes)
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "body.json")
        body.write_text(body_of(query))
        command = ["h2load", "--h1", "-t1", f"-c{connections}", f"--rps={rate / connections / len(processes)}"]
        command += ["-D", str(SETTLING + seconds), "-d", str(body)]
        command += [f"-H{name}: {value}" for name, value in {**HEADERS, **headers}.items()]
        logs = [Path(folder, str(port)) for _, port in processes]
        at_once(
            [*command, f"--log-file={log}", f"http://127.0.0.1:{port}{path}"]
            for log, (_, port) in zip(logs, processes, strict=True)
        )
        lines = [line.split("\t") for log in logs for line in log.read_text().splitlines()]
    return latencies(sorted((int(sent), int(status), int(taken)) for sent, status, taken in lines), rate)


def latencies(rows: list[tuple[int, int, int]], rate: float) -> Latencies:
    """Read a log: when each request was sent, its answer's status, and after how many microseconds its end came."""
    counted = [row for row in rows if row[0] >= rows[0][0] + 1_000_000 * SETTLING]
    if not counted:
        return Latencies(0, math.inf, math.inf, kept_up=False)
    one_round = CONNECTIONS / rate
    answered = len(counted) / ((counted[-1][0] - counted[0][0]) / 1_000_000 + one_round)
    late = sorted(taken / 1000 for _, _, taken in counted)
    well = all(status == 200 for _, status, _ in rows)
    return Latencies(answered, late[len(late) // 2], late[len(late) * 99 // 100], well and answered >= KEPT_UP * rate)
