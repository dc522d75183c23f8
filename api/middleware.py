"""What every request passes: an id, a limit to its body, headers of safety, one log line, and an end for faults."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.answers import refused
from ledger.errors import Invalid

BODY_SECONDS: Final = 60
"""How long the next piece of a body may take."""

QUIET_PATHS: Final = ("/healthz", "/readyz", "/metrics")

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
GUARDED: Final = frozenset(name for name, _ in STAFF_HEADERS)


class Observed:
    """Gives a request its id, which its log line and its answer have, and answers for what nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        answered: dict[str, Any] = {}
        began = time.perf_counter()

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered["status"] = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, tell)
            except ClientDisconnect:
                pass  # whoever asked went away before all of the body had come
            except Exception as error:
                logs.unexpected(error, with_trace=False)
                if scope["type"] == "http" and "status" not in answered:
                    told = {"message": "Unexpected.", "extensions": {"code": "unexpected", "correlation": request_id}}
                    await JSONResponse({"errors": [told]}, 500)(scope, receive, tell)
            _log(scope, answered.get("status"), time.perf_counter() - began)


def _log(scope: Scope, status: int | None, seconds: float) -> None:
    log = logs.bound("qian.access")
    say = log.debug if scope["path"] in QUIET_PATHS else log.info
    method = scope.get("method", "WEBSOCKET")
    say("request", method=method, path=scope["path"], status=status, milliseconds=round(seconds * 1000))


class Guarded:
    """Sets the headers that every answer has unless it has its own; what staff are told is kept by nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = STAFF_HEADERS if scope["path"].startswith("/staff/") else PUBLIC_HEADERS
                headers = message["headers"] = list(message.get("headers", ()))
                given = {name for name, _ in headers}
                headers += added if given.isdisjoint(GUARDED) else [each for each in added if each[0] not in given]
            await send(message)

        await self.app(scope, receive, tell if scope["type"] == "http" else send)


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
        read, whole = 0, False

        async def take() -> Message:
            nonlocal read, whole
            if whole:  # what comes now is that the caller goes
                return await receive()
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    message = await receive()
            except TimeoutError:
                raise Invalid("body_too_slow", seconds=BODY_SECONDS) from None
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > most:
                raise Invalid("body_too_long", most=most)
            return message

        await self.app(scope, take, send)
