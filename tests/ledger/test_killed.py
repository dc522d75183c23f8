"""Writers that are killed, by SIGKILL and at every step: the log stays whole, and the next one goes on.

A step is the point before a statement, or before or after a commit, of the whole way: take the lock, insert the
entries, complete a tile, commit, sign the checkpoint. What a process is told to have written it tells on at once.
"""

import os
import signal
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from shutil import copyfile

from ledger import log
from ledger.database import Database
from ledger.entries import Entry
from ledger.log import NewEntry
from tests.conftest import on_sqlite
from tests.forked import processes
from tests.ledger.conftest import FreshLog
from tests.ledger.stepwise import ALMOST_A_TILE, NOW, Step, address, append_and_sign, goes_on, on_steps

HANDS = 4


def die_at(place: int) -> Step:
    steps = count()

    def step(_name: str) -> None:
        if next(steps) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def killed_at(url: str, place: int, told: Pipe) -> None:
    """Append, and die at the step of that number."""
    database = Database(url)
    on_steps(database, die_at(place))
    append_and_sign(database, 2, told.send)


def append_until_killed(url: str, place: int, told: Pipe) -> None:
    """Append again and again, and die at the step of that number, wherever it is."""
    database = Database(url)
    on_steps(database, die_at(place))
    for turn in count(1):
        append_and_sign(database, turn % 3 + 1, told.send)


class Hand:
    """A process that appends, and what it told."""

    def __init__(self, work: Callable[[str, int, Pipe], None], url: str, place: int) -> None:
        self.told, telling = processes.Pipe(duplex=False)
        self.process = processes.Process(target=work, args=(url, place, telling))
        self.process.start()
        telling.close()

    def acknowledged(self) -> list[Entry]:
        """Wait for its end and return the last entry of each commit that it was told of."""
        entries = []
        try:
            while True:
                entries.append(self.told.recv())
        except EOFError:
            self.process.join()
            return entries


def test_a_writer_killed_at_any_step_leaves_all_of_its_entries_or_none(fresh_log: FreshLog) -> None:
    found = set()
    for place in count():
        with fresh_log() as database:
            hand = Hand(killed_at, address(database), place)
            acknowledged = hand.acknowledged()
            found.add((goes_on(database, acknowledged), len(acknowledged)))
        if hand.process.exitcode == 0:
            break
        assert hand.process.exitcode == -signal.SIGKILL
    committed = ALMOST_A_TILE + 2
    assert found == {(ALMOST_A_TILE, 0), (committed, 0), (committed, 1)}  # before, at and after the commit


def test_the_steps_are_those_of_an_append(fresh_log: FreshLog) -> None:
    steps: list[str] = []
    with fresh_log() as database:
        on_steps(database, steps.append)
        append_and_sign(database, 2)
        lock = "BEGIN IMMEDIATE" if database.is_sqlite else "SELECT pg_advisory_xact_lock"
    inserts = [f"INSERT INTO {table} " for table in ("document", "log_entry", "log_tile", "log_checkpoint")]
    for name in (lock, *inserts):
        assert any(step.startswith(f"before {name}") for step in steps)
    assert steps.count("before COMMIT") == steps.count("after COMMIT") == 2


def test_many_writers_killed_in_turn_append_to_one_log(database: Database) -> None:
    """Whenever one dies, wherever it was, another takes its place; the log is never at rest."""
    acknowledged: list[Entry] = []
    hands: list[Hand] = []
    for place in range(25, 25 + 7 * 24, 7):
        hands.append(Hand(append_until_killed, address(database), place))
        if len(hands) == HANDS:
            acknowledged += hands.pop(0).acknowledged()
    for hand in hands:
        acknowledged += hand.acknowledged()
    goes_on(database, acknowledged)
    assert len({entry.seq for entry in acknowledged}) == len(acknowledged) >= 24


@on_sqlite
def test_a_journal_torn_anywhere_gives_the_log_before_or_after(database: Database, tmp_path: Path) -> None:
    """What a power cut leaves of a commit is a part of the journal, however much of it."""
    append_and_sign(database, ALMOST_A_TILE)
    file = Path(str(database.url.database))
    journal = Path(f"{file}-wal")
    before = journal.stat().st_size
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "b")] * 2)
    written = journal.read_bytes()
    sizes = []
    for place, end in enumerate(range(before, len(written) + 1, 1030)):  # a frame has 4120 bytes
        torn = tmp_path / f"torn-{place}.sqlite"
        copyfile(file, torn)
        Path(f"{torn}-wal").write_bytes(written[:end])
        again = Database(f"sqlite+pysqlite:///{torn}")
        sizes.append(goes_on(again))
        again.close()
    assert sizes == sorted(sizes)
    assert set(sizes) == {ALMOST_A_TILE, ALMOST_A_TILE + 2}
