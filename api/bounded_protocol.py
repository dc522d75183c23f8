"""HTTP/1.1 whose requests are bounded, in bytes and in seconds, and whose short answers are sent in one piece.

With httptools uvicorn bounds no head, asks for no Host, and waits for ever for whoever sends a little now and then; and
it sends each answer's head by a system call of its own.
"""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

MOST_HEAD_BYTES: Final = 64 * 1024
HEAD_SECONDS: Final = 30.0
LENGTH: Final = b"content-length"
OF_CONNECTION: Final = frozenset({b"connection", b"transfer-encoding"})
CONTROLS: Final = bytes({*range(32), 127} - {*b"\t\r\n"})
HTTP_1: Final = ("1.1", "1.0")
HOST: Final = re.compile(rb"(?:[\w.~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?", re.ASCII)
TARGET: Final = re.compile(rb"(?:(?i:https?)://([^/?#]*))?/[^#]*|\*")
"""What may be asked for: a path, or whole addresses as proxies are asked for them; OPTIONS asks for *."""


def _refusal(status: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % status


MALFORMED: Final = _refusal(b"400 Bad Request")
TOO_SLOW: Final = _refusal(b"408 Request Timeout")
TOO_LONG: Final = _refusal(b"431 Request Header Fields Too Large")
TOO_MANY: Final = _refusal(b"503 Service Unavailable")


class Refused(Exception):
    """What came is no request that can be answered; the answer says so."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(answer)
        self.answer = answer


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
    """Ends a connection that sends no request in time: its head longer than 64 KiB or 30 seconds, or not HTTP/1.1.

    While no answer is owed something must come to an end within that time: a head, or the rest of a body that nobody
    wants. Where there are `limit_concurrency` connections, a new one takes the place of the one that has kept
    the server waiting longest for a request; it is refused at once where all wait for answers.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head_bytes = 0
        self._unfinished_bytes = 0
        self._goes_on = False
        self._in_head = False
        self._is_deaf = False
        self._answering: RequestResponseCycle | None = None
        self._waiting: asyncio.TimerHandle | None = None
        # Those of all connections of which no whole request is there, since when the earliest first.
        self._awaited: dict[BoundedProtocol, None] = vars(self.server_state).setdefault("awaited", {})

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        is_full = self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency
        if is_full and not self._make_room():
            self.connections.discard(self)
            self._end(TOO_MANY)
        else:
            self._awaited[self] = None
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and tell all who answer requests; uvicorn tells who answers the newest."""
        self._wait_no_more()
        self._awaited.pop(self, None)
        self._disconnect()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._is_deaf:
            return
        self._unset_keepalive_if_required()
        self._goes_on = False
        rest: bytes | memoryview = data
        while rest:
            try:
                self.parser.feed_data(rest)
                break
            except httptools.HttpParserUpgrade as upgrade:
                if self._should_upgrade():
                    if self.cycle is None or self.cycle.response_complete:
                        self.handle_websocket_upgrade()
                    else:  # an answer is owed that would be written into the web socket
                        self._end(MALFORMED)
                    return
                head = self._head_as_told_here()
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn makes its own
                self.parser.feed_data(head)
                rest = memoryview(rest)[upgrade.args[0] :]
            except httptools.HttpParserError as error:
                self.logger.warning("Invalid HTTP request received.")
                cause = error.__context__
                self._end(cause.answer if isinstance(cause, Refused) else MALFORMED)
                return
        self._unfinished_bytes = 0 if self._goes_on else self._unfinished_bytes + len(data)
        if self._unfinished_bytes > MOST_HEAD_BYTES:  # within one header, or what is between requests and chunks
            self._end(TOO_LONG)
        elif self._waiting is None and (self._in_head or self.cycle is None or self.cycle.response_complete):
            self._wait()  # most heads come whole, and need no clock

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._await()

    def on_url(self, url: bytes) -> None:
        """Take a part of what is asked for."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those after a body, which proxies do not look at, are nobody's."""
        self._count(len(name) + len(value) + 4)
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass a request on whose head is complete."""
        self._in_head = False
        self._wait_no_more()
        self._check()
        if not self._is_elsewhere():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass a part of a body on."""
        self._goes_on = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Pass the end of a request on."""
        self._goes_on = True
        self._awaited.pop(self, None)
        if not self._is_elsewhere():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to the next request."""
        super().on_response_complete()
        self._await()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over."""
        self._awaited.pop(self, None)
        super().handle_websocket_upgrade()

    def _await(self) -> None:
        """Know that a request is waited for, unless an answer is owed."""
        if not self.pipeline and (self.cycle is None or self.cycle.response_complete or self.cycle.more_body):
            self._awaited.setdefault(self)

    def _make_room(self) -> bool:
        """End the connection whose request has been waited for longest; tell whether there is one."""
        longest = next(iter(self._awaited), None)
        if longest is None:
            return False
        self.connections.discard(longest)
        longest._give_way()
        return True

    def _give_way(self) -> None:
        self._awaited.pop(self, None)
        if self._in_head or (self.cycle is not None and self.cycle.more_body):
            self._end(TOO_MANY)
        else:  # of nothing that was asked
            self._wait_no_more()
            self._is_deaf = True
            self.transport.close()

    def _count(self, length: int) -> None:
        self._goes_on = True
        self._head_bytes += length
        if self._head_bytes > MOST_HEAD_BYTES:
            raise Refused(TOO_LONG)

    def _check(self) -> None:
        """Raise Refused(MALFORMED) where RFC 9112 says so: no host or several (3.2), or a body whose end is unclear."""
        version, target = self.parser.get_http_version(), TARGET.fullmatch(self.url)
        hosts = [value for name, value in self.headers if name == b"host"]
        host = hosts[0] if hosts else None
        if (
            version not in HTTP_1
            or self.parser.get_method() == b"CONNECT"
            or target is None
            or len(hosts) > 1
            or (host is None and version == "1.1")
            or (host is not None and HOST.fullmatch(host) is None)
            or (target[1] is not None and (host is None or target[1].lower() != host.lower()))
            or any(name == b"transfer-encoding" and value.lower() != b"chunked" for name, value in self.headers)
        ):
            raise Refused(MALFORMED)

    def _is_elsewhere(self) -> bool:
        """Whether another protocol is asked for that is not spoken here; httptools then reads no body."""
        return self.parser.should_upgrade() and not self._should_upgrade()

    def _head_as_told_here(self) -> bytes:
        """Return the head of a request as one that asks for no other protocol, as clients in Java ask for HTTP/2."""
        lines = [b"%b: %b\r\n" % header for header in self.headers if header[0] != b"upgrade"]
        line = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        return b"".join((line, *lines, b"\r\n"))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, partial(_in_one_piece, cycle, app))

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._end, TOO_SLOW)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _end(self, answer: bytes) -> None:
        """End the connection with an answer to what is no request, once all that were before it are answered."""
        self._wait_no_more()
        self._is_deaf = True
        cycle = self.cycle
        if self.transport.is_closing():
            return
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            cycle.keep_alive = False
            return
        is_head = cycle is None or not cycle.more_body
        is_unanswered = cycle is not None and not cycle.response_started and not self.pipeline
        if is_head or is_unanswered:
            self.transport.write(answer)
        self._disconnect()
        self.transport.close()

    def _disconnect(self) -> None:
        for cycle in (self._answering, *(waiting for waiting, _ in self.pipeline)):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
