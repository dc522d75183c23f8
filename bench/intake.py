"""How many rows a second go in, beside a bare load of the rows that they become, and the memory that both take.

`bench/intake.py 10000 100000 1000000` takes in so many enterprises and ten records of each; all are measured in
processes of their own, so that each tells its own memory.
"""

import multiprocessing
import pickle
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import psycopg
from measuring import bureau
from measuring.engines import ENGINES, migrated
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from ledger.database import WRITER_CACHE, Database

SIZES = (1_000, 10_000)
TABLES = ("enterprise", "record", "sighting")
AT_ONCE = 10_000
PIECE = 1 << 20

T = TypeVar("T")


@dataclass(frozen=True)
class Load:
    """A load in a process of its own: its seconds, and the most memory that the process took, in MiB."""

    seconds: float
    mebibytes: int


def main(sizes: Sequence[int]) -> None:
    """Measure and print."""
    table = Table(
        *("engine", "rows of files", "rows a second", "MiB", "bare load", "MiB", "ratio", "again, a second"),
        title="Intake, beside a bare COPY (PostgreSQL) or executemany (SQLite) of the same rows of the same tables",
        title_justify="left",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for engine in ENGINES:
        for size in sizes:
            with tempfile.TemporaryDirectory() as name:
                row = measure(engine, size, Path(name))
            if row is not None:
                table.add_row(*row)
    Console(width=120).print(table)


def measure(engine: str, enterprises: int, folder: Path) -> list[str] | None:
    """Return the row of one engine and size."""
    files = bureau.write_files(folder, enterprises)
    rows = sum(file.rows for file in files)
    with migrated(engine, folder) as url:
        if url is None:
            return None
        ours = apart(take_all_in, url, files, True)
        again = apart(take_all_in, url, files, False)
        dumps = apart(dump, url, folder).result
    with migrated(engine, folder) as url:
        assert url is not None
        bare = apart(load, url, dumps)
    return [
        engine,
        f"{rows:,}",
        f"{rows / ours.seconds:,.0f}",
        f"{ours.mebibytes:,}",
        f"{rows / bare.seconds:,.0f}",
        f"{bare.mebibytes:,}",
        f"{bare.seconds / ours.seconds:.2f}",
        f"{rows / again.seconds:,.0f}",
    ]


def take_all_in(url: str, files: Sequence[bureau.BenchFile], new: bool) -> float:
    """Take the files in, from their bytes to the commit, and return the seconds."""
    database = Database(url)
    start = perf_counter()
    for file in files:
        bureau.take_in(database, file, new)
    seconds = perf_counter() - start
    database.close()
    return seconds


def dump(url: str, folder: Path) -> tuple[float, dict[str, Path]]:
    """Write the rows of the tables into files, as the bare load reads them."""
    paths = {table: folder / f"{table}.rows" for table in TABLES}
    for table, path in paths.items():
        with path.open("wb") as file:
            if url.startswith("sqlite"):
                with sqlite3.connect(path_of(url)) as source:
                    cursor = source.execute(f"SELECT * FROM {table}")
                    while chunk := list(islice(cursor, AT_ONCE)):
                        pickle.dump(chunk, file)
            else:
                statement = f"COPY {table} TO STDOUT (FORMAT BINARY)"
                with psycopg.connect(url) as server, server.cursor() as reader, reader.copy(statement) as copy:
                    for piece in copy:
                        file.write(piece)
    return 0.0, paths


def load(url: str, dumps: dict[str, Path]) -> float:
    """Load the rows, nothing else, in one transaction for each table, and return the seconds."""
    if url.startswith("sqlite"):
        return load_sqlite(path_of(url), dumps)
    seconds = 0.0
    with psycopg.connect(url) as server, server.cursor() as cursor:
        for table, path in dumps.items():
            with path.open("rb") as file:
                start = perf_counter()
                with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                    while piece := file.read(PIECE):
                        copy.write(piece)
                server.commit()
                seconds += perf_counter() - start
    return seconds


def load_sqlite(path: str, dumps: dict[str, Path]) -> float:
    """Insert rows that are in memory already; only that is measured."""
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", f"cache_size = {WRITER_CACHE}"):
        database.execute(f"PRAGMA {pragma}")
    seconds = 0.0
    for table, file in dumps.items():
        start = perf_counter()
        database.execute("BEGIN IMMEDIATE")
        seconds += perf_counter() - start
        for chunk in chunks(file):
            places = ", ".join("?" * len(chunk[0]))
            start = perf_counter()
            database.executemany(f"INSERT INTO {table} VALUES ({places})", chunk)
            seconds += perf_counter() - start
        start = perf_counter()
        database.execute("COMMIT")
        seconds += perf_counter() - start
    database.close()
    return seconds


def chunks(path: Path) -> Iterator[list[Any]]:
    """Give what `dump` wrote for SQLite."""
    with path.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)  # noqa: S301  - written above
            except EOFError:
                return


def path_of(url: str) -> str:
    """Return the file of an SQLite database."""
    return str(make_url(url).database)


@dataclass(frozen=True)
class Done(Load):
    """A load, and what it gave beside."""

    result: Any = None


def apart(work: Callable[..., Any], *arguments: Any) -> Done:
    """Do work in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        given, mebibytes = pool.apply(measured, (work, *arguments))
    seconds, result = given if isinstance(given, tuple) else (given, None)
    return Done(seconds, mebibytes, result)


def measured(work: Callable[..., T], *arguments: Any) -> tuple[T, int]:
    """Return what work gave, and the most memory of this process."""
    result = work(*arguments)
    return result, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
