"""Any byte at the doors: a clear answer, no fault, no trace, nobody who waits for ever, and nothing in the log."""

import base64
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from api import logs
from api.bureau import create
from api.graphql_requests import DEEPEST, LONGEST_NUMBER
from api.server import build_app
from api.settings import Settings
from api.tokens import issue
from tests.api.house import NAME, ORIGIN, PLANNER, PLENTY
from tests.api.raw import Answer, Headers, ask, converse

bounded = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
JSON = (b"content-type", b"application/json")
FORM = (b"content-type", b"multipart/form-data; boundary=a")
PREFLIGHTED = (b"x-requested-with", b"x")
HELLO = b'{"query": "{ __typename }"}'
DEEP = b"[" * 1000 + b"]" * 1000
PIECES = (
    "{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "...", "|", "=", "&", "#", '"', '"""', "\\u0000", "\\ud800",
    "\\u{110000}", "\0", "\ufeff", "\ud7ff", "签", "query", "mutation", "subscription", "fragment", "on",
    "true", "null", "__typename", "__schema", "bureau", "campaigns", "first", "after", "nodes", "code", "ledger",
    "entry", "seq", "-1", "1e999", "9" * 400, "0x1", "name", "Query", "Int", "$a", "@include(if: true)", "@skip",
    " ", "\n", ",",
)  # fmt: skip


class Doors:
    """Both doors in this process, and what they logged."""

    def __init__(self, app: ASGIApp, token: str, logged: io.StringIO) -> None:
        self.app = app
        self.token = (b"authorization", b"Bearer " + token.encode())
        self._logged = logged

    def faults(self) -> list[str]:
        """Return what was logged as unexpected since this was asked before."""
        lines = [line for line in self._logged.getvalue().splitlines() if '"unexpected"' in line or "Traceback" in line]
        self._logged.truncate(0)
        self._logged.seek(0)
        return lines

    def ask(self, method: str, path: str, headers: Headers, *body: bytes, query: bytes = b"") -> Answer:
        """Return what is answered, which is no fault."""
        answer = ask(self.app, method, path, headers, body, query)
        assert answer.status < 500, answer
        assert answer.status != 429, "nothing is tested where the allowance is spent"
        assert b"Traceback" not in answer.body
        assert b'"unexpected"' not in answer.body
        assert self.faults() == []
        return answer


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """A bureau without enterprises, its doors as wide open as settings allow."""
    home = tmp_path_factory.mktemp("bytes") / "home"
    everywhere: dict[str, Any] = dict.fromkeys(("introspection", "get_queries", "suggestions"), "both")
    opened = Settings(home=home, public_origins="*", **everywhere, **PLENTY)
    bureau = create(opened, ORIGIN, NAME)
    logged = io.StringIO()
    logs.configure("json", "info", logged)
    token = issue(bureau.token_key, bureau.origin, PLANNER, bureau.now, timedelta(hours=8))
    yield Doors(build_app(bureau), token, logged)
    bureau.close()


def told(answer: Answer) -> Any:
    """Return the JSON of an answer of a GraphQL door."""
    said = json.loads(answer.body)
    assert said.keys() <= {"data", "errors", "extensions"}
    assert "data" in said or said["errors"]
    return said


paths = st.sampled_from(["/graphql", "/staff/graphql"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(PIECES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
documents = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)
parts = {
    "query": documents | values,
    "operationName": values,
    "variables": values,
    "extensions": values | st.fixed_dictionaries({"persistedQuery": values}),
    "documentId": values,
}
requests = st.fixed_dictionaries({}, optional=parts) | values
header_names = st.sampled_from(
    [
        b"accept", b"accept-language", b"authorization", b"content-encoding", b"content-length", b"content-type",
        b"cookie", b"host", b"if-modified-since", b"if-none-match", b"origin", b"range", b"x-forwarded-for", b"upgrade",
    ]
)  # fmt: skip
header_values = st.binary(max_size=30) | st.sampled_from(
    [
        b"application/json", b"application/json; charset*=utf-8''utf-8", b"application/graphql-response+json;q=nan",
        b"multipart/form-data", b"multipart/form-data; boundary=\xff", b"text/event-stream", b"text/html",
        b"*/*;q=1e999", b"gzip", b"Bearer a.b.c", b"bearer eyJhbGciOiJub25lIn0.e30.", b"zh;q=0.\xb2, en;q=-1", b'W/"',
        b"null", b"-1",
    ]
)  # fmt: skip


@bounded
@given(path=paths, body=st.lists(st.binary(max_size=200), max_size=3))
def test_bytes_as_a_body(doors: Doors, path: str, body: list[bytes]) -> None:
    told(doors.ask("POST", path, [JSON, doors.token], *body))
    doors.ask("POST", path, [FORM, PREFLIGHTED, doors.token], *body)


@bounded
@given(path=paths, asked=requests)
def test_json_of_any_shape(doors: Doors, path: str, asked: Any) -> None:
    body = json.dumps(asked).encode()  # NaN, huge numbers and lone surrogates too
    told(doors.ask("POST", path, [JSON, doors.token], body))


@bounded
@given(path=paths, document=documents)
def test_any_text_as_a_document(doors: Doors, path: str, document: str) -> None:
    body = json.dumps({"query": document, "variables": {"a": 1}}).encode()
    for accept in (b"application/graphql-response+json", b"text/event-stream"):
        doors.ask("POST", path, [JSON, doors.token, (b"accept", accept)], body)


@bounded
@given(
    path=paths, query=st.binary(max_size=60) | documents.map(lambda text: b"query=" + text.encode("utf-8", "replace"))
)
def test_any_query_string(doors: Doors, path: str, query: bytes) -> None:
    told(doors.ask("GET", path, [doors.token], query=query))


@bounded
@given(
    path=paths,
    headers=st.lists(st.tuples(header_names, header_values), max_size=5),
    method=st.sampled_from(["POST", "GET", "OPTIONS", "HEAD", "TRACE"]),
)
def test_any_headers(doors: Doors, path: str, headers: list[tuple[bytes, bytes]], method: str) -> None:
    doors.ask(method, path, headers, HELLO)
    doors.ask(method, path, [*headers, JSON, doors.token], HELLO)


@bounded
@given(header=values, claims=values, rest=st.text(max_size=20))
def test_any_token(doors: Doors, header: Any, claims: Any, rest: str) -> None:
    for first in (
        header,
        {"alg": header},
        {"alg": "HS256", "crit": header},
        {"alg": "HS256", "b64": header, "kid": header},
    ):
        written = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (first, claims))
        token = b".".join([*written, rest.encode("utf-8", "replace")])
        answer = doors.ask("POST", "/staff/graphql", [JSON, (b"authorization", b"Bearer " + token)], HELLO)
        assert answer.status == 401


DESK = ("/desk/session", "/desk/sign-in", "/desk/signed-in")
COOKIES = (b"qian-desk=", b"qian-desk-sign-in=", b"__Host-qian-desk=", b"a=b; qian-desk=", b"")
desk_headers = [b"origin", b"sec-fetch-site", b"sec-fetch-mode", b"host", b"referer", b"x-forwarded-proto"]


@bounded
@given(
    cookie=st.tuples(st.sampled_from(COOKIES), st.binary(max_size=60)).map(b"".join),
    headers=st.lists(st.tuples(st.sampled_from(desk_headers), header_values), max_size=3),
    method=st.sampled_from(["GET", "POST", "DELETE", "HEAD", "PUT"]),
    path=st.sampled_from([*DESK, "/staff/graphql", "/staff/registers/item.csv", "/staff/files/x/y"]),
    query=st.binary(max_size=60) | st.binary(max_size=30).map(lambda state: b"code=x&state=" + state),
)
def test_any_cookie_lets_nobody_in(
    doors: Doors, cookie: bytes, headers: list[tuple[bytes, bytes]], method: str, path: str, query: bytes
) -> None:
    answer = doors.ask(method, path, [*headers, (b"cookie", cookie), JSON], HELLO, query=query)
    kept = answer.headers.get(b"set-cookie", b"")
    assert b"Max-Age=0" in kept or b"qian-desk=" not in kept
    if path.startswith("/staff/"):
        assert answer.status >= 400
    elif answer.status == 200 and method == "GET":
        assert json.loads(answer.body)["signedIn"] is False


@settings(bounded, max_examples=40)
@given(given=values | st.dictionaries(st.sampled_from(["username", "password", "otp", "token", "invitation"]), values))
def test_any_json_signs_nobody_in_at_the_desk(doors: Doors, given: Any) -> None:
    answer = doors.ask("POST", "/desk/session", [JSON], json.dumps(given).encode())
    assert 400 <= answer.status < 500
    assert json.loads(answer.body).keys() == {"code", "message", "remedy"}


names = st.sampled_from(["username", "password", "otp", "client_id", "client_secret", "invitation", "scope"])
grants = st.sampled_from(["password", "client_credentials", "urn:qian:oauth:grant-type:invitation"])


@settings(bounded, max_examples=40)
@given(
    grant=grants | st.text(max_size=9), fields=st.dictionaries(names, st.text(max_size=9)), basic=st.binary(max_size=9)
)
def test_any_sign_in(doors: Doors, grant: str, fields: dict[str, str], basic: bytes) -> None:
    form = (b"content-type", b"application/x-www-form-urlencoded")
    body = urlencode({**fields, "grant_type": grant}, errors="replace").encode()
    for headers, sent in (
        ([form], body),
        ([form, (b"authorization", b"Basic " + base64.b64encode(basic))], body),
        ([form, (b"authorization", b"Basic " + basic)], body + basic),
        ([], basic),
    ):
        answer = doors.ask("POST", "/oauth/token", headers, sent)
        assert 400 <= answer.status < 500
        assert json.loads(answer.body)["error"]


@bounded
@given(cursor=st.text(max_size=40), number=st.integers(), text=st.text(max_size=40))
def test_any_cursor_number_and_id(doors: Doors, cursor: str, number: int, text: str) -> None:
    public = """query ($after: String, $seq: BigInt!, $code: String!) {
      campaigns(first: 3, after: $after) { nodes { code } } campaign(code: $code) { code }
      ledger { entry(seq: $seq) { seq } entries(first: 3, after: $after) { nodes { seq } } } }"""
    variables = {"after": cursor, "seq": str(number), "code": text}
    told(doors.ask("POST", "/graphql", [JSON], json.dumps({"query": public, "variables": variables}).encode()))
    staff = """query ($after: String, $id: ID!) {
      jobs(first: 3, after: $after) { nodes { id } } enterprises(first: 3, after: $after) { nodes { name } }
      job(id: $id) { id } }"""
    body = json.dumps({"query": staff, "variables": {"after": cursor, "id": text}}).encode()
    told(doors.ask("POST", "/staff/graphql", [JSON, doors.token], body))


messages = st.one_of(
    values,
    st.fixed_dictionaries(
        {"type": st.sampled_from(["connection_init", "subscribe", "complete", "ping", "pong", "next", "x"]) | values},
        optional={"id": values | st.just("1"), "payload": values | requests},
    ),
)
frames = messages.map(json.dumps).map(lambda text: {"type": "websocket.receive", "text": text}) | st.one_of(
    st.binary(max_size=40).map(lambda content: {"type": "websocket.receive", "bytes": content}),
    st.text(max_size=40).map(lambda text: {"type": "websocket.receive", "text": text}),
)


@bounded
@given(
    told=st.lists(frames, max_size=6),
    signed_in=st.booleans(),
    subprotocols=st.sampled_from([["graphql-transport-ws"], ["graphql-ws"], [], ["x", "graphql-transport-ws"]]),
)
def test_any_web_socket(doors: Doors, told: list[Any], signed_in: bool, subprotocols: list[str]) -> None:
    hello = {"type": "connection_init", "payload": {"Authorization": doors.token[1].decode()}}
    first = [{"type": "websocket.receive", "text": json.dumps(hello)}] if signed_in else []
    for sent in converse(doors.app, "/staff/graphql", subprotocols, [*first, *told]):
        assert sent["type"] in ("websocket.accept", "websocket.send", "websocket.close")
        if sent["type"] == "websocket.close":
            assert 4400 <= sent["code"] < 4500, sent
        assert "Traceback" not in str(sent)
    assert doors.faults() == []


def test_a_multipart_request_that_is_too_deep_is_refused(doors: Doors) -> None:
    operations = b'{"query": "{ __typename }", "variables": {"a": %s}}' % DEEP
    body = b"".join(
        b'--a\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % part
        for part in (
            (b"operations", b"", operations),
            (b"map", b"", b'{"0": ["variables.a"]}'),
            (b"0", b'; filename="x"', b"x"),
        )
    )
    answer = doors.ask("POST", "/staff/graphql", [FORM, PREFLIGHTED, doors.token], body + b"--a--\r\n")
    assert told(answer)["errors"][0]["extensions"]["code"] == "form_malformed"


@pytest.mark.parametrize("depth", [DEEPEST + 1, 980, 990, 1000, 1020, 2000, 100_000])
def test_variables_that_are_too_deep_are_refused(doors: Doors, depth: int) -> None:
    """Those that the reader of JSON takes, and that Python would go down into by a call for each level, too."""
    rows = 'mutation ($rows: [JSON!]!) { importRows(rows: $rows, source: "department") { job { id } } }'
    keyed = {"extensions": {"idempotencyKey": "0123456789abcdef"}}
    for asked in ({}, keyed):
        body = json.dumps({"query": rows, "variables": {"rows": "#"}, **asked}).encode()
        answer = doors.ask(
            "POST", "/staff/graphql", [JSON, doors.token], body.replace(b'"#"', b"[" * depth + b"]" * depth)
        )
        assert answer.status == 400
        assert told(answer)["errors"][0]["extensions"]["code"] in ("values_too_deep", "request_no_json")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{ campaign(code: "\\u0000") { code } }', "text_with_nul"),
        ('{ campaign(code: "\\u{00}") { code } }', "text_with_nul"),
        ("{ campaigns(first: " + "9" * (LONGEST_NUMBER + 1) + ") { nodes { code } } }", "number_too_long"),
    ],
)
def test_what_no_field_takes_is_refused_before_it_is_read(doors: Doors, text: str, code: str) -> None:
    answer = doors.ask("POST", "/graphql", [JSON], json.dumps({"query": text}).encode())
    assert (answer.status, told(answer)["errors"][0]["extensions"]["code"]) == (400, code)


@pytest.mark.parametrize("path", ["/staff/files/\0/x", "/staff/registers/\0.csv", "/log/\0", "/\0"])
def test_no_path_has_the_character_nul(doors: Doors, path: str) -> None:
    assert doors.ask("GET", path, [doors.token]).status == 400
    assert doors.ask("GET", "/feed.json", [], query=b"before=%00").status == 400
