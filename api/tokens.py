"""Staff tokens: JWTs (RFC 7519), signed with the bureau's own key (HS256)."""

from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from ledger.actors import Actor, Role
from ledger.errors import Forbidden
from ledger.keys import Secret

ALGORITHM = "HS256"
LONGEST = timedelta(days=366)


def issue(key: Secret, issuer: str, actor: Actor, now: datetime, lifetime: timedelta) -> str:
    """Return a token for an actor; `issuer` is the log's origin, so that no other bureau takes it."""
    claims = {
        "iss": issuer,
        "sub": actor.subject,
        "role": actor.role.value,
        "department": actor.department,
        "iat": int(now.timestamp()),
        "exp": int((now + min(lifetime, LONGEST)).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, OctKey.import_key(key.value))


def actor_of(key: Secret, issuer: str, token: str, now: datetime) -> Actor:
    """Return the actor of a token; raises Forbidden("token_refused") for every token that is not in order."""
    try:
        decoded = jwt.decode(token, OctKey.import_key(key.value), algorithms=[ALGORITHM])
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": issuer},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(decoded.claims)
        department = decoded.claims.get("department")
        return Actor(
            str(decoded.claims["sub"]),
            Role(decoded.claims["role"]),
            None if department is None else str(department),
        )
    except (JoseError, ValueError, KeyError):
        raise Forbidden("token_refused") from None
