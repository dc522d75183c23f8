"""Who asks, by the bearer token of a request (RFC 6750)."""

from api import tokens
from api.bureau import Bureau
from ledger.actors import Actor
from ledger.errors import Forbidden

SCHEME = "bearer"


def actor_of(bureau: Bureau, authorization: object) -> Actor:
    """Return the actor of an Authorization header; raises Forbidden("token_missing") or Forbidden("token_refused")."""
    scheme, _, token = authorization.strip().partition(" ") if isinstance(authorization, str) else ("", "", "")
    if scheme.lower() != SCHEME or not token.strip():
        raise Forbidden("token_missing")
    return tokens.actor_of(bureau.token_key, bureau.origin, token.strip(), bureau.now)
