"""The bureau as a client of a provider: what it asks, how it shows who it is, and what it takes for an answer."""

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import pytest

from api.oidc.client import AudienceParameter, Client
from api.oidc.code_flow import AWAY_SECONDS, Attempt, CodeFlow, Tokens
from ledger.errors import Forbidden, Refusal, Unavailable
from ledger.keys import Passphrase

ISSUER = "https://id.example"
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize?realm=qian",
    "token_endpoint": f"{ISSUER}/token",
}
GIVEN = {"access_token": "a", "token_type": "Bearer", "id_token": "i", "refresh_token": "r"}
ATTEMPT = Attempt("state", "nonce", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
REDIRECT = "https://qian.example/desk/signed-in"


class Twin:
    """A provider in memory, which remembers what it was asked."""

    def __init__(self, document: Any = DOCUMENT, status: int = 200, told: bytes | None = None) -> None:
        self.document = document
        self.status = status
        self.told = json.dumps(GIVEN).encode() if told is None else told
        self.discovered = 0
        self.forms: list[dict[str, str]] = []
        self.shown: list[str | None] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/openid-configuration"):
            self.discovered += 1
            return httpx2.Response(200, json=self.document)
        self.forms.append(dict(parse_qsl(request.content.decode(), strict_parsing=True)))
        self.shown.append(request.headers.get("authorization"))
        return httpx2.Response(self.status, content=self.told)

    def connect(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self.answer))


def flow_of(
    twin: Twin, secret: str | None = None, parameter: AudienceParameter = "resource", scopes: str = "openid"
) -> CodeFlow:
    held = None if secret is None else Passphrase(secret.encode())
    return CodeFlow(Client(ISSUER, "desk 1", held, scopes, "https://qian.example", parameter), twin.connect)


def test_a_browser_is_asked_to_come_back_with_a_code_under_a_challenge() -> None:
    address = flow_of(Twin()).authorization(REDIRECT, ATTEMPT)
    assert parse_qs(urlsplit(address).query) == {
        "realm": ["qian"],
        "response_type": ["code"],
        "client_id": ["desk 1"],
        "redirect_uri": [REDIRECT],
        "scope": ["openid"],
        "state": ["state"],
        "nonce": ["nonce"],
        "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"],  # the example of RFC 7636, appendix B
        "code_challenge_method": ["S256"],
        "resource": ["https://qian.example"],
    }


@pytest.mark.parametrize(("parameter", "names"), [("audience", {"audience"}), ("none", set())])
def test_the_audience_is_asked_for_as_the_provider_has_it(parameter: AudienceParameter, names: set[str]) -> None:
    twin = Twin()
    flow = flow_of(twin, parameter=parameter)
    flow.exchange("code", REDIRECT, "verifier")
    asked = parse_qs(urlsplit(flow.authorization(REDIRECT, ATTEMPT)).query)
    for given in (set(asked), set(twin.forms[0])):
        assert given & {"audience", "resource"} == names


def test_offline_access_is_asked_for_with_consent() -> None:
    flow = flow_of(Twin(), scopes="openid offline_access")
    assert parse_qs(urlsplit(flow.authorization(REDIRECT, ATTEMPT)).query)["prompt"] == ["consent"]


def test_a_public_client_names_itself_and_a_confidential_one_shows_its_secret() -> None:
    public, basic, form = (
        Twin(),
        Twin(),
        Twin({**DOCUMENT, "token_endpoint_auth_methods_supported": ["client_secret_post"]}),
    )
    asked = {
        "grant_type": "authorization_code",
        "code": "code",
        "redirect_uri": REDIRECT,
        "code_verifier": "verifier",
        "resource": "https://qian.example",
    }
    assert flow_of(public).exchange("code", REDIRECT, "verifier") == Tokens("a", "i", "r")
    assert (public.forms, public.shown) == ([{**asked, "client_id": "desk 1"}], [None])
    flow_of(basic, "a:b c").exchange("code", REDIRECT, "verifier")
    assert basic.forms == [asked]
    assert basic.shown[0] is not None
    assert b64decode(basic.shown[0].removeprefix("Basic ")) == b"desk+1:a%3Ab+c"
    flow_of(form, "a:b c").exchange("code", REDIRECT, "verifier")
    assert (form.forms, form.shown) == ([{**asked, "client_id": "desk 1", "client_secret": "a:b c"}], [None])


def test_a_token_is_renewed_for_the_same_audience() -> None:
    twin = Twin(told=b'{"access_token": "next", "token_type": "bearer"}')
    assert flow_of(twin).refresh("r") == Tokens("next", None, None)
    assert twin.forms[0] == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "resource": "https://qian.example",
        "client_id": "desk 1",
    }


@pytest.mark.parametrize(
    ("status", "told", "kind"),
    [
        (400, b'{"error": "invalid_grant"}', Forbidden),
        (401, b'{"error": "invalid_client"}', Forbidden),
        (400, b'{"error": ["\\u001b[31m"]}', Forbidden),
        (302, b"{}", Forbidden),
        (200, b"{}", Forbidden),
        (200, b'{"access_token": "", "token_type": "Bearer"}', Forbidden),
        (200, b'{"access_token": ["a"], "token_type": "Bearer"}', Forbidden),
        (200, b'{"access_token": "a", "token_type": "DPoP"}', Forbidden),
        (200, b'{"access_token": "a", "token_type": "Bearer", "refresh_token": 1}', Forbidden),
        (500, b'{"error": "server_error"}', Unavailable),
        (200, b"[]", Unavailable),
        (200, b"\xff", Unavailable),
        (200, b"x" * 100_000, Unavailable),
    ],
)
def test_any_other_answer_is_a_refusal_or_none(status: int, told: bytes, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as refused:
        flow_of(Twin(status=status, told=told)).refresh("a-secret")
    assert refused.value.code == ("provider_refused" if kind is Forbidden else "provider_unreachable")
    assert "a-secret" not in str(refused.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://id.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_that_tells_no_safe_addresses_is_asked_nothing(changed: dict[str, Any]) -> None:
    twin = Twin({**DOCUMENT, **changed})
    with pytest.raises(Unavailable, match="provider_unreachable"):
        flow_of(twin).exchange("code", REDIRECT, "verifier")
    assert twin.forms == []


def test_addresses_are_remembered_for_a_while() -> None:
    twin, now = Twin(), [0.0]
    flow = CodeFlow(flow_of(twin).client, twin.connect, lambda: now[0])
    for seconds, discovered in ((0.0, 1), (299.0, 1), (301.0, 2)):
        now[0] = seconds
        flow.authorization(REDIRECT, ATTEMPT)
        assert twin.discovered == discovered


@pytest.mark.parametrize("methods", [5, "client_secret_basic", {}, [], None])
def test_what_is_no_list_of_methods_is_as_none(methods: Any) -> None:
    twin = Twin({**DOCUMENT, "token_endpoint_auth_methods_supported": methods})
    flow_of(twin, "a secret").refresh("r")
    assert (twin.shown[0] or "").startswith("Basic ")


def test_a_provider_that_did_not_answer_is_left_alone_for_a_while() -> None:
    twin, now = Twin(), [0.0]
    is_there, tried = False, 0

    def connect() -> httpx2.Client:
        nonlocal tried
        tried += 1
        return twin.connect() if is_there else httpx2.Client(transport=httpx2.MockTransport(away))

    def away(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("away", request=request)

    flow = CodeFlow(flow_of(twin).client, connect, lambda: now[0])
    for _ in range(3):
        with pytest.raises(Unavailable, match="provider_unreachable"):
            flow.authorization(REDIRECT, ATTEMPT)
        with pytest.raises(Unavailable, match="provider_unreachable"):
            flow.refresh("r")
    assert tried == 1
    now[0], is_there = AWAY_SECONDS, True
    assert flow.refresh("r").access_token == "a"  # noqa: S105
    is_there = False
    for _ in range(3):
        with pytest.raises(Unavailable, match="provider_unreachable"):
            flow.refresh("r")
    assert tried == 4
    assert flow.authorization(REDIRECT, ATTEMPT)  # its addresses are known
