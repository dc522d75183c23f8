"""How many entries a second a log takes durably on each engine, and how long one append waits among many."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from measuring.logs import NOW, ROUNDS, engines, new_entries, opened, percentiles, show_table, table, timed
from pymerkle import SqliteTree  # type: ignore[import-untyped]

from ledger import log
from ledger.database import Database
from ledger.log import NewEntry

SINGLE = 100
BATCHES, BATCH = 20, 1_000
WRITERS, EACH = 16, 25

COLUMNS = "seq {number} PRIMARY KEY, time TEXT, kind TEXT, subject TEXT, leaf_hash {blob}, data {blob}"
INDEX = "kind, subject"

Row = tuple[int, str, str, str, bytes, bytes]
Insert = Callable[[Sequence[Row]], None]
"""Insert rows durably, in one transaction."""


def main() -> None:
    """Measure and print."""
    appends = table(
        f"The log: durable appends a second, best of {ROUNDS} rounds",
        *(
            "",
            "appends",
            "bare insert loop",
            "ratio",
            "by executemany",
            "ratio",
            "pymerkle on SQLite",
        ),
    )
    waits = table(f"Milliseconds of a single append while {WRITERS} writers append", "", "p50 / p99")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for engine, url in engines(folder):
            database = opened(url)
            for transactions, count in ((SINGLE, 1), (BATCHES, BATCH)):
                appends.add_row(*measure_appends(engine, database, folder, transactions, count))
            waits.add_row(engine, together(url))
            database.close()
    show_table(appends)
    show_table(waits)


def measure_appends(engine: str, database: Database, folder: Path, transactions: int, count: int) -> list[str]:
    """Return the row of one way to append: its rate, and that of bare inserts of what was appended, in turns."""
    ours = loop = many = other = 0.0
    with (
        bare_table(database, folder / f"loop {count}.sqlite", one_by_one=True) as insert_each,
        bare_table(database, folder / f"many {count}.sqlite", one_by_one=False) as insert_many,
        SqliteTree(str(folder / f"pymerkle {engine} {count}.sqlite")) as pymerkle,
    ):
        for _ in range(ROUNDS):
            with database.read() as tx:
                start = log.size(tx)
            new = new_entries(start, transactions * count)
            ours = max(ours, rate(new, count, lambda part: append(database, part)))
            with database.read() as tx:
                rows = [(e.seq, e.time, e.kind, e.subject, e.leaf_hash, e.data) for e in log.scan(tx, start)]
            loop = max(loop, rate(rows, count, insert_each))
            many = max(many, rate(rows, count, insert_many))
            if count == 1:
                other = max(other, rate(rows, 1, lambda part: pymerkle.append_entry(part[0][-1])))
    what = f"{engine}, " + ("single" if count == 1 else f"in batches of {count:,}")
    limits = [f"{loop:,.0f}", f"{ours / loop:.2f}", f"{many:,.0f}", f"{ours / many:.2f}"]
    return [what, f"{ours:,.0f}", *limits, f"{other:,.0f}" if other else ""]


def append(database: Database, new: Sequence[NewEntry]) -> None:
    """Append entries in one transaction."""
    with database.write() as tx:
        log.append(tx, NOW, new)


def rate(every: Sequence[Any], count: int, work: Callable[[Sequence[Any]], object]) -> float:
    """Return how many a second come in by transactions of `count` each."""
    start = perf_counter()
    for at in range(0, len(every), count):
        work(every[at : at + count])
    return len(every) / (perf_counter() - start)


@contextmanager
def bare_table(database: Database, file: Path, *, one_by_one: bool) -> Iterator[Insert]:
    """Give the driver's own insert of the same rows into a table like the log's, without its triggers and its tree.

    In one transaction it is a loop of single statements, or the driver's executemany.
    """
    name = "bare_each" if one_by_one else "bare_many"
    kinds = {"number": "INTEGER", "blob": "BLOB"} if database.is_sqlite else {"number": "BIGINT", "blob": "BYTEA"}
    table = f"CREATE TABLE {name} ({COLUMNS.format(**kinds)})"
    statements = (table, f"CREATE INDEX {name}_index ON {name} ({INDEX})")
    if database.is_sqlite:
        bare = sqlite3.connect(file, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *statements):
            bare.execute(statement)

        def insert(rows: Sequence[Row]) -> None:
            bare.execute("BEGIN IMMEDIATE")
            statement = f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?)"
            if one_by_one:
                for row in rows:
                    bare.execute(statement, row)
            else:
                bare.executemany(statement, rows)
            bare.execute("COMMIT")

        yield insert
        bare.close()
        return
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        connection.commit()

        def insert(rows: Sequence[Row]) -> None:
            statement = f"INSERT INTO {name} VALUES (%s, %s, %s, %s, %s, %s)"
            if one_by_one:
                for row in rows:
                    cursor.execute(statement, row)
            else:
                cursor.executemany(statement, rows)
            connection.commit()

        yield insert
        cursor.execute(f"DROP TABLE {name}")
        connection.commit()


def together(url: str) -> str:
    """Return how long single appends take while many writers append, each over a connection of its own."""

    def write() -> list[float]:
        database = Database(url)
        new = new_entries(0, 1)
        taken = [timed(lambda: append(database, new)) for _ in range(EACH)]
        database.close()
        return taken

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write) for _ in range(WRITERS)]
        return percentiles([each for writer in writers for each in writer.result()])


if __name__ == "__main__":
    main()
