"""How many GraphQL requests a second this project's own application answers, from rows in memory, beside other servers.

Three queries (rows.py): a hello, b 100 objects of ten scalars, c 100 objects with lists of objects. The limit is plain
Starlette and orjson doing the same by hand.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from types import MappingProxyType
from typing import Final
from urllib.request import Request, urlopen

from measuring.logs import show_table, table
from measuring.steady import Latencies, ask_steadily
from measuring.targets import Target

from graphql_servers.rows import QUERIES

SERVERS = Path(__file__).parent
BENCH = SERVERS.parent
CONNECTIONS = 32
ROUNDS = 2
LOAD = 0.8
STARTING = 180
AT_REST = 0.05
"""Of how many seconds of processors in one a server takes less where nobody asks it."""
TICKS = os.sysconf("SC_CLK_TCK")
PROTOCOL = "api.bounded_protocol:BoundedProtocol"
"""By which `qian serve` speaks HTTP."""


@dataclass(frozen=True)
class Server:
    """A server, and how it is started."""

    name: str
    program: str
    jit: bool = False
    http: str = "auto"

    def command(self, port: int, workers: int) -> list[str]:
        """Return the command that starts it."""
        if self.program.endswith(".mjs"):
            return ["node", str(SERVERS / self.program)]
        options = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--no-access-log"]
        options += ["--http", self.http]
        return [
            sys.executable,
            "-m",
            "uvicorn",
            f"graphql_servers.{self.program}:app",
            "--log-level",
            "error",
            *options,
        ]


PLAIN = Server("plain Starlette + orjson", "plain")
OURS = Server("this project", "ours", http=PROTOCOL)
OTHERS = (
    Server("Strawberry as it comes", "stock"),
    Server("graphql-yoga", "yoga.mjs"),
    Server("graphql-yoga, jit", "yoga.mjs", jit=True),
    Server("mercurius", "mercurius.mjs"),
    Server("mercurius, jit", "mercurius.mjs", jit=True),
)


OF_PLAIN: Final = {"b": 0.4, "c": 0.3}
"""Which part of the plain one's rate is to be reached."""
BEHIND: Final = (OTHERS[2], OTHERS[3])
"""Whom the project is to be ahead of: yoga with jit, mercurius without."""
TAIL: Final = 4.0
FLAT: Final = 1.02


@dataclass(frozen=True)
class Answered:
    """What a run of wrk found: answers a second, of wall-clock and of processor time, and latencies in milliseconds."""

    rate: float
    by_processor: float
    median: float
    p99: float


def measure(seconds: int) -> list[Target]:
    """Measure and print rates and latencies; return what was to be reached."""
    servers = [PLAIN, OURS, *OTHERS]
    if shutil.which("node") is None or not (SERVERS / "node_modules").exists():
        print("Without graphql-yoga and mercurius: they need Node, and `npm ci` in bench/graphql_servers.")
        servers = [server for server in servers if not server.program.endswith(".mjs")]
    reached = []
    for workers in sorted({1, os.cpu_count() or 1}):
        reached += measure_rates(servers, workers, seconds)
    return reached + measure_tail(seconds)


def measure_rates(servers: list[Server], workers: int, seconds: int) -> list[Target]:
    """Ask all servers all queries, in turns, and print the best of each; return what was to be reached."""
    best: dict[tuple[Server, str], Answered] = {}
    for _ in range(ROUNDS):
        for server in servers:
            with running(server, workers) as (pid, port):
                for name, query in QUERIES.items():
                    found = load(pid, port, query, seconds)
                    known = best.get((server, name))
                    if known is None or found.by_processor > known.by_processor:
                        best[server, name] = found
    rates = table(
        f"Answers, {workers} worker(s), {CONNECTIONS} connections, best of {ROUNDS} rounds of {seconds} s; "
        "× the plain one's, by processor time",
        "",
        *(f"{name}: {what}" for name in QUERIES for what in ("per s", "per s of processor", "ratio")),
    )
    for server in servers:
        cells = []
        for name in QUERIES:
            found, limit = best[server, name], best[PLAIN, name]
            cells += [f"{found.rate:,.0f}", f"{found.by_processor:,.0f}"]
            cells.append(f"{found.by_processor / limit.by_processor:.2f}")
        rates.add_row(server.name, *cells)
    show_table(rates)
    return [
        Target(
            f"{name}, {workers} worker(s): × {beside.name}",
            best[OURS, name].by_processor / best[beside, name].by_processor,
            bound,
        )
        for name, of_plain in OF_PLAIN.items()
        for beside, bound in {PLAIN: of_plain, **dict.fromkeys(BEHIND, 1.0)}.items()
        if beside in servers
    ]


def measure_tail(seconds: int) -> list[Target]:
    """Print latencies under a part of the load that a server can bear; return what this project was to reach.

    The plain server's stand beside, since a machine that stops for some milliseconds stops every server.
    """
    tails = table(f"Latency, 1 worker, at {LOAD:.0%} of its rate, ms", "", "", "rate", "p50", "p99", "p99 / p50")
    reached = []
    for server in (PLAIN, OURS):
        with running(server, 1) as (pid, port):
            for name, query in QUERIES.items():
                full = load(pid, port, query, seconds)
                found = ask_steadily(port, "/graphql", query, {}, LOAD * full.rate, seconds, CONNECTIONS)
                told = f"{found.rate:,.0f}", f"{found.median:.2f}", f"{found.p99:.2f}", f"{found.tail:.1f}"
                tails.add_row(server.name, name, *told)
                if server == OURS:
                    reached.append(tail_target(name, found))
    show_table(tails)
    return reached


def tail_target(name: str, found: Latencies) -> Target:
    """Return what latencies are to reach."""
    return Target(f"{name}: p99 / p50 at {LOAD:.0%}", found.tail, TAIL, at_most=True)


def measure_memory(requests: int, seconds: int) -> list[Target]:
    """Ask this project so many times, all queries in turn, and print its memory on the way.

    What it holds after a fifth of them is to be what it holds in the end: by then each cache is full.
    """
    grown = table("Memory of this project, 1 worker", "requests", "MiB")
    held: list[tuple[int, float]] = []
    with running(OURS, 1) as (pid, port):
        asked = 0
        while asked < requests:
            for query in QUERIES.values():
                asked += round(seconds * load(pid, port, query, seconds).rate)
            held.append((asked, resident(pid)))
            grown.add_row(f"{asked:,}", f"{held[-1][1]:.1f}")
    show_table(grown)
    before = next(size for count, size in held if count >= asked / 5)
    return [Target(f"memory after {asked:,} requests × that after a fifth", held[-1][1] / before, FLAT, at_most=True)]


@contextmanager
def running(server: Server, workers: int) -> Iterator[tuple[int, int]]:
    """Run a server on a free port of loopback, and give its process and port once it answers each query rightly.

    The first worker answers while others are still starting, which takes ours some seconds of processors: these are
    none of the answers'.
    """
    given = {"WORKERS": str(workers), "JIT": str(int(server.jit))}
    with started(lambda port: server.command(port, workers), given) as (pid, port):
        for query in QUERIES.values():
            assert ask(port, query) == ask(port, query)
        spent = 0.0
        while (now := processor_seconds(pid)) - spent > AT_REST:
            spent = now
            sleep(1)
        yield pid, port


@contextmanager
def started(command: Callable[[int], list[str]], given: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Run the command for a free port of loopback, with these settings, and give its process and port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": f"{BENCH}{os.pathsep}{BENCH.parent}", "PORT": str(port), **given}
    process = subprocess.Popen(command(port), env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until = perf_counter() + STARTING
        while perf_counter() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)


def ask(port: int, query: str) -> object:
    """Return the data of one answer."""
    asked = Request(
        f"http://127.0.0.1:{port}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(asked, timeout=30) as answer:  # noqa: S310
        told = json.load(answer)
    assert "errors" not in told, told
    assert told["data"]
    return told["data"]


def load(
    pid: int,
    port: int,
    query: str,
    seconds: float,
    path: str = "/graphql",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answered:
    """Ask as much as 32 connections can."""
    script = (
        f"wrk.method = 'POST'\nwrk.body = [[{json.dumps({'query': query})}]]\n"
        "wrk.headers['Content-Type'] = 'application/json'\nwrk.headers['Accept'] = 'application/json'\n"
    )
    script += "".join(f"wrk.headers['{name}'] = '{value}'\n" for name, value in headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", file.name]
        before = processor_seconds(pid)
        told = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
        ).stdout
        spent = processor_seconds(pid) - before
    assert "Non-2xx" not in told, told
    count = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])  # type: ignore[index]
    return Answered(rate, count / spent, milliseconds(told, "50%"), milliseconds(told, "99%"))


def milliseconds(told: str, part: str) -> float:
    """Return a percentile that wrk told."""
    value, unit = re.search(rf"\s{part}\s+([\d.]+)(us|ms|s)\b", told).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def family(pid: int) -> Iterator[int]:
    """Give a process and all that it started."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from family(int(child))


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have taken."""
    ticks = 0
    for each in family(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def resident(pid: int) -> float:
    """Return the memory of a process, MiB."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", told)[1]) / 1024  # type: ignore[index]
