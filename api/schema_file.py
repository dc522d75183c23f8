"""The public schema in its definition language, for whoever builds on it; it need not be asked by introspection."""

from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.answers import tagged
from schema.public import schema

PATH: Final = "/schema.graphql"
MEDIA_TYPE: Final = "text/plain; charset=utf-8"


def routes() -> list[Route]:
    """Return the route of the schema."""

    async def answer(request: Request) -> Response:
        return tagged(request, _content(), MEDIA_TYPE, {"Cache-Control": "no-cache"})

    return [Route(PATH, answer)]


@cache
def _content() -> bytes:
    return (schema.as_str() + "\n").encode()
