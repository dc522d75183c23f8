"""Who asks, by the bearer token of a request (RFC 6750): the bureau's own, or the provider's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api import tokens
from api.bureau import Bureau
from api.oidc.identity import Identity
from ledger.actors import Actor
from ledger.errors import Forbidden
from sampling.users import signing_in
from schema.transactions import Transactions

SCHEME = "bearer"


@dataclass(frozen=True)
class Bearer:
    """A token in order: until when it is, and whom it stands for, as the database knows him now."""

    expires: datetime
    actor_in: Callable[[Connection], Actor]


@dataclass(frozen=True)
class SignedIn:
    """Who asks, and until when he is signed in."""

    actor: Actor
    expires: datetime


async def sign_in(bureau: Bureau, transactions: Transactions, authorization: object) -> SignedIn:
    """Return who asks by an Authorization header.

    Raises Forbidden: token_missing, token_refused, token_without_role, user_unknown, user_disabled;
    Unavailable("provider_unreachable").
    """
    token = _token(authorization)
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


def _token(authorization: object) -> str:
    scheme, _, token = authorization.strip().partition(" ") if isinstance(authorization, str) else ("", "", "")
    if scheme.lower() != SCHEME or not token.strip():
        raise Forbidden("token_missing")
    return token.strip()
