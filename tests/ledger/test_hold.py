"""A log that was restored from a backup: it appends and signs nothing before it is shown to be complete."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from ledger import documents, hold, key_rotation, log
from ledger.actors import Actor, Role
from ledger.audit import Fault, audit
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.database import Database
from ledger.errors import Forbidden
from ledger.hold import Evidence
from ledger.log import NewEntry
from ledger.note import COSIGNATURE, Verifier
from ledger.policy import Policy, parse_policy
from ledger.rotation import CREATED
from ledger.tables import log_cosignature, log_counterevidence, log_hold
from tests.actors import somebody
from tests.ledger.stepwise import NOW, SIGNER, VERIFIER
from tests.refusing import refuse
from tests.tampering import drop_triggers

ORIGIN = SIGNER.name
BACKUP_OF = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("admin", Role.ADMINISTRATOR)
OTHER = Actor("other admin", Role.ADMINISTRATOR)
WITNESS = Verifier("w1.test", COSIGNATURE, bytes(32)).vkey
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
    return parse_policy(f"witness w1 {WITNESS} http://w1.test\n{quorum}\n".encode())


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
            hold.release(tx, somebody(role), NOW, [SHOWN])
        with pytest.raises(Forbidden), held.write() as tx:
            hold.state_complete(tx, somebody(role), NOW, "so", None)


def test_a_log_with_witnesses_takes_nobody_s_word(held: Database) -> None:
    policy = policy_of("quorum w1")
    refuse(held, "log_has_witnesses", lambda tx: hold.state_complete(tx, ADMIN, NOW, "so", policy))
    with held.write() as tx:
        assert hold.state_complete(tx, ADMIN, NOW, "so", policy_of("quorum none")) is None


def test_a_log_that_a_witness_has_cosigned_takes_nobody_s_word_even_without_a_policy(held: Database) -> None:
    with held.write() as tx:
        tx.execute(log_cosignature.insert().values(size=3, verifier=WITNESS, time=1, line="—"))
    refuse(held, "log_has_witnesses", lambda tx: hold.state_complete(tx, ADMIN, NOW, "so", None))


def contradict(database: Database, source: str, known: int, note: str = "") -> None:
    with database.write() as tx:
        hold.contradict(tx, ADMIN, NOW, source, known, note)


def test_what_an_outsider_knows_more_outweighs_everybody_s_word_and_other_evidence(held: Database) -> None:
    with held.write() as tx:
        assert hold.state_complete(tx, ADMIN, NOW, "stopped before the backup", None) is None
    contradict(held, "https://mirror.test", 5, "a signed note")
    contradict(held, "https://mirror.test", 4, "another that comes too late")
    told = refuse(held, "log_contradicted", lambda tx: hold.state_complete(tx, OTHER, NOW, "so", None))
    assert told.parameters == {"source": "https://mirror.test", "time": instant_text(NOW), "held": 3, "known": 5}
    cosigned = Evidence({"kind": "witness", "vkey": "https://mirror.test"}, {})
    for evidence in ([SHOWN], [cosigned]):
        refuse(held, "log_contradicted", lambda tx, shown=evidence: hold.release(tx, ADMIN, NOW, shown))  # type: ignore[misc]
    refuse(held, "log_held", WRITES[0])


def test_what_a_witness_told_is_cleared_by_its_own_cosignature_alone(held: Database) -> None:
    contradict(held, WITNESS, 5)
    refuse(held, "log_contradicted", lambda tx: hold.state_complete(tx, ADMIN, NOW, "so", None))
    refuse(held, "log_contradicted", lambda tx: hold.release(tx, ADMIN, NOW, [SHOWN]))
    with held.write() as tx:
        cosigned: dict[str, JSON] = {"kind": "witness", "vkey": WITNESS, "size": 3, "time": 1}
        assert hold.release(tx, ADMIN, NOW, [Evidence(cosigned, cosigned)]).seq == 3
    with held.read() as tx:
        assert list(hold.audit_holds(tx)) == []


def test_only_administrators_contradict_and_only_a_held_log(held: Database) -> None:
    with pytest.raises(Forbidden), held.write() as tx:
        hold.contradict(tx, Actor("somebody", Role.AUDITOR), NOW, "m", 5)
    release(held)
    refuse(held, "log_not_held", lambda tx: hold.contradict(tx, ADMIN, NOW, "m", 5))


def test_the_audit_names_a_log_that_went_on_though_it_was_contradicted(held: Database) -> None:
    release(held)
    with held.write() as tx:
        row = {"size": 3, "source": "https://mirror.test", "known": 5, "note": "a signed note", "time": NOW}
        tx.execute(log_counterevidence.insert().values(row))
        assert list(hold.audit_holds(tx)) == [Fault("log_hold", "size=3", "log_went_on_though_contradicted")]


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
    contradict(held, "m", 5)
    for statement in (
        "DELETE FROM log_hold",
        "UPDATE log_hold SET size = 0",
        "DELETE FROM log_counterevidence",
        "UPDATE log_counterevidence SET known = 0",
    ):
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
