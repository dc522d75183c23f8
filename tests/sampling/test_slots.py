"""A slot opens in parts: who it is without its stratum."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from ledger.merkle import leaf_hash, node_hash
from sampling.sealing import fresh_secrets
from sampling.slots import (
    Opening,
    PublicOpening,
    SlotSecrets,
    check_public_opening,
    seal_frame,
    slot_nodes,
    slot_proof,
    slots_root,
)

CODE = "91130304PDY00001XL"
OTHER_CODE = "91130304PDY000028L"


def salts(number: int) -> tuple[bytes, bytes, bytes]:
    first, second, third = (hashlib.sha256(f"{number} {part}".encode()).digest() for part in range(3))
    return first, second, third


def secrets(*numbers: int, code: str = CODE) -> SlotSecrets:
    keys = [hashlib.sha256(f"key {number}".encode()).digest() for number in numbers]
    columns = zip(*map(salts, numbers), strict=True) if numbers else ((), (), ())
    return SlotSecrets([code] * len(numbers), ["A"] * len(numbers), keys, *columns)


def test_a_slot_is_the_hash_of_its_three_commitments() -> None:
    key = bytes(range(32))
    a, b, c = b"a" * 32, b"b" * 32, b"c" * 32
    identity = hashlib.sha256(b"qian/id/v1" + a + CODE.encode()).digest()
    stratum = hashlib.sha256(b"qian/stratum/v1" + b + "甲+乙".encode()).digest()
    key_commitment = hashlib.sha256(b"qian/key/v1" + c + key).digest()
    expected = hashlib.sha256(b"qian/slot/v1" + identity + stratum + key_commitment).digest()
    assert SlotSecrets([CODE], ["甲+乙"], [key], [a], [b], [c]).slots() == [expected]


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="ticket key"):
        replace(secrets(0), keys=[b"k" * 31]).slots()


@pytest.mark.parametrize("code", [CODE[:-1], CODE[:-1] + "-", CODE[:-1] + "甲"])
def test_a_code_of_other_signs_or_another_length_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=r"credit code|ascii"):
        secrets(0, code=code).slots()


@pytest.mark.parametrize("column", ["identity_salts", "stratum_salts", "key_salts"])
def test_a_salt_of_another_length_is_refused(column: str) -> None:
    changed: dict[str, Any] = {column: [b"s" * 32, b"short"]}
    with pytest.raises(ValueError, match="salt"):
        replace(secrets(0, 1), **changed).slots()


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        replace(secrets(0, 1), strata=["A"]).slots()


def test_nothing_secret_is_printed() -> None:
    held = secrets(1)
    printed = repr(held) + repr(seal_frame(held)) + repr(held.public_opening(0)) + repr(held.public_opening(0).identity)
    assert CODE not in printed
    assert "value" not in printed


def test_fresh_slots_never_share_a_key_or_a_salt() -> None:
    fresh = fresh_secrets([CODE] * 100, ["A"] * 100)
    random = [*fresh.keys, *fresh.identity_salts, *fresh.stratum_salts, *fresh.key_salts]
    assert {len(each) for each in random} == {32}
    assert len(set(random)) == 400
    assert seal_frame(fresh).slots != seal_frame(fresh_secrets(fresh.codes, fresh.strata)).slots


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=40), st.randoms(use_true_random=False))
def test_every_slot_stands_once_in_byte_order_whatever_the_input_order(numbers: list[int], shuffler: object) -> None:
    mixed = list(numbers)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    frame = seal_frame(secrets(*mixed))
    assert list(frame.slots) == sorted(secrets(*numbers).slots()) == frame.secrets.slots()
    assert frame == seal_frame(secrets(*numbers))


def test_equal_slots_are_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        seal_frame(secrets(1, 2, 1))
    assert refusal.value.code == "duplicate_slot"


def test_the_root_has_the_slots_as_leaf_data() -> None:
    one, two, three = (bytes([n]) * 32 for n in (1, 2, 3))
    expected = node_hash(node_hash(leaf_hash(one), leaf_hash(two)), leaf_hash(three))
    assert slots_root([one, two, three]) == expected


class TestPublishedOpening:
    """What is shown of one slot of a frame of seven."""

    frame = seal_frame(replace(secrets(*range(7)), codes=[OTHER_CODE] * 6 + [CODE], strata=["A"] * 6 + ["D"]))
    root = slots_root(frame.slots)
    position = frame.secrets.codes.index(CODE)
    opening = frame.secrets.public_opening(position)
    proof = slot_proof(position, 7, slot_nodes(frame.slots))

    def test_it_shows_that_the_code_was_in_the_frame(self) -> None:
        check_public_opening(CODE, self.opening, self.position, 7, self.proof, self.root)
        for position, code in enumerate(self.frame.secrets.codes):
            proof = slot_proof(position, 7, slot_nodes(self.frame.slots))
            check_public_opening(code, self.frame.secrets.public_opening(position), position, 7, proof, self.root)

    def test_it_holds_neither_stratum_nor_key(self) -> None:
        shown = self.opening.identity.salt + self.opening.identity.value
        shown += self.opening.stratum_commitment + self.opening.key_commitment
        hidden = self.frame.secrets
        assert hidden.stratum_salts[self.position] not in shown
        assert hidden.key_salts[self.position] not in shown
        assert hidden.keys[self.position] not in shown

    def test_another_code_is_refused(self) -> None:
        with pytest.raises(Invalid) as refusal:
            check_public_opening(OTHER_CODE, self.opening, self.position, 7, self.proof, self.root)
        assert refusal.value.code == "opening_of_another_code"

    @pytest.mark.parametrize("position", [-1, 7, 8])
    def test_a_position_outside_is_refused(self, position: int) -> None:
        with pytest.raises(Invalid, match="slot_not_in_frame"):
            check_public_opening(CODE, self.opening, position, 7, self.proof, self.root)

    def test_another_position_is_refused(self) -> None:
        with pytest.raises(Invalid, match="slot_not_in_frame"):
            check_public_opening(CODE, self.opening, (self.position + 1) % 7, 7, self.proof, self.root)

    def test_another_root_is_refused(self) -> None:
        with pytest.raises(Invalid, match="slot_not_in_frame"):
            check_public_opening(CODE, self.opening, self.position, 7, self.proof, bytes(32))

    @pytest.mark.parametrize(
        "changed",
        [
            replace(opening, identity=Opening(bytes(32), opening.identity.value)),
            replace(opening, identity=Opening(b"short", opening.identity.value)),
            replace(opening, stratum_commitment=bytes(32)),
            replace(opening, key_commitment=bytes(32)),
            PublicOpening(
                opening.identity, opening.stratum_commitment + opening.key_commitment[:1], opening.key_commitment[1:]
            ),
        ],
    )
    def test_a_changed_opening_is_refused(self, changed: PublicOpening) -> None:
        with pytest.raises(Invalid, match="slot_not_in_frame"):
            check_public_opening(CODE, changed, self.position, 7, self.proof, self.root)
