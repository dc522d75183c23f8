"""Many append at the same time, from threads and from processes, and the log has no gap."""

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from ledger import documents, log, merkle, tree
from ledger.audit import audit
from ledger.database import Database
from ledger.entries import NO_PREVIOUS
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier
from ledger.tables import document

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))
HANDS = 4
TURNS = 15

executors = pytest.mark.parametrize(
    "executor",
    [lambda: ThreadPoolExecutor(HANDS), lambda: ProcessPoolExecutor(HANDS, get_context("spawn"))],
    ids=["threads", "processes"],
)


def append_in_turns(url: str, hand: int) -> None:
    """Append in transactions of several entries, each with a document, some rolled back; sign after each."""
    database = Database(url)
    for turn in range(TURNS):
        now = NOW + timedelta(seconds=turn - 10 * hand)  # no two clocks agree
        try:
            with database.write() as tx:
                sealed = documents.seal(tx, "note", {"hand": hand, "turn": turn})
                log.append(tx, now, [NewEntry("test.noted", f"{hand}", {"note": sealed})] * (1 + turn % 3))
                if turn % 4 == 3:
                    raise KeyError
        except KeyError:
            continue
        with database.write() as tx:
            log.sign_checkpoint(tx, SIGNER)
    database.close()


@executors
def test_all_appends_stand_in_one_chain(database: Database, executor: Callable[[], Executor]) -> None:
    url = database.url.render_as_string(hide_password=False)
    with executor() as pool:
        list(pool.map(append_in_turns, [url] * HANDS, range(HANDS)))
    expected = HANDS * sum(1 + turn % 3 for turn in range(TURNS) if turn % 4 != 3)
    with database.read() as tx:
        entries = list(log.scan(tx))
        assert [entry.seq for entry in entries] == list(range(expected))
        assert [entry.prev for entry in entries] == [NO_PREVIOUS, *(entry.leaf_hash.hex() for entry in entries[:-1])]
        assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)
        assert tree.root(tx, expected) == merkle.root_of([entry.leaf_hash for entry in entries])
        bound = {entry.documents["note"] for entry in entries}
        assert bound == set(tx.execute(select(document.c.commitment)).scalars())
        assert audit(tx, Verifier.from_vkey(SIGNER.verifier_key), [], []) == []
