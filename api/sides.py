"""The two sides of a bureau: what anybody may reach, and what staff reach with a token."""

from enum import StrEnum
from typing import Final, Literal, TypeAlias


class Side(StrEnum):
    """A side, with a GraphQL schema and paths of its own."""

    PUBLIC = "public"
    STAFF = "staff"


BOTH: Final = frozenset(Side)

Sides: TypeAlias = Literal["none", "public", "staff", "both"]
"""How a setting says on which sides something is so."""


def includes(sides: Sides, side: Side) -> bool:
    """Whether a setting means a side."""
    return sides in ("both", side.value)
