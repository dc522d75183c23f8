"""Requests and web sockets of any bytes: handed to an application in this process, or sent over a socket."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


def scope_of(kind: str, path: str, headers: Headers, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
        **more,
    }


def ask(app: ASGIApp, method: str, path: str, headers: Headers, body: Sequence[bytes], query: bytes = b"") -> Answer:
    """Return what an application answers to one request."""
    sent: list[Message] = []
    pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in body]
    waiting = [*pieces, {"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = scope_of("http", path, headers, method=method, scheme="http", query_string=query)
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 10))
    return Answer(sent[0]["status"], dict(sent[0]["headers"]), b"".join(each.get("body", b"") for each in sent[1:]))


def converse(app: ASGIApp, path: str, subprotocols: Sequence[str], told: Sequence[Message]) -> list[Any]:
    """Return what an application sends to a web socket that tells these messages and then goes away."""
    sent: list[Message] = []
    waiting = [{"type": "websocket.connect"}, *told]

    async def receive() -> Message:
        await asyncio.sleep(0)
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = scope_of("websocket", path, [], scheme="ws", subprotocols=list(subprotocols))
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 10))
    return sent


def connect(url: str, seconds: float = 5) -> socket.socket:
    """Return a connection to a server."""
    address = urlsplit(url)
    return socket.create_connection((str(address.hostname), int(address.port or 80)), timeout=seconds)


def send(url: str, content: bytes, seconds: float = 5) -> bytes:
    """Return what a server answers to bytes, until it closes; b"" where it closes without a word."""
    with connect(url, seconds) as connection:
        answer = b""
        try:
            connection.sendall(content)
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:
            pass
        return answer


def request(path: str | bytes, method: str, headers: Headers = (), body: bytes = b"") -> bytes:
    """Return the bytes of a request after which the connection is closed."""
    where = path if isinstance(path, bytes) else path.encode()
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    head = b"%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" % (method.encode(), where)
    return head + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body
