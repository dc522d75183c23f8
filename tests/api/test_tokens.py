"""Staff tokens: who they name, and every way in which they are refused."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from api import tokens
from ledger.actors import Actor, Role
from ledger.errors import Forbidden
from ledger.keys import Secret

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
KEY, OTHER_KEY = Secret(bytes(range(32))), Secret(bytes(32))
ISSUER = "log.test/qian"
PLANNER = Actor("计划员", Role.PLANNER, "ZJ")
DAY = timedelta(days=1)


def issued(actor: Actor = PLANNER) -> str:
    return tokens.issue(KEY, ISSUER, actor, NOW, DAY)


def signed(**claims: Any) -> str:
    whole = {
        "iss": ISSUER,
        "sub": "计划员",
        "role": "planner",
        "department": "ZJ",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + DAY).timestamp()),
        **claims,
    }
    present = {name: value for name, value in whole.items() if value is not ...}
    return jwt.encode({"alg": "HS256"}, present, OctKey.import_key(KEY.value))


def actor_of(key: Secret, issuer: str, token: str, now: datetime) -> Actor:
    return tokens.open_token(key, issuer, token, now).actor


def refused(token: str, now: datetime = NOW, key: Secret = KEY, issuer: str = ISSUER) -> None:
    with pytest.raises(Forbidden, match="token_refused"):
        actor_of(key, issuer, token, now)


@given(st.text(min_size=1, max_size=50), st.sampled_from(Role), st.none() | st.text(min_size=1, max_size=10))
def test_a_token_names_its_actor(subject: str, role: Role, department: str | None) -> None:
    actor = Actor(subject, role, "SC" if role is Role.PEER and department is None else department)
    assert actor_of(KEY, ISSUER, tokens.issue(KEY, ISSUER, actor, NOW, DAY), NOW) == actor


def test_no_token_makes_a_peer_without_a_department() -> None:
    refused(signed(role="peer", department=None))


def test_what_the_tests_sign_themselves_is_taken_too() -> None:
    assert actor_of(KEY, ISSUER, signed(), NOW) == PLANNER


def test_a_token_ends_with_its_lifetime() -> None:
    token = issued()
    assert actor_of(KEY, ISSUER, token, NOW + DAY - timedelta(seconds=1)) == PLANNER
    refused(token, NOW + DAY + timedelta(minutes=10))


def test_no_token_lives_longer_than_a_year() -> None:
    token = tokens.issue(KEY, ISSUER, PLANNER, NOW, timedelta(days=4000))
    refused(token, NOW + timedelta(days=367))


def test_a_token_of_another_key_or_another_bureau_is_refused() -> None:
    refused(issued(), key=OTHER_KEY)
    refused(issued(), issuer="other.test/qian")


def test_where_the_clock_was_set_back_it_is_said_that_the_token_comes_from_later() -> None:
    assert actor_of(KEY, ISSUER, issued(), NOW - timedelta(minutes=30)) == PLANNER
    with pytest.raises(Forbidden, match="token_from_later"):
        actor_of(KEY, ISSUER, issued(), NOW - DAY)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": ...},
        {"iat": "today"},
        {"sub": ...},
        {"sub": ""},
        {"exp": ...},
        {"exp": "tomorrow"},
        {"role": ...},
        {"role": "king"},
        {"role": ["planner"]},
        {"role": {"planner": 1}},
    ],
)
def test_a_token_that_does_not_say_what_it_must_is_refused(claims: dict[str, Any]) -> None:
    refused(signed(**claims))


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256"])
def test_only_our_own_algorithm_counts(algorithm: str) -> None:
    header, payload, signature = issued().split(".")
    stated = json.loads(urlsafe_b64decode(header + "==")) | {"alg": algorithm}
    other = urlsafe_b64encode(json.dumps(stated).encode()).decode().rstrip("=")
    refused(f"{other}.{payload}.{signature}")
    refused(f"{other}.{payload}.")


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_with_another_byte_names_nobody_else(place: int, difference: int) -> None:
    data = bytearray(issued().encode())
    data[place % len(data)] ^= difference
    try:
        actor = actor_of(KEY, ISSUER, data.decode("utf-8", "replace"), NOW)
    except Forbidden:
        return
    assert actor == PLANNER  # base64 has spare bits in a part's last letter


@given(st.text(max_size=300))
def test_what_is_no_token_is_refused(text: str) -> None:
    refused(text)
