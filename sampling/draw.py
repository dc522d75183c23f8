"""The draw: from the seed to the drawn positions and the reserves.

seed = SHA-256("qian/seed/v1" ‖ leaf hash of the frozen entry ‖ beacon output), all of 32 bytes;
ticket = SHA-256("qian/ticket/v1" ‖ seed ‖ ticket key).
In each stratum the slots are ranked from 0 by ascending (ticket, slot) as bytes. The ranks below the quota are drawn,
of these the ranks below `uniform` are the uniform slice; the others are the reserves, in the order of their ranks.
A stratum of quota 0 has none: an excluded enterprise replaces nobody.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import lt
from typing import NamedTuple

from ledger.errors import Invalid
from ledger.merkle import leaf_hash, root_of
from sampling.strata import Stratum

ALGORITHM = "qian/draw/v1"
"""What the frozen entry calls all of this: slots, strata, seed, tickets, matching."""

SEED_TAG = b"qian/seed/v1"
TICKET_TAG = b"qian/ticket/v1"
SEED_BYTES = 32
POSITION_BYTES = 8


class FrameSlot(NamedTuple):
    """One slot of a frozen frame, opened: position from 0, slot (32 bytes), stratum's label, ticket key (32 bytes)."""

    position: int
    slot: bytes
    stratum: str
    ticket_key: bytes

    def __repr__(self) -> str:
        """Return nothing of what is sealed."""
        return f"FrameSlot({self.position})"


@dataclass(frozen=True, slots=True)
class DrawnSlot:
    """One drawn position, its stratum's label, its rank there from 0, and whether it is of the uniform slice."""

    position: int
    stratum: str
    rank: int
    uniform: bool


@dataclass(frozen=True)
class Drawing:
    """The drawn slots by ascending position, and by stratum's label its reserves' positions in the order of use."""

    drawn: tuple[DrawnSlot, ...]
    reserves: dict[str, tuple[int, ...]]

    @property
    def positions(self) -> tuple[int, ...]:
        """The drawn positions, ascending: all that is published."""
        return tuple(slot.position for slot in self.drawn)


def seed(frozen_leaf_hash: bytes, beacon_output: bytes) -> bytes:
    """Return the seed, 32 bytes, of the frozen entry's leaf hash and the beacon's output, 32 bytes each."""
    if len(frozen_leaf_hash) != SEED_BYTES or len(beacon_output) != SEED_BYTES:
        raise ValueError(f"a leaf hash and a beacon's output have {SEED_BYTES} bytes")
    return hashlib.sha256(SEED_TAG + frozen_leaf_hash + beacon_output).digest()


def ticket(seed: bytes, ticket_key: bytes) -> bytes:
    """Return the ticket, 32 bytes, of a seed and a ticket key of 32 bytes each."""
    if len(seed) != SEED_BYTES or len(ticket_key) != SEED_BYTES:
        raise ValueError(f"a seed and a ticket key have {SEED_BYTES} bytes")
    return hashlib.sha256(TICKET_TAG + seed + ticket_key).digest()


def draw(seed: bytes, frame: Iterable[FrameSlot], strata: Sequence[Stratum]) -> Drawing:
    """Draw every stratum's quota from the frame, whose slots may come in any order.

    Raises Invalid: frame_out_of_order unless the positions count from 0 in strictly ascending order of the slots,
    frame_not_as_designed unless each stratum has its size, duplicate_ticket_key.
    """
    slots, labels, keys = _columns(frame)
    _check(slots, labels, keys, strata)
    ordered = _by_ticket([hashlib.sha256(TICKET_TAG + seed + key).digest() for key in keys], labels)
    drawn: list[DrawnSlot] = []
    reserves = {}
    for stratum in strata:
        order = ordered.get(stratum.label, [])
        drawn += [
            DrawnSlot(position, stratum.label, rank, rank < stratum.uniform)
            for rank, position in enumerate(order[: stratum.quota])
        ]
        reserves[stratum.label] = tuple(order[stratum.quota :]) if stratum.quota else ()
    return Drawing(tuple(sorted(drawn, key=lambda slot: slot.position)), reserves)


def positions_root(positions: Sequence[int]) -> bytes:
    """Return the Merkle tree hash (RFC 6962, section 2.1) over ascending positions, each 8 bytes big-endian.

    Raises Invalid("positions_not_ascending") for any other order, a repeated or a negative position.
    """
    if any(later <= earlier for earlier, later in pairwise([-1, *positions])):
        raise Invalid("positions_not_ascending")
    return root_of([leaf_hash(position.to_bytes(POSITION_BYTES, "big")) for position in positions])


def _columns(frame: Iterable[FrameSlot]) -> tuple[Sequence[bytes], Sequence[str], Sequence[bytes]]:
    """Return slots, labels and ticket keys by position; raises Invalid unless the positions count from 0."""
    held = sorted(frame)
    if not held:
        return (), (), ()
    positions, *columns = zip(*held, strict=True)
    if positions != tuple(range(len(held))):
        raise Invalid("frame_out_of_order", position=next(at for at, held in enumerate(positions) if at != held))
    slots, labels, keys = columns
    return slots, labels, keys


def _by_ticket(tickets: Sequence[bytes], labels: Sequence[str]) -> dict[str, list[int]]:
    """Return by label its positions in the order of tickets; equal ones stay in the order of slots, which is theirs.

    They are parted by the first byte beforehand, since many short lists are sorted sooner than a long one.
    """
    parted: dict[str, list[list[int]]] = {label: [[] for _ in range(256)] for label in set(labels)}
    for position, (drawn, label) in enumerate(zip(tickets, labels, strict=True)):
        parted[label][drawn[0]].append(position)
    return {
        label: [position for part in parts for position in sorted(part, key=tickets.__getitem__)]
        for label, parts in parted.items()
    }


def _check(slots: Sequence[bytes], labels: Sequence[str], keys: Sequence[bytes], strata: Sequence[Stratum]) -> None:
    if not all(map(lt, slots, slots[1:])):
        raise Invalid(
            "frame_out_of_order", position=next(at for at in range(1, len(slots)) if slots[at] <= slots[at - 1])
        )
    if Counter(labels) != {stratum.label: stratum.size for stratum in strata if stratum.size}:
        raise Invalid("frame_not_as_designed")
    if len({stratum.label for stratum in strata}) < len(strata):
        raise Invalid("frame_not_as_designed")
    if len(set(keys)) < len(keys):
        raise Invalid("duplicate_ticket_key")
