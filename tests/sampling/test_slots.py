"""A slot opens in parts: who it is without its stratum."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Invalid
from ledger.merkle import leaf_hash, node_hash
from sampling.slots import (
    Opening,
    PublicOpening,
    SlotSecret,
    check_public_opening,
    order_slots,
    seal_slot,
    slot_nodes,
    slot_proof,
    slots_root,
)

CODE = "91130304PDY00001XL"
OTHER_CODE = "91130304PDY000028L"


def salts(number: int) -> tuple[bytes, bytes, bytes]:
    first, second, third = (hashlib.sha256(f"{number} {part}".encode()).digest() for part in range(3))
    return first, second, third


def secret(number: int, code: str = CODE, stratum: str = "A") -> SlotSecret:
    return seal_slot(code, stratum, hashlib.sha256(f"key {number}".encode()).digest(), salts(number))


def test_a_slot_is_the_hash_of_its_three_commitments() -> None:
    key = bytes(range(32))
    a, b, c = b"a" * 32, b"b" * 32, b"c" * 32
    identity = hashlib.sha256(b"qian/id/v1" + a + CODE.encode()).digest()
    stratum = hashlib.sha256(b"qian/stratum/v1" + b + "甲+乙".encode()).digest()
    key_commitment = hashlib.sha256(b"qian/key/v1" + c + key).digest()
    expected = hashlib.sha256(b"qian/slot/v1" + identity + stratum + key_commitment).digest()
    assert seal_slot(CODE, "甲+乙", key, (a, b, c)).slot == expected


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="ticket key"):
        seal_slot(CODE, "A", b"k" * 31, salts(0))


def test_a_code_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="credit code"):
        seal_slot(CODE[:-1], "A", b"k" * 32, salts(0))


def test_a_salt_of_another_length_is_refused() -> None:
    first, second, _ = salts(0)
    with pytest.raises(ValueError, match="salt"):
        seal_slot(CODE, "A", b"k" * 32, (first, second, b"short"))


def test_nothing_secret_is_printed() -> None:
    printed = repr(secret(1)) + repr(secret(1).identity) + repr(secret(1).public_opening())
    assert CODE not in printed
    assert "value" not in printed


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=40), st.randoms(use_true_random=False))
def test_every_slot_stands_once_in_byte_order_whatever_the_input_order(numbers: list[int], shuffler: object) -> None:
    secrets = [secret(number) for number in numbers]
    mixed = list(secrets)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]
    ordered = order_slots(mixed)
    assert [each.slot for each in ordered] == sorted(each.slot for each in secrets)
    assert ordered == order_slots(secrets)


def test_equal_slots_are_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        order_slots([secret(1), secret(2), secret(1)])
    assert refusal.value.code == "duplicate_slot"


def test_the_root_has_the_slots_as_leaf_data() -> None:
    one, two, three = (bytes([n]) * 32 for n in (1, 2, 3))
    expected = node_hash(node_hash(leaf_hash(one), leaf_hash(two)), leaf_hash(three))
    assert slots_root([one, two, three]) == expected


class TestPublishedOpening:
    """What is shown of one slot of a frame of seven."""

    ordered = order_slots([secret(n, OTHER_CODE) for n in range(6)] + [secret(6, CODE, "D")])
    slots = tuple(each.slot for each in ordered)
    root = slots_root(slots)
    position = next(n for n, each in enumerate(ordered) if each.identity.value == CODE.encode())
    opening = ordered[position].public_opening()
    proof = slot_proof(position, len(slots), slot_nodes(slots))

    def test_it_shows_that_the_code_was_in_the_frame(self) -> None:
        check_public_opening(CODE, self.opening, self.position, 7, self.proof, self.root)
        for position, each in enumerate(self.ordered):
            proof = slot_proof(position, 7, slot_nodes(self.slots))
            check_public_opening(each.identity.value.decode(), each.public_opening(), position, 7, proof, self.root)

    def test_it_holds_neither_stratum_nor_key(self) -> None:
        shown = self.opening.identity.salt + self.opening.identity.value
        shown += self.opening.stratum_commitment + self.opening.key_commitment
        hidden = self.ordered[self.position]
        assert hidden.stratum.salt not in shown
        assert hidden.key.salt not in shown
        assert hidden.key.value not in shown

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
