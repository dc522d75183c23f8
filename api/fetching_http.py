"""Fetching one file over HTTP or HTTPS, only where it has changed (RFC 9110, section 13)."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

import httpx2

from api.fetching import Found, Limits
from ledger.errors import Conflict, Invalid
from scoring.pulls import Authorization, HttpPlace

WAIT_SECONDS: Final = 30.0
_VALIDATORS: Final = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@contextmanager
def http_files(place: HttpPlace, credential: bytes | None, limits: Limits) -> Iterator[list[Found]]:
    """Give the file of an address. Redirections are not followed, so that the credential goes nowhere else."""
    trusted = True if place.certificates is None else ssl.create_default_context(cadata=place.certificates)
    headers = {"Accept-Encoding": "identity"}
    auth = None
    if credential is not None:
        auth = _authorize(place, credential, headers)
    with httpx2.Client(
        verify=trusted, auth=auth, headers=headers, timeout=WAIT_SECONDS, follow_redirects=False
    ) as client:

        def fetch(mark: str | None, target: IO[bytes]) -> str | None:
            try:
                return _fetch(client, place.url, mark, target, limits)
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise Conflict("pull_failed", reason=f"{type(error).__name__} {error}".strip()) from None

        yield [Found(place.name, fetch)]


def _fetch(client: httpx2.Client, url: str, mark: str | None, target: IO[bytes], limits: Limits) -> str | None:
    known: dict[str, str] = json.loads(mark) if mark else {}
    conditions = {_VALIDATORS[name]: value for name, value in known.items()}
    with client.stream("GET", url, headers=conditions) as response:
        if response.status_code == httpx2.codes.NOT_MODIFIED and conditions:
            return None
        if response.status_code != httpx2.codes.OK:
            raise Conflict("pull_http_status", status=response.status_code)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Conflict("pull_failed", reason="the answer is compressed, which was not asked for")
        limits.copy(response.iter_raw(), target)
        return json.dumps({name: response.headers[name] for name in _VALIDATORS if name in response.headers})


def _authorize(place: HttpPlace, credential: bytes, headers: dict[str, str]) -> httpx2.BasicAuth | None:
    try:
        text = credential.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("pull_credential_unusable", name=place.credential) from None
    if not text.isprintable():
        raise Invalid("pull_credential_unusable", name=place.credential)
    if place.authorization is Authorization.BASIC:
        user, colon, password = text.partition(":")
        if not colon:
            raise Invalid("pull_credential_unusable", name=place.credential)
        return httpx2.BasicAuth(user, password)
    if not text.isascii():
        raise Invalid("pull_credential_unusable", name=place.credential)
    headers["Authorization"] = f"Bearer {text}"
    return None
