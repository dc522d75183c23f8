"""Following a log: every step proves that the new tree begins with the old one, and a lie is kept as evidence."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.following import Known, LogForked, follow
from ledger.keys import Ed25519Signer
from ledger.log_reader import LogFault
from ledger.merkle import ProofError
from ledger.note import Verifier, open_checkpoint, sign_note
from ledger.rotation import rotation_body
from tests.ledger.static_log import ORIGIN, SIGNER, VERIFIER, StaticLog, chained, log_signer, signed, static_log

ENTRIES = chained(600)
FORK = chained(600, {100: ("test.entry", {"subject": "another history"})})
SECOND = log_signer(2)
HANDED_OVER = chained(600, {300: ("key.rotated", {"subject": ORIGIN, **rotation_body(SIGNER, SECOND)})})


def at(size: int, entries: Sequence[bytes] = ENTRIES, signer: Ed25519Signer = SIGNER) -> StaticLog:
    return static_log(entries[:size], signer)


def known_at(size: int) -> Known:
    return follow(at(size).read, None, [VERIFIER])


@given(st.lists(st.integers(1, 600), min_size=1, max_size=5).map(sorted))
def test_a_log_that_only_grows_is_followed_to_its_end(sizes: list[int]) -> None:
    known = None
    for size in sizes:
        known = follow(at(size).read, known, [VERIFIER])
        assert known.checkpoint == at(size).checkpoint


def test_a_step_reads_only_what_is_new() -> None:
    log = at(600)
    follow(log.read, known_at(550), [VERIFIER])
    assert [path for path in log.asked if "entries" in path] == ["tile/entries/002.p/88"]


def test_the_same_tree_with_more_signatures_is_kept_with_them() -> None:
    log = at(300)
    witness = log_signer(5)
    note = sign_note(log.checkpoint.body(), [SIGNER, witness])
    log.files["checkpoint"] = note.encode()
    assert follow(log.read, known_at(300), [VERIFIER]).note == note


@pytest.mark.parametrize("sizes", [(300, 300), (300, 301), (300, 600), (256, 512), (101, 102), (511, 512)])
def test_a_fork_is_reported_with_both_signed_notes_which_prove_it(sizes: tuple[int, int]) -> None:
    old, new = sizes
    with pytest.raises(LogForked) as forked:
        follow(at(new, FORK).read, known_at(old), [VERIFIER])
    evidence = forked.value
    assert evidence.code == "log_forked"
    known = open_checkpoint(evidence.known, [VERIFIER]).checkpoint
    served = open_checkpoint(evidence.served, [VERIFIER]).checkpoint
    assert (known.size, served.size) == sizes
    if old == new:
        assert known.root != served.root
        return
    with pytest.raises(ProofError, match="another root"):
        merkle.verify_consistency(old, new, known.root, served.root, evidence.proof)
    merkle.verify_consistency(old, new, at(old, FORK).checkpoint.root, served.root, evidence.proof)


@given(st.integers(1, 600), st.integers(1, 600))
def test_no_fork_goes_unnoticed(old: int, new: int) -> None:
    """The histories part at entry 100."""
    if old > 100 or new < old:
        with pytest.raises(LogForked):
            follow(at(new, FORK).read, known_at(old), [VERIFIER])
    else:
        assert follow(at(new, FORK).read, known_at(old), [VERIFIER]).checkpoint.size == new


@pytest.mark.parametrize("entries", [ENTRIES, FORK])
def test_a_smaller_tree_than_before_is_a_rollback(entries: list[bytes]) -> None:
    with pytest.raises(LogForked) as forked:
        follow(at(299, entries).read, known_at(300), [VERIFIER])
    assert (forked.value.code, forked.value.proof) == ("log_rolled_back", ())
    assert open_checkpoint(forked.value.served, [VERIFIER]).checkpoint.size == 299


@pytest.mark.parametrize("size", [200, 300, 600])
def test_what_nobody_known_signed_convicts_nobody(size: int) -> None:
    log = at(size, FORK, log_signer(9))
    with pytest.raises(LogFault) as refused:
        follow(log.read, known_at(300), [VERIFIER])
    assert refused.value.code == "log_checkpoint_unsigned"


def test_a_stranger_cannot_grow_the_log() -> None:
    with pytest.raises(LogFault) as refused:
        follow(at(301, ENTRIES, log_signer(9)).read, known_at(300), [VERIFIER])
    assert refused.value.code == "log_checkpoint_unsigned"


def test_a_log_of_another_key_than_the_pinned_one_is_not_followed() -> None:
    stranger = Verifier.from_vkey(log_signer(9).verifier_key)
    with pytest.raises(LogFault, match="log_key_not_pinned"):
        follow(at(300).read, None, [stranger])
    with pytest.raises(LogFault, match="log_key_not_pinned"):
        follow(at(301).read, known_at(300), [stranger])


def test_an_entry_that_does_not_follow_is_refused_though_it_is_signed() -> None:
    entries = [*ENTRIES[:310], ENTRIES[5]]
    with pytest.raises(LogFault) as refused:
        follow(at(311, entries).read, known_at(300), [VERIFIER])
    assert (refused.value.code, refused.value.parameters["seq"]) == ("log_chain_broken", 310)


def test_the_first_new_entry_must_follow_the_last_known_one() -> None:
    entries = [*ENTRIES[:300], FORK[300]]
    with pytest.raises(LogFault) as refused:
        follow(at(301, entries).read, known_at(300), [VERIFIER])
    assert (refused.value.code, refused.value.parameters["seq"]) == ("log_chain_broken", 300)


def test_a_damaged_part_is_a_fault_and_no_fork() -> None:
    log = at(600)
    log.files["tile/0/000"] = bytes(8192)
    with pytest.raises(LogFault) as refused:
        follow(log.read, known_at(100), [VERIFIER])
    assert refused.value.code == "log_tile_altered"


@pytest.mark.parametrize("steps", [(600,), (300, 600), (301, 600), (301, 302, 600), (302, 303)])
def test_keys_are_followed_through_the_log_itself(steps: tuple[int, ...]) -> None:
    known = None
    for size in steps:
        signer = SIGNER if size <= 301 else SECOND
        known = follow(at(size, HANDED_OVER, signer).read, known, [VERIFIER])
        if known is not None:
            known = Known.from_bytes(known.to_bytes())
    assert known is not None
    assert [key.verifier.vkey for key in known.keys] == [SIGNER.verifier_key, SECOND.verifier_key]
    assert [key.since for key in known.keys] == [1, 302]


def test_after_a_rotation_the_old_key_signs_nothing_more() -> None:
    known = follow(at(302, HANDED_OVER, SECOND).read, None, [VERIFIER])
    with pytest.raises(LogFault, match="log_checkpoint_unsigned"):
        follow(at(303, HANDED_OVER, SIGNER).read, known, [VERIFIER])


def test_a_fork_signed_by_the_key_of_before_the_rotation_convicts_the_log_too() -> None:
    known = follow(at(302, HANDED_OVER, SECOND).read, None, [VERIFIER])
    with pytest.raises(LogForked):
        follow(at(600, FORK, SIGNER).read, known, [VERIFIER])


def test_a_key_never_comes_back() -> None:
    back = {300: ("key.rotated", {"subject": ORIGIN, **rotation_body(SIGNER, SECOND)})}
    back[400] = ("key.rotated", {"subject": ORIGIN, **rotation_body(SECOND, SIGNER)})
    entries = chained(600, back)
    known = follow(at(350, entries, SECOND).read, None, [VERIFIER])
    with pytest.raises(LogFault, match="log_keys_broken"):
        follow(at(450, entries, SIGNER).read, known, [VERIFIER])


def test_a_forged_rotation_is_refused() -> None:
    forged = chained(600, {400: ("key.rotated", {"subject": ORIGIN, **rotation_body(log_signer(9), SECOND)})})
    with pytest.raises(LogFault, match="log_keys_broken"):
        follow(at(450, forged, SECOND).read, known_at(300), [VERIFIER])


def test_what_is_known_is_read_as_it_was_written() -> None:
    known = known_at(300)
    assert Known.from_bytes(known.to_bytes()) == known


KNOWN = known_at(3).to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        KNOWN[:-1],
        KNOWN + b"\n",
        KNOWN.replace(b'"since":1', b'"since":"1"'),
        KNOWN.replace(b'"since":1', b'"since":2'),
        KNOWN[: KNOWN.index(b"[")] + b"[]}",
        KNOWN.replace(b"log.example/static\\n3", b"log.example/static\\n03"),
        KNOWN.replace(b'"vkey":"', b'"vkey":"x'),
        signed(at(3).checkpoint),
    ],
)
def test_a_state_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Known.from_bytes(data)
