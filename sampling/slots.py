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

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from operator import eq
from typing import Any

from ledger.commitments import SALT_BYTES, commit
from ledger.errors import Invalid
from ledger.merkle import (
    HASH_BYTES,
    NodeReader,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    nodes_over,
    root_of,
    verify_inclusion,
)

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
class PublicOpening:
    """The opening of C_id, and C_stratum and C_key (32 bytes each) unopened."""

    identity: Opening
    stratum_commitment: bytes
    key_commitment: bytes

    def slot(self) -> bytes:
        """Return the slot, 32 bytes."""
        return slot_of(self.identity.commitment(ID_TAG), self.stratum_commitment, self.key_commitment)


@dataclass(frozen=True, repr=False)
class SlotSecrets:
    """What the slots of a frame seal, each field by slot; it shows nothing of it when it is printed.

    These are columns, since a frame may have a million slots, and an object of its own takes longer than a hash.
    """

    codes: Sequence[str]
    strata: Sequence[str]
    keys: Sequence[bytes]
    identity_salts: Sequence[bytes]
    stratum_salts: Sequence[bytes]
    key_salts: Sequence[bytes]

    def slots(self) -> list[bytes]:
        """Return the slots; raises ValueError for a code, a key or a salt of another length."""
        _check_lengths("a unified social credit code", self.codes, CODE_LENGTH)
        _check_lengths("a ticket key", self.keys, KEY_BYTES)
        for salts in (self.identity_salts, self.stratum_salts, self.key_salts):
            _check_lengths("a salt", salts, SALT_BYTES)
        if not all(map(str.isalnum, self.codes)):
            raise ValueError(f"a unified social credit code has {CODE_LENGTH} digits and letters")
        code_tag, stratum_tag, key_tag = ID_TAG.encode(), STRATUM_TAG.encode(), KEY_TAG.encode()
        labels = {label: label.encode() for label in set(self.strata)}
        return [
            sha256(
                SLOT_TAG
                + sha256(code_tag + code_salt + code.encode("ascii")).digest()
                + sha256(stratum_tag + stratum_salt + labels[stratum]).digest()
                + sha256(key_tag + key_salt + key).digest()
            ).digest()
            for code, stratum, key, code_salt, stratum_salt, key_salt in zip(*self._columns, strict=True)
        ]

    def taken(self, order: Sequence[int]) -> "SlotSecrets":
        """Return what is at some places, in their order."""
        return SlotSecrets(*([column[at] for at in order] for column in self._columns))

    def public_opening(self, position: int) -> PublicOpening:
        """Return what may be published of a slot once its finding is."""
        return PublicOpening(
            Opening(self.identity_salts[position], self.codes[position].encode("ascii")),
            commit(STRATUM_TAG, self.stratum_salts[position], self.strata[position].encode()),
            commit(KEY_TAG, self.key_salts[position], self.keys[position]),
        )

    @property
    def _columns(self) -> tuple[Sequence[Any], ...]:
        return (self.codes, self.strata, self.keys, self.identity_salts, self.stratum_salts, self.key_salts)


@dataclass(frozen=True, repr=False)
class SealedFrame:
    """A frame: its slots, which ascend, and what they seal, both by position."""

    slots: Sequence[bytes]
    secrets: SlotSecrets


def seal_frame(secrets: SlotSecrets) -> SealedFrame:
    """Seal slots and put them in the order of their bytes; Invalid("duplicate_slot") where two are equal."""
    unordered = secrets.slots()
    order = sorted(range(len(unordered)), key=unordered.__getitem__)
    slots = [unordered[at] for at in order]
    if any(map(eq, slots, islice(slots, 1, None))):
        raise Invalid("duplicate_slot", position=next(at for at in range(1, len(slots)) if slots[at] == slots[at - 1]))
    return SealedFrame(slots, secrets.taken(order))


def slot_of(id_commitment: bytes, stratum_commitment: bytes, key_commitment: bytes) -> bytes:
    """Return the slot over three commitments of 32 bytes; raises ValueError for other lengths."""
    parts = (id_commitment, stratum_commitment, key_commitment)
    if any(len(part) != HASH_BYTES for part in parts):
        raise ValueError(f"a commitment has {HASH_BYTES} bytes")
    return sha256(SLOT_TAG + b"".join(parts)).digest()


def slots_root(slots: Sequence[bytes]) -> bytes:
    """Return the root over the slots of a frame, which are in their order."""
    return root_of(leaf_hashes(slots))


def slot_nodes(slots: Sequence[bytes]) -> NodeReader:
    """Return the nodes of the frame's tree, from which any number of proofs can be read."""
    return nodes_over(leaf_hashes(slots))


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


def _check_lengths(what: str, values: Collection[str] | Collection[bytes], length: int) -> None:
    if not set(map(len, values)) <= {length}:
        raise ValueError(f"{what} has {length} {'bytes' if length == KEY_BYTES else 'digits and letters'}")
