"""Servers to measure, each a process of its own."""

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep

BENCH = Path(__file__).parents[1]


@contextmanager
def server(command: Sequence[str], given: Mapping[str, str], seconds: float = 60) -> Iterator[tuple[int, int]]:
    """Run a server on a free port of loopback; give its process and port once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, **given, "QIAN_PORT": str(port), "PORT": str(port), "PYTHONPATH": str(BENCH)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        until = perf_counter() + seconds
        while perf_counter() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)
