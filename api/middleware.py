"""What every request passes: an id, a limit to its body, headers of safety, one log line, and an end for faults."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs

QUIET_PATHS: Final = ("/healthz", "/readyz")

SAFE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


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
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, tell)
            except Exception as error:
                logs.unexpected(error, with_trace=False)
                if scope["type"] == "http" and "status" not in answered:
                    told = {"message": "Unexpected.", "extensions": {"code": "unexpected", "correlation": request_id}}
                    await JSONResponse({"errors": [told]}, 500)(scope, receive, tell)
            _log(scope, answered.get("status"), time.perf_counter() - began)


def _log(scope: Scope, status: int | None, seconds: float) -> None:
    log = structlog.get_logger("qian.access")
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
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/staff/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, tell if scope["type"] == "http" else send)


class Limited:
    """Refuses a body that is longer than its path allows (413), at the latest when that much has come."""

    def __init__(self, app: ASGIApp, most: Callable[[str], int]) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.most(scope["path"])
        read = 0

        async def take() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413, f"The body has more than {most} bytes.")
            return message

        await self.app(scope, take, send)
