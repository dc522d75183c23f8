"""Whether a mirror knows more than a restored log, the same, less, or another history."""

from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import log, tree
from ledger.completeness import mirror_evidence
from ledger.database import Database
from ledger.entries import make_entry, parse_entry
from ledger.errors import Conflict
from ledger.following import LogForked
from ledger.hold import Evidence
from ledger.key_rotation import rotate_key, sign_checkpoints
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.log_reader import LogFault
from ledger.note import Checkpoint, Verifier
from ledger.rotation import CREATED, rotation_body
from tests.ledger.static_log import ORIGIN, SIGNER, log_signer, signed, static_log
from tests.ledger.stepwise import NOW
from tests.ledger.test_hold import ADMIN

NEXT = log_signer(7)
SIZE = 300


@pytest.fixture
def restored(database: Database) -> Database:
    grow(database, SIZE)
    return database


def grow(database: Database, size: int) -> None:
    with database.write() as tx:
        for seq in range(log.size(tx), size):
            body = {"name": "A bureau", "vkey": SIGNER.verifier_key} if seq == 0 else {}
            log.append(tx, NOW, [NewEntry(CREATED if seq == 0 else "test.entry", ORIGIN, body=body)])
        sign_checkpoints(tx, signer)


def signer(verifier: Verifier) -> Ed25519Signer:
    return next(each for each in (SIGNER, NEXT) if each.verifier_key == verifier.vkey)


def entries(database: Database, size: int | None = None) -> list[bytes]:
    with database.read() as tx:
        return [entry.data for entry in log.scan(tx, 0, size)]


def shown(database: Database, mirrored: Sequence[bytes], by: Ed25519Signer = SIGNER) -> Evidence:
    with database.read() as tx:
        return mirror_evidence(tx, "https://mirror.test", static_log(mirrored, by).read)


@pytest.mark.parametrize("size", [SIZE, SIZE - 1, 256, 1])
def test_a_mirror_of_the_log_or_of_its_beginning_shows_it(restored: Database, size: int) -> None:
    evidence = shown(restored, entries(restored, size))
    with restored.read() as tx:
        root = tree.root(tx, size).hex()
    assert evidence.public == {"kind": "mirror", "size": size, "root": root}
    assert evidence.sealed == {"kind": "mirror", "size": size, "source": "https://mirror.test"}


@pytest.mark.parametrize("more", [1, 300])
def test_a_longer_mirror_tells_what_is_lost(restored: Database, more: int) -> None:
    with pytest.raises(Conflict) as refused:
        shown(restored, continued(entries(restored), more))
    assert refused.value.code == "log_incomplete"
    assert refused.value.parameters == {"held": SIZE, "known": SIZE + more, "lost": more}


def continued(known: list[bytes], more: int) -> list[bytes]:
    """Return a log that goes on, as a bureau's does."""
    entries = list(known)
    for _ in range(more):
        last = parse_entry(entries[-1])
        entries.append(
            make_entry(last.seq + 1, last.leaf_hash.hex(), last.time, "test.later", {"subject": "later"}).data
        )
    return entries


@pytest.mark.parametrize("size", [SIZE - 1, SIZE, SIZE + 1, 2 * SIZE])
def test_a_forked_mirror_convicts(restored: Database, size: int) -> None:
    forked = continued(entries(restored, 200), size - 200)
    with pytest.raises(LogForked) as lied:
        shown(restored, forked)
    assert lied.value.code == "log_forked"
    with restored.read() as tx:
        assert lied.value.known == log.checkpoint(tx)
    assert lied.value.served.encode() == static_log(forked).files["checkpoint"]


def test_a_mirror_that_nobody_signed_shows_nothing(restored: Database) -> None:
    for size in (SIZE, SIZE + 1):
        with pytest.raises(LogFault, match="log_checkpoint_unsigned"):
            shown(restored, continued(entries(restored), size - SIZE), NEXT)


def test_an_empty_tree_shows_nothing(restored: Database) -> None:
    empty = signed(Checkpoint(ORIGIN, 0, bytes(32)))
    with pytest.raises(LogFault), restored.read() as tx:
        mirror_evidence(tx, "m", {"checkpoint": empty}.get)


def test_another_log_shows_nothing(restored: Database) -> None:
    note = signed(
        Checkpoint("log.other/qian", SIZE, bytes(32)), Ed25519Signer("log.other/qian", Ed25519PrivateKey.generate())
    )
    with pytest.raises(Conflict, match="mirror_of_another_log"), restored.read() as tx:
        mirror_evidence(tx, "m", {"checkpoint": note}.get)


def test_a_mirror_of_before_and_of_after_a_rotation_is_verified_under_the_key_of_its_size(database: Database) -> None:
    grow(database, 3)
    with database.write() as tx:
        rotate_key(tx, ADMIN, NOW, SIGNER, NEXT)
        sign_checkpoints(tx, signer)
    grow(database, 6)
    assert shown(database, entries(database), NEXT).public["size"] == 6
    assert shown(database, entries(database, 4)).public["size"] == 4
    with pytest.raises(LogFault, match="log_checkpoint_unsigned"):
        shown(database, entries(database), SIGNER)


def test_a_rotation_that_is_lost_is_followed(database: Database) -> None:
    grow(database, 3)
    known = entries(database)
    last = parse_entry(known[-1])
    rotated = make_entry(
        3, last.leaf_hash.hex(), last.time, "key.rotated", {**rotation_body(SIGNER, NEXT), "subject": ORIGIN}
    )
    with pytest.raises(Conflict, match="log_incomplete"):
        shown(database, continued([*known, rotated.data], 2), NEXT)
