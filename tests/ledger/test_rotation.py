"""The keys of a log: each named and signed for by the one before; which key signs follows from the entries alone."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import JSON
from ledger.entries import NO_PREVIOUS, Entry, make_entry
from ledger.keys import Ed25519Signer
from ledger.note import COSIGNATURE, ED25519, Verifier
from ledger.rotation import (
    CREATED,
    ROTATED,
    RotationError,
    SigningKey,
    first_key,
    rotation_body,
    signing_key,
    signing_keys,
    statement,
    trusted_key,
)

ORIGIN = "log.example/qian"
SIGNERS = [Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(5)]
VERIFIERS = [Verifier.from_vkey(signer.verifier_key) for signer in SIGNERS]
FIRST, SECOND, THIRD, *_ = VERIFIERS


def entry(seq: int, kind: str, body: Mapping[str, JSON], subject: str = ORIGIN) -> Entry:
    return make_entry(seq, NO_PREVIOUS, "2026-11-23T02:16:04Z", kind, {"subject": subject, **body})


def rotated(seq: int, old: int, new: int) -> Entry:
    return entry(seq, ROTATED, rotation_body(SIGNERS[old], SIGNERS[new]))


def test_the_statement_names_log_and_key_in_three_lines() -> None:
    assert statement("log.example/qian", "the vkey") == b"qian/rotate/v1\nlog.example/qian\nthe vkey\n"


def test_an_entry_has_the_new_key_and_the_signature_of_the_old_one_over_it() -> None:
    body = rotation_body(SIGNERS[0], SIGNERS[1])
    assert body.keys() == {"vkey", "signature"}
    assert body["vkey"] == SECOND.vkey
    message = f"qian/rotate/v1\n{ORIGIN}\n{SECOND.vkey}\n".encode()
    Ed25519PublicKey.from_public_bytes(FIRST.public_key).verify(b64decode(str(body["signature"])), message)


def test_a_log_begins_with_the_key_of_its_first_entry() -> None:
    assert first_key(entry(0, CREATED, {"vkey": FIRST.vkey, "name": "样例局"})) == FIRST


@pytest.mark.parametrize(
    "wrong",
    [
        entry(1, CREATED, {"vkey": FIRST.vkey}),
        entry(0, "test.noted", {"vkey": FIRST.vkey}),
        entry(0, CREATED, {}),
        entry(0, CREATED, {"vkey": "no vkey"}),
        entry(0, CREATED, {"vkey": FIRST.vkey}, subject="another.example/qian"),
        entry(0, CREATED, {"vkey": Verifier(ORIGIN, COSIGNATURE, bytes(32)).vkey}),
    ],
    ids=["later", "other kind", "no key", "unreadable", "other name", "cosigner"],
)
def test_what_names_no_key_of_the_log_does_not_begin_it(wrong: Entry) -> None:
    with pytest.raises(RotationError):
        first_key(wrong)


def test_without_a_rotation_the_first_key_signs_everything() -> None:
    keys = signing_keys(FIRST, [entry(1, "test.noted", {})])
    assert keys == [SigningKey(FIRST, 1)]
    assert signing_key(keys, 1) == signing_key(keys, 10**9) == FIRST


def test_the_checkpoint_that_ends_with_a_rotation_is_the_last_of_the_old_key() -> None:
    keys = signing_keys(FIRST, [rotated(5, 0, 1)])
    assert [signing_key(keys, size) for size in (1, 5, 6, 7, 100)] == [FIRST, FIRST, FIRST, SECOND, SECOND]


def test_rotations_that_follow_at_once_leave_each_key_its_checkpoint() -> None:
    keys = signing_keys(FIRST, [rotated(5, 0, 1), rotated(6, 1, 2)])
    assert [signing_key(keys, size) for size in (6, 7, 8)] == [FIRST, SECOND, THIRD]


def test_who_reads_a_log_in_parts_goes_on_with_the_last_key() -> None:
    entries = [rotated(5, 0, 1), rotated(9, 1, 2), rotated(12, 2, 3)]
    whole = signing_keys(FIRST, entries)
    later = signing_keys(signing_keys(FIRST, entries[:1])[-1].verifier, entries[1:])
    assert [each.verifier for each in later] == [each.verifier for each in whole[1:]]
    assert [signing_key(later, size) for size in range(11, 20)] == [signing_key(whole, size) for size in range(11, 20)]


def altered(number: int) -> Mapping[str, JSON]:
    body = rotation_body(SIGNERS[0], SIGNERS[1])
    signature = bytearray(b64decode(str(body["signature"])))
    signature[number] ^= 1
    return {**body, "signature": b64encode(signature).decode()}


@pytest.mark.parametrize(
    "body",
    [
        {"vkey": SECOND.vkey},
        {"signature": rotation_body(SIGNERS[0], SIGNERS[1])["signature"]},
        {**rotation_body(SIGNERS[0], SIGNERS[1]), "vkey": THIRD.vkey},
        {**rotation_body(SIGNERS[0], SIGNERS[1]), "vkey": 7},
        {**rotation_body(SIGNERS[0], SIGNERS[1]), "signature": "AAAA"},
        {**rotation_body(SIGNERS[0], SIGNERS[1]), "signature": "no base64"},
        rotation_body(SIGNERS[1], SIGNERS[1]),
        rotation_body(SIGNERS[2], SIGNERS[1]),
        rotation_body(SIGNERS[0], SIGNERS[0]),
        altered(0),
        altered(63),
    ],
    ids=[
        *("no signature", "no key", "another key", "key is no text", "short signature", "signature is no base64"),
        *("signed by the new key", "signed by a third key", "the same key", "first byte altered", "last byte altered"),
    ],
)
def test_a_rotation_that_the_key_before_did_not_sign_is_refused(body: Mapping[str, JSON]) -> None:
    with pytest.raises(RotationError):
        signing_keys(FIRST, [entry(5, ROTATED, body)])


def test_a_rotation_of_another_log_is_refused() -> None:
    body = rotation_body(SIGNERS[0], SIGNERS[1])
    with pytest.raises(RotationError, match="another log"):
        signing_keys(FIRST, [entry(5, ROTATED, body, subject="another.example/qian")])


@pytest.mark.parametrize(
    "verifier", [Verifier("another.example/qian", ED25519, bytes(32)), Verifier(ORIGIN, 4, bytes(32))]
)
def test_a_new_key_is_of_the_log_s_name_and_kind(verifier: Verifier) -> None:
    body: dict[str, JSON] = {
        "vkey": verifier.vkey,
        "signature": b64encode(SIGNERS[0].sign(statement(ORIGIN, verifier.vkey))).decode(),
    }
    with pytest.raises(RotationError, match="name or kind"):
        signing_keys(FIRST, [entry(5, ROTATED, body)])


def test_a_key_does_not_come_back() -> None:
    with pytest.raises(RotationError, match="brings back"):
        signing_keys(FIRST, [rotated(5, 0, 1), rotated(9, 1, 0)])


def test_a_key_that_was_rotated_away_hands_over_no_more() -> None:
    with pytest.raises(RotationError, match="not signed"):
        signing_keys(FIRST, [rotated(5, 0, 1), rotated(9, 0, 2)])


def test_who_pins_an_old_key_trusts_those_that_came_after_it() -> None:
    keys = signing_keys(FIRST, [rotated(5, 0, 1), rotated(9, 1, 2)])
    assert [trusted_key(keys, size, [FIRST]) for size in (6, 7, 10, 11)] == [FIRST, SECOND, SECOND, THIRD]
    assert trusted_key(keys, 11, [VERIFIERS[4], SECOND]) == THIRD


def test_who_pins_a_new_key_alone_does_not_trust_those_before_it() -> None:
    keys = signing_keys(FIRST, [rotated(5, 0, 1), rotated(9, 1, 2)])
    assert trusted_key(keys, 7, [SECOND]) == SECOND
    for size, pinned in ((6, SECOND), (6, THIRD), (10, THIRD), (11, VERIFIERS[3])):
        with pytest.raises(RotationError, match="no pinned key"):
            trusted_key(keys, size, [pinned])


@given(places=st.lists(st.integers(1, 30), unique=True, min_size=1, max_size=4).map(sorted), size=st.integers(1, 40))
def test_every_checkpoint_has_one_key_and_each_pinned_key_leads_to_all_later_ones(places: list[int], size: int) -> None:
    keys = signing_keys(FIRST, [rotated(place, number, number + 1) for number, place in enumerate(places)])
    rotated_before = sum(place <= size - 2 for place in places)
    assert signing_key(keys, size) == VERIFIERS[rotated_before]
    for number, pinned in enumerate(VERIFIERS):
        if number <= rotated_before:
            assert trusted_key(keys, size, [pinned]) == VERIFIERS[rotated_before]
        else:
            with pytest.raises(RotationError):
                trusted_key(keys, size, [pinned])
