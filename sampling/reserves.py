"""Reserves: who is visited in place of a drawn enterprise that should never have stood in the frame. Pure.

A reserve is the next of its stratum by ticket, so nobody chooses it. The causes are a closed list. Whatever a visit can
find is none of them: an enterprise that cannot be contacted, has closed, refuses, or was struck off or moved after the
freeze is a finding with its own result code.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.errors import Conflict


class Cause(StrEnum):
    """Why a drawn position is replaced: what the register said at the freeze was wrong then."""

    NOT_OF_THE_FRAME = "not_of_the_frame"
    SAME_AS_ANOTHER = "same_as_another"


@dataclass(frozen=True, order=True)
class Replacement:
    """A position that is not visited, and the reserve's position that is."""

    position: int
    reserve: int


def visited(drawn: Iterable[int], replacements: Iterable[Replacement]) -> set[int]:
    """Return the positions that are to be visited."""
    positions = set(drawn)
    pairs = list(replacements)
    return (positions | {each.reserve for each in pairs}) - {each.position for each in pairs}


def take_reserves(
    order: Mapping[str, Sequence[int]], strata: Mapping[int, str], used: Collection[int]
) -> list[Replacement]:
    """Return who replaces the positions of `strata`, in ascending order: the next unused of each one's stratum.

    Raises Conflict("reserves_exhausted").
    """
    taken = set(used)
    found = []
    for position in sorted(strata):
        reserve = next((each for each in order[strata[position]] if each not in taken), None)
        if reserve is None:
            raise Conflict("reserves_exhausted", needed=len(strata))
        taken.add(reserve)
        found.append(Replacement(position, reserve))
    return found
