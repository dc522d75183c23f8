"""What the filters of all lists have in common: each is an input type, of which all that is given must hold.

An input's `chosen()` makes of it what the use case takes. What is left out asks for nothing.
"""

from typing import Any, Protocol, TypeVar

import strawberry

F = TypeVar("F")
G = TypeVar("G", covariant=True)

WORDS = "each of them somewhere in it, whole; widths, capitals and spaces count for nothing"


class FilterInput(Protocol[G]):
    """The input type of a list's filter."""

    def chosen(self) -> G:
        """Return what the use case takes."""
        ...


def filter_of(description: str) -> Any:
    """Describe the argument `filter` of a list."""
    return strawberry.argument(name="filter", description=description)


def chosen(where: FilterInput[F] | None, everything: F) -> F:
    """Return what the use case takes, `everything` where no filter was given."""
    return everything if where is None else where.chosen()
