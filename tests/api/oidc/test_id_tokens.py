"""ID tokens: the provider's, for this client, of this sign-in, and of the access token that came with it."""

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import Key

from api.oidc.id_tokens import OfSignIn, check_id_token, left_half
from api.oidc.identity import Expected
from ledger.errors import Forbidden
from tests.api.oidc.providers import rsa
from tests.sampling.users.office import NOW

ISSUER = "https://id.example"
EXPECTED = Expected(ISSUER, "https://qian.example", ["RS256"], "sub", None, None, 60)
OF = OfSignIn("desk", "nonce", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
SECONDS = int(NOW.timestamp())
CLAIMS = {"iss": ISSUER, "aud": "desk", "sub": "wang", "exp": SECONDS + 60, "iat": SECONDS, "nonce": "nonce"}
KEY, OTHER = rsa(), rsa()


def token(claims: dict[str, Any], key: Key = KEY, **header: str) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"aud": ["desk"]},
        {"aud": ["desk", "another"], "azp": "desk"},
        {"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"},  # the example of OpenID Connect Core, A.3
        {"exp": SECONDS - 59},
    ],
)
def test_a_token_in_order_is_taken(more: dict[str, Any]) -> None:
    check_id_token(token(CLAIMS | more), [KEY, OTHER], EXPECTED, OF, NOW)


@pytest.mark.parametrize(
    "more",
    [
        {"nonce": "another"},
        {"nonce": 1},
        {"nonce": ""},
        {"iss": "https://another.example"},
        {"aud": "https://qian.example"},
        {"aud": ["another"]},
        {"aud": ["desk", "another"]},
        {"aud": ["desk", "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": SECONDS - 61},
        {"iat": SECONDS + 3600},
        {"at_hash": "77QmUPtjPfzWtF2AnpK9RA"},
        {"at_hash": None},
    ],
)
def test_a_token_of_anything_else_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Forbidden, match="token_refused"):
        check_id_token(token(CLAIMS | more), [KEY], EXPECTED, OF, NOW)


@pytest.mark.parametrize("missing", CLAIMS)
def test_a_token_without_one_of_its_claims_is_refused(missing: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != missing}
    with pytest.raises(Forbidden, match="token_refused"):
        check_id_token(token(claims), [KEY], EXPECTED, OF, NOW)


def test_a_token_that_another_signed_or_nobody_is_refused() -> None:
    good = token(CLAIMS)
    unsigned = jwt.encode({"alg": "none"}, CLAIMS, KEY, algorithms=["none"])
    for bad in (token(CLAIMS, OTHER), good[:-4] + "AAAA", unsigned, "", "a.b.c", good + ".x"):
        with pytest.raises(Forbidden, match="token_refused"):
            check_id_token(bad, [KEY], EXPECTED, OF, NOW)
    with pytest.raises(Forbidden, match="token_refused"):
        check_id_token(good, [KEY], EXPECTED, OF, NOW + timedelta(days=1))


@pytest.mark.parametrize(("algorithm", "length"), [("RS256", 22), ("ES384", 32), ("PS512", 43), ("EdDSA", 43)])
def test_the_hash_of_an_access_token_is_that_of_the_signature(algorithm: str, length: int) -> None:
    assert len(left_half("token", algorithm)) == length
