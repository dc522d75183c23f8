"""The verifier in JavaScript, built from `api/web/verify`: one module for browsers and for Node."""

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.answers import tagged
from api.built_files import BUILT
from ledger.errors import Missing

NAME: Final = "verify.mjs"
HEADERS: Final = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}


def routes(built: Path = BUILT) -> list[Route]:
    """Return the module's route; without a build it is a 404."""

    async def module(request: Request) -> Response:
        try:
            content = (built / NAME).read_bytes()
        except FileNotFoundError:
            raise Missing("path_missing", path=NAME) from None
        return tagged(request, content, "text/javascript; charset=utf-8", HEADERS)

    return [Route(f"/{NAME}", module)]
