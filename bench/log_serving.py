"""How many checkpoints and tiles a second a bureau serves, beside the same bytes as static files."""

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from measuring.logs import ROUNDS, fill, peak_memory, postgresql, show_table, table
from measuring.serving import server
from pydantic import SecretStr
from rich.table import Table

from api.bureau import create
from api.log_export import export_log
from api.settings import Settings
from ledger import log

ENTRIES = 100_000
CONNECTIONS = 16
EACH = 100
PATHS = {"checkpoint": "checkpoint", "full tile": "tile/0/000", "256 entries": "tile/entries/000"}


def main() -> None:
    """Measure and print."""
    rates = table(
        f"Requests a second over {CONNECTIONS} connections, {ENTRIES:,} entries, best of {ROUNDS} rounds",
        *("", "bytes", "qian serve", "static files", "ratio"),
    )
    memory = table("Peak memory, MiB", "", "qian serve", "static files")
    with tempfile.TemporaryDirectory() as name, postgresql() as url:
        for engine, address in (("SQLite", None), ("PostgreSQL", url)):
            if engine == "SQLite" or address is not None:
                measure(engine, Path(name) / engine, address, rates, memory)
    show_table(rates)
    show_table(memory)


def measure(engine: str, home: Path, address: str | None, rates: Table, memory: Table) -> None:
    """Fill a bureau's log, export it, serve both and ask both for the same."""
    bureau = create(
        Settings(home=home, database_url=SecretStr(address) if address else None), "log.bench/qian", "bench"
    )
    fill(bureau.database, ENTRIES)
    bureau.sign()
    with bureau.read() as tx:
        export_log(tx, log.checkpoint(tx), f"{bureau.verifier.vkey}\n", home / "exported")
    bureau.close()
    given = {"QIAN_HOME": str(home), **({"QIAN_DATABASE_URL": address} if address else {})}
    with (
        server([str(Path(sys.executable).with_name("qian")), "serve"], given) as (qian, qian_port),
        server([sys.executable, "-m", "measuring.static_files", str(home / "exported")], {}) as (static, static_port),
    ):
        for what, path in PATHS.items():
            (body, ours), (other, bare) = (asyncio.run(best_rate(port, path)) for port in (qian_port, static_port))
            assert body == other
            rates.add_row(f"{engine}: {what}", f"{len(body):,}", f"{ours:,.0f}", f"{bare:,.0f}", f"{ours / bare:.2f}")
        memory.add_row(engine, str(peak_memory(qian)), str(peak_memory(static)))


async def best_rate(port: int, path: str) -> tuple[bytes, float]:
    """Return the body that a path has, and how many times a second it is answered over all connections."""
    request = f"GET /log/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    best, bodies = 0.0, set[bytes]()
    for _ in range(ROUNDS):
        start = perf_counter()
        for told in await asyncio.gather(*(ask(*each, request) for each in connections)):
            bodies |= told
        best = max(best, CONNECTIONS * EACH / (perf_counter() - start))
    for _, writer in connections:
        writer.close()
    (body,) = bodies
    return body, best


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> set[bytes]:
    """Ask over one connection, one answer after the other; return the bodies."""
    bodies = set()
    for _ in range(EACH):
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.startswith(b"http/1.1 200 "), head
        length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
        bodies.add(await reader.readexactly(int(length)))
    return bodies


if __name__ == "__main__":
    main()
