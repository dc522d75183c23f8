"""How many entries a second a log takes durably on each engine, how long one waits, and a proof as the log grows."""

import os
import random
import secrets
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import SqliteTree  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from api.bureau import migrate
from ledger import log, signed
from ledger.database import Database
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
ORIGIN = "log.bench/qian"
SINGLE = 300
BATCHES, BATCH = 20, 1_000
SIZES = (1_000, 100_000)
PROOFS = 500
WRITERS, EACH = 16, 25
POSTGRESQL = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")

COLUMNS = "seq {number} PRIMARY KEY, time TEXT, kind TEXT, subject TEXT, leaf_hash {blob}, data {blob}"

Row = tuple[int, str, str, str, bytes, bytes]
Insert = Callable[[Sequence[Row]], None]
"""Insert rows durably, in one transaction."""


def main() -> None:
    """Measure and print."""
    appends = Table(
        *("durable appends", "a second", "bare inserts of the same rows", "ratio", "pymerkle on SQLite"),
        title="The log",
        title_justify="left",
    )
    proofs = Table(
        "",
        f"append, {WRITERS} writers",
        *(f"proof, {size:,} entries" for size in SIZES),
        title="Milliseconds, p50 / p99",
        title_justify="left",
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine, url in engines(folder):
            database = Database(url)
            with database.write() as tx:
                migrate(tx)
            small = proof_times(database, SIZES[0])
            for transactions, count in ((SINGLE, 1), (BATCHES, BATCH)):
                appends.add_row(*measure_appends(engine, database, folder, transactions, count))
            proofs.add_row(engine, together(url), small, proof_times(database, SIZES[1]))
            database.close()
        proofs.add_row("pymerkle, SQLite", "", pymerkle_proofs(folder), "")
    for table in (appends, proofs):
        for column in table.columns[1:]:
            column.justify = "right"
        Console(width=120).print(table)


def engines(folder: Path) -> Iterator[tuple[str, str]]:
    """Give an empty database of each engine; PostgreSQL's vanishes when the next is asked for."""
    yield "SQLite", f"sqlite+pysqlite:///{folder / 'log.sqlite'}"
    name = f"qian_bench_{secrets.token_hex(8)}"
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        print("No PostgreSQL server answers; QIAN_TEST_POSTGRESQL names one.")
        return
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield "PostgreSQL", make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure_appends(engine: str, database: Database, folder: Path, transactions: int, count: int) -> list[str]:
    """Return the row of one way to append: its rate, and that of bare inserts of what was appended."""
    with database.read() as tx:
        start = log.size(tx)
    ours = rate(transactions, count, lambda _: append(database, count))
    with database.read() as tx:
        rows = [
            (each.seq, each.time, each.kind, each.subject, each.leaf_hash, each.data) for each in log.scan(tx, start)
        ]
    with bare_table(database, folder / f"bare {count}.sqlite") as insert:
        bare = rate(transactions, count, lambda n: insert(rows[n * count : (n + 1) * count]))
    other = pymerkle_rate(folder, [row[-1] for row in rows]) if database.is_sqlite and count == 1 else None
    what = f"{engine}, " + ("single" if count == 1 else f"in batches of {count:,}")
    return [what, f"{ours:,.0f}", f"{bare:,.0f}", f"{ours / bare:.2f}", "" if other is None else f"{other:,.0f}"]


def append(database: Database, count: int) -> None:
    """Append entries in one transaction."""
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("bench.entry", f"91130304PDY{n:06d}") for n in range(count)])


def rate(transactions: int, count: int, work: Callable[[int], None]) -> float:
    """Return how many entries a second come in by transactions of `count` each."""
    start = perf_counter()
    for number in range(transactions):
        work(number)
    return transactions * count / (perf_counter() - start)


@contextmanager
def bare_table(database: Database, file: Path) -> Iterator[Insert]:
    """Give the driver's own insert of the same rows into a table without tree, triggers and further indexes."""
    if database.is_sqlite:
        bare = sqlite3.connect(file, isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute(f"CREATE TABLE bare ({COLUMNS.format(number='INTEGER', blob='BLOB')})")

        def insert(rows: Sequence[Row]) -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?)", rows)
            bare.execute("COMMIT")

        yield insert
        bare.close()
        return
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({COLUMNS.format(number='BIGINT', blob='BYTEA')})")
        connection.commit()

        def insert(rows: Sequence[Row]) -> None:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s, %s, %s)", rows)
            connection.commit()

        yield insert
        cursor.execute("DROP TABLE bare")
        connection.commit()


def pymerkle_rate(folder: Path, data: Sequence[bytes]) -> float:
    """Return how many entries a second pymerkle takes, each in a transaction of its own."""
    with SqliteTree(str(folder / "pymerkle.sqlite")) as tree:
        return rate(len(data), 1, lambda n: tree.append_entry(data[n]))


def together(url: str) -> str:
    """Return how long single appends take while 16 writers append, each over a connection of its own."""

    def write() -> list[float]:
        database = Database(url)
        taken = [timed(lambda: append(database, 1)) for _ in range(EACH)]
        database.close()
        return taken

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write) for _ in range(WRITERS)]
        return percentiles([each for writer in writers for each in writer.result()])


def proof_times(database: Database, size: int) -> str:
    """Fill the log up to a size, sign it, and return how long the proofs of some entries take."""
    with database.read() as tx:
        missing = max(size - log.size(tx), 0)
    for start in range(0, missing, 10 * BATCH):
        append(database, min(10 * BATCH, missing - start))
    signer = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    with database.write() as tx:
        log.sign_checkpoint(tx, signer, size)
    with database.read() as tx:
        return times_of(lambda seq: signed.inclusion(tx, seq, size), range(size))


def pymerkle_proofs(folder: Path) -> str:
    """Return how long pymerkle's proofs take in the smallest of the sizes."""
    with SqliteTree(str(folder / "pymerkle proofs.sqlite")) as tree:
        for number in range(SIZES[0]):
            tree.append_entry(b"%d" % number)
        return times_of(tree.prove_inclusion, range(1, SIZES[0] + 1))


def times_of(work: Callable[[int], object], places: Sequence[int]) -> str:
    """Return how long work takes at some places, the same ones each time."""
    chance = random.Random(2026)  # noqa: S311  - for a benchmark only
    return percentiles([timed(partial(work, place)) for place in chance.choices(places, k=PROOFS)])


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that some work takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def percentiles(taken: Sequence[float]) -> str:
    """Return the median and the 99th percentile."""
    ordered = sorted(taken)
    return f"{ordered[len(ordered) // 2]:.2f} / {ordered[len(ordered) * 99 // 100]:.2f}"


if __name__ == "__main__":
    main()
