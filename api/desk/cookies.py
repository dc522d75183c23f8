"""The desk's cookies: out of reach of scripts, and of other hosts.

Over HTTPS they have the prefix by which browsers refuse them from anybody but this host itself.
"""

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.desk.own_pages import is_https

SESSION: Final = "qian-desk"
HOST_PREFIX: Final = "__Host-"


def read(connection: HTTPConnection, name: str) -> str | None:
    """Return what a cookie holds, None where it was not sent or holds nothing."""
    return connection.cookies.get(_named(connection, name)) or None


def put(connection: HTTPConnection, response: Response, name: str, content: str, seconds: int) -> None:
    """Have the browser keep a cookie for so many seconds."""
    response.set_cookie(
        _named(connection, name),
        content,
        max_age=seconds,
        path="/",
        secure=is_https(connection),
        httponly=True,
        samesite="lax",
    )


def drop(connection: HTTPConnection, response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    put(connection, response, name, "", 0)


def _named(connection: HTTPConnection, name: str) -> str:
    return HOST_PREFIX + name if is_https(connection) else name
