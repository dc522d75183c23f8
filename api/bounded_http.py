"""Answers over HTTP that must end: within a time, and within a size."""

import time
from typing import Final

import httpx2

SECONDS: Final = 10.0
"""How long each part of an answer may take, and all that follows its head."""
LARGEST_ANSWER: Final = 64 * 1024


class EndlessAnswer(Exception):
    """The answer takes no end."""

    def __init__(self) -> None:
        super().__init__("the answer takes no end")


def new_client() -> httpx2.Client:
    """Return a client that keeps its connections, waits a bounded time, and goes nowhere but where it is sent."""
    return httpx2.Client(timeout=SECONDS, follow_redirects=False)


def read_bounded(response: httpx2.Response) -> bytes:
    """Return the body of a streamed answer; raises EndlessAnswer."""
    content = bytearray()
    latest = time.monotonic() + SECONDS
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST_ANSWER or time.monotonic() > latest:
            raise EndlessAnswer
    return bytes(content)
