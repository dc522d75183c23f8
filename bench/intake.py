"""How many rows a second go in, beside a bare load of the rows that they become, and the memory that both take.

The same rows are all those that the files leave in `record`, `sighting` and `enterprise`, with their digests made and
under the same keys, indexes and triggers: two rows or three for one of a file. They go in file by file, in the order in
which intake wrote them, each file in one transaction. Other work on the machine lengthens the seconds of intake, which
keeps two processors busy, more than those of the bare load; the seconds of processors, the server's included, are in
brackets.

`bench/intake.py --enterprises 10000 100000 1000000` takes in so many and ten records of each; all are measured in
processes of their own, so that each tells its own memory. A million take half an hour an engine.
"""

import argparse
import multiprocessing
import pickle
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from measuring import bureau
from measuring.engines import ENGINES, migrated
from measuring.processors import Stopwatch, server_of
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from ledger import log
from ledger.database import PRAGMAS, WRITER_CACHE, Database
from scoring.entry_kinds import IMPORTED

TABLES = {"enterprise": "registered_in", "record": "document", "sighting": "document"}
"""Those that the files fill, and the column that says by which batch, that is file, a row came."""
AT_ONCE = 10_000
PIECE = 1 << 20

Given: TypeAlias = tuple[Stopwatch, Any]
"""What some work took, and what it gave beside."""

Dump: TypeAlias = tuple[int, str, Path]
"""The number of a file, a table, and where the rows are that the one gave the other."""


@dataclass(frozen=True)
class Load:
    """A load in a process of its own.

    Its seconds, those of processors (the server's included), the most memory that its process took, in MiB, and what it
    gave beside.
    """

    seconds: float
    busy: float
    mebibytes: int
    result: Any = None

    def rows_a_second(self, rows: int) -> str:
        """Return how many of so many rows a second took, and in brackets a second of processors."""
        return f"{rows / self.seconds:,.0f} ({rows / self.busy:,.0f})"

    def over(self, other: "Load") -> str:
        """Return how many times as long as another one it took, and in brackets by the seconds of processors."""
        return f"{self.seconds / other.seconds:.2f} ({self.busy / other.busy:.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--enterprises", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--engine", choices=ENGINES, action="append")
    given = parser.parse_args()
    table = Table(
        *("engine", "rows of files", "rows a second", "MiB", "bare load", "MiB", "ratio", "again, a second"),
        title="Intake, beside a bare COPY (PostgreSQL) or executemany (SQLite) of the same rows (by processors)",
        title_justify="left",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for engine in given.engine or ENGINES:
        for size in given.enterprises:
            with tempfile.TemporaryDirectory() as name:
                row = measure(engine, size, Path(name))
            if row is not None:
                table.add_row(*row)
    Console(width=150).print(table)


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
        ours.rows_a_second(rows),
        f"{ours.mebibytes:,}",
        bare.rows_a_second(rows),
        f"{bare.mebibytes:,}",
        bare.over(ours),
        again.rows_a_second(rows),
    ]


def take_all_in(url: str, files: Sequence[bureau.BenchFile], new: bool) -> Given:
    """Take the files in, from their bytes to the commit."""
    database = Database(url)
    with Stopwatch(server_of(database)) as watch:
        for file in files:
            bureau.take_in(database, file, new)
    database.close()
    return watch, None


def dump(url: str, folder: Path) -> Given:
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
    return Stopwatch(), dumps


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


def load(url: str, dumps: Sequence[Dump]) -> Given:
    """Load the rows, nothing else, those of each file in one transaction."""
    loading = SQLiteLoad(path_of(url)) if url.startswith("sqlite") else PostgreSQLLoad(url)
    for _, of_file in groupby(dumps, key=itemgetter(0)):
        loading.load(list(of_file))
    loading.close()
    return loading.watch, None


class PostgreSQLLoad:
    """Copies the rows of files."""

    def __init__(self, url: str) -> None:
        """Connect."""
        self._server = psycopg.connect(url)
        self.watch = Stopwatch(self._server.info.backend_pid)
        self.close = self._server.close

    def load(self, dumps: Sequence[Dump]) -> None:
        """Copy the rows of one file."""
        with self.watch, self._server.cursor() as cursor:
            for _, table, path in dumps:
                with path.open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                    while piece := file.read(PIECE):
                        copy.write(piece)
            self._server.commit()


class SQLiteLoad:
    """Inserts the rows of files."""

    def __init__(self, path: str) -> None:
        """Open the file as the service does."""
        self.watch = Stopwatch()
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in (*PRAGMAS, f"cache_size = {WRITER_CACHE}"):
            self._database.execute(f"PRAGMA {pragma}")
        self.close = self._database.close

    def load(self, dumps: Sequence[Dump]) -> None:
        """Insert the rows of one file; what brings them to memory is not counted."""
        self._database.execute("BEGIN IMMEDIATE")
        for _, table, path in dumps:
            for chunk in chunks(path):
                places = ", ".join("?" * len(chunk[0]))
                with self.watch:
                    self._database.executemany(f"INSERT INTO {table} VALUES ({places})", chunk)
        with self.watch:
            self._database.execute("COMMIT")


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


def apart(work: Callable[..., Given], *arguments: Any) -> Load:
    """Do work in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, (work, *arguments))


def measured(work: Callable[..., Given], *arguments: Any) -> Load:
    """Return what work took and gave, and the most memory of this process."""
    watch, result = work(*arguments)
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Load(watch.seconds, watch.busy, mebibytes, result)


if __name__ == "__main__":
    main()
