"""Answers over HTTP that several doors give."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.languages import preferred
from ledger.errors import Conflict, Forbidden, Missing, Refusal
from schema.words import say

SIGN_IN_CODES = ("token_missing", "token_refused")


def refused(request: Request, refusal: Exception) -> Response:
    """Answer with a refusal in the caller's language."""
    assert isinstance(refusal, Refusal)  # noqa: S101  - registered for these only
    words = say(refusal, preferred(request.headers.get("accept-language")))
    told = {"message": words.message, "extensions": {"code": refusal.code, "remedy": words.remedy}}
    headers = {"Vary": "Accept-Language"}
    if refusal.code in SIGN_IN_CODES:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"errors": [told]}, _status(refusal), headers)


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


def _status(refusal: Refusal) -> int:
    if refusal.code in SIGN_IN_CODES:
        return 401
    if isinstance(refusal, Forbidden):
        return 403
    if isinstance(refusal, Missing):
        return 404
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
