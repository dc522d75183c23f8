"""What a provider's access token has to say before anybody is let in by it (RFC 7519, RFC 9068)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jwt import JWTClaimsRegistry

from ledger.actors import Role
from ledger.errors import Forbidden

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""By private keys alone: with a shared secret, whoever can check a token could make one."""
TYPES: Final = ("", "jwt", "at+jwt")
OF_OTHER_TOKENS: Final = ("nonce", "at_hash", "c_hash", "s_hash", "events", "cnf")
"""Claims of ID tokens and events; and of tokens that are good only beside a proof, which nobody shows here."""
OTHER_KINDS: Final = ("id", "refresh", "offline", "logout")
LONGEST_SUBJECT: Final = 200
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_TYPES_OF_KEYS: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


@dataclass(frozen=True)
class Expected:
    """What the bureau expects of tokens. Claims are named by their path, such as `realm_access.roles`; skew in seconds.

    Without a role's claim the bureau's own users have roles and departments.
    """

    issuer: str
    audience: str
    algorithms: Sequence[str]
    subject_claim: str
    role_claim: str | None
    department_claim: str | None
    skew: int


@dataclass(frozen=True)
class Identity:
    """Whom the provider signed in, until when, and where claims tell it with which role and department."""

    subject: str
    expires: datetime
    role: Role | None
    department: str | None


def is_safe(address: str) -> bool:
    """Tell whether nobody on the way can change what comes from an address: https, or this machine itself."""
    try:
        parts = urlsplit(address)
        return (parts.scheme == "https" and bool(parts.hostname)) or (
            parts.scheme == "http" and parts.hostname in LOOPBACK
        )
    except ValueError:
        return False


def key_id(token: str) -> str | None:
    """Return which key a token says that it is signed with; raises Forbidden("token_refused")."""
    try:
        found = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError):
        raise Forbidden("token_refused") from None
    return found if isinstance(found, str) else None


def identity_of(token: str, keys: Sequence[Key], expected: Expected, now: datetime) -> Identity:
    """Return whom a token stands for; raises Forbidden: token_refused, token_without_role."""
    try:
        header = dict(jws.extract_compact(token.encode()).headers())
        decoded = jwt.decode(token, key_for(header, keys, expected), algorithms=list(expected.algorithms))
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=expected.skew,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "value": expected.audience},
            exp={"essential": True},
        ).validate(decoded.claims)
        _require_access_token(header, decoded.claims)
        expires = datetime.fromtimestamp(int(decoded.claims["exp"]), UTC)
        subject = _at(decoded.claims, expected.subject_claim)
    except (JoseError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise Forbidden("token_refused") from None
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise Forbidden("token_refused")
    if expected.role_claim is None:
        return Identity(subject, expires, None, None)
    role = _role(_at(decoded.claims, expected.role_claim))
    return Identity(subject, expires, role, _department(decoded.claims, expected.department_claim))


def key_for(header: Mapping[str, Any], keys: Sequence[Key], expected: Expected) -> Key:
    """Return the only key that fits; raises ValueError."""
    algorithm, wanted = str(header.get("alg")), header.get("kid")
    if algorithm not in expected.algorithms:
        raise ValueError("algorithm")
    fitting = [
        key
        for key in keys
        if (wanted is None or key.kid == wanted)
        and key.key_type == _TYPES_OF_KEYS[algorithm[:2]]
        and key.get("alg") in (None, algorithm)
    ]
    if len(fitting) != 1:
        raise ValueError("key")
    return fitting[0]


def _require_access_token(header: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    """Raise ValueError for a token that was signed for something else."""
    named = str(header.get("typ") or "").lower().removeprefix("application/")
    if named not in TYPES or any(claim in claims for claim in OF_OTHER_TOKENS):
        raise ValueError("type")
    if str(claims.get("typ", "")).lower() in OTHER_KINDS:
        raise ValueError("type")


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """Return the claim of this name, or the one within others that a path leads to; None where there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _role(told: Any) -> Role:
    """Return the one role among what a claim tells; a peer is none, since its clients sign in here."""
    names = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    found = {Role(name) for name in names if isinstance(name, str) and name in set(Role)} - {Role.PEER}
    if len(found) != 1:
        raise Forbidden("token_without_role")
    return found.pop()


def _department(claims: Mapping[str, Any], path: str | None) -> str | None:
    """Return the department that a claim tells, "*" meaning all; raises Forbidden where it tells none."""
    if path is None:
        return None
    told = _at(claims, path)
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    if not isinstance(told, str) or not told.isprintable() or not told:
        raise Forbidden("token_without_role")
    return None if told == "*" else told
