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
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias, TypeVar

import psycopg
from measuring import bureau
from measuring.engines import ENGINES, migrated
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from ledger import log
from ledger.database import PRAGMAS, WRITER_CACHE, Database
from scoring.entry_kinds import IMPORTED

SIZES = (1_000, 10_000)
TABLES = {"enterprise": "registered_in", "record": "document", "sighting": "document"}
"""Those that the files fill, and the column that says by which batch, that is file, a row came."""
AT_ONCE = 10_000
PIECE = 1 << 20

T = TypeVar("T")

Dump: TypeAlias = tuple[int, str, Path]
"""The number of a file, a table, and where the rows are that the one gave the other."""


@dataclass(frozen=True)
class Load:
    """A load in a process of its own: its seconds, and the most memory that the process took, in MiB."""

    seconds: float
    mebibytes: int


def main(sizes: Sequence[int]) -> None:
    """Measure and print."""
    table = Table(
        *("engine", "rows of files", "rows a second", "MiB", "bare load", "MiB", "ratio", "again, a second"),
        title="Intake, beside a bare COPY (PostgreSQL) or executemany (SQLite) of the same rows, file by file",
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


def dump(url: str, folder: Path) -> tuple[float, list[Dump]]:
    """Write the rows of each file, as they went in, into files of their own, as the bare load reads them."""
    dumps = []
    for number, document in enumerate(documents(url)):
        for table, key in TABLES.items():
            path = folder / f"{number}-{table}.rows"
            rows = f"SELECT * FROM {table} WHERE {key} = '{document}'"
            if url.startswith("sqlite"):
                dump_sqlite(path_of(url), rows, path)
            else:
                dump_postgresql(url, rows, path)
            dumps.append((number, table, path))
    return 0.0, dumps


def documents(url: str) -> list[str]:
    """Return the documents of the files in the order in which they went in."""
    database = Database(url)
    with database.read() as tx:
        found = [entry.subject for entry in log.of_kind(tx, IMPORTED)]
    database.close()
    return found


def dump_sqlite(database: str, rows: str, path: Path) -> None:
    """Write rows in the order of the table."""
    with path.open("wb") as file, sqlite3.connect(database) as source:
        cursor = source.execute(f"{rows} ORDER BY rowid")
        while chunk := list(islice(cursor, AT_ONCE)):
            pickle.dump(chunk, file)


def dump_postgresql(url: str, rows: str, path: Path) -> None:
    """Write rows in the order of the table."""
    statement = f"COPY ({rows}) TO STDOUT (FORMAT BINARY)"
    with (
        path.open("wb") as file,
        psycopg.connect(url) as server,
        server.cursor() as reader,
        reader.copy(statement) as copy,
    ):
        for piece in copy:
            file.write(piece)


def load(url: str, dumps: Sequence[Dump]) -> float:
    """Load the rows, nothing else, those of each file in one transaction, and return the seconds."""
    load_file = SQLiteLoad(path_of(url)) if url.startswith("sqlite") else PostgreSQLLoad(url)
    seconds = sum(load_file(list(of_file)) for _, of_file in groupby(dumps, key=itemgetter(0)))
    load_file.close()
    return seconds


class PostgreSQLLoad:
    """Copies the rows of files."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self._server = psycopg.connect(url)
        self.close = self._server.close

    def __call__(self, dumps: Sequence[Dump]) -> float:
        """Copy the rows of one file and return the seconds."""
        start = perf_counter()
        with self._server.cursor() as cursor:
            for _, table, path in dumps:
                with path.open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                    while piece := file.read(PIECE):
                        copy.write(piece)
        self._server.commit()
        return perf_counter() - start


class SQLiteLoad:
    """Inserts the rows of files."""

    def __init__(self, path: str) -> None:
        """Open the file as the service does."""
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in (*PRAGMAS, f"cache_size = {WRITER_CACHE}"):
            self._database.execute(f"PRAGMA {pragma}")
        self.close = self._database.close

    def __call__(self, dumps: Sequence[Dump]) -> float:
        """Insert the rows of one file and return the seconds, without those in which they are brought to memory."""
        start = perf_counter()
        read = 0.0
        self._database.execute("BEGIN IMMEDIATE")
        for _, table, path in dumps:
            reading = perf_counter()
            for chunk in chunks(path):
                read += perf_counter() - reading
                places = ", ".join("?" * len(chunk[0]))
                self._database.executemany(f"INSERT INTO {table} VALUES ({places})", chunk)
                reading = perf_counter()
        self._database.execute("COMMIT")
        return perf_counter() - start - read


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
