"""Documents expire: by two persons, in their time, with an entry, and nothing else of the log is touched."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select, text

from ledger import audit as auditing
from ledger import documents, erasing, expiry, log, signed
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.database import Database
from ledger.documents import Sealed
from ledger.entries import EXPIRED
from ledger.errors import Conflict
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier, parse_checkpoint
from ledger.retention import Bound, Retention
from ledger.storage import FolderStorage
from ledger.tables import content_erasure, document, expiry_proposal, log_entry
from ledger.tlog_proof import verify_proof
from ledger.windows import Window
from scoring.tables import BINDINGS, DEPARTMENT, department
from tests.actors import somebody
from tests.conftest import on_sqlite
from tests.ledger.test_audit import damaged
from tests.refusing import refuse

THEN = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
NOW = THEN + timedelta(days=366 * 5)
ONE, OTHER = Actor("甲", Role.ADMINISTRATOR), Actor("乙", Role.ADMINISTRATOR)
AUDITOR = Actor("auditor", Role.AUDITOR)
REASON = "保存期满"
RULES = Retention({"batch": 5, "plan": 10})
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))
VERIFIER = Verifier.from_vkey(SIGNER.verifier_key)


@pytest.fixture
def sealed(database: Database) -> Sealed:
    """A batch of two departments, and another document, both in the log."""
    with database.write() as tx:
        rows = [{"code": code, "content": {"name": f"{code}机密"}} for code in ("ZJ", "SC")]
        batch = documents.seal(tx, "batch", {"by": "甲机密"}, [(DEPARTMENT, rows)])
        other = documents.seal(tx, "other", {})
        log.append(tx, THEN, [NewEntry("test.kept", "a", {"batch": batch, "other": other})])
    sign(database)
    return batch


def sign(database: Database) -> None:
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)


def propose(database: Database, sealed: Sealed, rules: Retention = RULES) -> None:
    with database.write() as tx:
        expiry.propose(tx, ONE, NOW, rules, [sealed.id], REASON)


def expire(database: Database, sealed: Sealed, rules: Retention = RULES) -> None:
    propose(database, sealed, rules)
    with database.write() as tx:
        expiry.confirm(tx, OTHER, NOW, rules, [sealed.id])
    sign(database)


def audit(tx: Connection) -> list[tuple[str, str]]:
    return [(fault.table, fault.code) for fault in auditing.audit(tx, VERIFIER, BINDINGS, [expiry.audit_expiries])]


def states(database: Database, now: datetime = NOW) -> dict[str, str]:
    with database.read() as tx:
        return {each.bound.id: each.state for each in expiry.expiring(tx, AUDITOR, now, RULES)}


def test_a_document_expires_by_two_persons(database: Database, sealed: Sealed) -> None:
    assert states(database) == {sealed.id: "due"}
    propose(database, sealed)
    with database.read() as tx:
        (found,) = expiry.expiring(tx, AUDITOR, NOW, RULES)
    assert found.proposal == expiry.Proposal("甲", NOW, REASON)
    with database.write() as tx:
        (gone,) = expiry.confirm(tx, OTHER, NOW, RULES, [sealed.id])
    assert (gone.state, gone.bound.commitment) == ("expired", sealed.commitment)
    assert states(database) == {sealed.id: "expired"}


def test_documents_are_read_page_by_page_by_state_and_kind(database: Database, sealed: Sealed) -> None:
    with database.write() as tx:
        for number in range(6):
            kind = "plan" if number % 3 == 2 else "batch"
            both = {name: documents.seal(tx, kind, {"number": number}) for name in ("one", "two")}
            log.append(tx, THEN, [NewEntry("test.kept", str(number), both)])
    propose(database, sealed)
    later = NOW + timedelta(days=366 * 5)
    with database.read() as tx:
        whole = expiry.expiring(tx, AUDITOR, later, RULES)
        places = [expiry.place_of(each) for each in whole]
        assert places == sorted(places)
        assert len(set(places)) == len(whole) == 13
        assert len(expiry.expiring(tx, AUDITOR, NOW, RULES)) == 9  # plans are kept longer
        for start in range(len(whole)):
            page = expiry.expiring(tx, AUDITOR, later, RULES, Window(2, after=places[start]))
            assert page == whole[start + 1 : start + 3]
            page = expiry.expiring(tx, AUDITOR, later, RULES, Window(2, before=places[start], backward=True))
            assert page == whole[:start][::-1][:2]
        assert expiry.expiring(tx, AUDITOR, later, RULES, Window(keys=frozenset(places[2:4]))) == whole[2:4]
        plans = [each for each in whole if each.bound.kind == "plan"]
        assert expiry.expiring(tx, AUDITOR, later, RULES, Window(3), kind="plan") == plans[:3]
        (proposed,) = expiry.expiring(tx, AUDITOR, later, RULES, state="proposed")
        assert proposed.bound.id == sealed.id
        counts = [
            expiry.count(tx, AUDITOR, later, RULES, **asked)
            for asked in ({}, {"kind": "plan"}, {"state": "proposed"}, {"state": "expired"})
        ]
        assert counts == [13, len(plans), 1, 0]


def test_nothing_of_it_is_left_but_what_the_log_says(database: Database, sealed: Sealed) -> None:
    with database.read() as tx:
        before = documents.read(tx, sealed.id)
    expire(database, sealed)
    with database.read() as tx:
        row = tx.execute(select(document).where(document.c.id == sealed.id)).one()
        assert (row.kind, row.commitment, row.salt, row.content) == ("batch", sealed.commitment, b"", b"")
        assert tx.execute(select(department)).all() == []
        assert tx.execute(select(expiry_proposal)).all() == []
        (entry,) = log.of_kind(tx, EXPIRED)
        for find, name in ((documents.read, sealed.id), (documents.opened, sealed.commitment)):
            with pytest.raises(Conflict, match="document_expired"):
                find(tx, name)
        said = documents.opened(tx, entry.documents["expiry"]).value["content"]
    assert entry.subject == sealed.id
    assert entry.body["expired"] == {"commitment": sealed.commitment, "kind": "batch", "years": 5}
    assert said == {
        "document": sealed.id,
        "proposed": {"by": "甲", "at": "2031-11-27T02:16:04Z"},
        "confirmed_by": "乙",
        "reason": REASON,
    }
    for secret in (before.salt.hex(), "甲", "乙", REASON, "机密"):
        assert secret not in entry.data.decode()


def test_the_log_its_proofs_and_the_audit_stand(database: Database, sealed: Sealed) -> None:
    with database.read() as tx:
        note, proof = log.checkpoint(tx), signed.entry_proof(tx, 0, log.checkpoint(tx))
        kept = log.read(tx, 0)
    expire(database, sealed)
    with database.read() as tx:
        assert audit(tx) == []
        assert log.read(tx, 0) == kept
        verify_proof(proof, kept.data, [VERIFIER])
        verify_proof(signed.entry_proof(tx, 0, log.checkpoint(tx)), kept.data, [VERIFIER])
        assert signed.consistency(tx, 1).old_root == parse_checkpoint(note.split("\n\n")[0] + "\n").root


@on_sqlite
def test_the_file_of_the_database_does_not_hold_it_any_more(database: Database, sealed: Sealed) -> None:
    path = Path(str(database.url.database))

    def whole() -> bytes:
        return b"".join(each.read_bytes() for each in path.parent.iterdir())

    assert "机密".encode() in whole()
    expire(database, sealed)
    database.close()  # what was written before the last change lies in a second file until then
    assert "机密".encode() not in whole()


def refused(database: Database, code: str, step: Callable[[Connection], object]) -> None:
    refuse(database, code, step)


def test_before_its_time_nothing_expires(database: Database, sealed: Sealed) -> None:
    early = datetime(2031, 11, 22, 15, 59, 59, tzinfo=UTC)
    assert states(database, early) == {}
    refused(database, "expiry_too_early", lambda tx: expiry.propose(tx, ONE, early, RULES, [sealed.id], REASON))
    assert states(database, early + timedelta(seconds=1)) == {sealed.id: "due"}
    propose(database, sealed)
    longer = RULES.lengthened({"batch": 20})
    refused(database, "expiry_too_early", lambda tx: expiry.confirm(tx, OTHER, NOW, longer, [sealed.id]))


def test_what_has_no_rule_stays(database: Database, sealed: Sealed) -> None:
    with database.read() as tx:
        other = tx.execute(select(document.c.id).where(document.c.kind == "other")).scalar_one()
    refused(database, "expiry_never", lambda tx: expiry.propose(tx, ONE, NOW, RULES, [other], REASON))
    expire(database, sealed)
    with database.read() as tx:
        record = tx.execute(select(document.c.id).where(document.c.kind == "expiry")).scalar_one()
    refused(database, "expiry_never", lambda tx: expiry.propose(tx, ONE, NOW, RULES, [record], REASON))


def test_one_person_is_not_enough(database: Database, sealed: Sealed) -> None:
    refused(database, "expiry_not_proposed", lambda tx: expiry.confirm(tx, OTHER, NOW, RULES, [sealed.id]))
    propose(database, sealed)
    same = Actor("甲", Role.ADMINISTRATOR, "ZJ")
    refused(database, "expiry_of_own_proposal", lambda tx: expiry.confirm(tx, same, NOW, RULES, [sealed.id]))
    refused(database, "expiry_proposed", lambda tx: expiry.propose(tx, OTHER, NOW, RULES, [sealed.id], REASON))
    with database.write() as tx:
        (found,) = expiry.withdraw(tx, OTHER, RULES, [sealed.id])
    assert found.state == "due"
    refused(database, "expiry_not_proposed", lambda tx: expiry.withdraw(tx, ONE, RULES, [sealed.id]))
    refused(database, "expiry_not_proposed", lambda tx: expiry.confirm(tx, OTHER, NOW, RULES, [sealed.id]))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_may(database: Database, sealed: Sealed, role: Role) -> None:
    propose(database, sealed)
    who = somebody(role)
    for step in (
        lambda tx: expiry.propose(tx, who, NOW, RULES, [sealed.id], REASON),
        lambda tx: expiry.withdraw(tx, who, RULES, [sealed.id]),
        lambda tx: expiry.confirm(tx, who, NOW, RULES, [sealed.id]),
    ):
        refused(database, "role_not_allowed", step)
    if role is not Role.AUDITOR:
        refused(database, "role_not_allowed", lambda tx: expiry.expiring(tx, who, NOW, RULES))


def test_what_is_named_wrongly_is_refused(database: Database, sealed: Sealed) -> None:
    for reason in ("", " ", "a\nb", "a" * 501):
        refused(
            database,
            "expiry_reason",
            lambda tx, reason=reason: expiry.propose(tx, ONE, NOW, RULES, [sealed.id], reason),  # type: ignore[misc]
        )
    refused(database, "expiry_of_nothing", lambda tx: expiry.propose(tx, ONE, NOW, RULES, [], REASON))
    refused(database, "document_missing", lambda tx: expiry.propose(tx, ONE, NOW, RULES, [sealed.id, "x"], REASON))
    expire(database, sealed)
    refused(database, "document_expired", lambda tx: expiry.propose(tx, ONE, NOW, RULES, [sealed.id], REASON))


def test_what_is_needed_stays_and_says_so(database: Database, sealed: Sealed) -> None:
    needed = True

    def check(tx: Connection, bound: Bound) -> None:
        if needed:
            raise Conflict("still_needed", document=bound.id)

    rules = Retention(RULES.years, (check,))
    refused(database, "still_needed", lambda tx: expiry.propose(tx, ONE, NOW, rules, [sealed.id], REASON))
    needed = False
    propose(database, sealed, rules)
    needed = True
    refused(database, "still_needed", lambda tx: expiry.confirm(tx, OTHER, NOW, rules, [sealed.id]))
    with database.read() as tx:
        (found,) = expiry.expiring(tx, AUDITOR, NOW, rules)
        told = expiry.with_need(tx, found, rules)
    assert (told.state, told.needed and told.needed.code) == ("proposed", "still_needed")


def test_packages_forget_in_the_same_transaction(database: Database, sealed: Sealed) -> None:
    forgotten: list[str] = []
    propose(database, sealed)

    def fails(tx: Connection, bound: Bound) -> None:
        raise Conflict("storage_failed", place="x", reason="y")

    failing = Retention(RULES.years, forgets=(fails,))
    refused(database, "storage_failed", lambda tx: expiry.confirm(tx, OTHER, NOW, failing, [sealed.id]))
    rules = Retention(RULES.years, forgets=(lambda tx, bound: forgotten.append(bound.id),))
    with database.write() as tx:
        expiry.confirm(tx, OTHER, NOW, rules, [sealed.id])
    assert forgotten == [sealed.id]


# ── the audit ──


@pytest.fixture
def gone(database: Database, sealed: Sealed) -> Sealed:
    """The batch, expired."""
    expire(database, sealed)
    return sealed


def test_a_tombstone_without_an_entry_is_a_fault(database: Database, sealed: Sealed) -> None:
    with damaged(database) as tx:
        tx.execute(document.update().where(document.c.id == sealed.id).values(salt=b"", content=b""))
        tx.execute(department.delete())
        assert audit(tx) == [("document", "document_blanked")]


def test_an_entry_whose_document_is_still_there_is_a_fault(database: Database, sealed: Sealed) -> None:
    with database.read() as tx:
        row = tx.execute(select(document).where(document.c.id == sealed.id)).one()
        rows = [dict(each) for each in tx.execute(select(department)).mappings()]
    expire(database, sealed)
    with damaged(database) as tx:
        tx.execute(document.update().where(document.c.id == sealed.id).values(salt=row.salt, content=row.content))
        tx.execute(department.insert(), rows)
        assert audit(tx) == [("document", "expired_document_kept"), ("department", "expired_row_kept")]


def test_a_tombstone_of_another_document_is_a_fault(database: Database, gone: Sealed) -> None:
    for change in ({"kind": "plan"}, {"commitment": "0" * 64}):
        with damaged(database) as tx:
            tx.execute(document.update().where(document.c.id == gone.id).values(**change))
            assert {code for _, code in audit(tx)} & {"document_changed", "document_lost"}


def test_a_lost_tombstone_is_a_lost_document(database: Database, gone: Sealed) -> None:
    with damaged(database) as tx:
        tx.execute(document.delete().where(document.c.id == gone.id))
        assert audit(tx) == [("document", "document_lost")]


@pytest.mark.parametrize("body", [{}, {"expired": "all"}, {"expired": {}}])
def test_an_entry_that_says_nothing_of_what_expired_is_a_fault(
    database: Database, sealed: Sealed, body: dict[str, JSON]
) -> None:
    with damaged(database) as tx:
        log.append(tx, NOW, [NewEntry(EXPIRED, sealed.id, body=body)])
        log.sign_checkpoint(tx, SIGNER)
        faults = audit(tx)
        assert ("document", "expired_document_kept") in faults
        assert ("audit_expiries", "check_stopped") in faults


def test_an_expiry_against_the_rules_is_a_fault(database: Database, sealed: Sealed) -> None:
    told: dict[str, JSON] = {"commitment": sealed.commitment, "kind": "batch", "years": 5}
    by_one: dict[str, JSON] = {
        "document": sealed.id,
        "proposed": {"by": "甲", "at": "x"},
        "confirmed_by": "甲",
        "reason": "",
    }
    by_two: dict[str, JSON] = {**by_one, "confirmed_by": "乙"}
    for now, body, said in (
        (NOW, told, by_one),
        (THEN, told, by_two),
        (NOW, told, {**by_two, "document": "x"}),
        (NOW, {**told, "commitment": "0" * 64}, by_two),
    ):
        with damaged(database) as tx:
            record = documents.seal(tx, "expiry", said)
            log.append(tx, now, [NewEntry(EXPIRED, sealed.id, {"expiry": record}, {"expired": body})])
            assert [fault.code for fault in expiry.audit_expiries(tx)] == ["expiry_against_rules"]
    with damaged(database) as tx:
        record = documents.seal(tx, "expiry", by_two)
        log.append(tx, NOW, [NewEntry(EXPIRED, sealed.id, {"expiry": record}, {"expired": told})])
        assert list(expiry.audit_expiries(tx)) == []


# ── contents outside the database ──


@pytest.fixture
def folder(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "documents")


@pytest.fixture
def stored(database: Database, folder: FolderStorage) -> Iterator[Database]:
    """The database, whose documents have their contents in a folder."""
    opened = Database(database.url.render_as_string(hide_password=False), folder)
    yield opened
    opened.close()


@pytest.fixture
def outside(stored: Database) -> Sealed:
    with stored.write() as tx:
        sealed = documents.seal(tx, "batch", {}, [(DEPARTMENT, [{"code": "ZJ", "content": {}}])])
        log.append(tx, THEN, [NewEntry("test.kept", "a", {"batch": sealed})])
    sign(stored)
    return sealed


def test_a_content_in_a_storage_goes_after_the_commit(stored: Database, outside: Sealed, folder: FolderStorage) -> None:
    expire(stored, outside)
    assert folder.get(outside.id) is not None
    with stored.read() as tx:
        assert erasing.pending(tx) == [outside.id]
        assert audit(tx) == [("document", "expired_document_kept")]
    assert erasing.erase_contents(stored) == 1
    assert folder.get(outside.id) is None
    with stored.read() as tx:
        assert erasing.pending(tx) == []
        assert audit(tx) == []
    assert erasing.erase_contents(stored) == 0


def test_a_storage_that_fails_is_tried_again(
    stored: Database, outside: Sealed, folder: FolderStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    expire(stored, outside)
    with monkeypatch.context() as patched:

        def fails(key: str) -> None:
            raise Conflict("storage_failed", place=folder.folder, reason="away")

        patched.setattr(folder, "delete", fails)
        with pytest.raises(Conflict, match="storage_failed"):
            erasing.erase_contents(stored)
    with stored.read() as tx:
        assert erasing.pending(tx) == [outside.id]
    assert erasing.erase_contents(stored) == 1
    assert folder.get(outside.id) is None


def test_without_the_storage_its_contents_wait(database: Database, stored: Database, outside: Sealed) -> None:
    expire(stored, outside)
    assert erasing.erase_contents(database) == 0
    with database.read() as tx:
        assert tx.execute(select(content_erasure.c.document)).scalars().all() == [outside.id]


def test_the_commit_fails_whole(database: Database, sealed: Sealed) -> None:
    """Where something fails after the entry, neither the entry nor the tombstone is there."""
    propose(database, sealed)

    def fails(tx: Connection) -> None:
        expiry.confirm(tx, OTHER, NOW, RULES, [sealed.id])
        raise Conflict("storage_failed", place="x", reason="y")

    refused(database, "storage_failed", fails)
    with database.read() as tx:
        assert documents.read(tx, sealed.id).kind == "batch"
        assert tx.execute(text("SELECT count(*) FROM department")).scalar_one() == 2
        assert tx.execute(select(log_entry.c.kind)).scalars().all() == ["test.kept"]
