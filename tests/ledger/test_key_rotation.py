"""Rotating the log's key: the old key signs for the new one, and each checkpoint has the key that was due."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from ledger import key_rotation, log, tree
from ledger.actors import Actor, Role
from ledger.audit import audit
from ledger.calendar import instant_text
from ledger.database import Database
from ledger.entries import Entry
from ledger.errors import Conflict, Forbidden, Missing
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Signer, Verifier, decode_base64, open_note, parse_checkpoint
from ledger.rotation import CREATED, ROTATED, RotationError, rotation_body, signing_key, statement
from ledger.tables import log_checkpoint
from tests.actors import somebody

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
ORIGIN = "log.example/qian"
ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR)
OLD, NEW, NEWER = (
    Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(3)
)
SIGNERS = {Verifier.from_vkey(signer.verifier_key): signer for signer in (OLD, NEW, NEWER)}


@pytest.fixture
def bureau(database: Database) -> Database:
    """A database whose log has begun under the old key."""
    created = NewEntry(CREATED, ORIGIN, body={"name": "样例局", "vkey": OLD.verifier_key})
    with database.write() as tx:
        log.append(tx, NOW, [created])
    return database


def note_down(database: Database, count: int = 1) -> None:
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "a")] * count)


def rotate(database: Database, old: Signer = OLD, new: Signer = NEW) -> Entry:
    with database.write() as tx:
        return key_rotation.rotate_key(tx, ADMINISTRATOR, NOW, old, new)


def sign(database: Database, signer: Callable[[Verifier], Signer] = SIGNERS.__getitem__) -> None:
    with database.write() as tx:
        key_rotation.sign_checkpoints(tx, signer)


def signed(tx: Connection) -> list[tuple[int, str]]:
    """Sizes of all checkpoints and the keys that signed them."""
    found = []
    for row in tx.execute(select(log_checkpoint).order_by(log_checkpoint.c.size)):
        opened = open_note(row.note, SIGNERS)
        checkpoint = parse_checkpoint(opened.text)
        assert (checkpoint.origin, checkpoint.size) == (ORIGIN, row.size)
        assert checkpoint.root == tree.root(tx, row.size)
        (signature,) = opened.signatures
        found.append((row.size, signature.verifier.vkey))
    return found


def test_the_entry_is_about_the_log_and_has_the_old_key_s_signature_over_the_new_one(bureau: Database) -> None:
    entry = rotate(bureau)
    assert (entry.seq, entry.kind, entry.subject, entry.time) == (1, ROTATED, ORIGIN, instant_text(NOW))
    assert entry.body.keys() == {"subject", "vkey", "signature"}
    assert entry.body["vkey"] == NEW.verifier_key
    signature = decode_base64(entry.body["signature"])
    Verifier.from_vkey(OLD.verifier_key).verify(statement(ORIGIN, NEW.verifier_key), signature)


def test_the_keys_of_a_log_are_those_that_it_names(bureau: Database) -> None:
    note_down(bureau, 3)
    rotate(bureau)
    note_down(bureau)
    rotate(bureau, NEW, NEWER)
    with bureau.read() as tx:
        keys = key_rotation.log_keys(tx)
    assert [(each.verifier.vkey, each.since) for each in keys] == [
        (OLD.verifier_key, 1),
        (NEW.verifier_key, 6),
        (NEWER.verifier_key, 8),
    ]


def test_only_an_administrator_rotates(bureau: Database) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Forbidden), bureau.write() as tx:
            key_rotation.rotate_key(tx, somebody(role), NOW, OLD, NEW)


def test_of_two_rotations_at_a_time_the_second_is_refused(bureau: Database) -> None:
    rotate(bureau)
    with pytest.raises(Conflict) as refused:
        rotate(bureau, OLD, NEWER)
    assert refused.value.code == "log_key_not_current"
    assert refused.value.parameters == {"key": OLD.verifier_key}
    with bureau.read() as tx:
        assert log.size(tx) == 2


def test_a_rotation_that_the_old_key_signs_badly_is_not_kept(bureau: Database) -> None:
    mistaken = Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
    mistaken.verifier_key = OLD.verifier_key
    with pytest.raises(RotationError, match="not signed by the key before"):
        rotate(bureau, mistaken)
    with bureau.read() as tx:
        assert log.size(tx) == 1


def test_the_old_key_signs_up_to_the_rotation_and_the_new_one_all_that_is_longer(bureau: Database) -> None:
    sign(bureau)
    rotate(bureau)
    sign(bureau)
    note_down(bureau)
    sign(bureau)
    with bureau.read() as tx:
        assert signed(tx) == [(1, OLD.verifier_key), (2, OLD.verifier_key), (3, NEW.verifier_key)]


def test_a_rotation_that_was_left_unsigned_is_signed_first_by_the_key_that_ends(bureau: Database) -> None:
    sign(bureau)
    note_down(bureau, 2)
    rotate(bureau)
    note_down(bureau, 2)
    rotate(bureau, NEW, NEWER)
    note_down(bureau, 2)
    sign(bureau)
    with bureau.read() as tx:
        assert signed(tx) == [
            (1, OLD.verifier_key),
            (4, OLD.verifier_key),
            (7, NEW.verifier_key),
            (9, NEWER.verifier_key),
        ]
        keys = key_rotation.log_keys(tx)
        assert [(size, signing_key(keys, size).vkey) for size, _ in signed(tx)] == signed(tx)


def test_signing_twice_signs_once(bureau: Database) -> None:
    rotate(bureau)
    for _ in range(2):
        sign(bureau)
    with bureau.read() as tx:
        assert signed(tx) == [(2, OLD.verifier_key)]


def test_only_the_keys_that_are_due_are_looked_for(bureau: Database) -> None:
    rotate(bureau)
    sign(bureau)
    note_down(bureau)
    asked = []

    def signer(verifier: Verifier) -> Signer:
        asked.append(verifier.vkey)
        return SIGNERS[verifier]

    sign(bureau, signer)
    sign(bureau, signer)
    assert asked == [NEW.verifier_key]


def test_where_the_key_that_is_due_is_away_nothing_is_signed_in_its_place(bureau: Database) -> None:
    rotate(bureau)
    note_down(bureau)

    def signer(verifier: Verifier) -> Signer:
        if verifier.vkey == NEW.verifier_key:
            raise Missing("log_key_missing", key=verifier.vkey)
        return SIGNERS[verifier]

    with pytest.raises(Missing, match="log_key_missing"):
        sign(bureau, signer)
    with bureau.read() as tx:
        assert signed(tx) == []


def faults(tx: Connection, *pinned: Signer) -> list[list[tuple[str, str, str]]]:
    """What the audit finds under each of the pinned keys."""
    found = [audit(tx, Verifier.from_vkey(signer.verifier_key), [], []) for signer in pinned]
    return [[(fault.table, fault.row, fault.code) for fault in each] for each in found]


def test_the_audit_follows_from_a_pinned_key_to_those_that_came_after_it(bureau: Database) -> None:
    sign(bureau)
    rotate(bureau)
    sign(bureau)
    with bureau.read() as tx:
        assert key_rotation.signed_by(tx).vkey == OLD.verifier_key
        assert faults(tx, OLD, NEW) == [[], [("log_checkpoint", "size=2", "checkpoint_unsigned")]]
    note_down(bureau)
    sign(bureau)
    with bureau.read() as tx:
        assert key_rotation.signed_by(tx).vkey == NEW.verifier_key
        assert faults(tx, OLD, NEW, NEWER) == [[], [], [("log_checkpoint", "size=3", "checkpoint_unsigned")]]


def test_the_audit_names_a_checkpoint_of_a_key_that_was_not_due(bureau: Database) -> None:
    rotate(bureau)
    sign(bureau, lambda _: NEW)
    note_down(bureau)
    sign(bureau, lambda _: OLD)
    with bureau.read() as tx:
        unsigned = [("log_checkpoint", f"size={size}", "checkpoint_unsigned") for size in (2, 3)]
        assert faults(tx, OLD) == [unsigned]


def test_the_audit_names_a_rotation_that_the_key_before_did_not_sign(bureau: Database) -> None:
    with bureau.write() as tx:
        log.append(tx, NOW, [NewEntry(ROTATED, ORIGIN, body=rotation_body(NEW, NEWER))])
        log.sign_checkpoint(tx, OLD)
    with bureau.read() as tx:
        assert faults(tx, OLD) == [[("log_entry", "kind=key.rotated", "key_not_handed_over")]]
        with pytest.raises(RotationError):
            key_rotation.signed_by(tx)


def test_before_the_first_checkpoint_the_first_key_is_due(bureau: Database) -> None:
    with bureau.read() as tx:
        assert key_rotation.signed_by(tx).vkey == OLD.verifier_key
