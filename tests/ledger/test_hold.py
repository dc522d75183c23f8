"""A log that was restored from a backup: it appends and signs nothing before it is shown to be complete."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from ledger import documents, hold, key_rotation, log
from ledger.actors import Actor, Role
from ledger.audit import Fault, audit
from ledger.database import Database
from ledger.errors import Forbidden
from ledger.hold import Evidence
from ledger.log import NewEntry
from ledger.note import COSIGNATURE, Verifier
from ledger.policy import Policy, parse_policy
from ledger.rotation import CREATED
from ledger.tables import log_hold
from tests.ledger.stepwise import NOW, SIGNER, VERIFIER
from tests.refusing import refuse
from tests.tampering import drop_triggers

ORIGIN = SIGNER.name
BACKUP_OF = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("admin", Role.ADMINISTRATOR)
OTHER = Actor("other admin", Role.ADMINISTRATOR)
SHOWN = Evidence({"kind": "mirror", "size": 3, "root": "00"}, {"kind": "mirror", "source": "https://mirror.test"})
WRITES: list[Callable[[Connection], object]] = [
    lambda tx: log.append(tx, NOW, [NewEntry("test.noted", "a")]),
    lambda tx: log.moment(tx, NOW),
    lambda tx: log.sign_checkpoint(tx, SIGNER),
    lambda tx: log.require_unheld(tx),
]


@pytest.fixture
def held(database: Database) -> Database:
    """A log of three signed entries, as it was restored."""
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry(CREATED, ORIGIN, body={"name": "A bureau", "vkey": SIGNER.verifier_key})])
        log.append(tx, NOW, [NewEntry("test.noted", "a")] * 2)
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
    with database.write() as tx:
        hold.hold(tx, NOW, BACKUP_OF)
    return database


def policy_of(quorum: str) -> Policy:
    witness = Verifier("w1.test", COSIGNATURE, bytes(32)).vkey
    return parse_policy(f"witness w1 {witness} http://w1.test\n{quorum}\n".encode())


def release(database: Database) -> None:
    with database.write() as tx:
        hold.release(tx, ADMIN, NOW, [SHOWN])


@pytest.mark.parametrize("write", WRITES)
def test_a_held_log_appends_and_signs_nothing(held: Database, write: Callable[[Connection], object]) -> None:
    assert refuse(held, "log_held", write).parameters == {"size": 3}
    release(held)
    with held.write() as tx:
        write(tx)


def test_it_is_read_as_ever(held: Database) -> None:
    with held.read() as tx:
        assert (log.size(tx), len(list(log.scan(tx))), log.is_held(tx)) == (3, 3, True)
        assert hold.held(tx) == hold.Hold(3, NOW, BACKUP_OF, ())
        assert audit(tx, VERIFIER, [], [hold.audit_holds]) == []


def test_the_entry_with_which_it_goes_on_says_by_what(held: Database) -> None:
    with held.write() as tx:
        entry = hold.release(tx, ADMIN, NOW, [SHOWN])
    assert (entry.seq, entry.kind, entry.subject) == (3, "log.restored", ORIGIN)
    assert entry.body["size"] == 3
    assert entry.body["backup_of"] == "2026-11-22T00:00:00Z"
    assert entry.body["evidence"] == [SHOWN.public]
    assert b"admin" not in entry.data
    assert b"mirror.test" not in entry.data
    with held.write() as tx:
        sealed = documents.opened(tx, entry.documents["restoration"]).value["content"]
        assert sealed == {"by": "admin", "evidence": [SHOWN.sealed]}
        key_rotation.sign_checkpoints(tx, lambda _: SIGNER)
    with held.read() as tx:
        assert hold.restorations(tx) == [entry]
        assert hold.held(tx) is None
        assert audit(tx, VERIFIER, [], [hold.audit_holds]) == []


def test_what_is_not_held_is_not_released(held: Database) -> None:
    release(held)
    refuse(held, "log_not_held", lambda tx: hold.release(tx, ADMIN, NOW, [SHOWN]))
    refuse(held, "log_not_held", lambda tx: hold.state_complete(tx, ADMIN, NOW, "so", None))
    refuse(held, "log_not_held", lambda tx: log.append_after_hold(tx, NOW, NewEntry("test.noted", "a")))


def test_two_administrators_release_it_and_one_does_not(held: Database) -> None:
    later = NOW + timedelta(minutes=1)
    with held.write() as tx:
        assert hold.state_complete(tx, ADMIN, NOW, "stopped before the backup", None) is None
    with held.read() as tx:
        found = hold.held(tx)
        assert found is not None
        assert found.stated_by == ("admin",)
    refuse(held, "log_held", WRITES[0])
    refuse(held, "log_statement_repeated", lambda tx: hold.state_complete(tx, ADMIN, later, "again", None))
    with held.write() as tx:
        entry = hold.state_complete(tx, OTHER, later, "I stopped it", None)
        assert entry is not None
        sealed = documents.opened(tx, entry.documents["restoration"]).value["content"]
    assert entry.body["evidence"] == [{"kind": "statement"}] * 2
    assert [(each["by"], each["reason"]) for each in sealed["evidence"]] == [
        ("admin", "stopped before the backup"),
        ("other admin", "I stopped it"),
    ]


def test_only_administrators_release_it(held: Database) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Forbidden), held.write() as tx:
            hold.release(tx, Actor("somebody", role), NOW, [SHOWN])
        with pytest.raises(Forbidden), held.write() as tx:
            hold.state_complete(tx, Actor("somebody", role), NOW, "so", None)


def test_a_log_with_witnesses_takes_nobody_s_word(held: Database) -> None:
    policy = policy_of("quorum w1")
    refuse(held, "log_has_witnesses", lambda tx: hold.state_complete(tx, ADMIN, NOW, "so", policy))
    with held.write() as tx:
        assert hold.state_complete(tx, ADMIN, NOW, "so", policy_of("quorum none")) is None


def test_a_reason_is_asked_for(held: Database) -> None:
    refuse(held, "reason_missing", lambda tx: hold.state_complete(tx, ADMIN, NOW, " ", None))


def test_a_log_may_be_restored_again_and_again(held: Database) -> None:
    with held.write() as tx:
        hold.hold(tx, NOW + timedelta(days=1), BACKUP_OF)  # a backup of the held log, restored
    release(held)
    with held.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "a")])
        log.sign_checkpoint(tx, SIGNER)
    with held.write() as tx:
        hold.hold(tx, NOW, BACKUP_OF)
        assert log.is_held(tx)
    release(held)
    with held.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
    with held.read() as tx:
        assert [entry.seq for entry in hold.restorations(tx)] == [3, 5]
        assert audit(tx, VERIFIER, [], [hold.audit_holds]) == []


def test_the_database_keeps_the_hold(held: Database) -> None:
    for statement in ("DELETE FROM log_hold", "UPDATE log_hold SET size = 0"):
        with pytest.raises(Exception, match="append-only"), held.write() as tx:
            tx.execute(text(statement))


def test_the_audit_names_a_log_that_went_on_by_itself(held: Database) -> None:
    with held.write() as tx:
        drop_triggers(tx)
        tx.execute(log_hold.delete())
        log.append(tx, NOW, [NewEntry("test.noted", "a")])
        tx.execute(log_hold.insert().values(size=3, held_at=NOW, backup_of=BACKUP_OF))
    with held.read() as tx:
        assert list(hold.audit_holds(tx)) == [Fault("log_hold", "size=3", "log_went_on_while_held")]


def test_the_audit_names_a_restoration_whose_hold_is_gone(held: Database) -> None:
    release(held)
    with held.write() as tx:
        drop_triggers(tx)
        tx.execute(log_hold.delete())
    with held.read() as tx:
        assert list(hold.audit_holds(tx)) == [Fault("log_entry", "seq=3", "hold_lost")]
