"""What every resolver is given, and how it reaches the database."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import anyio
import strawberry
from sqlalchemy import Connection

from ledger.actors import Actor
from ledger.errors import Forbidden
from sampling.publicity.limits import IntakeLimits
from sampling.strata import Limits
from schema.bureau import Bureau
from schema.cost.metering import Meter
from schema.observing import Nobody, Observer
from schema.signed_in import SignedIn
from schema.transactions import Transactions, current
from schema.watching import Watcher
from schema.words import Language

K = TypeVar("K")
T = TypeVar("T")

HASHES_AT_ONCE = 4
"""How many passwords are hashed at once: each takes 64 MiB for a tenth of a second, and transactions around it."""


@dataclass(frozen=True)
class Serving:
    """What all requests of one process share."""

    bureau: Bureau
    transactions: Transactions
    watcher: Watcher
    limits: Limits
    inference_bound: int
    evidence_bytes: int
    intake: IntakeLimits
    meter: Meter = field(default_factory=Meter)
    hashing: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(HASHES_AT_ONCE))
    observer: Observer = field(default_factory=Nobody)


@dataclass
class Context:
    """One request, or one connection of a web socket: who asks, in which language, from which address.

    `introspection` and `suggestions` are whether the caller may ask for the schema, and is helped with its names.
    `desk_session` is what a web socket's handshake showed of a browser's session.
    What an operation leaves in `answer_status` and `answer_headers` becomes the head of its answer over HTTP.
    """

    serving: Serving
    language: Language
    request_id: str
    actor: Actor | None = None
    address: str | None = None
    idempotency_key: str | None = None
    desk_session: str | None = None
    sign_in: Callable[[], Awaitable[SignedIn]] | None = None
    connection_params: dict[str, Any] = field(default_factory=dict)
    introspection: bool = True
    suggestions: bool = True
    answer_status: int | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)

    @property
    def bureau(self) -> Bureau:
        """The bureau that is served."""
        return self.serving.bureau

    @property
    def subject(self) -> str | None:
        """Whose allowance pays, None the address's."""
        return None if self.actor is None else self.actor.subject

    @property
    def signed_in(self) -> Actor:
        """Who asks; raises Forbidden("token_missing") where nobody signed in."""
        if self.actor is None:
            raise Forbidden("token_missing")
        return self.actor

    async def sign_in_again(self) -> datetime | None:
        """Look again who asks, and return until when he is signed in, None where nobody has to be.

        What lasts longer than a token ends with it. Raises Forbidden, and Unavailable where nobody can tell.
        """
        if self.sign_in is None:
            return None
        found = await self.sign_in()
        self.actor = found.actor
        return found.expires


Info: TypeAlias = strawberry.Info[Context, None]


async def read(work: Callable[[Connection], T]) -> T:
    """Return what `work` reads in the snapshot of the operation that is being answered."""
    return await current.get().read(work)


async def read_once(name: str, work: Callable[[Connection], T]) -> T:
    """Return what `work` reads, read once for all fields of the operation that ask under the same name."""
    return await current.get().read_once(name, work)


async def read_together(name: str, key: K, work: Callable[[Connection, Collection[K]], Mapping[K, T]]) -> T:
    """Return what `work` reads of a key, read at once with all keys that fields of the operation ask for beside it."""
    return await current.get().read_together(name, key, work)


async def read_as_staff(info: Info, work: Callable[[Connection, Actor], T]) -> T:
    """Return what a use case gives the one who asks."""
    actor = info.context.signed_in
    return await read(lambda tx: work(tx, actor))


async def act(info: Info, work: Callable[[Connection, Actor, datetime], T]) -> T:
    """Return what a use case does for the one who asks, in a transaction of its own."""
    actor, now = info.context.signed_in, info.context.bureau.now
    return await current.get().write(lambda tx: work(tx, actor, now))


async def act_apart(info: Info, work: Callable[[Actor, datetime], T]) -> T:
    """Return what a use case does for the one who asks that hashes passwords, between transactions of its own."""
    actor, now = info.context.signed_in, info.context.bureau.now
    return await current.get().apart(lambda: work(actor, now), info.context.serving.hashing)


async def act_as_anybody(work: Callable[[Connection], T]) -> T:
    """Return what a use case does for somebody who did not sign in, in a transaction of its own."""
    return await current.get().write(work)
