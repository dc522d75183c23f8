"""Answers over HTTP that must end: within a time, and within a size."""

import time
from collections.abc import Mapping
from typing import Final

import httpx2

SECONDS: Final = 10.0
"""How long each part of an answer may take, and all that follows its head."""
LARGEST_ANSWER: Final = 64 * 1024
DEFAULT_LIMITS: Final = httpx2.Limits(max_connections=100, max_keepalive_connections=20)


class EndlessAnswer(Exception):
    """The answer takes no end."""

    def __init__(self) -> None:
        super().__init__("the answer takes no end")


def new_client(headers: Mapping[str, str] | None = None, limits: httpx2.Limits = DEFAULT_LIMITS) -> httpx2.Client:
    """Return a client that keeps its connections, waits a bounded time, and goes nowhere but where it is sent."""
    return httpx2.Client(headers=headers, limits=limits, timeout=SECONDS, follow_redirects=False)


def read_bounded(response: httpx2.Response) -> bytes:
    """Return the body of a streamed answer; raises EndlessAnswer."""
    content = bytearray()
    latest = time.monotonic() + SECONDS
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER or time.monotonic() > latest:
            raise EndlessAnswer
    return bytes(content)
