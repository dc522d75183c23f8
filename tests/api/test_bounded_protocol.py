"""What a server sends: short answers in one piece, with the same bytes as uvicorn's, and others as they come."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.bounded_protocol import BoundedProtocol

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


def asked(kind: type[HttpToolsProtocol], app: ASGIApp, sent: bytes) -> Wire:
    """Return what a protocol writes to a connection that sends this."""
    wire = Wire()

    async def talk() -> None:
        config = Config(app, lifespan="off", log_config=None, access_log=False, proxy_headers=False, http=kind)
        state = ServerState()
        state.default_headers = [(b"date", b"Fri, 27 Nov 2026 08:00:00 GMT")]
        protocol = kind(config, state, {})
        protocol.connection_made(wire)
        protocol.data_received(sent)
        while state.tasks:
            await asyncio.sleep(0)
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
