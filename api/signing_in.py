"""Who asks, by the bearer token of a request (RFC 6750), the bureau's own or the provider's, or by a browser's session.

A session of the desk stands for a token that the bureau keeps, so whatever ends a token ends it, too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from starlette.requests import HTTPConnection

from api import tokens
from api.bureau import Bureau
from api.desk import sessions
from api.desk.own_pages import is_own
from api.desk.renewing import session_of
from api.oidc.identity import Identity
from ledger.actors import Actor
from ledger.errors import Forbidden, Unavailable
from sampling.users import signing_in
from schema.signed_in import SignedIn
from schema.transactions import Transactions

if TYPE_CHECKING:
    from schema.context import Context  # which commands, who sign in here, do not load

SCHEME = "bearer"
PAGE_OF: Final = "qian-page-of"
"""The header by which a page says whose it is: another tab may have signed in somebody else since."""
NOT_ESCAPED: Final = "!'()*"
"""What JavaScript's encodeURIComponent leaves as it is, beside what `quote` does."""
CHECKED_SECONDS: Final = 30
"""How often it is seen whether whoever follows something is still let in."""


@dataclass(frozen=True)
class Bearer:
    """A token in order: until when it is, and whom it stands for, as the database knows him now."""

    expires: datetime
    actor_in: Callable[[Connection], Actor]


@dataclass(frozen=True)
class Shown:
    """What somebody shows of who he is: an Authorization header; and where there is none, a session of the desk."""

    authorization: object = None
    session: str | None = None
    page_of: str | None = None
    """Of a session: who the page that asks takes to be signed in."""


def shown_by(request: HTTPConnection) -> Shown:
    """Return what a request shows. Of several Authorization headers none counts, and no session beside them.

    A session counts only where a page of this host asks: browsers send its cookie wherever a request comes from.
    """
    given = request.headers.getlist("authorization")
    if given:
        return Shown(given[0] if len(given) == 1 else None)
    return Shown(session=sessions.shown_by(request) if is_own(request) else None, page_of=request.headers.get(PAGE_OF))


async def sign_in(bureau: Bureau, transactions: Transactions, shown: Shown) -> SignedIn:
    """Return who asks.

    Raises Forbidden: token_missing, token_refused, token_without_role, user_unknown, user_disabled,
    page_of_another_person; Unavailable("provider_unreachable").
    """
    if shown.session is None:
        return await by_token(bureau, transactions, _token(shown.authorization))
    session = await session_of(bureau, transactions, shown.session)
    found = await by_token(bureau, transactions, session.token)
    if shown.page_of not in (None, _named(found.actor)):
        raise Forbidden("page_of_another_person")
    return SignedIn(found.actor, min(found.expires, session.until))


async def signed_out(context: "Context") -> None:
    """Return once whoever asks is let in no more: his token has expired, or its user was disabled or signed out.

    Never, where nobody has to sign in.
    """
    while True:
        left = float(CHECKED_SECONDS)
        try:
            until = await context.sign_in_again()
            if until is None:
                await asyncio.Event().wait()
            else:
                left = (until - context.bureau.now).total_seconds()
        except Forbidden:
            return
        except (Unavailable, OperationalError):
            pass  # who cannot be asked now is asked again
        await asyncio.sleep(min(max(left, 1.0), CHECKED_SECONDS))


async def by_token(bureau: Bureau, transactions: Transactions, token: str) -> SignedIn:
    """Return whom a token stands for; raises what `sign_in` raises."""
    if bureau.provider is not None and bureau.provider.issued(token):
        await bureau.provider.prepare(token)
    bearer = opened(bureau, token)
    return SignedIn(await transactions.read(bearer.actor_in), bearer.expires)


def actor_of(bureau: Bureau, token: str) -> Actor:
    """Return who a token stands for, for a command that may wait; raises what `sign_in` raises."""
    if bureau.provider is not None and bureau.provider.issued(token):
        bureau.provider.prepare_here(token)
    bearer = opened(bureau, token)
    with bureau.read() as tx:
        return bearer.actor_in(tx)


def opened(bureau: Bureau, token: str) -> Bearer:
    """Check a token as far as that goes without the database, by whose key it says that it is signed.

    Raises Forbidden: token_refused, token_without_role; Unavailable("provider_unreachable").
    """
    if bureau.provider is not None and bureau.provider.issued(token):
        return _of_provider(bureau.provider.identity(token, bureau.now))
    told = tokens.open_token(bureau.token_key, bureau.origin, token, bureau.now)

    def actor_in(tx: Connection) -> Actor:
        if told.sessions is not None:
            return signing_in.of_session(tx, told.actor.subject, told.sessions)
        signing_in.require_not_disabled(tx, told.actor.subject)
        return told.actor

    return Bearer(told.expires, actor_in)


def _of_provider(found: Identity) -> Bearer:
    def actor_in(tx: Connection) -> Actor:
        if found.role is None:
            return signing_in.of_provider(tx, found.subject)
        return signing_in.of_claims(tx, Actor(found.subject, found.role, found.department))

    return Bearer(found.expires, actor_in)


def _named(actor: Actor) -> str:
    """Name somebody as his pages do."""
    parts = (actor.subject, actor.role.value, actor.department or "")
    return "/".join(quote(each, safe=NOT_ESCAPED) for each in parts)


def _token(authorization: object) -> str:
    scheme, _, token = authorization.strip().partition(" ") if isinstance(authorization, str) else ("", "", "")
    if scheme.lower() != SCHEME or not token.strip():
        raise Forbidden("token_missing")
    return token.strip()
