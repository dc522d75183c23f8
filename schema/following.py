"""Subscriptions: what somebody follows is read anew whenever it may have changed, as whoever may read it then."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

import strawberry
from sqlalchemy import Connection

from ledger import signed
from ledger.errors import Invalid
from ledger.notifications import Topic
from ledger.windows import Window
from schema.context import Info
from schema.public_types.ledger import Entry
from schema.scalars import BigInt

T = TypeVar("T")

AT_ONCE = 100

FromSeq = Annotated[
    BigInt | None,
    strawberry.argument(
        name="from", description="The first entry to tell, from 0; none: the first that is not signed yet (起始序号)."
    ),
]


async def following(info: Info, topic: Topic, read: Callable[[Connection], T]) -> AsyncGenerator[T, None]:
    """Yield what is read, now and whenever it may have changed; who asks must be signed in each time, where they are.

    Raises Conflict("subscriptions_full"), and Forbidden once a token no longer holds.
    """
    context = info.context
    whose = (context.address or "") if context.actor is None else context.actor.subject
    with context.serving.watcher.places.place(whose):
        async with aclosing(context.serving.watcher.changes(topic)) as changes:
            async for _ in changes:
                await context.sign_in_again()
                yield await context.serving.transactions.read(read)


async def ledger_entries(info: Info, start: int | None) -> AsyncGenerator[Entry, None]:
    """Yield each entry from a place on, once it is signed: none is left out and none is told twice."""
    if start is not None and start < 0:
        raise Invalid("entry_missing", field="from", seq=start)
    place = start

    def read(tx: Connection) -> Any:
        size = signed.size(tx)
        return size, [] if place is None else signed.entries(tx, Window(AT_ONCE, (place - 1,)))

    transactions = info.context.serving.transactions
    async with aclosing(following(info, Topic.LOG, read)) as found:
        async for size, entries in found:
            place = size if place is None else place
            while entries:
                for entry in entries:
                    yield Entry.of(entry)
                    place = entry.seq + 1
                entries = (await transactions.read(read))[1]
