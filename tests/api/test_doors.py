"""The doors over HTTP: what they let in, what they tell, and what they never tell."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from api import graphiql, pages
from api.sides import Side
from scoring.models import default_text
from tests.api.house import ANALYST, ORIGIN, PLANNER, House, served_on
from tests.api.small_bureau import DRAFT
from tests.api.sockets import socket_of

UNTOLD = "what nobody may read"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau without enterprises."""
    with served_on("sqlite", tmp_path_factory.mktemp("doors")) as house:
        yield house


NEARLY = (
    "{ bureauu { name } }",
    "{ campaigns(frist: 1, first: 1) { nodes { code } } }",
    "{ ...F } fragment F on Querry { a }",
)
PATHS = (
    "/",
    "/graphql",
    "/staff/graphql",
    "/feed.json",
    "/feed.atom",
    "/log/checkpoint",
    "/log/vkey",
    "/healthz",
    "/no",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded_and_has_an_id(house: House, path: str) -> None:
    headers = house.http.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"5",
        b'"x"',
        b"[]",
        b"[1]",
        b"{}",
        b'{"query": 5}',
        b'{"query": "{ __typename }", "variables": 5}',
        b'{"query": "{ __typename }", "variables": [1]}',
        b'{"query": "{ __typename }", "extensions": 5}',
        b'{"query": "{ __typename }", "operationName": "No"}',
        b'{"query": "query A { __typename } query B { __typename }"}',
        b'{"query": "query A { __typename } mutation B { __typename }"}',
        b'{"query": "\\ud800"}',
        b"[" * 5000,
    ],
)
@pytest.mark.parametrize("door", ["/graphql", "/staff/graphql"])
def test_a_body_that_is_no_request_is_refused(house: House, door: str, body: bytes) -> None:
    headers = {**house.headers(ANALYST, "en"), "Content-Type": "application/json"}
    answer = house.http.post(door, content=body, headers=headers)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_of_several_operations_one_is_named(house: House) -> None:
    query = "query A { bureau { name } } query B { bureau { origin } }"
    for _ in range(2):  # what is remembered of a document changes nothing
        answer = house.http.post("/graphql", json={"query": query, "operationName": "B"})
        assert answer.json()["data"] == {"bureau": {"origin": house.bureau.origin}}
        answer = house.http.post("/graphql", json={"query": query})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "operation_unknown")
    events = {"Accept": "text/event-stream"}
    streamed = house.http.post("/graphql", json={"query": query, "operationName": "C"}, headers=events).text
    (event,) = [line for line in streamed.splitlines() if line.startswith("data: {")]
    errors = json.loads(event.removeprefix("data: "))["errors"]
    with socket_of(house, None) as socket:
        socket.ask("1", query)
        errors += socket.receive()["payload"]
    assert [each["extensions"]["code"] for each in errors] == ["operation_unknown"] * 2


@pytest.mark.parametrize(
    ("operations", "files_map"),
    [
        ("{}", "{}"),
        ("5", "{}"),
        ('{"query": "{ __typename }"}', "5"),
        ('{"query": "{ __typename }"}', '{"0": ["variables.file"]}'),
        ('{"query": "{ __typename }", "variables": {"a": []}}', '{"0": ["variables.a.7"]}'),
        ('{"query": "{ __typename }", "variables": {"a": []}}', '{"0": ["variables.a.x"]}'),
        ('{"query": "{ __typename }", "variables": {}}', '{"9": ["variables.a"]}'),
        ('{"query": "{ __typename }", "variables": {}}', '{"0": 7}'),
        ("x", "{}"),
    ],
)
def test_a_multipart_body_that_is_no_request_is_refused(house: House, operations: str, files_map: str) -> None:
    answer = house.http.post(
        "/staff/graphql",
        data={"operations": operations, "map": files_map},
        files={"0": ("a.csv", b"x")},
        headers={**house.headers(ANALYST, "en"), "Apollo-Require-Preflight": "true"},
    )
    assert answer.status_code == 400


def test_the_public_door_takes_no_uploads(house: House) -> None:
    data = {"operations": '{"query": "{ __typename }"}', "map": "{}"}
    assert house.http.post("/graphql", data=data, files={"0": ("a", b"x")}).status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("door", ["/graphql", "/staff/graphql"])
def test_queries_are_asked_by_post_alone(house: House, door: str, method: str) -> None:
    answer = house.http.request(method, door, params={"query": "{ __typename }"}, headers=house.headers(ANALYST, "en"))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_a_body_that_is_too_long_is_refused(house: House) -> None:
    long = {"Content-Type": "application/json"}
    assert house.http.post("/graphql", content=b" " * ((1 << 20) + 1), headers=long).status_code == 413


def test_a_body_without_a_length_is_counted_as_it_comes(house: House) -> None:
    pieces = iter([b" " * (1 << 16)] * 32)
    answer = house.http.post("/graphql", content=pieces, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_staff_may_send_more_as_a_file_alone_and_strangers_nothing(house: House) -> None:
    body = json.dumps({"query": "{ me { role } }" + " " * (2 << 20)}).encode()
    headers = {"Content-Type": "application/json"}
    signed_in = house.http.post("/staff/graphql", content=body, headers={**headers, **house.headers(ANALYST, "en")})
    assert signed_in.status_code == 413
    assert house.http.post("/staff/graphql", content=body, headers=headers).status_code == 401
    mutation = 'mutation ($file: Upload!) { importFile(file: $file, source: "item") { refusal { code } } }'
    assert house.upload(mutation, ANALYST, ("item.csv", b"x" * (2 << 20)))["importFile"] == {"refusal": None}


def test_a_document_that_is_too_long_or_too_deep_is_refused(house: House) -> None:
    (error,) = house.errors("{ " + "a " * 3000 + "}")
    assert "2000 tokens" in error["message"]
    deep = "{ __schema { types { " + "ofType { " * 20 + "name" + " }" * 23
    assert house.errors(deep)


def test_nothing_is_suggested(house: House) -> None:
    for query in NEARLY:
        for error in house.errors(query):
            assert "Did you mean" not in error["message"]


def test_what_is_refused_leaves_the_rest_of_the_answer(house: House) -> None:
    query = '{ bureau { origin } campaigns(first: 0) { nodes { code } } ledger { entry(seq: "99") { seq } } }'
    answer = house.post(query)
    assert answer.json()["data"] == {"bureau": {"origin": ORIGIN}, "campaigns": None, "ledger": {"entry": None}}
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["page_size", "entry_missing"]
    query = "{ me { role } models(first: 1) { nodes { name } } jobs(first: 0) { nodes { id } } }"
    staff = house.post(query, actor=PLANNER).json()
    assert staff["data"] == {"me": {"role": "PLANNER"}, "models": None, "jobs": None}


def test_a_refusal_is_said_in_the_callers_language(house: House) -> None:
    query = '{ campaign(code: "2026-0009") { code } }'
    (english,) = house.errors(query, language="en-GB, zh;q=0.5")
    (chinese,) = house.errors(query, language="fr, zh-CN;q=0.9, en;q=0.8")
    assert english["extensions"]["code"] == chinese["extensions"]["code"] == "campaign_missing"
    assert english["message"].isascii()
    assert not chinese["message"].isascii()
    assert {english["path"][0], chinese["path"][0]} == {"campaign"}


def test_what_was_not_expected_is_told_as_a_number_that_the_log_has(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError(UNTOLD)

    monkeypatch.setattr("schema.public_types.items.register_page", fail)
    answer = house.post("query Named { bureau { name } items(first: 1) { nodes { code } } }", language="zh")
    (error,) = answer.json()["errors"]
    correlation = answer.headers["x-request-id"]
    assert error["extensions"]["code"] == "unexpected"
    assert correlation in error["extensions"]["remedy"]
    assert UNTOLD not in answer.text
    lines = [line for line in house.logged.getvalue().splitlines() if correlation in line]
    (told,) = [line for line in map(json.loads, lines) if line["event"] == "unexpected"]
    assert (told["error"], told["operation"], told["path"]) == ("RuntimeError", "Named", "items")
    assert any("test_doors" in frame for frame in told["frames"])
    assert UNTOLD not in house.logged.getvalue()


def test_a_mutation_that_breaks_changes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError(UNTOLD)

    before = house.size()
    monkeypatch.setattr("scoring.model_steps.log.append", fail)
    text = default_text().replace('version = "2"', 'version = "3"')
    answer = house.post(DRAFT, {"text": text}, ANALYST).json()
    assert answer["errors"][0]["extensions"]["code"] == "unexpected"
    monkeypatch.undo()
    assert house.size() == before


def test_a_door_that_breaks_answers_with_a_number_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError(UNTOLD)

    monkeypatch.setattr("api.feeds.to_json", fail)
    answer = house.http.get("/feed.json")
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["extensions"]["correlation"] == answer.headers["x-request-id"]
    assert UNTOLD not in answer.text + house.logged.getvalue()


def test_the_log_tells_no_token_and_no_query(house: House) -> None:
    token = house.token(PLANNER)
    headers = {"Authorization": f"Bearer {token}"}
    house.http.post("/staff/graphql", json={"query": "{ me { subject } }"}, headers=headers)
    house.http.get("/feed.json?before=1234567")
    logged = house.logged.getvalue()
    lines = [line for line in map(json.loads, logged.splitlines()) if line.get("logger") == "qian.access"]
    assert lines
    assert {"method", "path", "status", "milliseconds", "request_id"} <= set(lines[-1])
    assert token not in logged
    assert "me { subject }" not in logged


def test_the_log_is_served_as_its_specification_says(house: House) -> None:
    checkpoint = house.http.get("/log/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    size = int(checkpoint.text.split("\n")[1])
    tile = house.http.get(f"/log/tile/0/000.p/{size}")
    assert tile.headers["content-type"] == "application/octet-stream"
    assert "immutable" in tile.headers["cache-control"]
    assert len(tile.content) == 32 * size
    assert house.http.get("/log/tile/0/000.p/1").content == tile.content[:32]


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/000.p/200",
        "tile/1/000.p/1",
        "tile/0/0",
        "tile/0/x000/000",
        "tile/00/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/1",
        "tile/x",
        "data/" + "0" * 64,
        "data/x",
    ],
)
def test_what_the_signed_log_does_not_have_is_not_found(house: House, path: str) -> None:
    assert house.http.get(f"/log/{path}").status_code == 404


def test_health_and_readiness(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.http.get("/healthz").status_code == house.http.get("/readyz").status_code == 200

    def away(*given: Any) -> None:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr("api.server.log.is_held", away)
    assert house.http.get("/readyz").status_code == 503


@pytest.mark.skipif(not pages.routes(Side.PUBLIC), reason="the web part is not built")
def test_the_page_tells_whoever_runs_no_script_where_to_go_and_every_link_leads_somewhere(house: House) -> None:
    answer = house.http.get("/")
    told = answer.text.split("<noscript>")[1]
    assert "公示" in told
    assert "public" in told
    for link in re.findall('(?:src|href)="(.*?)"', answer.text):
        assert link.startswith("/")
        assert house.http.get(link).status_code == 200


@pytest.mark.skipif(graphiql.page() is None, reason="the web part is not built")
@pytest.mark.parametrize("door", ["/graphql", "/staff/graphql"])
def test_graphiql_needs_no_other_host(house: House, door: str) -> None:
    page = house.http.get(door, headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    links = re.findall('(?:src|href)="(.*?)"', page.text)
    assert links
    for link in links:
        assert "//" not in link
        assert house.http.get(link).status_code == 200


def test_feeds_before_anything_is_published(house: House) -> None:
    assert house.http.get("/feed.json").json()["items"] == []
    assert house.http.get("/feed.atom").status_code == 200
    assert house.http.get("/feed.json?before=x").status_code == 400
