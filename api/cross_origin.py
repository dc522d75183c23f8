"""Which web pages of other sites may ask a side (CORS): those of its settings, never with a browser's credentials."""

from collections.abc import Collection, Mapping
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.sides import Side

STAFF_PATHS: Final = ("/staff/", "/oauth/", "/desk/", "/metrics")
EXPOSED: Final = ("ETag", "Retry-After", "X-Request-Id")


class CrossOrigin:
    """Answers preflights and marks answers, on each side for the origins that it allows."""

    def __init__(self, app: ASGIApp, origins: Mapping[Side, Collection[str]]) -> None:
        self.app = app
        self._of = {side: _middleware(app, allowed) for side, allowed in origins.items() if allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] != "http" or not self._of:
            await self.app(scope, receive, send)
            return
        side = Side.STAFF if scope["path"].startswith(STAFF_PATHS) else Side.PUBLIC
        await self._of.get(side, self.app)(scope, receive, send)


def _middleware(app: ASGIApp, origins: Collection[str]) -> ASGIApp:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=("*",),
        expose_headers=EXPOSED,
        max_age=3600,
    )
