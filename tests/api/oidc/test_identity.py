"""What a provider's token has to say: who is let in by one, and every way in which one is refused."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from api.oidc.identity import ALGORITHMS, Expected, Identity, identity_of, is_safe
from ledger.actors import Role
from ledger.errors import Forbidden

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
ISSUER, AUDIENCE = "https://id.test/realms/qian", "https://qian.test"
EXPECTED = Expected(ISSUER, AUDIENCE, ("RS256", "PS256", "ES256", "Ed25519"), "sub", None, None, 60)
BY_CLAIMS = Expected(ISSUER, AUDIENCE, ("ES256",), "sub", "realm_access.roles", "department", 60)
RSA = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
EC = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
KEYS: Sequence[Key] = [RSA, EC, ED]


def signed(algorithm: str = "ES256", key: Any = EC, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return a token of the provider; a claim that is `...` is left out."""
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "王某",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=10)).timestamp()),
        **claims,
    }
    present = {name: value for name, value in whole.items() if value is not ...}
    head = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt", **(header or {})}
    header = {name: value for name, value in head.items() if value is not ...}
    return jws.serialize_compact(header, json.dumps(present).encode(), key, algorithms=[algorithm])


def identity(token: str, expected: Expected = EXPECTED, now: datetime = NOW) -> Identity:
    return identity_of(token, KEYS, expected, now)


def base64_of(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def refused(token: str, expected: Expected = EXPECTED, now: datetime = NOW, code: str = "token_refused") -> None:
    with pytest.raises(Forbidden, match=code):
        identity(token, expected, now)


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA), ("PS256", RSA), ("ES256", EC), ("Ed25519", ED)])
def test_a_token_by_each_algorithm_names_its_user(algorithm: str, key: Key) -> None:
    found = identity(signed(algorithm, key))
    assert found == Identity("王某", NOW.replace(microsecond=0) + timedelta(minutes=10), None, None)


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "JWT", ...])
def test_an_access_token_may_be_called_so(typ: object) -> None:
    assert identity(signed(header={"typ": typ})).subject == "王某"


@pytest.mark.parametrize("typ", ["logout+jwt", "secevent+jwt", "dpop+jwt", "id+jwt"])
def test_a_token_of_another_type_is_refused(typ: str) -> None:
    refused(signed(header={"typ": typ}))


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "x"},
        {"at_hash": "x"},
        {"events": {}},
        {"cnf": {"jkt": "x"}},
        {"typ": "ID"},
        {"typ": "Refresh"},
        {"aud": "https://other.test"},
        {"aud": ["https://other.test"]},
        {"aud": []},
        {"aud": ...},
        {"iss": "https://other.test"},
        {"iss": ISSUER + "/"},
        {"iss": ...},
        {"sub": ...},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 201},
        {"exp": ...},
        {"exp": "tomorrow"},
        {"sub": "王\0某"},
        {"sub": "\ud800"},
        {"exp": int((NOW - timedelta(seconds=61)).timestamp())},
        {"nbf": int((NOW + timedelta(seconds=61)).timestamp())},
        {"iat": int((NOW + timedelta(seconds=61)).timestamp())},
    ],
)
def test_a_token_that_says_something_else_is_refused(claims: dict[str, Any]) -> None:
    refused(signed(**claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["https://other.test", AUDIENCE]},
        {"exp": int((NOW - timedelta(seconds=59)).timestamp())},
        {"nbf": int((NOW + timedelta(seconds=59)).timestamp())},
        {"iat": int((NOW + timedelta(seconds=59)).timestamp())},
    ],
)
def test_clocks_may_be_a_minute_apart_and_a_token_may_be_for_several(claims: dict[str, Any]) -> None:
    assert identity(signed(**claims)).subject == "王某"


def test_no_shared_key_and_no_missing_signature_counts() -> None:
    _, payload, signature = signed("RS256", RSA).split(".")
    public = RSA.as_pem(private=False)
    for stated in ("none", "None", "HS256"):
        head = base64_of(json.dumps({"alg": stated, "kid": RSA.kid}).encode())
        by_public_key = base64_of(hmac.digest(public, f"{head}.{payload}".encode(), "sha256"))
        for forged in (signature, "", by_public_key):
            refused(f"{head}.{payload}.{forged}")
    assert not [name for name in ALGORITHMS if name.startswith("HS") or name == "none"]


def test_an_algorithm_that_is_not_expected_is_refused_though_the_key_fits() -> None:
    refused(signed("RS512", RSA))
    refused(signed("RS256", RSA), BY_CLAIMS)


def test_the_key_has_to_be_the_named_one() -> None:
    other = ECKey.generate_key("P-256", {"kid": str(EC.kid)})
    refused(signed(key=other))
    refused(signed(header={"kid": ED.kid}))
    refused(signed(header={"kid": "unknown"}))
    assert identity(signed(header={"kid": ...})).subject == "王某"
    with pytest.raises(Forbidden):
        identity_of(signed(header={"kid": ...}), [EC, other], EXPECTED, NOW)


@pytest.mark.parametrize(
    ("claims", "role", "department"),
    [
        ({"realm_access": {"roles": ["offline_access", "planner"]}, "department": "ZJ"}, Role.PLANNER, "ZJ"),
        ({"realm_access": {"roles": "auditor"}, "department": "*"}, Role.AUDITOR, None),
        ({"realm_access.roles": ["analyst"], "department": ["SC"]}, Role.ANALYST, "SC"),
    ],
)
def test_claims_may_tell_role_and_department(claims: dict[str, Any], role: Role, department: str | None) -> None:
    found = identity(signed(**claims), BY_CLAIMS)
    assert (found.role, found.department) == (role, department)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"realm_access": {"roles": ["planner"]}},
        {"realm_access": {"roles": ["planner"]}, "department": ""},
        {"realm_access": {"roles": ["planner"]}, "department": ["ZJ", "SC"]},
        {"realm_access": {"roles": ["planner", "analyst"]}, "department": "ZJ"},
        {"realm_access": {"roles": ["peer"]}, "department": "ZJ"},
        {"realm_access": {"roles": [{}]}, "department": "ZJ"},
        {"realm_access": "planner", "department": "ZJ"},
        {"realm_access": {"roles": ["planner"]}, "department": "Z\0J"},
    ],
)
def test_claims_that_tell_no_one_role_and_department_are_refused(claims: dict[str, Any]) -> None:
    refused(signed(**claims), BY_CLAIMS, code="token_without_role")


def test_claims_deeper_than_they_can_be_read_are_refused() -> None:
    deep = json.dumps({"iss": ISSUER, "aud": AUDIENCE, "sub": "王某"})[:-1] + ', "a": ' + "[" * 5000 + "]" * 5000 + "}"
    refused(jws.serialize_compact({"alg": "ES256", "kid": EC.kid}, deep.encode(), EC, algorithms=["ES256"]))


@given(st.text(max_size=300))
def test_what_is_no_token_is_refused(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://id.test", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost", True),
        ("http://id.test", False),
        ("http://127.0.0.1.id.test", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("id.test", False),
    ],
)
def test_a_provider_is_asked_where_nobody_can_change_the_answer(address: str, safe: bool) -> None:
    assert is_safe(address) is safe
