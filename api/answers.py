"""Answers over HTTP that several doors give."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from api.languages import preferred
from api.media_types import JSON
from ledger.errors import Conflict, Forbidden, Missing, Refusal, Unavailable
from schema.cost.metering import Spent
from schema.words import say

SIGN_IN_CODES = ("token_missing", "token_refused")
NO_USER_CODES = ("token_without_role", "user_unknown", "user_disabled")
"""The token is in order, but nobody is let in by it."""
STATUS_OF: Final = {
    "method_refused": 405,
    "answer_type_refused": 406,
    "body_too_slow": 408,
    "body_too_long": 413,
    "content_type_refused": 415,
    "too_many_requests": 429,
    "operation_timed_out": 503,
    "document_unknown": 400,
    "PERSISTED_QUERY_NOT_FOUND": 400,
    "PERSISTED_QUERY_NOT_SUPPORTED": 400,
}


def refused(request: Request, refusal: Exception, media_type: str = JSON) -> Response:
    """Answer with a refusal in the caller's language, as GraphQL tells errors."""
    assert isinstance(refusal, Refusal)  # noqa: S101  - registered for these only
    words = say(refusal, preferred(request.headers.get("accept-language")))
    told = {"message": words.message, "extensions": {"code": refusal.code, "remedy": words.remedy}}
    request.scope.setdefault("state", {})["refusal"] = refusal.code  # for who counts (`api.observing`)
    headers = {"Vary": "Accept-Language"}
    if refusal.code in SIGN_IN_CODES:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, Spent):
        headers["Retry-After"] = str(refusal.wait)
    return JSONResponse({"errors": [told]}, status_of(refusal), headers, media_type)


def conditional(request: Request, content: bytes, media_type: str, modified: datetime) -> Response:
    """Answer with a content, or with 304 to whoever has it already (RFC 9110, 13.1)."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(modified.astimezone(UTC), usegmt=True),
        "Cache-Control": "no-cache",
    }
    if _is_known(request, tag, modified):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def tagged(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Answer with a content, or with 304 to whoever has it already; the tag is weak, so it stands for all encodings."""
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    told = {"ETag": tag, "Vary": "Accept-Encoding", **headers}
    if _has_tag(request, tag.removeprefix("W/")):
        return Response(status_code=304, headers=told)
    return Response(content, media_type=media_type, headers=told)


def address_of(connection: HTTPConnection) -> str | None:
    """Return the address that a request comes from."""
    return None if connection.client is None else connection.client.host


def status_of(refusal: Refusal) -> int:
    """Return the status of an answer that tells a refusal."""
    if refusal.code in SIGN_IN_CODES:
        return 401
    if refusal.code in STATUS_OF:
        return STATUS_OF[refusal.code]
    if isinstance(refusal, Forbidden):
        return 403
    if isinstance(refusal, Missing):
        return 404
    if isinstance(refusal, Unavailable):
        return 503
    return 409 if isinstance(refusal, Conflict) else 400


def _is_known(request: Request, tag: str, modified: datetime) -> bool:
    if "if-none-match" in request.headers:
        return _has_tag(request, tag)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and modified <= since


def _has_tag(request: Request, tag: str) -> bool:
    given = ",".join(request.headers.getlist("if-none-match"))
    return given.strip() == "*" or tag in [each.strip().removeprefix("W/") for each in given.split(",")]
