"""Cosignatures in the database: only valid ones are stored, and the checkpoint that is served has its quorum."""

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from ledger import cosignatures, log, note
from ledger.audit import Fault
from ledger.database import Database
from ledger.errors import Invalid, Missing
from ledger.keys import Ed25519Signer
from ledger.log import NewEntry
from ledger.note import Verifier, open_note
from ledger.policy import Policy, parse_policy
from ledger.tables import log_cosignature
from ledger.witness import Cosigner

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
TIME = 1_800_000_000
SIGNER = Ed25519Signer("log.example/qian", Ed25519PrivateKey.from_private_bytes(bytes(32)))
LOG = Verifier.from_vkey(SIGNER.verifier_key)


def witness(number: int) -> Cosigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return Cosigner(f"w{number}.example", key.public_key().public_bytes_raw(), key.sign)


WITNESSES = [witness(number) for number in range(1, 4)]
LINES = "".join(f"witness w{number} {each.verifier.vkey}\n" for number, each in enumerate(WITNESSES, 1))
TWO_OF_THREE = parse_policy(f"{LINES}group g 2 w1 w2 w3\nquorum g\n".encode())
NOBODY = parse_policy(f"{LINES}quorum none\n".encode())


def sign(database: Database, entries: int = 1) -> int:
    """Append, sign, and return the size."""
    with database.write() as tx:
        log.append(tx, NOW, [NewEntry("test.noted", "a")] * entries)
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)
        return log.size(tx)


def text(database: Database) -> str:
    with database.read() as tx:
        return open_note(log.checkpoint(tx), [LOG]).text


def cosign(database: Database, size: int, by: Iterable[int], time: int = TIME) -> None:
    with database.write() as tx:
        signed = open_note(cosignatures.signed_note(tx, size), [LOG]).text
        for number in by:
            cosignatures.store(tx, size, WITNESSES[number - 1].verifier, WITNESSES[number - 1].cosign(signed, time))


def served(database: Database, policy: Policy | None) -> tuple[int, list[str]]:
    """The size that is served, and who cosigned it."""
    with database.read() as tx:
        found = cosignatures.served_checkpoint(tx, policy)
    opened = open_note(found, [LOG, *(each.verifier for each in WITNESSES)])
    assert found.count("\n— ") == len(opened.signatures)
    return note.parse_checkpoint(opened.text).size, [each.verifier.name[:2] for each in opened.signatures[1:]]


def stored(database: Database, size: int) -> list[int | None]:
    with database.read() as tx:
        return [each.time for each in cosignatures.of_size(tx, size, TWO_OF_THREE)]


class TestStoring:
    def test_a_valid_cosignature_is_stored_once_and_the_first_one_stays(self, database: Database) -> None:
        size = sign(database)
        cosign(database, size, [1])
        cosign(database, size, [1], TIME + 5)
        cosign(database, size, [1], TIME - 5)
        assert stored(database, size) == [TIME]

    def test_of_two_by_one_witness_in_one_answer_the_earlier_is_stored(self, database: Database) -> None:
        size, signed = sign(database), ""
        signed = text(database)
        answer = WITNESSES[0].cosign(signed, TIME + 1) + WITNESSES[0].cosign(signed, TIME)
        with database.write() as tx:
            assert cosignatures.store(tx, size, WITNESSES[0].verifier, answer).time == TIME
        assert stored(database, size) == [TIME]

    def test_a_forged_one_is_refused_and_nothing_stored(self, database: Database) -> None:
        sign(database)
        earlier = text(database)
        size = sign(database)
        good = WITNESSES[0].cosign(text(database), TIME)
        for answer in (
            "",
            good.replace("w1", "w2"),
            WITNESSES[1].cosign(text(database), TIME),
            WITNESSES[0].cosign(earlier, TIME),
            good[:30] + ("A" if good[30] != "A" else "B") + good[31:],
        ):
            with pytest.raises(Invalid, match="cosignature_missing"), database.write() as tx:
                cosignatures.store(tx, size, WITNESSES[0].verifier, answer)
        assert stored(database, size) == []

    def test_a_cosignature_of_a_size_that_was_never_signed_is_refused(self, database: Database) -> None:
        size = sign(database)
        answer = WITNESSES[0].cosign(text(database), TIME)
        with pytest.raises(Missing, match="checkpoint_missing"), database.write() as tx:
            cosignatures.store(tx, size + 1, WITNESSES[0].verifier, answer)

    def test_the_largest_size_that_a_witness_acknowledged_is_known(self, database: Database) -> None:
        for by in ([1, 2], [1], []):
            cosign(database, sign(database), by)
        with database.read() as tx:
            assert [cosignatures.acknowledged(tx, each.verifier) for each in WITNESSES] == [2, 1, 0]


class TestServing:
    def test_without_a_policy_the_newest_is_served_alone(self, database: Database) -> None:
        with pytest.raises(Missing, match="checkpoint_missing"):
            served(database, None)
        cosign(database, sign(database), [1, 2, 3])
        sign(database)
        assert served(database, None) == (2, [])

    def test_with_the_quorum_none_the_newest_is_served_with_whoever_cosigned_it(self, database: Database) -> None:
        cosign(database, sign(database), [1, 2, 3])
        sign(database)
        assert served(database, NOBODY) == (2, [])
        cosign(database, 2, [3, 1])
        assert served(database, NOBODY) == (2, ["w1", "w3"])

    def test_with_a_policy_the_newest_that_meets_it_is_served(self, database: Database) -> None:
        sign(database)
        with pytest.raises(Missing, match="checkpoint_missing"):
            served(database, TWO_OF_THREE)
        cosign(database, 1, [1])
        with pytest.raises(Missing, match="checkpoint_missing"):
            served(database, TWO_OF_THREE)
        cosign(database, 1, [3])
        assert served(database, TWO_OF_THREE) == (1, ["w1", "w3"])
        sign(database, 3)
        cosign(database, 4, [2])
        assert served(database, TWO_OF_THREE) == (1, ["w1", "w3"])
        cosign(database, 4, [1, 3])
        assert served(database, TWO_OF_THREE) == (4, ["w1", "w2", "w3"])

    def test_a_witness_outside_the_policy_is_not_served(self, database: Database) -> None:
        cosign(database, sign(database), [1, 2, 3])
        only = parse_policy(f"witness w3 {WITNESSES[2].verifier.vkey}\nquorum w3\n".encode())
        assert served(database, only) == (1, ["w3"])

    def test_one_that_met_it_is_found_behind_many_that_do_not(self, database: Database) -> None:
        nested = parse_policy(f"{LINES}group g any w1 w2\ngroup h all g w3\nquorum h\n".encode())
        cosign(database, sign(database), [1, 3])
        for _ in range(60):
            cosign(database, sign(database), [1, 2])
        assert served(database, nested) == (1, ["w1", "w3"])


class TestWhatIsMissing:
    def test_the_newest_is_uncosigned_until_it_meets_the_policy(self, database: Database) -> None:
        def uncosigned(policy: Policy) -> int | None:
            with database.read() as tx:
                found = cosignatures.uncosigned_checkpoint(tx, policy)
            return None if found is None else note.parse_checkpoint(open_note(found, [LOG]).text).size

        assert uncosigned(TWO_OF_THREE) is None
        sign(database)
        assert (uncosigned(TWO_OF_THREE), uncosigned(NOBODY)) == (1, None)
        cosign(database, 1, [1])
        assert uncosigned(TWO_OF_THREE) == 1
        cosign(database, 1, [2])
        assert uncosigned(TWO_OF_THREE) is None
        sign(database)
        assert uncosigned(TWO_OF_THREE) == 2


class TestTime:
    def timely(self, database: Database, seq: int, latest: int) -> tuple[int, list[str]] | None:
        with database.read() as tx:
            found = cosignatures.timely_checkpoint(tx, TWO_OF_THREE, seq, latest)
        if found is None:
            return None
        opened = open_note(found, [LOG, *(each.verifier for each in WITNESSES)])
        return note.parse_checkpoint(opened.text).size, [each.verifier.name[:2] for each in opened.signatures[1:]]

    def test_the_smallest_that_holds_the_entry_and_met_the_policy_in_time_is_the_evidence(
        self, database: Database
    ) -> None:
        for _ in range(4):
            sign(database)
        cosign(database, 1, [1, 2, 3], TIME)
        cosign(database, 2, [1], TIME + 1)
        cosign(database, 3, [1, 3], TIME + 2)
        cosign(database, 3, [2], TIME + 9)
        cosign(database, 4, [1, 2, 3], TIME + 3)
        assert self.timely(database, 1, TIME + 5) == (3, ["w1", "w3"])
        assert self.timely(database, 0, TIME + 5) == (1, ["w1", "w2", "w3"])
        assert self.timely(database, 3, TIME + 5) == (4, ["w1", "w2", "w3"])
        assert self.timely(database, 4, TIME + 5) is None

    def test_a_cosignature_at_the_last_second_counts_and_one_later_does_not(self, database: Database) -> None:
        cosign(database, sign(database), [1], TIME)
        cosign(database, 1, [2], TIME + 1)
        assert self.timely(database, 0, TIME) is None
        assert self.timely(database, 0, TIME + 1) == (1, ["w1", "w2"])

    def test_one_witness_in_two_checkpoints_is_no_quorum(self, database: Database) -> None:
        cosign(database, sign(database), [1])
        cosign(database, sign(database), [2])
        assert self.timely(database, 0, TIME) is None


class TestAudit:
    def faults(self, database: Database) -> list[Fault]:
        with database.read() as tx:
            return list(cosignatures.audit_cosignatures(tx))

    def test_stored_cosignatures_are_sound(self, database: Database) -> None:
        cosign(database, sign(database), [1, 2, 3])
        cosign(database, sign(database), [2])
        assert self.faults(database) == []

    @pytest.mark.parametrize("column", ["size", "verifier", "time", "line"])
    def test_a_changed_one_is_named(self, database: Database, column: str) -> None:
        cosign(database, sign(database), [1])
        cosign(database, sign(database), [2])
        other: dict[str, object] = {
            "size": 3,
            "verifier": WITNESSES[2].verifier.vkey,
            "time": TIME - 1,
            "line": WITNESSES[0].cosign(text(database), TIME).rstrip("\n"),
        }
        with database.write() as tx:
            if tx.dialect.name == "sqlite":
                tx.exec_driver_sql("DROP TRIGGER log_cosignature_refuses_update")
            else:
                tx.exec_driver_sql("ALTER TABLE log_cosignature DISABLE TRIGGER USER")
            tx.execute(update(log_cosignature).where(log_cosignature.c.size == 1).values({column: other[column]}))
        (fault,) = self.faults(database)
        assert (fault.table, fault.code) == ("log_cosignature", "cosignature_bad")
