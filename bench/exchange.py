"""Delivery of rows to a receiver that takes 50 ms for each: many at once, bounded, in order for one enterprise.

    PYTHONPATH=. python bench/exchange.py [rows [at_once]]

Prints the time beside the limit, which is rows x 50 ms / at once, and checks that nothing was lost, sent twice, or
overtook what its enterprise was sent before. The receiver is a process of its own.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from api.bureau import create
from api.delivering import send
from api.settings import Settings
from ledger import outbox
from ledger.actors import Actor, Role
from ledger.deliveries import State
from ledger.windows import Window
from sampling import registers
from sampling.exchange import platforms
from tests import bureau_files as files
from tests.api.receiver import PUSHED

PAUSE = 0.05
ENTERPRISES = 2000
ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)


@dataclass
class Seen:
    """What the receiver saw: how many it answered at once, for each enterprise too, and in which order."""

    busy: Counter[str] = field(default_factory=Counter)
    order: dict[str, list[str]] = field(default_factory=dict)
    most: int = 0
    overlaps: int = 0


async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: Seen) -> None:
    """Answer the requests of one connection, each after a pause; GET tells what was seen."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.lower().split(b"\r\n")
            length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
            body = await reader.readexactly(length)
            content = json.dumps(vars(seen)).encode() if head.startswith(b"GET") else await answer(body, seen)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def answer(body: bytes, seen: Seen) -> bytes:
    """Take one delivery, and acknowledge it after the pause."""
    message = json.loads(body)
    enterprise = message["enterprise"]
    seen.busy[enterprise] += 1
    seen.most = max(seen.most, sum(seen.busy.values()))
    seen.overlaps += seen.busy[enterprise] > 1
    await asyncio.sleep(PAUSE)
    seen.busy[enterprise] -= 1
    seen.order.setdefault(enterprise, []).append(message["reference"])
    told = {"reference": message["reference"], "version": message["version"], "receipt": "R"}
    return json.dumps(told).encode()


async def serve() -> None:
    """Serve until the process is ended; print the port."""
    seen = Seen()
    server = await asyncio.start_server(lambda reader, writer: receive(reader, writer, seen), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def measure(rows: int, at_once: int) -> None:
    """Deliver rows on a bureau in SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([sys.executable, __file__, "serve"], stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        bureau = create(Settings(home=Path(folder) / "home"), "bench.test/qian", "测试单位")
        try:
            text = PUSHED.format(url=url, at_once=at_once, status="", credential="")
            now = bureau.now
            with bureau.write() as tx:
                for kind, given in (
                    ("department", [files.department("YB", files.BODY)]),
                    ("registration", [files.registration(each) for each in range(1, ENTERPRISES + 1)]),
                ):
                    file = files.file_of(kind, given)
                    registers.take_in(tx, ADMINISTRATOR, now, file, True, bureau.pseudonym_key)
                platform = platforms.add(tx, ADMINISTRATOR, now, text).platform
                given = [files.penalty(each % ENTERPRISES + 1, f"罚{each}", "2026-11-20") for each in range(rows)]
                began = time.perf_counter()
                registers.take_in(tx, ADMINISTRATOR, now, files.file_of("penalty", given), True, bureau.pseudonym_key)
                queued = time.perf_counter() - began
            began = time.perf_counter()
            settled = send(bureau, platform)
            taken = time.perf_counter() - began
            seen = httpx2.get(url).json()
            with bureau.read() as tx:
                counts, _ = outbox.counts(tx, platform.name, bureau.today)
                held = outbox.page(tx, Window(rows))
            assert (settled, counts) == (rows, {State.DELIVERED: rows}), (settled, counts)
            in_order: dict[str, list[str]] = {}
            for each in held:
                in_order.setdefault(each.lane, []).append(each.reference)
            assert seen["order"] == in_order
            assert (seen["overlaps"], seen["most"] <= at_once) == (0, True), seen["most"]
            limit = rows * PAUSE / at_once
            print(f"{rows} rows of {ENTERPRISES} enterprises, {at_once} at once (most seen: {seen['most']})")
            print(f"taken in and queued in {queued:.2f} s")
            print(f"delivered in {taken:.2f} s; limit {limit:.2f} s; ratio {taken / limit:.2f}")
        finally:
            bureau.close()
            server.terminate()
            server.wait()


if __name__ == "__main__":
    given = sys.argv[1:]
    if given == ["serve"]:
        asyncio.run(serve())
    else:
        measure(*map(int, [*given, "10000", "16"][:2] if len(given) != 1 else [*given, "16"]))
