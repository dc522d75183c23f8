"""Any byte on the sockets of a real server: a clear answer or an end, and the server goes on."""

import select
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import bounded_protocol, middleware
from api.settings import Settings
from tests.api.house import House, served
from tests.api.raw import connect, request, send

JSON = (b"content-type", b"application/json")
HELLO = b'{"query": "{ __typename }"}'


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau on a real server."""
    with served(Settings(home=tmp_path_factory.mktemp("sockets")), worker=False) as house:
        yield house


def headed(lines: bytes, body: bytes = HELLO) -> bytes:
    return b"POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + lines + b"\r\n" + body


JSON_LINE = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
MANY = [(b"X%d" % number, b"a") for number in range(40_000)]
BY_SOCKET = {
    "a request": (request("/graphql", "POST", [JSON], HELLO), (200,)),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (400,)),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,)),
    "an unknown method": (request("/graphql", "FROB", [JSON], HELLO), (400,)),
    "NUL in the path": (request(b"/\x00", "GET"), (400,)),
    "NUL in the path, escaped": (request("/log/%00", "GET"), (400,)),
    "no UTF-8 in the path": (request(b"/log/\xff\xfe", "GET"), (400,)),
    "no UTF-8 in the path, escaped": (request("/log/%ff%fe", "GET"), (404,)),
    "a folder above": (request("/assets/..%2f..%2fserver.py", "GET"), (404,)),
    "a long path": (request("/assets/" + "a" * 5000, "GET"), (404,)),
    "a negative length": (headed(JSON_LINE + b"Content-Length: -5\r\n"), (400,)),
    "two lengths": (headed(JSON_LINE + b"Content-Length: 27\r\nContent-Length: 26\r\n"), (400,)),
    "a length without end": (headed(JSON_LINE + b"Content-Length: " + b"9" * 30 + b"\r\n"), (400,)),
    "length and chunks": (headed(JSON_LINE + b"Content-Length: 5\r\n" + CHUNKED, b"0\r\n\r\n"), (400,)),
    "no chunks": (headed(JSON_LINE + CHUNKED, b"zz\r\n"), (400,)),
    "a header of two lines": (headed(JSON_LINE + b"X: a\nb\r\n"), (400,)),
    "a compressed body": (request("/graphql", "POST", [JSON, (b"Content-Encoding", b"gzip")], HELLO), (415,)),
    "two content types": (request("/graphql", "POST", [JSON, JSON], HELLO), (415,)),
    "two tokens": (request("/staff/graphql", "POST", [JSON, (b"Authorization", b"Bearer a")] * 2, HELLO), (401,)),
    "a byte order mark": (request("/graphql", "POST", [JSON], b"\xef\xbb\xbf" + HELLO), (400,)),
    "many headers": (request("/graphql", "POST", [JSON, *MANY], HELLO), (431,)),
    "one long header": (request("/graphql", "POST", [JSON, (b"X", b"a" * 100_000)], HELLO), (431,)),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", (400,)),
    "two hosts": (b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", (400,)),
    "a host with a path": (b"GET /healthz HTTP/1.1\r\nHost: x/desk?\r\n\r\n", (400,)),
    "a longer body than is read": (headed(JSON_LINE + b"Content-Length: 99999999\r\n", b""), (413,)),
    "one that asks whether it may": (
        headed(JSON_LINE + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n", b""),
        (413,),
    ),
    "an upgrade": (request("/graphql", "GET", [(b"Upgrade", b"h2c"), (b"Connection", b"Upgrade")]), (405,)),
}  # fmt: skip


@pytest.mark.parametrize("case", BY_SOCKET)
def test_bytes_on_a_socket(house: House, case: str) -> None:
    content, statuses = BY_SOCKET[case]
    answer = send(house.url, content)
    assert int(answer.split(b" ", 2)[1]) in statuses, answer[:200]
    assert b"Traceback" not in answer
    assert '"unexpected"' not in house.logged.getvalue()


def test_a_header_without_end_is_not_kept(house: House) -> None:
    answer = send(house.url, b"GET / HTTP/1.1\r\nX: " + b"a" * (8 << 20))
    assert answer == b"" or b" 431 " in answer
    assert house.http.get("/healthz").status_code == 200


@settings(max_examples=40, deadline=None)
@given(content=st.binary(min_size=1, max_size=200))
def test_any_bytes_on_a_socket(house: House, content: bytes) -> None:
    try:
        answer = send(house.url, content + b"\r\n\r\n", seconds=0.1)
    except TimeoutError:
        answer = b""  # empty lines, after which a request may still come
    assert answer == b"" or int(answer.split(b" ", 2)[1]) < 500
    assert house.http.get("/healthz").status_code == 200


def test_who_sends_a_head_or_a_body_too_slowly_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_protocol, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.3)
    for head in (b"", b"POST /graphql HTTP/1.1\r\nHost: x\r\n"):
        assert b" 408 " in send(house.url, head)
    begun = request("/graphql", "POST", [JSON], HELLO)[:-3]
    assert b" 408 " in send(house.url, begun)


def test_a_body_that_trickles_is_not_read_to_its_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the pauses are: what counts is how long it was waited for in all."""
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.3)
    begun = request("/graphql", "POST", [JSON], HELLO)[: -len(HELLO)]
    with connect(house.url) as connection:
        connection.sendall(begun)
        for number in range(len(HELLO)):
            if select.select([connection], [], [], 0.1)[0]:
                break
            connection.sendall(HELLO[number : number + 1])
        assert b" 408 " in connection.recv(65536)
