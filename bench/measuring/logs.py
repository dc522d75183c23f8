"""Logs to measure, on each engine, and what their entries are like."""

import hashlib
import os
import random
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, make_url

from api.migrating import migrate
from ledger import log
from ledger.canonical import canonical
from ledger.database import Database
from ledger.digests import document_commitment
from ledger.documents import Sealed
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.tables import document

NOW = datetime.now(UTC).replace(microsecond=0)
ORIGIN = "log.bench/qian"
SIGNER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ROUNDS = 5
CAMPAIGNS = 20
FILLED_AT_ONCE = 10_000
POSTGRESQL = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@contextmanager
def postgresql() -> Iterator[str | None]:
    """Give the address of an empty database, which vanishes; None where no server answers."""
    name = f"qian_bench_{secrets.token_hex(8)}"
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        print("No PostgreSQL server answers; QIAN_TEST_POSTGRESQL names one.")
        yield None
        return
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def engines(folder: Path) -> Iterator[tuple[str, str]]:
    """Give name and address of an empty database of each engine; PostgreSQL's vanishes when the next is asked for."""
    yield "SQLite", f"sqlite+pysqlite:///{folder / 'log.sqlite'}"
    with postgresql() as url:
        if url is not None:
            yield "PostgreSQL", url


def opened(url: str) -> Database:
    """Open an empty database and make its tables."""
    database = Database(url)
    with database.write() as tx:
        migrate(tx)
    return database


def new_entries(start: int, count: int) -> list[NewEntry]:
    """Return entries as most of a log's are: each binds one finding of one of some campaigns that go on at once."""
    return [recorded(n, Sealed("", hashlib.sha256(b"%d" % n).hexdigest())) for n in range(start, start + count)]


def recorded(number: int, sealed: Sealed) -> NewEntry:
    """Return the entry that binds a document."""
    return NewEntry("finding.recorded", f"2026-{number % CAMPAIGNS + 1:04d}", {"finding": sealed})


def keep_documents(tx: Connection, start: int, count: int) -> list[NewEntry]:
    """Store small documents without rows, and return the entries that bind them."""
    rows = []
    for number in range(start, start + count):
        identifier, salt = f"{number:032x}", number.to_bytes(32, "big")
        content = canonical({"id": identifier, "kind": "finding", "content": {}, "tables": {}})
        commitment = document_commitment(salt, content)
        rows.append({"id": identifier, "kind": "finding", "commitment": commitment, "salt": salt, "content": content})
    tx.execute(document.insert(), rows)
    return [recorded(start + place, Sealed(row["id"], row["commitment"])) for place, row in enumerate(rows)]


def fill(database: Database, size: int, documents: int = 0) -> float:
    """Append up to a size as the ledger does, the first entries with their documents; return the appends' seconds.

    The others are the same ones again and again, since making them would take as long as appending them.
    """
    with database.read() as tx:
        start = log.size(tx)
    seconds, others = 0.0, new_entries(0, FILLED_AT_ONCE)
    while start < size:
        count = min(FILLED_AT_ONCE, size - start)
        if start < documents:
            with database.write() as tx:
                new = keep_documents(tx, start, count)
        else:
            new = others[:count]
        begun = perf_counter()
        with database.write() as tx:
            log.append(tx, NOW, new)
        seconds += perf_counter() - begun
        start += count
    return seconds


def peak_memory(process: int | Literal["self"] = "self") -> int:
    """Return the MiB that a process has taken at most (Linux); what it was forked from does not count."""
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found) // 1024


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that some work takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def best_times_of(work: Callable[[int], object], places: Sequence[int], count: int) -> str:
    """Return how long work takes at some places, other ones in each round and the same ones in each run."""
    chance = random.Random(2026)  # noqa: S311  - for a benchmark only
    return percentiles(
        *([timed(partial(work, place)) for place in chance.choices(places, k=count)] for _ in range(ROUNDS))
    )


def percentiles(*rounds: Sequence[float]) -> str:
    """Return the median and the 99th percentile, each of the round in which it is least."""
    ordered = [sorted(taken) for taken in rounds]
    median = min(taken[len(taken) // 2] for taken in ordered)
    last = min(taken[len(taken) * 99 // 100] for taken in ordered)
    return f"{median:.2f} / {last:.2f}"


def table(title: str, *columns: str) -> Table:
    """Return an empty table whose first column is words and the others are numbers."""
    made = Table(title=title, title_justify="left")
    for column in columns:
        made.add_column(column, justify="right" if made.columns else "left")
    return made


def show_table(made: Any) -> None:
    """Print a table."""
    Console(width=140).print(made)
