"""What an ID token has to say before a sign-in at the provider counts (OpenID Connect Core 1.0, 3.1.3.7)."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jwt import JWTClaimsRegistry

from api.oidc.identity import Expected, key_for
from ledger.errors import Forbidden

_HASHES: Final = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


@dataclass(frozen=True)
class OfSignIn:
    """What an ID token is of: a client, the sign-in that it began, and the access token beside it."""

    client_id: str
    nonce: str
    access_token: str


def check_id_token(token: str, keys: Sequence[Key], expected: Expected, of: OfSignIn, now: datetime) -> None:
    """Raise Forbidden("token_refused") unless an ID token is the provider's, for this client, and of this sign-in."""
    try:
        header = dict(jws.extract_compact(token.encode()).headers())
        decoded = jwt.decode(token, key_for(header, keys, expected), algorithms=list(expected.algorithms))
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=expected.skew,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "value": of.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True},
        ).validate(decoded.claims)
        _require_of(decoded.claims, str(header["alg"]), of)
    except (JoseError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise Forbidden("token_refused") from None


def _require_of(claims: Mapping[str, Any], algorithm: str, of: OfSignIn) -> None:
    """Raise ValueError where a token is of another sign-in, or for another party."""
    if not hmac.compare_digest(str(claims["nonce"]).encode(), of.nonce.encode()):
        raise ValueError("nonce")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise ValueError("azp")
    if claims.get("azp", of.client_id) != of.client_id:
        raise ValueError("azp")
    if "at_hash" in claims and claims["at_hash"] != left_half(of.access_token, algorithm):
        raise ValueError("at_hash")


def left_half(text: str, algorithm: str) -> str:
    """Return the left half of a text's hash, as an ID token under an algorithm tells it."""
    digest = _HASHES.get(algorithm[-3:], hashlib.sha512)(text.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
