"""The draw: from the seed to the drawn positions and the reserves.

seed = SHA-256("qian/seed/v1" ‖ leaf hash of the frozen entry ‖ beacon output), all of 32 bytes;
ticket = SHA-256("qian/ticket/v1" ‖ seed ‖ ticket key).
In each stratum the slots are ranked from 0 by ascending (ticket, slot) as bytes. The ranks below the quota are drawn,
of these the ranks below `uniform` are the uniform slice; the others are the reserves, in the order of their ranks.
A stratum of quota 0 has none: an excluded enterprise replaces nobody.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, count, islice, pairwise, repeat
from operator import itemgetter, lt
from typing import Any, NamedTuple

import pyarrow
import pyarrow.compute as pc

from ledger.errors import Invalid
from ledger.merkle import leaf_hash, root_of
from sampling.strata import Stratum

ALGORITHM = "qian/draw/v1"
"""What the frozen entry calls all of this: slots, strata, seed, tickets, matching."""

SEED_TAG = b"qian/seed/v1"
TICKET_TAG = b"qian/ticket/v1"
SEED_BYTES = 32
POSITION_BYTES = 8


HASHES_AT_ONCE = 4096
"""So many stay in the processor's cache while their beginnings are taken."""


class Lots(NamedTuple):
    """What a draw needs of a frozen frame, by position from 0: slots, strata's labels, ticket keys (32 bytes)."""

    slots: Sequence[bytes]
    strata: Sequence[str]
    keys: Sequence[bytes]

    def __repr__(self) -> str:
        """Return nothing of what is sealed."""
        return f"Lots({len(self.slots)})"


class DrawnSlot(NamedTuple):
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
    return sha256(SEED_TAG + frozen_leaf_hash + beacon_output).digest()


def ticket(seed: bytes, ticket_key: bytes) -> bytes:
    """Return the ticket, 32 bytes, of a seed and a ticket key of 32 bytes each."""
    if len(seed) != SEED_BYTES or len(ticket_key) != SEED_BYTES:
        raise ValueError(f"a seed and a ticket key have {SEED_BYTES} bytes")
    return sha256(TICKET_TAG + seed + ticket_key).digest()


def draw(seed: bytes, lots: Lots, strata: Sequence[Stratum]) -> Drawing:
    """Draw every stratum's quota from a frame.

    Raises Invalid: frame_out_of_order unless the slots ascend strictly, frame_not_as_designed unless each stratum has
    its size, duplicate_ticket_key.
    """
    _check(lots, strata)
    ranked = iter(_by_stratum(_by_ticket(seed, lots), lots.strata, strata))
    drawn: list[DrawnSlot] = []
    reserves = {}
    for each in strata:
        uniform = chain(repeat(True, each.uniform), repeat(False))
        drawn += map(DrawnSlot, islice(ranked, each.quota), repeat(each.label), count(), uniform)
        others = tuple(islice(ranked, each.size - each.quota))
        reserves[each.label] = others if each.quota else ()
    return Drawing(tuple(sorted(drawn, key=itemgetter(0))), reserves)


def positions_root(positions: Sequence[int]) -> bytes:
    """Return the Merkle tree hash (RFC 6962, section 2.1) over ascending positions, each 8 bytes big-endian.

    Raises Invalid("positions_not_ascending") for any other order, a repeated or a negative position.
    """
    if any(later <= earlier for earlier, later in pairwise([-1, *positions])):
        raise Invalid("positions_not_ascending")
    return root_of([leaf_hash(position.to_bytes(POSITION_BYTES, "big")) for position in positions])


def _by_ticket(seed: bytes, lots: Lots) -> Any:
    """Return the positions in the order of their tickets, as an Arrow array.

    The first 8 bytes of the tickets tell, unless two of them are the same; then the whole tickets do, and the slots.
    Raises Invalid("duplicate_ticket_key").
    """
    begin = TICKET_TAG + seed
    heads = _heads([sha256(begin + key).digest() for key in some] for some in _parts(lots.keys))
    order = pc.array_sort_indices(heads)
    if _ascends(heads.take(order)):
        return order
    if len(set(lots.keys)) < len(lots.keys):
        raise Invalid("duplicate_ticket_key")
    tickets = [sha256(begin + key).digest() for key in lots.keys]
    return pyarrow.array(sorted(range(len(tickets)), key=lambda at: (tickets[at], lots.slots[at])), pyarrow.uint64())


def _by_stratum(order: Any, labels: Sequence[str], strata: Sequence[Stratum]) -> list[int]:
    """Return positions stratum by stratum, in each as they were."""
    places = {stratum.label: place for place, stratum in enumerate(strata)}
    held = _as_arrow(pyarrow.uint32(), array("I", map(places.__getitem__, labels)))
    positions: list[int] = order.take(pc.array_sort_indices(held.take(order))).to_pylist()
    return positions


def _parts(hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (hashes[start : start + HASHES_AT_ONCE] for start in range(0, len(hashes), HASHES_AT_ONCE))


def _heads(parts: Iterable[Sequence[bytes]]) -> Any:
    """Return the first 8 bytes of hashes of 32 bytes each as an Arrow array of integers, which are ordered likewise."""
    heads = array("Q")
    for hashes in parts:
        heads += array("Q", b"".join(hashes))[::4]
    if sys.byteorder == "little":
        heads.byteswap()
    return _as_arrow(pyarrow.uint64(), heads)


def _as_arrow(of: Any, values: "array[int]") -> Any:
    return pyarrow.Array.from_buffers(of, len(values), [None, pyarrow.py_buffer(values)])


def _ascends(heads: Any) -> bool:
    return pc.all(pc.less(heads[:-1], heads[1:])).as_py() is not False


def _check(lots: Lots, strata: Sequence[Stratum]) -> None:
    slots = lots.slots
    if not _ascends(_heads(_parts(slots))) and not all(map(lt, slots, slots[1:])):
        raise Invalid(
            "frame_out_of_order", position=next(at for at in range(1, len(slots)) if slots[at] <= slots[at - 1])
        )
    if Counter(lots.strata) != {stratum.label: stratum.size for stratum in strata if stratum.size}:
        raise Invalid("frame_not_as_designed")
    if len({stratum.label for stratum in strata}) < len(strata):
        raise Invalid("frame_not_as_designed")
