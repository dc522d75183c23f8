"""Web sockets of a real server: whatever comes as a handshake or a frame ends clearly, and is no fault."""

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websockets.sync.client
from hypothesis import given, settings
from hypothesis import strategies as st

from api.settings import Settings
from tests.api.house import House, served
from tests.api.raw import connect, send


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau on a real server."""
    with served(Settings(home=tmp_path_factory.mktemp("sockets")), worker=False) as house:
        yield house


def heard(connection: websockets.sync.client.ClientConnection, sent: str | bytes) -> object:
    """Return what is said to a message."""
    connection.send(sent)
    return connection.recv(timeout=5)


SOCKET_HEAD = (
    b"GET /staff/graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


TEXT, BINARY, CONTINUED, PING = 1, 2, 0, 9
INIT = b'{"type": "connection_init"}'
ENDLESS = b'{"id": "1", "type": "subscribe", "payload": {"query": "subscription { ledgerEntries(from: 0) { seq } }"}}'


def frame(kind: int, content: bytes, last: bool = True) -> bytes:
    """Return a frame as clients send it."""
    size = len(content)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([kind | (0x80 if last else 0)]) + length + b"\0\0\0\0" + content


@contextmanager
def opened(house: House, path: bytes = b"/graphql") -> Iterator[socket.socket]:
    """Open a web socket and leave the frames to the test."""
    with connect(house.url) as connection:
        connection.sendall(SOCKET_HEAD.replace(b"/staff/graphql", path))
        assert b" 101 " in connection.recv(65536)
        yield connection


def said(connection: socket.socket) -> bytes:
    """Return what is said until the end."""
    answer = b""
    try:
        while piece := connection.recv(65536):
            answer += piece
    except ConnectionError:
        pass
    return answer


def faults(house: House) -> list[str]:
    """Return the lines of the log that tell of a fault."""
    return [line for line in house.logged.getvalue().splitlines() if '"error"' in line or "Traceback" in line]


@settings(max_examples=15, deadline=None)
@given(content=st.binary(min_size=1, max_size=60))
def test_any_bytes_as_frames(house: House, content: bytes) -> None:
    """Whatever comes as frames: the socket is closed, or nothing is said until more comes."""
    for frames in (content, b"\x81" + content, frame(TEXT, content), frame(BINARY, content)):
        with opened(house, b"/staff/graphql") as connection:
            connection.settimeout(0.05)
            connection.sendall(frames)
            try:
                assert b"Traceback" not in said(connection)
            except TimeoutError:
                continue
    assert house.http.get("/healthz").status_code == 200
    assert faults(house) == []


@pytest.mark.parametrize(
    "line",
    [
        b"".join(b"X%d: a\r\n" % number for number in range(200)),
        b"X: " + b"a" * 9000 + b"\r\n",
        b"Content-Length: 1\r\n",
        b"Transfer-Encoding: chunked\r\n",
    ],
    ids=["many headers", "a long header", "a body", "chunks"],
)
def test_a_handshake_that_is_none_is_refused(house: House, line: bytes) -> None:
    assert send(house.url, SOCKET_HEAD[:-2] + line + b"\r\n").startswith(b"HTTP/1.1 400 ")


NO_TEXT = frame(TEXT, b"\xe4", last=False) + frame(CONTINUED, b"\xb8")


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([frame(TEXT, b"\xff")], 1007),
        (
            [frame(TEXT, INIT), frame(TEXT, ENDLESS) + frame(TEXT, b"\xe4", last=False) + frame(CONTINUED, b"\xb8")],
            1007,
        ),
        ([frame(CONTINUED, b"a")], 1002),
        ([frame(TEXT, b"a", last=False) + frame(TEXT, b"b")], 1002),
        ([frame(TEXT, INIT)[:1] + b"\x02{}"], 1002),
        ([b"\x81\xff" + b"\x7f" + b"\xff" * 7 + b"\0\0\0\0"], 1009),
        ([frame(TEXT, b"a" * 60_000, last=False)] + [frame(CONTINUED, b"a" * 60_000, last=False)] * 17, 1009),
        ([frame(BINARY, INIT)], 4400),
        ([frame(TEXT, json.dumps({"type": "签" * 100}).encode())], 4400),
        ([frame(TEXT, INIT), frame(TEXT, INIT)], 4429),
        ([frame(TEXT, ENDLESS)], 4401),
        ([frame(TEXT, INIT), frame(TEXT, ENDLESS.replace(b'"1"', b'"%b"' % (b"a" * 200))) * 2], 4409),
        ([frame(TEXT, INIT), frame(TEXT, ENDLESS) + frame(TEXT, b"x") * 50], 4400),
    ],
    ids=[
        *("no UTF-8", "no UTF-8 while an operation goes on", "a continuation of nothing", "a text within a text"),
        *("no mask", "a huge frame", "a huge text in parts", "binary", "a long type", "two inits", "no init"),
        *("a long id twice", "nonsense while an operation goes on"),
    ],
)
def test_frames_that_end_a_web_socket(house: House, frames: list[bytes], code: int) -> None:
    with opened(house) as connection:
        for each in frames:
            connection.sendall(each)
            time.sleep(0.05)
        time.sleep(0.1)
        connection.shutdown(socket.SHUT_WR)
        assert struct.pack("!H", code) in said(connection)
    assert faults(house) == []


def test_a_text_in_the_smallest_parts_is_one_text(house: House) -> None:
    with opened(house) as connection:
        connection.sendall(frame(TEXT, b"", last=False) + frame(CONTINUED, b"", last=False) * 1000)
        connection.sendall(b"".join(frame(CONTINUED, INIT[n : n + 1], last=False) for n in range(len(INIT))))
        connection.sendall(frame(PING, b"between") + frame(CONTINUED, b""))
        time.sleep(0.2)
        answer = connection.recv(65536)
    assert b"between" in answer
    assert b"connection_ack" in answer


@pytest.mark.parametrize("path", [b"/graphql", b"/nothing"])
@pytest.mark.parametrize("frames", [b"", frame(TEXT, INIT) + frame(TEXT, ENDLESS), frame(TEXT, b"x"), b"\x81\xfe"])
def test_who_vanishes_leaves_no_fault(house: House, path: bytes, frames: bytes) -> None:
    for wait in (0, 0.01, 0.05):
        with connect(house.url) as connection:
            connection.sendall(SOCKET_HEAD.replace(b"/staff/graphql", path))
            time.sleep(wait)
            connection.sendall(frames)
            time.sleep(wait)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    time.sleep(0.2)
    assert house.http.get("/healthz").status_code == 200
    assert faults(house) == []


MOST_IN_BUFFERS = 40 << 20
"""More than two kernels keep of what goes through a connection on loopback, each way."""


def test_who_reads_no_answer_to_pings_is_not_listened_to(house: House) -> None:
    """Else the answers would fill the server's memory."""
    flood = frame(PING, b"a" * 125) * 8000
    with opened(house) as connection:
        connection.settimeout(1)
        sent = 0
        while sent < MOST_IN_BUFFERS:
            try:
                sent += connection.send(flood)
            except TimeoutError:
                break
    assert sent < MOST_IN_BUFFERS
    assert house.http.get("/healthz").status_code == 200
    assert faults(house) == []


@pytest.mark.parametrize(
    ("subprotocol", "sent", "code"),
    [
        ("graphql-transport-ws", "x", 4400),
        ("graphql-transport-ws", b"\xff", 4400),
        ("graphql-transport-ws", "[" * 5000, 4400),
        ("graphql-transport-ws", '{"type": "subscribe", "id": [], "payload": {}}', 4400),
        ("graphql-transport-ws", '{"type": "subscribe", "id": "1", "payload": {"query": "{ me { role } }"}}', 4401),
        ("graphql-transport-ws", '{"type": "connection_init", "payload": {"Authorization": 5}}', 4403),
        ("graphql-transport-ws", '{"type": "connection_init", "payload": [5]}', 4400),
        ("graphql-transport-ws", "x" * (2 << 20), 1009),
        ("graphql-ws", "{}", 4406),
    ],
)
def test_a_web_socket_that_says_something_else_is_closed(
    house: House, subprotocol: str, sent: str | bytes, code: int
) -> None:
    url = house.url.replace("http", "ws") + "/staff/graphql"
    with websockets.sync.client.connect(url, subprotocols=[websockets.Subprotocol(subprotocol)]) as connection:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            heard(connection, sent)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == code
    assert '"unexpected"' not in house.logged.getvalue()
