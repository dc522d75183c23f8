"""A bundle's checkpoint: signed by the key of the log that was due, which is pinned or came after one that is."""

from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.canonical import JSON
from ledger.entries import NO_PREVIOUS, Entry, make_entry
from ledger.keys import Ed25519Signer
from ledger.merkle import root_of
from ledger.note import Checkpoint, Signer, Verifier, sign_note
from ledger.rotation import CREATED, ROTATED, rotation_body
from sampling.bundle_format import Bundle, Mismatch, check_signature

ORIGIN = "log.example/qian"
OLD, NEW, OTHER = (
    Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(3)
)
WITNESS = Ed25519Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))


def pin(*signers: Signer) -> list[Verifier]:
    return [Verifier.from_vkey(signer.verifier_key) for signer in signers]


def entries(*bodies: tuple[str, dict[str, JSON]]) -> list[Entry]:
    made: list[Entry] = []
    for seq, (kind, body) in enumerate(bodies):
        previous = made[-1].leaf_hash.hex() if made else NO_PREVIOUS
        made.append(make_entry(seq, previous, "2026-11-23T02:16:04Z", kind, {"subject": ORIGIN, **body}))
    return made


CREATION: tuple[str, dict[str, JSON]] = (CREATED, {"vkey": OLD.verifier_key})
ROTATION: tuple[str, dict[str, JSON]] = (ROTATED, rotation_body(OLD, NEW))
NOTED: tuple[str, dict[str, JSON]] = ("test.noted", {"text": f'"kind":"{ROTATED}"', "inner": {"kind": ROTATED}})


def bundle(log: Sequence[Entry], *signers: Signer) -> Bundle:
    checkpoint = Checkpoint(ORIGIN, len(log), root_of([entry.leaf_hash for entry in log]))
    return Bundle("2026-0001", sign_note(checkpoint.body(), signers), [entry.data for entry in log], {})


def test_before_a_rotation_the_first_key_signs() -> None:
    checkpoint, key = check_signature(bundle(entries(CREATION, NOTED), OLD), pin(OLD), [])
    assert (checkpoint.size, [key]) == (2, pin(OLD))


def test_who_pins_the_old_key_alone_believes_the_new_one_after_its_rotation() -> None:
    later = bundle(entries(CREATION, ROTATION, NOTED), NEW)
    for pinned in (pin(OLD), pin(NEW), pin(NEW, OLD)):
        assert check_signature(later, pinned, [])[1:] == tuple(pin(NEW))


def test_the_checkpoint_that_ends_with_the_rotation_has_the_old_key() -> None:
    assert check_signature(bundle(entries(CREATION, ROTATION), OLD), pin(OLD), [])[1:] == tuple(pin(OLD))
    with pytest.raises(Mismatch):
        check_signature(bundle(entries(CREATION, ROTATION), NEW), pin(OLD, NEW), [])


def test_a_key_that_was_rotated_away_signs_nothing_longer() -> None:
    with pytest.raises(Mismatch):
        check_signature(bundle(entries(CREATION, ROTATION, NOTED), OLD), pin(OLD, NEW), [])


def test_a_key_that_is_not_pinned_and_came_after_none_is_not_believed() -> None:
    own = entries((CREATED, {"vkey": OTHER.verifier_key}), NOTED)
    with pytest.raises(Mismatch, match="no pinned key"):
        check_signature(bundle(own, OTHER), pin(OLD), [])
    taken = entries(CREATION, (ROTATED, rotation_body(OTHER, OTHER)), NOTED)
    with pytest.raises(Mismatch, match="not signed by the key before"):
        check_signature(bundle(taken, OTHER), pin(OLD), [])


def test_a_log_that_rotates_to_a_pinned_key_is_not_believed_before_that_key_signs() -> None:
    """Anybody can begin a log and name another's key in it."""
    forged = entries((CREATED, {"vkey": OTHER.verifier_key}), (ROTATED, rotation_body(OTHER, NEW)))
    with pytest.raises(Mismatch, match="no pinned key"):
        check_signature(bundle(forged, OTHER), pin(NEW), [])


def test_without_pinned_keys_the_log_s_first_key_is_the_beginning() -> None:
    assert check_signature(bundle(entries(CREATION, ROTATION, NOTED), NEW), [], [])[1:] == tuple(pin(NEW))
    with pytest.raises(Mismatch):
        check_signature(bundle(entries(CREATION, ROTATION, NOTED), OTHER), [], [])


def test_given_witnesses_may_have_signed_too_and_nobody_else() -> None:
    log = entries(CREATION, NOTED)
    assert check_signature(bundle(log, OLD, WITNESS), pin(OLD), pin(WITNESS))[1:] == tuple(pin(OLD))
    for signers in ([OLD, WITNESS], [OLD, OLD]):
        with pytest.raises(Mismatch, match="not trusted, or by one of them twice"):
            check_signature(bundle(log, *signers), pin(OLD), [])
    with pytest.raises(Mismatch):
        check_signature(bundle(log, WITNESS), pin(OLD), pin(WITNESS))


def test_a_bundle_that_does_not_name_its_log_s_key_is_refused() -> None:
    with pytest.raises(Mismatch, match="no entry names"):
        check_signature(bundle(entries(("test.noted", {})), OLD), pin(OLD), [])
    with pytest.raises(Mismatch, match="not the first entry"):
        check_signature(bundle(entries(NOTED, ROTATION), OLD), pin(OLD), [])
