"""How long grading all takes beside its bare parts and beside pandas, with the memory it takes, as the register grows.

Each step runs in a process of its own, so that its peak memory is its own. `--enterprises 10000 100000 1000000` goes up
to the size of a province: ten million records and more; pandas then takes 16 GiB, `--without-pandas` leaves it out.
Other work on the machine lengthens the seconds; those of processors, the server's included, tell how much it is.
"""

import argparse
import os
import resource
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import orjson
import psycopg
import pyarrow
import sqlalchemy
from measuring import records
from measuring.by_pandas import grade_by_pandas
from measuring.processors import busy, server_of
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from api.bureau import migrate
from ledger.actors import Actor, Role
from ledger.bulk import insert_rows
from ledger.database import Database
from scoring import engine, fact_rows, grading, model_steps, models
from scoring.measure_sql import Compiled
from scoring.tables import grade

POSTGRESQL = os.environ.get("QIAN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
ANALYST, ADMINISTRATOR = Actor("bench", Role.ANALYST), Actor("bench", Role.ADMINISTRATOR)
NEW_PERCENT = 1

Done: TypeAlias = tuple[float, str]
"""Seconds, and a run's digest."""


@dataclass(frozen=True)
class Taken:
    """What a step took: seconds, those of processors (the server's included), the most memory of its process in MiB."""

    seconds: float
    busy: float
    memory: int
    digest: str = ""

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.seconds + other.seconds, self.busy + other.busy, max(self.memory, other.memory))

    def __str__(self) -> str:
        return f"{self.seconds:.1f} ({self.busy:.1f})"

    def over(self, other: "Taken") -> str:
        """Return how many times as long as another one it took."""
        return f"{self.seconds / other.seconds:.2f} ({self.busy / other.busy:.2f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--without-pandas", action="store_true")
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        _run_step(*arguments.step)
        return
    console = Console(width=190)
    for kind in arguments.engine or ("sqlite", "postgresql"):
        table = Table(
            *("enterprises", "grading all", "a million", "read", "aggregate", "write", "of its parts", "pandas"),
            *("pandas of it", "1 % new of 1 %", "of all", "1 % new of 10 %", "of all", "MiB", "pandas"),
            title=f"Grading on {kind}: seconds, and in brackets those of processors",
            title_justify="left",
        )
        for column in table.columns:
            column.justify = "right"
        for size in arguments.enterprises:
            with tempfile.TemporaryDirectory() as folder, database_at(kind, Path(folder)) as url:
                table.add_row(*_measured(url, Path(folder), size, without_pandas=arguments.without_pandas))
        console.print(table)


def _measured(url: str, folder: Path, size: int, *, without_pandas: bool) -> list[str]:
    database = Database(url)
    with database.write() as tx:
        migrate(tx)
    with database.write() as tx:
        model_steps.adopt_first(tx, ADMINISTRATOR, records.NOW, models.default_text())
    records.fill(database, size)
    vacuum(database)
    read = step("read", url, folder)
    aggregate = step("aggregate", url, folder)
    whole = step("grade", url, folder)
    write = step("write", url, folder)
    pandas = None if without_pandas else step("pandas", url, folder)
    assert pandas is None or pandas.digest == whole.digest, "pandas comes to something else"
    new = size * records.RECORDS_EACH * NEW_PERCENT // 100
    again = []
    for numbers, each, salt in ((range(0, size, 100), 10, 100), (range(3, size, size // new), 1, 200)):
        records.add(database, numbers, each, salt)
        vacuum(database)
        again.append(step("again", url, folder))
    database.close()
    return [
        f"{size:,}",
        str(whole),
        f"{whole.seconds / size * 1e6:.1f}",
        *map(str, (read, aggregate, write)),
        whole.over(read + aggregate + write),
        *(("", "") if pandas is None else (str(pandas), pandas.over(whole))),
        *(text for each in again for text in (str(each), each.over(whole))),
        f"{whole.memory:,}",
        "" if pandas is None else f"{pandas.memory:,}",
    ]


def vacuum(database: Database) -> None:
    """Let a server do now what it does by itself sooner or later."""
    if not database.is_sqlite:
        with psycopg.connect(database.url.render_as_string(False).replace("+psycopg", ""), autocommit=True) as server:
            server.execute("VACUUM ANALYZE")
            server.execute("CHECKPOINT")


def step(name: str, url: str, folder: Path) -> Taken:
    """Run a step in a process of its own."""
    command = [sys.executable, __file__, "--step", name, url, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Taken(**orjson.loads(done.stdout.splitlines()[-1]))


def _run_step(name: str, url: str, folder: str) -> None:
    database = Database(url)
    server = server_of(database)
    before = busy(server)
    seconds, digest = STEPS[name](database, Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    taken = Taken(seconds, busy(server) - before, peak, digest)
    print(orjson.dumps(asdict(taken)).decode())
    database.close()


def _read(database: Database, folder: Path) -> Done:
    """Read all rows to Arrow; they are kept as a file, outside the time."""
    kept = 0.0
    start = perf_counter()
    with database.read() as tx, pyarrow.ipc.new_file(str(folder / "rows"), engine.FACTS) as writer:
        for batch in fact_rows.all_rows(tx):
            begun = perf_counter()
            writer.write_batch(batch)
            kept += perf_counter() - begun
    return perf_counter() - start - kept, ""


def _aggregate(database: Database, folder: Path) -> Done:
    """Aggregate the rows in the file, which is mapped into memory."""
    compiled = _compiled(database)
    rows = pyarrow.ipc.open_file(pyarrow.memory_map(str(folder / "rows")))
    batches = (rows.get_batch(number) for number in range(rows.num_record_batches))
    start = perf_counter()
    with engine.opened() as opened:
        reader = pyarrow.RecordBatchReader.from_batches(engine.FACTS, batches)
        engine.aggregate(opened, compiled, reader, {})
        return perf_counter() - start, ""


def _grade(database: Database, folder: Path) -> Done:
    return _timed(database, full=True, day=records.TODAY)


def _again(database: Database, folder: Path) -> Done:
    return _timed(database, full=False, day=records.TODAY)


def _timed(database: Database, *, full: bool, day: date) -> Done:
    start = perf_counter()
    with database.write() as tx:
        run = grading.grade_enterprises(tx, ANALYST, records.NOW + timedelta(minutes=1), day, full)
    assert full or run.base, "the run did not stand on another one"
    return perf_counter() - start, run.results


def _write(database: Database, folder: Path) -> Done:
    """Write the rows that the run wrote once more, into a table without key, index, trigger and binding."""
    with database.read() as tx:
        names = [str(column.name) for column in grade.columns]
        rows = [tuple(row) for row in tx.exec_driver_sql(f"SELECT {', '.join(names)} FROM grade")]
    bare = sqlalchemy.Table("bare_grade", sqlalchemy.MetaData(), *_columns())
    with database.write() as tx:
        bare.create(tx)
    start = perf_counter()
    with database.write() as tx:
        insert_rows(tx, bare, list(bare.columns), rows)
    taken = perf_counter() - start
    with database.write() as tx:
        bare.drop(tx)
    return taken, ""


def _pandas(database: Database, folder: Path) -> Done:
    """Do by pandas what a run does: read the same rows, write the same rows under the same key and index, digest."""
    with database.read() as tx:
        (adopted,) = models.in_force_on(tx, records.TODAY)
    key = sqlalchemy.PrimaryKeyConstraint("document", "line")
    same = sqlalchemy.Table("grade_by_pandas", sqlalchemy.MetaData(), *_columns(), key)
    sqlalchemy.Index("ix_grade_by_pandas", same.c.enterprise)
    with database.write() as tx:
        same.create(tx)
    start = perf_counter()
    with database.write() as tx:
        rows, digest = grade_by_pandas(tx, adopted.model, adopted.document, records.TODAY)
        insert_rows(tx, same, list(same.columns), rows)
    taken = perf_counter() - start
    with database.write() as tx:
        same.drop(tx)
    return taken, digest


def _columns() -> list[sqlalchemy.Column[object]]:
    return [sqlalchemy.Column(column.name, column.type, nullable=False) for column in grade.columns]


def _compiled(database: Database) -> Compiled:
    with database.read() as tx:
        held = models.in_force_on(tx, records.TODAY)
    return Compiled(tuple(each.model for each in held), records.TODAY)


STEPS: dict[str, Callable[[Database, Path], Done]] = {
    "read": _read,
    "aggregate": _aggregate,
    "grade": _grade,
    "write": _write,
    "pandas": _pandas,
    "again": _again,
}


@contextmanager
def database_at(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database that vanishes afterwards."""
    if kind == "sqlite":
        yield f"sqlite+pysqlite:///{folder / 'qian.sqlite'}"
        return
    name = f"qian_bench_{secrets.token_hex(8)}"
    with psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=5) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
