"""HTTP/1.1 whose request heads are bounded, in bytes and in seconds, and whose short answers are sent in one piece.

With httptools uvicorn bounds no head; and it sends each answer's head by a system call of its own.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

MOST_HEAD_BYTES: Final = 64 * 1024
HEAD_SECONDS: Final = 30.0
LENGTH: Final = b"content-length"
OF_CONNECTION: Final = frozenset({b"connection", b"transfer-encoding"})
CONTROLS: Final = bytes({*range(32), 127} - {*b"\t\r\n"})
TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Sending:
    """Sends an answer: where its length is told its head waits for the body, so that both go in one piece."""

    __slots__ = ("_cycle", "_head")

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._head: Any = None

    async def send(self, message: Any) -> None:
        """Send a part of the answer."""
        head = self._head
        if head is None:
            if message["type"] == "http.response.start" and self._is_short(message):
                self._head = message
            else:
                await self._cycle.send(message)
            return
        self._head = None
        if message.get("more_body", False) or self._cycle.flow.write_paused:
            await self._cycle.send(head)
            await self._cycle.send(message)
        elif not self._cycle.disconnected:
            self._send_whole(head, message.get("body", b""))

    def _is_short(self, head: Any) -> bool:
        """Tell whether an answer's length is told, and nothing of whether the connection goes on."""
        names = {name for name, _ in head.get("headers", ())}
        return LENGTH in names and names.isdisjoint(OF_CONNECTION) and self._cycle.scope["method"] != "HEAD"

    def _send_whole(self, head: Any, body: bytes) -> None:
        """Send an answer as uvicorn does; raises RuntimeError where it does."""
        cycle = self._cycle
        headers = (*cycle.default_headers, *head["headers"])
        lines = [b"%b: %b\r\n" % (name, value) for name, value in headers]
        if b"%b: %d\r\n" % (LENGTH, len(body)) not in lines:
            raise RuntimeError("Response content of another length than Content-Length")
        if not cycle.keep_alive:
            lines.append(b"connection: close\r\n")
        told = b"".join(lines)
        if told.count(b"\n") != len(lines) or told.count(b"\r") != len(lines) or told.translate(None, CONTROLS) != told:
            raise RuntimeError("Invalid HTTP header value")
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.transport.writelines((b"".join((STATUS_LINE[head["status"]], told, b"\r\n")), body))
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()


async def _in_one_piece(
    cycle: RequestResponseCycle, app: Any, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]
) -> None:
    await app(scope, receive, Sending(cycle).send)


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose request's head is longer than 64 KiB, or takes longer than 30 seconds to come."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._in_head = False
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it makes the head too long."""
        if self._in_head and self._head_bytes + len(data) > MOST_HEAD_BYTES:
            self._end(TOO_LONG)
            return
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._waiting is None:  # most heads come whole, and need no clock
                self._wait()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._wait_no_more()

    def on_headers_complete(self) -> None:
        """Pass a request on whose head is complete."""
        self._in_head = False
        self._wait_no_more()
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, partial(_in_one_piece, cycle, app))

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._end, TOO_SLOW)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end(self, answer: bytes) -> None:
        self._wait_no_more()
        if not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(answer)
            self.transport.close()
