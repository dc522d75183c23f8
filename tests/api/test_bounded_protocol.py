"""What is taken for a request, and what is sent: short answers in one piece, with the same bytes as uvicorn's."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api import bounded_protocol
from api.bounded_protocol import MOST_HEAD_BYTES, BoundedProtocol

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
JSON = (b"content-type", b"application/json")


class Wire(asyncio.Transport):
    """A connection that keeps each piece that is written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.pieces.append(bytes(data))

    def writelines(self, data: Any) -> None:
        self.write(b"".join(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        """Do nothing."""

    def resume_reading(self) -> None:
        """Do nothing."""


def asked(kind: type[HttpToolsProtocol], app: ASGIApp, *sent: bytes, seconds: float = 0) -> Wire:
    """Return what a protocol writes to a connection that sends this, piece by piece, and then waits so long."""
    wire = Wire()

    async def talk() -> None:
        config = Config(app, lifespan="off", log_config=None, access_log=False, proxy_headers=False, http=kind)
        state = ServerState()
        state.default_headers = [(b"date", b"Fri, 27 Nov 2026 08:00:00 GMT")]
        protocol = kind(config, state, {})
        protocol.connection_made(wire)
        for piece in sent:
            protocol.data_received(piece)
        while state.tasks:
            await asyncio.sleep(0)
        await asyncio.sleep(seconds)
        protocol.connection_lost(None)

    asyncio.run(talk())
    return wire


def answering(*messages: Message) -> ASGIApp:
    """Return an application that answers each request so."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(dict(message))

    return app


def head(*headers: tuple[bytes, bytes], status: int = 200) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(content: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}


def length(number: int) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % number


SHORT = answering(head(JSON, length(2)), body(b"{}"))
EXPECTING = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer before the body is asked for, and then ask for it."""
    await SHORT(scope, receive, send)
    await receive()


CASES: dict[str, tuple[ASGIApp, bytes]] = {
    "short": (SHORT, GET),
    "two in one packet": (SHORT, GET * 2),
    "the last of a connection": (SHORT, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")),
    "a body that is not asked for": (refusing, EXPECTING),
    "HTTP/1.0": (SHORT, GET.replace(b"1.1", b"1.0")),
    "HEAD": (SHORT, GET.replace(b"GET", b"HEAD")),
    "nothing": (answering(head(length(0), status=404), body(b"")), GET),
    "not modified": (answering(head((b"etag", b'"a"'), status=304), body(b"")), GET),
    "no length": (answering(head(JSON), body(b"{", more=True), body(b"}")), GET),
    "several parts of a known length": (answering(head(length(2)), body(b"{", more=True), body(b"}")), GET),
    "a connection that is ended": (answering(head(length(2), (b"connection", b"close")), body(b"{}")), GET),
}


@pytest.mark.parametrize("case", CASES)
def test_an_answer_has_the_same_bytes_as_uvicorns(case: str) -> None:
    app, sent = CASES[case]
    ours, stock = asked(BoundedProtocol, app, sent), asked(HttpToolsProtocol, app, sent)
    assert b"".join(ours.pieces) == b"".join(stock.pieces)
    assert ours.is_closed == stock.is_closed


def test_a_short_answer_comes_in_one_piece_and_a_long_one_as_it_is_made() -> None:
    assert len(asked(BoundedProtocol, SHORT, GET).pieces) == 1
    assert len(asked(HttpToolsProtocol, SHORT, GET).pieces) == 2
    app, sent = CASES["no length"]
    assert len(asked(BoundedProtocol, app, sent).pieces) == 3


@pytest.mark.parametrize(
    "messages",
    [
        [head((b"vary", b"a\r\nset-cookie: b"), length(2)), body(b"{}")],
        [head((b"vary", b"a\nb"), length(2)), body(b"{}")],
        [head((b"vary", b"a\x00b"), length(2)), body(b"{}")],
        [head(length(3)), body(b"{}")],
        [head(length(1)), body(b"{}")],
        [head(length(2))],
    ],
    ids=["a header within a header", "a line within one", "NUL", "too short", "too long", "no body"],
)
def test_what_would_be_no_answer_is_not_sent(messages: Sequence[Message]) -> None:
    pieces = asked(BoundedProtocol, answering(*messages), GET).pieces
    assert b"".join(pieces).startswith(b"HTTP/1.1 500 ")
    assert b"set-cookie" not in b"".join(pieces)


async def telling(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked: the path, the headers' names, and the body."""
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
    names = b" ".join(name for name, _ in scope["headers"])
    told = b"%b|%b|%b" % (scope["path"].encode(), names, content)
    await send(head(length(len(told))))
    await send(body(told))


def statuses(wire: Wire) -> list[bytes]:
    """Return the statuses of all answers of a connection."""
    return re.findall(rb"HTTP/1\.1 (\d+) ", b"".join(wire.pieces))


def get(lines: bytes = b"Host: x\r\n", target: bytes = b"/", line: bytes = b"GET %b HTTP/1.1\r\n") -> bytes:
    return line % target + lines + b"\r\n"


LONG = get(b"Host: x\r\nX: " + b"a" * MOST_HEAD_BYTES + b"\r\n")
MANY = get(b"Host: x\r\n" + b"X: a\r\n" * 11_000)


@pytest.mark.parametrize("long", [LONG, MANY, get(target=b"/" + b"a" * MOST_HEAD_BYTES), LONG.rstrip(b"\r\n")])
@pytest.mark.parametrize("size", [1 << 20, 30_000, 1000])
def test_a_head_that_is_too_long_is_refused_however_it_comes(long: bytes, size: int) -> None:
    pieces = [long[start : start + size] for start in range(0, len(long), size)]
    if not long.endswith(b"\r\n\r\n"):
        pieces += [b"a" * MOST_HEAD_BYTES] * 2
    wire = asked(BoundedProtocol, SHORT, *pieces)
    assert statuses(wire) == [b"431"]
    assert wire.is_closed


def test_what_comes_with_a_head_does_not_make_it_long() -> None:
    long = b"a" * 2 * MOST_HEAD_BYTES
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(long) + long
    wire = asked(BoundedProtocol, telling, post[:30], post[30:] + GET[:20], GET[20:])
    assert statuses(wire) == [b"200", b"200"]
    assert long in wire.pieces[0]


@pytest.mark.parametrize(
    "sent",
    [
        get(b""),
        get(b"Host: x\r\nHost: x\r\n"),
        get(b"Host:\r\n"),
        get(b"Host: a b\r\n"),
        get(b"Host: x/desk?\r\n"),
        get(b"Host: user@x\r\n"),
        get(b"Host: x:port\r\n"),
        get(b"Host: \xff\r\n"),
        get(b"Host: x\r\nHost: y\r\n", line=b"GET %b HTTP/1.0\r\n"),
        get(target=b"http://other/"),
        get(target=b"ftp://x/"),
        get(target=b"x:80"),
        get(target=b"/#part"),
        get(target=b"x:80", line=b"CONNECT %b HTTP/1.1\r\n"),
        get(line=b"CONNECT %b HTTP/1.1\r\n"),
        get(line=b"GET %b HTTP/2.0\r\n"),
        get(line=b"GET %b\r\n"),
        get(b"Host: x\r\nTransfer-Encoding: gzip, chunked\r\n", line=b"POST %b HTTP/1.1\r\n") + b"0\r\n\r\n",
    ],
)
def test_what_is_no_request_of_http_1_is_refused(sent: bytes) -> None:
    wire = asked(BoundedProtocol, SHORT, sent)
    assert statuses(wire) == [b"400"]
    assert wire.is_closed


@pytest.mark.parametrize(
    "sent",
    [
        get(b"Host: x.example:8000\r\n"),
        get(b"Host: [::1]:8000\r\n"),
        get(b"", line=b"GET %b HTTP/1.0\r\n"),
        get(target=b"HTTP://X/"),
        get(target=b"*", line=b"OPTIONS %b HTTP/1.1\r\n"),
        b"\r\n\r\n" + GET,
    ],
)
def test_what_is_one_is_answered(sent: bytes) -> None:
    assert statuses(asked(BoundedProtocol, SHORT, sent)) == [b"200"]


POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"


def test_headers_after_a_body_are_nobodys() -> None:
    told = asked(BoundedProtocol, telling, CHUNKS + b"0\r\nAuthorization: Bearer x\r\nHost: y\r\n\r\n").pieces[0]
    assert told.endswith(b"/|host transfer-encoding|{}")


@pytest.mark.parametrize(
    "endless",
    [b"0\r\n" + b"X: a\r\n" * 20_000, b"0\r\nX: " + b"a" * 200_000, b"2;" + b"a" * 200_000],
    ids=["headers after a body", "one of them", "an extension of a chunk"],
)
def test_what_nobody_reads_takes_an_end(endless: bytes) -> None:
    pieces = [endless[start : start + 50_000] for start in range(0, len(endless), 50_000)]
    wire = asked(BoundedProtocol, telling, CHUNKS, *pieces)
    assert statuses(wire) == [b"431"]
    assert wire.is_closed


def test_requests_before_one_at_fault_are_answered_and_nothing_after_it() -> None:
    wire = asked(BoundedProtocol, telling, GET + GET + b"x\r\n\r\n" + GET)
    assert statuses(wire) == [b"200", b"200"]
    assert b"connection: close" in wire.pieces[-1]
    assert wire.is_closed


def test_a_web_socket_is_not_opened_while_an_answer_is_owed() -> None:
    upgrade = get(b"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
    assert statuses(asked(BoundedProtocol, SHORT, GET + upgrade)) == [b"200"]


@pytest.mark.parametrize("closing", [b"", b"Connection: close\r\n"])
def test_who_offers_to_speak_http_2_is_answered_in_http_1(closing: bytes) -> None:
    """With its body, as Java's client asks, and also when it asks again and again in one packet."""
    asking = POST + closing + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 2\r\n\r\n{}"
    many = 1 if closing else 3000
    wire = asked(BoundedProtocol, telling, asking * many)
    assert statuses(wire) == [b"200"] * many
    assert wire.pieces[0].endswith(b"connection content-length|{}")


@pytest.mark.parametrize(
    "sent",
    [
        [GET, b"\r\n"],
        [b"\r\n"],
        [POST + b"Content-Length: 9\r\n\r\n", b"a"],
        [GET, GET[:9]],
    ],
    ids=["an empty line after an answer", "an empty line", "a body that nobody reads", "half a head"],
)
def test_nothing_is_waited_for_without_end(monkeypatch: pytest.MonkeyPatch, sent: list[bytes]) -> None:
    monkeypatch.setattr(bounded_protocol, "HEAD_SECONDS", 0.05)
    wire = Wire()

    async def talk() -> None:
        config = Config(SHORT, lifespan="off", log_config=None, access_log=False, proxy_headers=False)
        state = ServerState()
        protocol = BoundedProtocol(config, state, {})
        protocol.connection_made(wire)
        for piece in sent:
            protocol.data_received(piece)
            while state.tasks:
                await asyncio.sleep(0)
        await asyncio.sleep(0.2)

    asyncio.run(talk())
    assert wire.is_closed


def test_all_who_answer_requests_learn_that_nobody_is_there_any_more() -> None:
    gone = []

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        gone.append((await receive())["type"])

    async def talk() -> None:
        config = Config(streaming, lifespan="off", log_config=None, access_log=False, proxy_headers=False)
        state = ServerState()
        protocol = BoundedProtocol(config, state, {})
        protocol.connection_made(Wire())
        protocol.data_received(GET + GET)
        for _ in range(5):
            await asyncio.sleep(0)
        protocol.connection_lost(None)
        async with asyncio.timeout(5):
            while state.tasks:
                await asyncio.sleep(0)

    asyncio.run(talk())
    assert gone == ["http.disconnect"]


class Full:
    """A server that takes two connections, and the wires of those that come to it."""

    def __init__(self, app: ASGIApp) -> None:
        named: dict[str, Any] = {"lifespan": "off", "log_config": None, "access_log": False, "proxy_headers": False}
        self.config = Config(app, limit_concurrency=3, **named)
        self.state = ServerState()
        self.protocols: list[BoundedProtocol] = []

    def comes(self, sent: bytes = b"") -> Wire:
        """Return the wire of another connection, which sends this."""
        wire, protocol = Wire(), BoundedProtocol(self.config, self.state, {})
        self.protocols.append(protocol)
        protocol.connection_made(wire)
        if sent:
            protocol.data_received(sent)
        return wire

    async def settle(self, turns: int = 20) -> None:
        """Let answers be made."""
        for _ in range(turns):
            await asyncio.sleep(0)

    def end(self) -> None:
        """Lose all connections."""
        for protocol in self.protocols:
            protocol.connection_lost(None)
        assert vars(self.state)["awaited"] == {}


def test_where_there_is_no_place_a_new_connection_takes_that_of_who_keeps_the_server_waiting_longest() -> None:
    async def talk() -> list[tuple[list[bytes], bool]]:
        full = Full(SHORT)
        wires = [full.comes(), full.comes(GET[:9])]
        await full.settle()
        for _ in range(3):
            wires.append(full.comes(GET))
            await full.settle()
        became = [(statuses(wire), wire.is_closed) for wire in wires]
        full.end()
        return became

    idle, begun, answered, *newest = asyncio.run(talk())
    assert (idle, begun) == (([], True), ([b"503"], True))
    assert answered == ([b"200"], True)  # whose next request is waited for
    assert newest == [([b"200"], False)] * 2


def test_a_body_that_does_not_come_gives_way_as_well() -> None:
    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await SHORT(scope, receive, send)

    async def talk() -> list[Wire]:
        full = Full(reading)
        wires = [full.comes(GET[:-2] + b"Content-Length: 9\r\n\r\nbegun"), full.comes(), full.comes(GET)]
        await full.settle()
        full.end()
        await full.settle()
        return wires

    assert [statuses(wire) for wire in asyncio.run(talk())] == [[b"503"], [], [b"200"]]


def test_where_all_wait_for_answers_a_new_connection_is_refused_at_once() -> None:
    async def talk() -> list[tuple[list[bytes], bool]]:
        ready = asyncio.Event()

        async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
            await ready.wait()
            await SHORT(scope, receive, send)

        full = Full(waiting)
        wires = [full.comes(GET), full.comes(GET + GET[:9])]
        await full.settle()
        wires.append(full.comes(GET))
        ready.set()
        await full.settle()
        became = [(statuses(wire), wire.is_closed) for wire in wires]
        full.end()
        return became

    assert asyncio.run(talk()) == [([b"200"], False), ([b"200"], False), ([b"503"], True)]
