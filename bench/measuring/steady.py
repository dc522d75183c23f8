"""Requests at a steady rate, whether those before were answered or not: each one's latency counts from when it was due.

So a server that stops for a moment is late for all that came in meanwhile, and not for one alone. Whoever asks is awake
a while before a request is due, since what wakes a sleeper is late: at high rates it needs a processor of its own.
"""

import json
import math
import socket
from collections import deque
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from time import perf_counter

MOST_AT_ONCE = 1 << 18
KEPT_UP = 0.95
AWAKE = 0.002
SETTLING = 1.0
"""Seconds at the beginning whose requests are not counted: those of whoever asked before may still be ahead of them."""


@dataclass(frozen=True)
class Latencies:
    """What was found: answers a second, and latencies in milliseconds."""

    rate: float
    median: float
    p99: float
    asked: float
    """Requests a second."""

    @property
    def tail(self) -> float:
        """How many times the median the 99th percentile is; endless where the server did not keep up."""
        return self.p99 / self.median if self.rate > KEPT_UP * self.asked else math.inf


def ask_steadily(
    port: int, path: str, query: str, headers: Mapping[str, str], rate: float, seconds: float, connections: int
) -> Latencies:
    """Ask a server on loopback so many times a second."""
    request = _request(path, query, headers)
    settling = round(rate * SETTLING)
    count = settling + round(rate * seconds)
    with ExitStack() as opened:
        selector = opened.enter_context(DefaultSelector())
        free = deque(_Connection(opened.enter_context(_connected(port))) for _ in range(connections))
        for each in free:
            selector.register(each.socket, EVENT_READ, each)
        late: list[float] = []
        asked, began = 0, perf_counter()
        while len(late) < count:
            while free and asked < count and (due := began + asked / rate) <= perf_counter():
                free.popleft().ask(request, due)
                asked += 1
            is_next = free and asked < count
            for key, _ in selector.select(max(0.0, due - perf_counter() - AWAKE) if is_next else 1.0):
                if key.data.has_answered():
                    late.append(perf_counter() - key.data.due)
                    free.append(key.data)
        spent = perf_counter() - began
    counted = sorted(late[settling:])
    return Latencies(count / spent, 1000 * counted[len(counted) // 2], 1000 * counted[len(counted) * 99 // 100], rate)


def _request(path: str, query: str, headers: Mapping[str, str]) -> bytes:
    body = json.dumps({"query": query}).encode()
    told = {"Host": "127.0.0.1", "Content-Type": "application/json", "Accept": "application/json", **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _connected(port: int) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", port))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connected


class _Connection:
    """A connection, by which one request is asked after the other."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.due = 0.0
        self._head = b""
        self._left = 0

    def ask(self, request: bytes, due: float) -> None:
        """Send a request that was due at this instant of `perf_counter`."""
        self.due, self._head, self._left = due, b"", -1
        self.socket.sendall(request)

    def has_answered(self) -> bool:
        """Take what has come, and tell whether it is all of the answer, whose length its head tells."""
        came = self.socket.recv(MOST_AT_ONCE)
        assert came, "the server has closed the connection"
        if self._left < 0:
            self._head, end, body = (self._head + came).partition(b"\r\n\r\n")
            if not end:
                return False
            lines = self._head.lower().split(b"\r\n")
            assert b" 200 " in lines[0], self._head
            length = next(line for line in lines if line.startswith(b"content-length:"))
            self._left, came = int(length.partition(b":")[2]), body
        self._left -= len(came)
        return self._left == 0
