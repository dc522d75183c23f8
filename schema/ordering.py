"""What the orders of all lists have in common: each is an input type of a field and a direction.

A list has an enumeration of the fields that it may go by, and says of each by which keyset (`schema.connections`): its
key ends with what no two rows share, so that a list that goes by what many share is in one order, too. Up is down read
backward, so use cases know fields and no directions. No list goes by a grade, or anything else that is secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

import strawberry

from schema.connections import Keyset

F = TypeVar("F", bound=Enum)
R = TypeVar("R")


@strawberry.enum(description="Which way a list goes (排序方向).")
class OrderDirection(Enum):
    """The directions."""

    ASC = strawberry.enum_value("asc", description="The lowest, or earliest, first (升序).")
    DESC = strawberry.enum_value("desc", description="The highest, or latest, first (降序).")


@strawberry.input(description="In which order a list goes: by a field, and then by what no two share (排序).")
class Order(Generic[F]):
    """An order; in the schema its name begins as that of its field's enumeration."""

    field: F = strawberry.field(description="What the list goes by (排序字段).")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way (方向).")


@dataclass(frozen=True)
class Orders(Generic[F, R]):
    """The orders of a list: the keyset of each field. The first one holds where none is asked for, as it is read."""

    keysets: Mapping[F, Keyset[R]]

    def field(self, order: Order[F] | None) -> F:
        """Return the field that a list goes by."""
        return next(iter(self.keysets)) if order is None else order.field

    def keyset(self, order: Order[F] | None) -> Keyset[R]:
        """Return the keyset by which a list goes."""
        keyset = self.keysets[self.field(order)]
        return keyset if order is None else keyset.going(down=order.direction is OrderDirection.DESC)


def order_of(description: str) -> Any:
    """Describe the argument `order` of a list: the description tells which one holds where none is given."""
    return strawberry.argument(name="order", description=f"In which order; none: {description}")
