"""How long grading all takes beside its bare parts and beside pandas, with the memory it takes, as the register grows.

Each step runs in a process of its own, so that its peak memory is its own. `--enterprises 10000 100000 1000000` goes up
to the size of a province: ten million records and more; pandas then takes 16 GiB, `--without-pandas` leaves it out.
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
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

import orjson
import psycopg
import pyarrow
import sqlalchemy
from measuring import records
from measuring.by_pandas import grade_by_pandas
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


@dataclass(frozen=True)
class Taken:
    """What a step took: seconds, and the most memory of its process in MiB."""

    seconds: float
    memory: int


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
    console = Console(width=160)
    for kind in arguments.engine or ("sqlite", "postgresql"):
        table = Table(
            *("enterprises", "grading all", "of its parts", "a million", "read", "aggregate", "write", "pandas"),
            *("of pandas", "1 % new of 1 %", "1 % new of 10 %", "MiB"),
            title=f"Grading on {kind}: seconds",
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
    if not database.is_sqlite:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    read = step("read", url, folder)
    aggregate = step("aggregate", url, folder)
    whole = step("grade", url, folder)
    write = step("write", url, folder)
    pandas = None if without_pandas else step("pandas", url, folder)
    new = size * records.RECORDS_EACH * NEW_PERCENT // 100
    records.add(database, range(0, size, 100), 10, 100)
    clustered = step("again", url, folder)
    records.add(database, range(3, size, size // new), 1, 200)
    spread = step("again", url, folder)
    database.close()
    parts = read.seconds + aggregate.seconds + write.seconds
    return [
        f"{size:,}",
        f"{whole.seconds:.1f}",
        f"{whole.seconds / parts:.2f}",
        f"{whole.seconds / size * 1e6:.1f}",
        *(f"{each.seconds:.1f}" for each in (read, aggregate, write)),
        *(("", "") if pandas is None else (f"{pandas.seconds:.1f}", f"{whole.seconds / pandas.seconds:.2f}")),
        *(f"{each.seconds:.1f} ({each.seconds / whole.seconds:.2f})" for each in (clustered, spread)),
        " ".join(f"{name} {each.memory}" for name, each in (("all", whole), ("pandas", pandas)) if each),
    ]


def step(name: str, url: str, folder: Path) -> Taken:
    """Run a step in a process of its own."""
    command = [sys.executable, __file__, "--step", name, url, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Taken(**orjson.loads(done.stdout.splitlines()[-1]))


def _run_step(name: str, url: str, folder: str) -> None:
    database = Database(url)
    seconds = STEPS[name](database, Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(orjson.dumps({"seconds": seconds, "memory": peak}).decode())
    database.close()


def _read(database: Database, folder: Path) -> float:
    """Read all rows to Arrow; they are kept as a file, outside the time."""
    kept = 0.0
    start = perf_counter()
    with database.read() as tx, pyarrow.ipc.new_file(str(folder / "rows"), engine.FACTS) as writer:
        for batch in fact_rows.all_rows(tx):
            begun = perf_counter()
            writer.write_batch(batch)
            kept += perf_counter() - begun
    return perf_counter() - start - kept


def _aggregate(database: Database, folder: Path) -> float:
    """Aggregate the rows in the file, which is mapped into memory."""
    compiled = _compiled(database)
    rows = pyarrow.ipc.open_file(pyarrow.memory_map(str(folder / "rows")))
    batches = (rows.get_batch(number) for number in range(rows.num_record_batches))
    start = perf_counter()
    with engine.opened() as opened:
        reader = pyarrow.RecordBatchReader.from_batches(engine.FACTS, batches)
        engine.aggregate(opened, compiled, engine.Facts(reader))
        return perf_counter() - start


def _grade(database: Database, folder: Path) -> float:
    return _timed(database, full=True, day=records.TODAY)


def _again(database: Database, folder: Path) -> float:
    return _timed(database, full=False, day=records.TODAY)


def _timed(database: Database, *, full: bool, day: date) -> float:
    start = perf_counter()
    with database.write() as tx:
        run = grading.grade_enterprises(tx, ANALYST, records.NOW + timedelta(minutes=1), day, full)
    assert full or run.base, "the run did not stand on another one"
    return perf_counter() - start


def _write(database: Database, folder: Path) -> float:
    """Write the rows that the run wrote once more, into a table without trigger and binding."""
    with database.read() as tx:
        names = [str(column.name) for column in grade.columns]
        rows = [tuple(row) for row in tx.exec_driver_sql(f"SELECT {', '.join(names)} FROM grade")]
    bare = _bare()
    with database.write() as tx:
        bare.create(tx)
    start = perf_counter()
    with database.write() as tx:
        insert_rows(tx, bare, list(bare.columns), rows)
    taken = perf_counter() - start
    with database.write() as tx:
        bare.drop(tx)
    return taken


def _bare() -> sqlalchemy.Table:
    """Return a table of the same columns, without key, index and trigger."""
    columns = (sqlalchemy.Column(column.name, column.type) for column in grade.columns)
    return sqlalchemy.Table("bare_grade", sqlalchemy.MetaData(), *columns)


def _pandas(database: Database, folder: Path) -> float:
    """Grade all by pandas, written the same way."""
    start = perf_counter()
    with database.write() as tx:
        rows = grade_by_pandas(tx, _compiled(database).models[0], records.TODAY)
        bare = _bare()
        bare.create(tx)
        insert_rows(tx, bare, list(bare.columns), rows)
    taken = perf_counter() - start
    with database.write() as tx:
        bare.drop(tx)
    return taken


def _compiled(database: Database) -> Compiled:
    with database.read() as tx:
        held = models.in_force_on(tx, records.TODAY)
    return Compiled(tuple(each.model for each in held), records.TODAY)


STEPS: dict[str, Callable[[Database, Path], float]] = {
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
