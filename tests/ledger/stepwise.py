"""One whole append, stopped at any of its steps, and whether the log is whole afterwards."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from ledger import documents, log, merkle, tree
from ledger.audit import audit
from ledger.database import Database
from ledger.entries import NO_PREVIOUS, Entry
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))
VERIFIER = Verifier.from_vkey(SIGNER.verifier_key)
ALMOST_A_TILE = tree.TILE_WIDTH - 1

Step = Callable[[str], None]
Tell = Callable[[Entry], None]


def on_steps(database: Database, step: Step) -> None:
    """Call `step` with a name before each statement, and before and after each commit."""
    dialect: Any = database.engine.dialect

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        step(f"before {statement}")

    def commit(connection: Any) -> None:
        step("before COMMIT")
        type(dialect).do_commit(dialect, connection)
        step("after COMMIT")

    event.listen(database.engine, "before_cursor_execute", before)
    dialect.do_commit = commit


def append_and_sign(database: Database, entries: int, tell: Tell = lambda _: None) -> None:
    """Do what a door does: a use case with a document, whose commit is told on at once; then the checkpoint."""
    with database.write() as tx:
        sealed = documents.seal(tx, "note", {"by": os.getpid()})
        appended = log.append(tx, NOW, [NewEntry("test.noted", "a", {"note": sealed})] * entries)
    tell(appended[-1])
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)


def whole(database: Database, acknowledged: Sequence[Entry] = ()) -> int:
    """Assert that the log is one and sound and has what was acknowledged; return how many entries it has."""
    with database.read() as tx:
        entries = list(log.scan(tx))
        assert [entry.seq for entry in entries] == list(range(len(entries)))
        assert [entry.prev for entry in entries] == [NO_PREVIOUS, *(entry.leaf_hash.hex() for entry in entries)][:-1]
        assert tree.root(tx, len(entries)) == merkle.root_of([entry.leaf_hash for entry in entries])
        assert audit(tx, VERIFIER, [], []) == []
    assert [entries[entry.seq] for entry in acknowledged] == list(acknowledged)
    return len(entries)


def goes_on(database: Database, acknowledged: Sequence[Entry] = ()) -> int:
    """Assert that the next one signs what was left unsigned, finds a whole log and appends; return what it found."""
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
    size = whole(database, acknowledged)
    append_and_sign(database, 1)
    assert whole(database) == size + 1
    return size


def address(database: Database) -> str:
    """Return the address that another process opens the database by."""
    return database.url.render_as_string(hide_password=False)
