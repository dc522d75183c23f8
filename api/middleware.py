"""What every request passes: an id, a limit to its body, headers of safety, one log line, and an end for faults."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import nullcontext
from types import CoroutineType, coroutine
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.answers import refused
from api.observing import Observations, line
from api.telemetry import traced
from ledger.errors import Invalid

BODY_SECONDS: Final = 60
SLOWEST_BODY: Final = 4096
"""How long a body may be waited for in all, and for each so many bytes that have come a second more."""

STAFF: Final = "/staff/"
UNTRACED: Final = nullcontext()

SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

PUBLIC_HEADERS: Final = tuple((name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items())
STAFF_HEADERS: Final = (*PUBLIC_HEADERS, (b"cache-control", b"no-store"))
PUBLIC_ADDED: Final = PUBLIC_HEADERS, frozenset(name for name, _ in PUBLIC_HEADERS)
STAFF_ADDED: Final = STAFF_HEADERS, frozenset(name for name, _ in STAFF_HEADERS)
"""Headers that an answer gets, and their names."""


class Observed:
    """Gives a request its id, which its log line and its answer have, and answers for what nobody foresaw.

    The answer gets the headers that every answer has unless it has its own; what staff are told is kept by nobody.
    Only staff say which trace a request belongs to.
    """

    def __init__(self, app: ASGIApp, observations: Observations) -> None:
        self.app = app
        self.observations = observations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        passage = _Passage(scope, send, self.observations)
        before = logs.request.set(passage.request_id)
        line.set(passage.line)
        try:
            with traced(scope["headers"]) if scope["path"].startswith(STAFF) else UNTRACED:
                await self.app(scope, receive, passage.tell if passage.is_http else send)
        except ClientDisconnect:
            pass  # whoever asked went away before all of the body had come
        except Exception as error:
            logs.unexpected(error, with_trace=False)
            if passage.is_http and not passage.status:
                told = {"code": "unexpected", "correlation": passage.request_id}
                answer = JSONResponse({"errors": [{"message": "Unexpected.", "extensions": told}]}, 500)
                await answer(scope, receive, passage.tell)
        finally:
            passage.end()
            logs.request.reset(before)


class _Passage:
    """One request on its way: told of before the last of its answer is sent, so that who has that finds its line."""

    __slots__ = (
        "began",
        "is_ended",
        "is_http",
        "line",
        "observations",
        "request_id",
        "scope",
        "seconds",
        "send",
        "status",
    )

    def __init__(self, scope: Scope, send: Send, observations: Observations) -> None:
        self.request_id = scope.setdefault("state", {})["request_id"] = os.urandom(8).hex()
        self.scope = scope
        self.send = send
        self.observations = observations
        self.is_http = scope["type"] == "http"
        self.line: dict[str, Any] | None = {} if self.is_http else None
        self.status = 0
        self.seconds: float | None = None
        self.is_ended = False
        self.began = time.perf_counter()

    def tell(self, message: Message) -> Awaitable[None]:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.seconds = message["status"], time.perf_counter() - self.began
            headers = message.get("headers", ())
            added, names = STAFF_ADDED if self.scope["path"].startswith(STAFF) else PUBLIC_ADDED
            given = {name for name, _ in headers}
            if not given.isdisjoint(names):
                added = tuple(each for each in added if each[0] not in given)
            message["headers"] = [*headers, *added, (b"x-request-id", self.request_id.encode())]
        elif not message.get("more_body", False):
            self.end()
        return self.send(message)

    def end(self) -> None:
        """Tell of the request, once."""
        if self.is_ended:
            return
        self.is_ended = True
        taken = time.perf_counter() - self.began
        if self.is_http:
            self.observations.request(self.scope, self.status, taken if self.seconds is None else self.seconds)
        self.observations.access(self.scope, self.request_id, self.line, self.status or None, taken)


class Limited:
    """Refuses a body that is longer than it may be (413) or does not come on (408), and the character NUL.

    A body is refused at the latest when that much of it has come; what has come is with the endpoint by then. NUL is
    refused in paths and query strings, since no database looks it up.
    """

    def __init__(self, app: ASGIApp, most: Callable[[Scope], int]) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await refused(Request(scope), Invalid("text_with_nul"))(scope, receive, send)
            return
        most = self.most(scope)
        read, whole, patience = 0, False, _Patience()

        async def take() -> Message:
            nonlocal read, whole
            if whole:  # what comes now is that the caller goes
                return await receive()
            if not read and _told_length(scope) > most:
                raise Invalid("body_too_long", most=most)
            message = await _in_time(receive(), patience, read)
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > most:
                raise Invalid("body_too_long", most=most)
            return message

        await self.app(scope, take, send)


def _told_length(scope: Scope) -> int:
    """Return how long a body says that it is, 0 where it says nothing."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(told) if told.isdigit() else 0


class _Patience:
    """How long a body has been waited for; the time that its reader took in between is not its fault."""

    __slots__ = ("_waited",)

    def __init__(self) -> None:
        self._waited = 0.0

    async def wait(self, coming: Awaitable[Message], read: int) -> Message:
        """Return what comes next after so many bytes; raises Invalid("body_too_slow")."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(BODY_SECONDS + read / SLOWEST_BODY - self._waited):
                return await coming
        except TimeoutError:
            raise Invalid("body_too_slow", seconds=BODY_SECONDS) from None
        finally:
            self._waited += time.monotonic() - began


async def _in_time(coming: Awaitable[Message], patience: _Patience, read: int) -> Message:
    """Return what comes; raises Invalid("body_too_slow"). What is there already is taken without setting a clock."""
    if not isinstance(coming, CoroutineType):
        return await patience.wait(coming, read)
    try:
        waiting = coming.send(None)
    except StopIteration as there:
        message: Message = there.value
        return message
    return await patience.wait(_rest(coming, waiting), read)


@coroutine
def _rest(begun: Coroutine[Any, Any, Message], waiting: Any) -> Generator[Any, Any, Message]:
    """Go on with a coroutine that has begun, and waits for something."""
    try:
        yield waiting
    except BaseException:
        begun.close()
        raise
    message: Message = yield from begun
    return message
