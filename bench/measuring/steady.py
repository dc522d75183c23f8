"""Requests at a steady rate, whether those before were answered or not: each one's latency counts from when it was due.

So a server that stops for a moment is late for all that came in meanwhile, and not for one alone.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Latencies:
    """What was found: answers a second, and latencies in milliseconds."""

    rate: float
    median: float
    p99: float


def ask_steadily(
    port: int, path: str, query: str, headers: Mapping[str, str], rate: float, seconds: float, connections: int
) -> Latencies:
    """Ask a server on loopback so many times a second."""
    body = json.dumps({"query": query}).encode()
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Accept": "application/json", **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
    return asyncio.run(_ask(port, request, rate, seconds, connections))


async def _ask(port: int, request: bytes, rate: float, seconds: float, connections: int) -> Latencies:
    late: list[float] = []
    began = perf_counter() + 0.1
    due = (began + number / rate for number in range(round(rate * seconds)))
    await asyncio.gather(*(_connection(port, request, due, late) for _ in range(connections)))
    spent = perf_counter() - began
    late.sort()
    return Latencies(len(late) / spent, 1000 * late[len(late) // 2], 1000 * late[len(late) * 99 // 100])


async def _connection(port: int, request: bytes, due: Iterator[float], late: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for instant in due:
        await asyncio.sleep(instant - perf_counter())
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n", 1)[0], head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        late.append(perf_counter() - instant)
    writer.close()
