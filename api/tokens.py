"""The bureau's own tokens: JWTs (RFC 7519), signed with its own key (HS256)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import JWTClaimsRegistry

from ledger.actors import Actor, Role
from ledger.calendar import instant_text
from ledger.errors import Forbidden, Invalid
from ledger.keys import Secret
from ledger.log import CLOCK_TOLERANCE

ALGORITHM = "HS256"
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Opened:
    """What a token says: whom it stands for, until when, and of which of the user's sessions it is.

    `sessions` is None where the key's holder issued it, without a sign-in.
    """

    actor: Actor
    expires: datetime
    sessions: int | None


def issue(
    key: Secret, issuer: str, actor: Actor, now: datetime, lifetime: timedelta, sessions: int | None = None
) -> str:
    """Return a token for an actor; `issuer` is the log's origin, so that no other bureau takes it."""
    claims = {
        "iss": issuer,
        "sub": actor.subject,
        "role": actor.role.value,
        "department": actor.department,
        "iat": int(now.timestamp()),
        "exp": int((now + min(lifetime, LONGEST)).timestamp()),
    }
    if sessions is not None:
        claims["sessions"] = sessions
    return jwt.encode({"alg": ALGORITHM}, claims, OctKey.import_key(key.value))


def open_token(key: Secret, issuer: str, token: str, now: datetime) -> Opened:
    """Return what a token says; raises Forbidden("token_refused") for every token that is not in order.

    One that was issued later than now, beyond what clocks may differ by, is told apart: "token_from_later".
    """
    try:
        decoded = jwt.decode(token, OctKey.import_key(key.value), algorithms=[ALGORITHM])
        issued = int(decoded.claims.pop("iat", 0))
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": issuer},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(decoded.claims)
        department, sessions = decoded.claims.get("department"), decoded.claims.get("sessions")
        actor = Actor(
            str(decoded.claims["sub"]),
            Role(decoded.claims["role"]),
            None if department is None else str(department),
        )
        expires = datetime.fromtimestamp(int(decoded.claims["exp"]), UTC)
        since = datetime.fromtimestamp(issued, UTC)
        opened = Opened(actor, expires, None if sessions is None else int(sessions))
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, Invalid):
        raise Forbidden("token_refused") from None
    if since - now > CLOCK_TOLERANCE:
        raise Forbidden("token_from_later", issued=instant_text(since), now=instant_text(now))
    return opened
