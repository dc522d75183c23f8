"""What the doors answer under their settings: defaults that are safe in public, and what an operator may open."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.bureau import create
from api.settings import Settings
from api.sides import Side
from tests.api.doors import HELLO, code_of, opened, signed_in
from tests.api.house import NAME, ORIGIN

INTROSPECTION: dict[str, Any] = {"query": "{ __schema { queryType { name } } }"}
MUTATION = 'mutation { askQuestion(title: "x", text: "x") { __typename } }'
SITE = "https://front.example"
PREFLIGHT = {"Origin": SITE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
PAGES = ("/", "/graphql", "/staff/graphql")
PUBLIC_PATHS = ("/", "/feed.json", "/notices.atom", "/items.csv", "/schema.graphql")
STAFF_PATHS = ("/staff/graphql", "/staff/registers/item.csv", "/staff/files/x")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a bureau."""
    folder = tmp_path_factory.mktemp("doors") / "home"
    create(Settings(home=folder), ORIGIN, NAME).close()
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    """The doors as they are without settings."""
    with opened(home) as client:
        yield client


def ask(client: TestClient, door: str = "/graphql", headers: dict[str, str] | None = None, **body: Any) -> Any:
    return client.post(door, json=body, headers=headers)


def test_the_public_is_told_no_schema_by_introspection_but_as_a_file(client: TestClient) -> None:
    told = ask(client, **INTROSPECTION).json()
    assert "data" not in told
    assert "introspection has been disabled" in told["errors"][0]["message"]
    assert "type Query" in client.get("/schema.graphql").text


def test_staff_may_ask_for_the_schema(client: TestClient, home: Path) -> None:
    told = ask(client, "/staff/graphql", signed_in(home), **INTROSPECTION).json()
    assert told["data"] == {"__schema": {"queryType": {"name": "Query"}}}


def test_introspection_is_a_setting(home: Path) -> None:
    with opened(home, introspection="public") as client:
        assert "errors" not in ask(client, **INTROSPECTION).json()
        assert "errors" in ask(client, "/staff/graphql", signed_in(home), **INTROSPECTION).json()


def test_suggestions_are_for_staff_unless_set_otherwise(client: TestClient, home: Path) -> None:
    nearly = "{ campaignss(first: 1) { nodes { code } } }"
    assert "Did you mean" not in ask(client, query=nearly).text
    assert "Did you mean" in ask(client, "/staff/graphql", signed_in(home), query=nearly).text
    with opened(home, suggestions="public") as other:
        assert "Did you mean" in ask(other, query=nearly).text
        assert "Did you mean" not in ask(other, "/staff/graphql", signed_in(home), query=nearly).text


def test_queries_are_asked_by_get_where_that_is_set_and_mutations_nowhere(client: TestClient, home: Path) -> None:
    assert client.get("/graphql", params=HELLO).status_code == 405
    with opened(home, get_queries="public") as other:
        answer = other.get("/graphql", params={**HELLO, "variables": "{}"})
        assert answer.headers["cache-control"] == "no-store"
        assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})
        refused = other.get("/graphql", params={"query": MUTATION})
        assert (refused.status_code, refused.headers["allow"], code_of(refused)) == (405, "GET, POST", "method_refused")
        assert other.get("/graphql", params={**HELLO, "variables": "{"}).status_code == 400
        assert other.get("/staff/graphql", params=HELLO, headers=signed_in(home)).status_code == 405


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; Charset=UTF-8", 200),
        ("text/plain", 415),
        ("text/plain; application/json", 415),
        ("text/plain;a=application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=a", 415),
        ("application/json; charset=gbk", 415),
        ("application/jsonx", 415),
        ("", 415),
    ],
)
def test_a_page_of_another_site_can_send_nothing_without_asking_first(
    client: TestClient, content_type: str, status: int
) -> None:
    answer = client.post("/graphql", content=b'{"query": "{ __typename }"}', headers={"Content-Type": content_type})
    assert answer.status_code == status


@pytest.mark.parametrize("header", ["Apollo-Require-Preflight", "GraphQL-Require-Preflight", "X-Requested-With"])
def test_a_form_is_taken_with_a_header_that_needs_a_preflight_alone(
    client: TestClient, home: Path, header: str
) -> None:
    form: dict[str, Any] = {"data": {"operations": '{"query": "{ __typename }"}', "map": "{}"}, "files": {"0": b"x"}}
    answer = client.post("/staff/graphql", **form, headers=signed_in(home))
    assert (answer.status_code, code_of(answer)) == (403, "preflight_missing")
    answer = client.post("/staff/graphql", **form, headers={**signed_in(home), header: "1"})
    assert answer.json()["data"] == {"__typename": "Query"}


def test_several_requests_at_once_are_refused(client: TestClient) -> None:
    answer = client.post("/graphql", json=[HELLO, HELLO])
    assert (answer.status_code, code_of(answer)) == (400, "batch_refused")


def test_no_other_site_may_ask_unless_it_is_set(client: TestClient) -> None:
    assert client.options("/graphql", headers=PREFLIGHT).status_code == 405
    assert "access-control-allow-origin" not in client.post("/graphql", json=HELLO, headers={"Origin": SITE}).headers


def test_the_sites_of_each_side_are_set(home: Path) -> None:
    with opened(home, public_origins=f"{SITE}, http://localhost:3000", staff_origins="https://staff.example") as client:
        allowed = client.options("/graphql", headers=PREFLIGHT)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == SITE
        assert "POST" in allowed.headers["access-control-allow-methods"]
        assert "content-type" in allowed.headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in allowed.headers
        answer = client.post("/graphql", json=HELLO, headers={"Origin": SITE})
        assert answer.headers["access-control-allow-origin"] == SITE
        assert "Origin" in answer.headers["vary"]
        assert "X-Request-Id" in answer.headers["access-control-expose-headers"]
        for other in ("https://front.example.evil.example", "http://front.example", "null"):
            assert client.options("/graphql", headers={**PREFLIGHT, "Origin": other}).status_code == 400
            told = client.post("/graphql", json=HELLO, headers={"Origin": other}).headers
            assert "access-control-allow-origin" not in told
        for path in ("/staff/graphql", "/oauth/token", "/desk/session"):
            assert client.options(path, headers=PREFLIGHT).status_code == 400
            assert client.options(path, headers={**PREFLIGHT, "Origin": "https://staff.example"}).status_code == 200
        unsigned = client.post("/staff/graphql", json=HELLO, headers={"Origin": "https://staff.example"})
        assert unsigned.status_code == 401
        assert unsigned.headers["access-control-allow-origin"] == "https://staff.example"


def test_the_public_side_may_be_for_all_sites_and_never_with_credentials(home: Path) -> None:
    with opened(home, public_origins="*") as client:
        answer = client.post("/graphql", json=HELLO, headers={"Origin": "https://any.example", "Cookie": "a=b"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        for path in ("/metrics", "/desk/session", "/staff/graphql"):
            assert "access-control-allow-origin" not in client.get(path, headers={"Origin": SITE}).headers


@pytest.mark.parametrize(
    "settings",
    [
        {"staff_origins": "*"},
        {"public_origins": "front.example"},
        {"public_origins": "https://front.example/"},
        {"public_origins": "https://*.example"},
        {"public_origins": "https://FRONT.example"},
        {"staff_origins": "null"},
        {"trusted_only": "all"},
        {"introspection": "true"},
    ],
)
def test_a_setting_that_says_nothing_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**settings)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_a_script_that_is_written_into_it(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy.get("script-src", "'none'") in ("'self'", "'none'")
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert re.findall(r"<script(?![^>]*\bsrc=)", answer.text) == []
    assert re.findall(r"\son[a-z]+=", answer.text) == []
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("side", Side)
def test_a_process_may_serve_one_side_alone(home: Path, side: Side) -> None:
    own, others = (PUBLIC_PATHS, STAFF_PATHS) if side is Side.PUBLIC else (STAFF_PATHS, PUBLIC_PATHS)
    with opened(home, frozenset({side})) as client:
        assert [path for path in own if client.get(path).status_code == 404] == []
        assert [path for path in others if client.get(path).status_code != 404] == []
        for path in ("/healthz", "/readyz", "/log/checkpoint"):
            assert client.get(path).status_code == 200


def test_the_public_process_says_nothing_of_the_staff_side(home: Path) -> None:
    with opened(home, frozenset({Side.PUBLIC})) as client:
        assert "/staff" not in client.get("/").text
        known, unknown = client.post("/staff/graphql", json=HELLO), client.post("/nothing/at-all", json=HELLO)
        assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
