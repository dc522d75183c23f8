"""Lists of the registers of items, objects and inspectors (一单两库): by code, or by what their rows say and code."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import Enum
from typing import TypeVar

from ledger.actors import Actor
from sampling import registers
from sampling.register_filters import RegisterFilter, RegisterOrder
from sampling.registers import RegisterRow
from schema.connections import Connection, Keyset, Paging, page
from schema.ordering import Order, Orders

F = TypeVar("F", bound=Enum)
T = TypeVar("T")


def orders_of(kind: str, fields: Iterable[F]) -> Orders[F, RegisterRow]:
    """Return the orders of a register's list by fields whose values are those of `RegisterOrder`."""
    return Orders({each: _keyset(kind, _order(each)) for each in fields})


async def register_page(
    kind: str,
    actor: Actor | None,
    orders: Orders[F, RegisterRow],
    order: Order[F] | None,
    paging: Paging,
    node: Callable[[RegisterRow], T],
    day: date | None,
    wanted: RegisterFilter,
) -> Connection[T]:
    """Return a page of a register as it is, or as it was at the end of a day."""
    by = _order(orders.field(order))
    return await page(
        orders.keyset(order),
        paging,
        lambda tx, window: registers.page(tx, actor, kind, window, wanted, day, by),
        node,
        count=lambda tx: registers.count(tx, actor, kind, wanted, day),
        filters=[day, wanted],
    )


def _keyset(kind: str, order: RegisterOrder) -> Keyset[RegisterRow]:
    if order is RegisterOrder.CODE:
        return Keyset(kind, (str,), lambda row: (row[0],))
    return Keyset(f"{kind} by {order}", (str, str), lambda row: (row[1].get(order.value) or "", row[0]))


def _order(field: Enum) -> RegisterOrder:
    return RegisterOrder(str(field.value))
