"""Writes that fail, for a full disk, a broken one or a lost connection: the caller is told, and the log stays whole."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from ledger.database import Database
from ledger.entries import Entry, parse_entry
from tests.conftest import on_postgresql, on_sqlite
from tests.engines import SERVER
from tests.forked import processes
from tests.ledger.conftest import FreshLog
from tests.ledger.stepwise import ALMOST_A_TILE, address, append_and_sign, goes_on, on_steps

WRITTEN = ("document", "log_entry", "log_tile", "log_checkpoint")
COMMITTED = ALMOST_A_TILE + 2
TURNS = 30
ROOT = Path(__file__).parent.parent.parent

logs_on_sqlite = pytest.mark.parametrize("fresh_log", ["sqlite"], indirect=True)
logs_on_postgresql = pytest.mark.parametrize("fresh_log", ["postgresql"], indirect=True)


def append_or_fail(database: Database) -> tuple[list[Entry], bool]:
    """Append and sign; return what was acknowledged, and whether all was done."""
    acknowledged: list[Entry] = []
    try:
        append_and_sign(database, 2, acknowledged.append)
    except (OSError, OperationalError):
        return acknowledged, False
    return acknowledged, True


def at_every_step(fresh_log: FreshLog, fail: Callable[[Database], None]) -> set[tuple[int, int]]:
    """Append with a failure at each step in turn; return the sizes that were found, with how many commits were told.

    The same process goes on, with the same pool of connections.
    """
    found: set[tuple[int, int]] = set()
    for place in count(1):
        with fresh_log() as database:
            steps: list[str] = []

            def step(name: str, database: Database = database, steps: list[str] = steps, place: int = place) -> None:
                steps.append(name)
                if len(steps) == place:
                    fail(database)

            on_steps(database, step)
            acknowledged, _ = append_or_fail(database)
            if len(steps) < place:
                return found
            steps += ["over"] * place
            found.add((goes_on(database, acknowledged), len(acknowledged)))
    raise AssertionError


def break_disk(_database: Database) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def cut_connections(database: Database) -> None:
    with psycopg.connect(SERVER, autocommit=True) as server:
        theirs = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s"
        server.execute(theirs, [database.url.database])


def test_a_failure_at_any_step_leaves_all_of_the_entries_or_none(fresh_log: FreshLog) -> None:
    assert at_every_step(fresh_log, break_disk) == {(ALMOST_A_TILE, 0), (COMMITTED, 0), (COMMITTED, 1)}


@logs_on_postgresql
def test_a_connection_lost_at_any_step_leaves_all_of_the_entries_or_none(fresh_log: FreshLog) -> None:
    assert at_every_step(fresh_log, cut_connections) == {(ALMOST_A_TILE, 0), (COMMITTED, 1)}


@on_postgresql
@pytest.mark.parametrize("table", WRITTEN)
@pytest.mark.parametrize("when", ["at the statement", "at the commit"])
def test_a_server_whose_disk_is_full_leaves_nothing(database: Database, table: str, when: str) -> None:
    append_and_sign(database, ALMOST_A_TILE)
    deferred = f"CREATE CONSTRAINT TRIGGER no_space AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
    trigger = deferred if when == "at the commit" else f"CREATE TRIGGER no_space BEFORE INSERT ON {table}"
    raising = "RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'"
    with database.write() as tx:
        tx.execute(text(f"CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raising}; END $$"))
        tx.execute(text(f"{trigger} FOR EACH ROW EXECUTE FUNCTION no_space()"))
    acknowledged: list[Entry] = []
    with pytest.raises(OperationalError, match="No space left on device"):
        append_and_sign(database, 2, acknowledged.append)
    with database.write() as tx:
        tx.execute(text(f"DROP TRIGGER no_space ON {table}"))
    assert len(acknowledged) == (1 if table == "log_checkpoint" else 0)
    assert goes_on(database, acknowledged) == ALMOST_A_TILE + 2 * len(acknowledged)


def allow_pages(database: Database, more: int) -> None:
    """Let the database's file grow by so many pages and no further."""

    @event.listens_for(database.engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + more}")


@logs_on_sqlite
def test_a_full_database_leaves_nothing_and_goes_on_when_there_is_room(fresh_log: FreshLog) -> None:
    """The first tile needs more pages than the rest together, so a little room is not enough for it."""
    found = set()
    done = False
    for more in count():
        with fresh_log() as database:
            full = Database(address(database))
            allow_pages(full, more)
            acknowledged, done = append_or_fail(full)
            found.add((goes_on(database, acknowledged), len(acknowledged)))
            full.close()
        if done:
            break
    assert found == {(ALMOST_A_TILE, 0), (COMMITTED, 1)}


def append_under_limit(url: str, most: int, told: Pipe) -> None:
    """Append where no file may grow beyond so many bytes: a write beyond is cut short, then fails."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    told.send(append_or_fail(Database(url)))


@logs_on_sqlite
def test_a_write_that_fails_anywhere_in_the_journal_leaves_all_of_the_entries_or_none(fresh_log: FreshLog) -> None:
    found = set()
    done = False
    for most in count(0, 6180):  # one and a half pages of the journal
        with fresh_log() as database:
            hearing, telling = processes.Pipe(duplex=False)
            process = processes.Process(target=append_under_limit, args=(address(database), most, telling))
            process.start()
            acknowledged, done = hearing.recv()
            process.join()
            found.add((goes_on(database, acknowledged), len(acknowledged)))
        if done:
            break
    assert found == {(ALMOST_A_TILE, 0), (COMMITTED, 1)}


def append_in_turns(url: str) -> None:
    """Append again and again, whatever fails; print what was acknowledged, and how many turns failed."""
    database = Database(url)
    failed = 0
    for _ in range(TURNS):
        acknowledged, done = append_or_fail(database)
        failed += not done
        for entry in acknowledged:
            print(entry.data.decode())  # noqa: T201
    print(failed)  # noqa: T201
    sys.stdout.flush()
    os._exit(0)


@on_sqlite
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is what makes the system's calls fail")
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize(("calls", "every"), [("pwrite64,write,ftruncate,fallocate", 37), ("fdatasync,fsync", 3)])
def test_system_calls_that_fail_leave_a_whole_log(database: Database, calls: str, every: int, error: str) -> None:
    """One call in so many on the database's files fails, which is another one in each turn."""
    append_and_sign(database, ALMOST_A_TILE)
    file = str(database.url.database)
    files = [option for name in (file, f"{file}-wal", f"{file}-shm") for option in ("-P", name)]
    inject = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when=4+{every}"]
    script = f"from {__name__} import append_in_turns; append_in_turns({address(database)!r})"
    told = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", *files, *inject, sys.executable, "-c", script],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert told.returncode == 0, told.stderr.decode()
    *lines, failed = told.stdout.splitlines()
    acknowledged = [parse_entry(line) for line in lines]
    assert 0 < int(failed) < TURNS
    assert acknowledged
    goes_on(database, acknowledged)
