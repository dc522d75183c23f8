"""Whether a request comes from a page of this host, which alone may use a browser's session."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

DEFAULT_PORTS: Final = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host and port."""


def is_https(connection: HTTPConnection) -> bool:
    """Whether a request came by HTTPS, here or at a trusted proxy."""
    return connection.scope["scheme"] in ("https", "wss")


def own_address(connection: HTTPConnection) -> str:
    """Return the address that the browser knows this host by."""
    return f"{'https' if is_https(connection) else 'http'}://{connection.headers.get('host', '')}"


def is_own(connection: HTTPConnection) -> bool:
    """Whether a request comes from a page of this host, or is a browser's own, such as a download by its address.

    Browsers say where a page comes from that asks, of late with every request (Sec-Fetch-Site); other programs say
    nothing, and send no cookie that they were not given.
    """
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    allowed = ("same-origin", "none") if connection.scope["method"] in ("GET", "HEAD") else ("same-origin",)
    return (site is None or site in allowed) and (origin is None or is_this_host(connection, origin))


def opens_own_socket(connection: HTTPConnection, origins: Collection[str]) -> bool:
    """Whether a web socket is opened by a page of this host or of one of these origins; browsers always say which."""
    origin = connection.headers.get("origin")
    return origin is not None and (origin in origins or is_this_host(connection, origin))


def is_this_host(connection: HTTPConnection, origin: str) -> bool:
    """Whether an origin is that of this host."""
    told = _origin(origin)
    return told is not None and told == _origin(own_address(connection))


def _origin(address: str) -> Origin | None:
    try:
        parts = urlsplit(address)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
