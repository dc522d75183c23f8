"""What every resolver is given, and how it reaches the database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import strawberry
from sqlalchemy import Connection

from ledger.actors import Actor
from ledger.errors import Forbidden
from sampling.strata import Limits
from schema.bureau import Bureau
from schema.transactions import Transactions, current
from schema.watching import Watcher
from schema.words import Language

T = TypeVar("T")


@dataclass(frozen=True)
class Serving:
    """What all requests of one process share."""

    bureau: Bureau
    transactions: Transactions
    watcher: Watcher
    limits: Limits
    inference_bound: int


@dataclass
class Context:
    """One request, or one connection of a web socket: who asks, and in which language."""

    serving: Serving
    language: Language
    request_id: str
    actor: Actor | None = None
    connection_params: dict[str, Any] = field(default_factory=dict)

    @property
    def bureau(self) -> Bureau:
        """The bureau that is served."""
        return self.serving.bureau

    @property
    def signed_in(self) -> Actor:
        """Who asks; raises Forbidden("token_missing") where nobody signed in."""
        if self.actor is None:
            raise Forbidden("token_missing")
        return self.actor


Info: TypeAlias = strawberry.Info[Context, None]


async def read(work: Callable[[Connection], T]) -> T:
    """Return what `work` reads in the snapshot of the operation that is being answered."""
    return await current.get().read(work)


async def read_once(name: str, work: Callable[[Connection], T]) -> T:
    """Return what `work` reads, read once for all fields of the operation that ask under the same name."""
    return await current.get().read_once(name, work)


async def read_as_staff(info: Info, work: Callable[[Connection, Actor], T]) -> T:
    """Return what a use case gives the one who asks."""
    actor = info.context.signed_in
    return await read(lambda tx: work(tx, actor))


async def act(info: Info, work: Callable[[Connection, Actor, datetime], T]) -> T:
    """Return what a use case does for the one who asks, in a transaction of its own."""
    actor, now = info.context.signed_in, info.context.bureau.now
    return await current.get().write(lambda tx: work(tx, actor, now))
