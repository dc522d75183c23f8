"""A witness that keeps its word: among several processes, when killed at any step, when its disk is full."""

import hashlib
import os
import signal
from collections.abc import Sequence
from itertools import count
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, event, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import IntegrityError, OperationalError

from api.witness import Witness, create_witness, opened_witness
from ledger import merkle, note
from ledger.database import Database
from ledger.errors import Conflict, Invalid, Missing
from ledger.keys import Ed25519Signer, Passphrase
from ledger.note import Checkpoint, Verifier
from ledger.witness import Refused, Submission
from tests.forked import processes

NAME = "witness.example/w1"
ORIGIN = "log.example/qian"
LOG = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LEAVES = tuple(merkle.leaf_hash(b"%d" % number) for number in range(40))
FORKED = (*LEAVES[:5], *(merkle.leaf_hash(b"fork %d" % number) for number in range(35)))
NOW = 1_800_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "witness"
    create_witness(made, NAME)
    with opened_witness(made) as witness:
        witness.add_log(LOG.verifier_key)
    return made


def body(old: int, new: int, leaves: Sequence[bytes] = LEAVES) -> bytes:
    proof = merkle.consistency_proof(old, new, merkle.nodes_over(leaves)) if old else ()
    signed = note.sign_note(Checkpoint(ORIGIN, new, merkle.root_of(leaves[:new])).body(), [LOG])
    return Submission(old, tuple(proof), signed).to_bytes()


def cosigned(witness: Witness, line: str, size: int, leaves: Sequence[bytes] = LEAVES) -> int | None:
    """The time of a cosignature, which must be of the head of this size."""
    text = Checkpoint(ORIGIN, size, merkle.root_of(leaves[:size])).body()
    (signature,) = note.open_note(f"{text}\n{line}", [witness.verifier]).signatures
    return signature.time


def remembered(folder: Path) -> int:
    with opened_witness(folder) as witness:
        ((_, size),) = witness.logs()
    return size or 0


def test_a_witness_cosigns_what_grows(folder: Path) -> None:
    with opened_witness(folder) as witness:
        assert cosigned(witness, witness.add_checkpoint(body(0, 3), NOW), 3) == NOW
        assert cosigned(witness, witness.add_checkpoint(body(3, 9), NOW + 1), 9) == NOW + 1
        assert cosigned(witness, witness.add_checkpoint(body(9, 9), NOW + 2), 9) == NOW + 2


def test_what_was_cosigned_is_remembered_when_the_witness_is_opened_again(folder: Path) -> None:
    with opened_witness(folder) as witness:
        witness.add_checkpoint(body(0, 9), NOW)
    with opened_witness(folder) as witness:
        for asked, status in ((body(0, 5), 409), (body(0, 12), 409), (body(9, 12, FORKED), 422)):
            with pytest.raises(Refused) as caught:
                witness.add_checkpoint(asked, NOW)
            assert caught.value.status == status
        assert cosigned(witness, witness.add_checkpoint(body(9, 12), NOW), 12) == NOW


def test_a_clock_that_was_set_back_dates_no_tree_before_a_smaller_one(folder: Path) -> None:
    with opened_witness(folder) as witness:
        witness.add_checkpoint(body(0, 3), NOW)
        assert cosigned(witness, witness.add_checkpoint(body(3, 4), NOW - 1000), 4) == NOW


def test_logs_are_remembered_apart(folder: Path) -> None:
    other = Ed25519Signer("log.example/other", Ed25519PrivateKey.generate())
    head = note.sign_note(Checkpoint(other.name, 2, merkle.root_of(FORKED[:2])).body(), [other])
    with opened_witness(folder) as witness:
        witness.add_checkpoint(body(0, 9), NOW)
        with pytest.raises(Refused, match="404"):
            witness.add_checkpoint(Submission(0, (), head).to_bytes(), NOW)
        witness.add_log(other.verifier_key)
        witness.add_checkpoint(Submission(0, (), head).to_bytes(), NOW)
        assert dict(witness.logs()) == {LOG.verifier_key: 9, other.verifier_key: 2}


def test_a_log_may_have_several_keys_and_one_history(folder: Path) -> None:
    rotated = Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
    by_new_key = note.sign_note(Checkpoint(ORIGIN, 4, merkle.root_of(LEAVES[:4])).body(), [rotated])
    with opened_witness(folder) as witness:
        witness.add_checkpoint(body(0, 4), NOW)
        witness.add_log(rotated.verifier_key)
        assert cosigned(witness, witness.add_checkpoint(Submission(4, (), by_new_key).to_bytes(), NOW), 4) == NOW


def test_a_log_s_key_is_added_once_and_only_a_verifier_key(folder: Path) -> None:
    with opened_witness(folder) as witness:
        with pytest.raises(Conflict, match="witness_log_known"):
            witness.add_log(LOG.verifier_key)
        with pytest.raises(Invalid, match="vkey_malformed"):
            witness.add_log(LOG.verifier_key[:-1])


def test_the_latest_checkpoint_is_shown_with_both_signatures(folder: Path) -> None:
    with opened_witness(folder) as witness:
        assert witness.checkpoint("0" * 64) is None
        witness.add_checkpoint(body(0, 3), NOW)
        witness.add_checkpoint(body(3, 7), NOW + 1)
        shown = witness.checkpoint(hashlib.sha256(ORIGIN.encode()).hexdigest())
        assert shown is not None
        opened = note.open_note(shown, [Verifier.from_vkey(LOG.verifier_key), witness.verifier])
        assert [each.time for each in opened.signatures] == [None, NOW + 1]
        assert note.parse_checkpoint(opened.text).size == 7


def test_a_new_witness_is_open_to_its_owner_alone(folder: Path) -> None:
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
    assert modes == {"witness.key": "0o600", "witness.sqlite": "0o600"}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_witness_is_not_made_over_another(folder: Path) -> None:
    before = (folder / "witness.key").read_bytes()
    with pytest.raises(Conflict, match="witness_exists"):
        create_witness(folder, NAME)
    assert (folder / "witness.key").read_bytes() == before


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_witness_has_a_name_that_a_key_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="witness_name_unusable"):
        create_witness(tmp_path / "witness", name)


def test_a_witness_that_lost_its_memory_does_not_start(folder: Path) -> None:
    (folder / "witness.sqlite").unlink()
    with pytest.raises(Missing, match="witness_memory_missing"):
        Witness(folder)
    assert not (folder / "witness.sqlite").exists()


def test_a_witness_does_not_start_with_another_s_key(folder: Path, tmp_path: Path) -> None:
    create_witness(tmp_path / "other", NAME)
    (tmp_path / "other" / "witness.key").replace(folder / "witness.key")
    with pytest.raises(Conflict, match="witness_key_of_another"):
        Witness(folder)


def test_a_witness_s_key_can_be_encrypted(tmp_path: Path) -> None:
    create_witness(tmp_path / "witness", NAME, Passphrase(b"correct horse"))
    with pytest.raises(Invalid, match="passphrase_missing"):
        Witness(tmp_path / "witness")
    with opened_witness(tmp_path / "witness", Passphrase(b"correct horse")) as witness:
        assert witness.verifier.name == NAME


def test_even_its_own_database_refuses_to_take_a_head_back(folder: Path) -> None:
    with opened_witness(folder) as witness:
        witness.add_checkpoint(body(0, 9), NOW)
    database = Database(f"sqlite+pysqlite:///{folder / 'witness.sqlite'}")
    for change in (
        "UPDATE latest SET size = 8",
        "UPDATE latest SET root = zeroblob(32)",
        "UPDATE latest SET origin = 'other'",
        "DELETE FROM latest",
        "INSERT OR REPLACE INTO latest SELECT origin, origin_hash, 1, root, time, note FROM latest",
    ):
        with pytest.raises(IntegrityError, match="not taken back"), database.write() as tx:
            tx.execute(text(change))
    database.close()
    assert remembered(folder) == 9


def test_a_full_disk_makes_it_cosign_nothing_and_forget_nothing(folder: Path) -> None:
    with opened_witness(folder) as witness:
        witness.add_checkpoint(body(0, 3), NOW)
    proof = tuple(merkle.consistency_proof(3, 4, merkle.nodes_over(LEAVES)))
    long_text = Checkpoint(ORIGIN, 4, merkle.root_of(LEAVES[:4])).body() + "x" * 9000 + "\n"
    long_note = note.sign_note(long_text, [LOG])

    def fill(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite keeps to the pages that there are

    event.listen(Engine, "connect", fill)
    try:
        with opened_witness(folder) as witness, pytest.raises(OperationalError, match="full"):
            witness.add_checkpoint(Submission(3, proof, long_note).to_bytes(), NOW)
    finally:
        event.remove(Engine, "connect", fill)
    with opened_witness(folder) as witness:
        assert cosigned(witness, witness.add_checkpoint(body(3, 6), NOW), 6) == NOW


def ask_for(folder: Path, histories: Sequence[Sequence[bytes]], told: Pipe) -> None:
    """Ask for the heads of one history after the other, going on from what the witness names; tell what it cosigned."""
    with opened_witness(folder) as witness:
        for new in range(1, len(LEAVES) + 1):
            for place, leaves in enumerate(histories):
                old = 0
                for _ in range(3):
                    try:
                        witness.add_checkpoint(body(old, new, leaves), NOW)
                    except Refused as refused:
                        if refused.status != 409 or int(refused.body) > new:
                            break
                        old = int(refused.body)
                    else:
                        told.send((new, place))
                        break


def test_several_processes_cosign_one_history_together(folder: Path) -> None:
    hands = []
    for histories in ((LEAVES, FORKED), (FORKED, LEAVES), (LEAVES, FORKED), (FORKED, LEAVES)):
        told, telling = processes.Pipe(duplex=False)
        process = processes.Process(target=ask_for, args=(folder, histories, telling))
        process.start()
        telling.close()
        hands.append((process, told, histories))
    heads: dict[int, set[bytes]] = {}
    for process, told, histories in hands:
        sizes = []
        try:
            while True:
                size, place = told.recv()
                sizes.append(size)
                heads.setdefault(size, set()).add(merkle.root_of(histories[place][:size]))
        except EOFError:
            process.join()
        assert process.exitcode == 0
        assert sizes == sorted(sizes)
    last = max(heads)
    (root,) = heads[last]
    (chosen,) = [leaves for leaves in (LEAVES, FORKED) if merkle.root_of(leaves[:last]) == root]
    assert heads == {size: {merkle.root_of(chosen[:size])} for size in heads}
    assert remembered(folder) == last == len(LEAVES)


def cosign_until_killed(folder: Path, place: int, told: Pipe) -> None:
    """Cosign 1, 2, 3, … and die at the step of that number: before or after a statement or a commit."""
    steps = count()

    def step(*_: object) -> None:
        if next(steps) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    commit = DefaultDialect.do_commit

    def commit_in_steps(dialect: DefaultDialect, connection: Any) -> None:
        step()
        commit(dialect, connection)  # type: ignore[no-untyped-call]
        step()

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "after_cursor_execute", step)
    DefaultDialect.do_commit = commit_in_steps  # type: ignore[method-assign]
    with opened_witness(folder) as witness:
        for new in range(1, 4):
            witness.add_checkpoint(body(new - 1, new), NOW)
            told.send(new)


def test_a_witness_that_is_killed_at_any_step_has_stored_what_it_told(tmp_path: Path) -> None:
    for place in count():
        folder = tmp_path / str(place)
        create_witness(folder, NAME)
        with opened_witness(folder) as witness:
            witness.add_log(LOG.verifier_key)
        told, telling = processes.Pipe(duplex=False)
        process = processes.Process(target=cosign_until_killed, args=(folder, place, telling))
        process.start()
        telling.close()
        last = 0
        try:
            while True:
                last = told.recv()
        except EOFError:
            process.join()
        with opened_witness(folder) as witness:
            ((_, size),) = witness.logs()
            assert last <= (size or 0) <= last + 1
            if size:
                with pytest.raises(Refused, match="409"):
                    witness.add_checkpoint(body(0, size), NOW)
            assert cosigned(witness, witness.add_checkpoint(body(size or 0, 5), NOW), 5) == NOW
        if process.exitcode == 0:
            assert last == 3
            assert place > 30
            return
        assert process.exitcode == -signal.SIGKILL
