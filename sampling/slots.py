"""Slots: an enterprise's sealed place in a frame, and how one is shown without showing its stratum.

A slot is SHA-256("qian/slot/v1" ‖ C_id ‖ C_stratum ‖ C_key), 32 bytes, over three commitments
C_x = SHA-256(tag_x ‖ salt_x ‖ value_x), whose salts are 32 random bytes each and used once:

| x       | tag               | value                                       |
| ------- | ----------------- | ------------------------------------------- |
| id      | "qian/id/v1"      | the enterprise's USCC, 18 bytes ASCII        |
| stratum | "qian/stratum/v1" | the stratum's label, UTF-8                   |
| key     | "qian/key/v1"     | the secret random ticket key, 32 bytes       |

A frame is the list of its slots in ascending order of their bytes; a slot's position counts from 0. Its root is the
Merkle tree hash (RFC 6962, section 2.1) over the slots, each slot's 32 bytes being one leaf's data.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.commitments import commit
from ledger.errors import Invalid
from ledger.merkle import NodeReader, inclusion_proof, leaf_hash, nodes_over, root_of, verify_inclusion

ID_TAG = "qian/id/v1"
STRATUM_TAG = "qian/stratum/v1"
KEY_TAG = "qian/key/v1"
SLOT_TAG = b"qian/slot/v1"
KEY_BYTES = 32
CODE_LENGTH = 18


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """What opens a commitment: its salt (32 bytes) and its value. It shows neither when it is printed."""

    salt: bytes
    value: bytes

    def commitment(self, tag: str) -> bytes:
        """Return the 32 bytes that this opens under the tag."""
        return commit(tag, self.salt, self.value)


@dataclass(frozen=True, slots=True, repr=False)
class SlotSecret:
    """The three openings of one slot, and the slot that they give."""

    identity: Opening
    stratum: Opening
    key: Opening
    slot: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Raise ValueError for a code or a key of another length."""
        _check_code(self.identity.value)
        if len(self.key.value) != KEY_BYTES:
            raise ValueError(f"a ticket key has {KEY_BYTES} bytes")
        object.__setattr__(self, "slot", self.public_opening().slot())

    def public_opening(self) -> "PublicOpening":
        """Return what may be published of the slot once its finding is."""
        return PublicOpening(self.identity, self.stratum.commitment(STRATUM_TAG), self.key.commitment(KEY_TAG))


@dataclass(frozen=True, slots=True, repr=False)
class PublicOpening:
    """The opening of C_id, and C_stratum and C_key (32 bytes each) unopened."""

    identity: Opening
    stratum_commitment: bytes
    key_commitment: bytes

    def slot(self) -> bytes:
        """Return the slot, 32 bytes."""
        return slot_of(self.identity.commitment(ID_TAG), self.stratum_commitment, self.key_commitment)


def seal_slot(code: str, stratum: str, key: bytes, salts: tuple[bytes, bytes, bytes]) -> SlotSecret:
    """Return the secret of an enterprise's slot; the salts are those of its code, its stratum and its key."""
    identity_salt, stratum_salt, key_salt = salts
    return SlotSecret(
        Opening(identity_salt, code.encode("ascii")), Opening(stratum_salt, stratum.encode()), Opening(key_salt, key)
    )


def slot_of(id_commitment: bytes, stratum_commitment: bytes, key_commitment: bytes) -> bytes:
    """Return the slot over three commitments of 32 bytes; raises ValueError for other lengths."""
    parts = (id_commitment, stratum_commitment, key_commitment)
    if any(len(part) != hashlib.sha256().digest_size for part in parts):
        raise ValueError("a commitment has 32 bytes")
    return hashlib.sha256(SLOT_TAG + b"".join(parts)).digest()


def order_slots(secrets: Iterable[SlotSecret]) -> list[SlotSecret]:
    """Return the secrets in the order of their slots' bytes; Invalid("duplicate_slot") where two are equal."""
    ordered = sorted(secrets, key=lambda secret: secret.slot)
    for position in range(1, len(ordered)):
        if ordered[position].slot == ordered[position - 1].slot:
            raise Invalid("duplicate_slot", position=position)
    return ordered


def slots_root(slots: Sequence[bytes]) -> bytes:
    """Return the root over the slots of a frame, which are in their order."""
    return root_of([leaf_hash(slot) for slot in slots])


def slot_nodes(slots: Sequence[bytes]) -> NodeReader:
    """Return the nodes of the frame's tree, from which any number of proofs can be read."""
    return nodes_over([leaf_hash(slot) for slot in slots])


def slot_proof(position: int, size: int, nodes: NodeReader) -> list[bytes]:
    """Return the proof that the slot at `position` is in the frame of `size` slots."""
    return inclusion_proof(position, size, nodes)


def check_public_opening(
    code: str, opening: PublicOpening, position: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a published code opens the slot at `position` of the frame of `size` slots with this root.

    Raises Invalid("opening_of_another_code") or Invalid("slot_not_in_frame").
    """
    if opening.identity.value != code.encode():
        raise Invalid("opening_of_another_code", position=position)
    try:
        verify_inclusion(leaf_hash(opening.slot()), position, size, proof, root)
    except ValueError as error:  # a proof that fails, or a salt or commitment of another length
        raise Invalid("slot_not_in_frame", position=position) from error


def _check_code(value: bytes) -> None:
    if len(value) != CODE_LENGTH or not value.isalnum():
        raise ValueError(f"a unified social credit code has {CODE_LENGTH} digits and letters")
