"""How many GraphQL requests a second this project's own application answers, from rows in memory, beside other servers.

Three queries (rows.py): a hello, b 100 objects of ten scalars, c 100 objects with lists of objects. The limit is plain
Starlette and orjson doing the same by hand. Each server runs as one process, and as one for each processor of the
machine: these are asked at once, each by its share of the connections, as behind a proxy that shares them out.
"""

import json
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from types import MappingProxyType
from typing import Final, NamedTuple
from urllib.request import Request, urlopen

from measuring.logs import show_table, table
from measuring.targets import Target

from graphql_servers.rows import QUERIES

SERVERS = Path(__file__).parent
BENCH = SERVERS.parent
CONNECTIONS = 32
ROUNDS = 2
PROCESSES: Final = sorted({1, os.cpu_count() or 1})
STARTING = 180
HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
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
    factory: str = ""
    """The function that makes the application, where it is not made as the program is read."""

    def command(self, port: int) -> list[str]:
        """Return the command that starts it."""
        if self.program.endswith(".mjs"):
            return ["node", str(SERVERS / self.program)]
        app = f"graphql_servers.{self.program}:{self.factory or 'app'}"
        command = [sys.executable, "-m", "uvicorn", app, *["--factory"] * bool(self.factory), "--http", self.http]
        return [*command, "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "error"]


class Process(NamedTuple):
    """One process of a server, and its port on loopback."""

    pid: int
    port: int


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
FLAT: Final = 1.02


@dataclass(frozen=True)
class Answered:
    """What a run of wrk found: answers a second, of wall-clock and of processor time."""

    rate: float
    by_processor: float


def measure(seconds: int) -> list[Target]:
    """Measure and print rates; return what was to be reached."""
    servers = [PLAIN, OURS, *OTHERS]
    if shutil.which("node") is None or not (SERVERS / "node_modules").exists():
        print("Without graphql-yoga and mercurius: they need Node, and `npm ci` in bench/graphql_servers.")
        servers = [server for server in servers if not server.program.endswith(".mjs")]
    reached = []
    for count in PROCESSES:
        reached += measure_rates(servers, count, seconds)
    return reached


def measure_rates(servers: list[Server], count: int, seconds: int) -> list[Target]:
    """Ask all servers all queries, in turns, and print the best of each; return what was to be reached."""
    best: dict[tuple[Server, str], Answered] = {}
    for _ in range(ROUNDS):
        for server in servers:
            with running(server, count) as processes:
                for name, query in QUERIES.items():
                    found = load(processes, query, seconds)
                    known = best.get((server, name))
                    if known is None or found.by_processor > known.by_processor:
                        best[server, name] = found
    rates = table(
        f"Answers, {count} process(es), {CONNECTIONS} connections, best of {ROUNDS} rounds of {seconds} s; "
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
            f"{name}, {count} process(es): × {beside.name}",
            best[OURS, name].by_processor / best[beside, name].by_processor,
            bound,
        )
        for name, of_plain in OF_PLAIN.items()
        for beside, bound in {PLAIN: of_plain, **dict.fromkeys(BEHIND, 1.0)}.items()
        if beside in servers
    ]


def measure_memory(requests: int, seconds: int) -> list[Target]:
    """Ask this project so many times, all queries in turn, and print its memory on the way.

    What it holds after a fifth of them is to be what it holds in the end: by then each cache is full.
    """
    grown = table("Memory of this project, 1 process", "requests", "MiB")
    held: list[tuple[int, float]] = []
    with running(OURS, 1) as processes:
        asked = 0
        while asked < requests:
            for query in QUERIES.values():
                asked += round(seconds * load(processes, query, seconds).rate)
            held.append((asked, resident(processes[0].pid)))
            grown.add_row(f"{asked:,}", f"{held[-1][1]:.1f}")
    show_table(grown)
    before = next(size for count, size in held if count >= asked / 5)
    return [Target(f"memory after {asked:,} requests × that after a fifth", held[-1][1] / before, FLAT, at_most=True)]


@contextmanager
def running(server: Server, count: int) -> Iterator[list[Process]]:
    """Run so many processes of a server, and give them once each answers each query rightly."""
    with started(server, count, {"JIT": str(int(server.jit))}) as processes:
        for _, port in processes:
            for query in QUERIES.values():
                assert ask(port, query) == ask(port, query)
        yield processes


@contextmanager
def started(server: Server, count: int, given: Mapping[str, str]) -> Iterator[list[Process]]:
    """Run so many processes of a server with these settings, and give them once they listen."""
    with ExitStack() as ending:
        yield [ending.enter_context(_started(server, given)) for _ in range(count)]


@contextmanager
def _started(server: Server, given: Mapping[str, str]) -> Iterator[Process]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": f"{BENCH}{os.pathsep}{BENCH.parent}", "PORT": str(port), **given}
    silent = subprocess.DEVNULL
    process = subprocess.Popen(server.command(port), env=environment, stdout=silent, stderr=silent)
    try:
        until = perf_counter() + STARTING
        while perf_counter() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            sleep(0.1)
        yield Process(process.pid, port)
    finally:
        process.terminate()
        process.wait(30)


def ask(port: int, query: str) -> object:
    """Return the data of one answer."""
    asked = Request(f"http://127.0.0.1:{port}/graphql", body_of(query).encode(), {"Content-Type": "application/json"})
    with urlopen(asked, timeout=30) as answer:  # noqa: S310
        told = json.load(answer)
    assert "errors" not in told, told
    assert told["data"]
    return told["data"]


def load(
    processes: Sequence[Process],
    query: str,
    seconds: float,
    path: str = "/graphql",
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Answered:
    """Ask as much as 32 connections can."""
    script = f"wrk.method = 'POST'\nwrk.body = [[{body_of(query)}]]\n"
    script += "".join(f"wrk.headers['{name}'] = '{value}'\n" for name, value in {**HEADERS, **headers}.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{share(processes)}", f"-d{seconds}s", "-s", file.name]
        before = processor_seconds(processes)
        told = at_once([*command, f"http://127.0.0.1:{port}{path}"] for _, port in processes)
        spent = processor_seconds(processes) - before
    assert not any("Non-2xx" in each for each in told), told
    count, rate = (
        sum(float(number) for each in told for number in re.findall(pattern, each))
        for pattern in (r"(\d+) requests in", r"Requests/sec:\s+([\d.]+)")
    )
    if not count:  # others hold the machine
        return load(processes, query, 2 * seconds, path, headers)
    return Answered(rate, count / spent)


def body_of(query: str) -> str:
    """Return the body that asks a query."""
    return json.dumps({"query": query})


def share(processes: Sequence[Process]) -> int:
    """Return by how many connections each process is asked."""
    return math.ceil(CONNECTIONS / len(processes))


def at_once(commands: Iterable[list[str]]) -> list[str]:
    """Run programs at once, and return what each says, which is little."""
    running = [subprocess.Popen(each, stdout=subprocess.PIPE, text=True) for each in commands]
    told = [each.communicate()[0] for each in running]
    assert not any(each.returncode for each in running), told
    return told


def processor_seconds(processes: Sequence[Process]) -> float:
    """Return the processor time that processes have taken."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid, _ in processes)
    return sum(int(each[11]) + int(each[12]) for each in fields) / TICKS


def resident(pid: int) -> float:
    """Return the memory of a process, MiB."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", told)[1]) / 1024  # type: ignore[index]
