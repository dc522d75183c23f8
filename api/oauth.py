"""The token endpoint (RFC 6749): what signs in gets a token, and every failure is answered as the standard says.

Grants: `password` for users of the bureau itself, with a one-time or recovery code as `otp`; `client_credentials` for
peer departments; and of our own (section 4.5) an invitation with the password that the invited person chooses.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.answers import address_of
from api.bureau import Bureau
from api.languages import preferred
from api.local_sign_in import Issued, SignIn, by_invitation, by_password, issue
from ledger.errors import Forbidden, Invalid, Refusal
from sampling.users import signing_in
from sampling.users.signing_in import Proof, Session
from schema.context import Serving
from schema.words import say

PATH: Final = "/oauth/token"
INVITATION: Final = "urn:qian:oauth:grant-type:invitation"
CLIENT_LIFETIME: Final = timedelta(minutes=15)
LONGEST_BODY: Final = 16 * 1024
MOST_FIELDS: Final = 20
_NOT_KEPT: Final = {"Cache-Control": "no-store", "Pragma": "no-cache", "Vary": "Accept-Language"}


class _Failure(Exception):
    """An error of RFC 6749, section 5.2, and the refusal behind it where there is one."""

    def __init__(self, error: str, refusal: Refusal | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.refusal = refusal


@dataclass(frozen=True)
class _Grant:
    """What signs the caller in, and with which error it is refused where it does not."""

    wanted: SignIn
    refused_as: str = "invalid_grant"


def routes(bureau: Bureau, serving: Serving) -> list[Route]:
    """Return the route of the endpoint."""

    async def token(request: Request) -> Response:
        try:
            fields = _fields(request.headers.get("content-type", ""), await request.body())
            grant = _grant(bureau, request, fields)
            issued = await _issued(bureau, serving, grant, address_of(request))
        except _Failure as failure:
            return _answer(request, failure)
        seconds = int(grant.wanted.lifetime.total_seconds())
        told = {"access_token": issued.token, "token_type": "Bearer", "expires_in": seconds}
        return JSONResponse(told, headers=_NOT_KEPT)

    return [Route(PATH, token, methods=["POST"])]


async def _issued(bureau: Bureau, serving: Serving, grant: _Grant, address: str | None) -> Issued:
    try:
        return await issue(bureau, serving, grant.wanted, address)
    except Forbidden as refusal:
        raise _Failure(grant.refused_as, refusal) from None
    except Invalid as refusal:
        raise _Failure("invalid_request", refusal) from None


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    """Return the form's fields; raises _Failure("invalid_request"), also where one stands twice."""
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise _Failure("invalid_request")
    try:
        if len(body) > LONGEST_BODY:
            raise ValueError(len(body))
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise _Failure("invalid_request") from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or "\0" in "".join(fields.values()):  # which PostgreSQL holds in no text
        raise _Failure("invalid_request")
    return {name: value for name, value in fields.items() if value}  # section 3.2: without a value is omitted


def _grant(bureau: Bureau, request: Request, fields: Mapping[str, str]) -> _Grant:
    """Return what signs the caller in; raises _Failure where the request is none."""
    kind = _required(fields, "grant_type")
    if fields.get("scope"):
        raise _Failure("invalid_scope")
    if kind == "client_credentials":
        client, secret = _client(request.headers.get("authorization"), fields)
        return _Grant(SignIn(partial(_client_session, bureau, client, secret), CLIENT_LIFETIME), "invalid_client")
    if kind == "password":
        proof = Proof(_required(fields, "username"), _required(fields, "password"), fields.get("otp", ""))
        return _Grant(by_password(bureau, proof, address_of(request)))
    if kind == INVITATION:
        invitation, password = _required(fields, "invitation"), _required(fields, "password")
        return _Grant(by_invitation(bureau, invitation, password, address_of(request)))
    raise _Failure("unsupported_grant_type")


def _client_session(bureau: Bureau, client: str, secret: str) -> Session:
    with bureau.read() as tx:
        return signing_in.sign_client_in(tx, client, secret)


def _client(authorization: str | None, fields: Mapping[str, str]) -> tuple[str, str]:
    """Return a client's id and secret, from the header or the form, never both (section 2.3.1)."""
    if authorization is None:
        if "client_id" not in fields or "client_secret" not in fields:
            raise _Failure("invalid_client")
        return fields["client_id"], fields["client_secret"]
    if "client_secret" in fields:
        raise _Failure("invalid_request")
    scheme, _, encoded = authorization.strip().partition(" ")
    try:
        client, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise _Failure("invalid_client") from None
    client, secret = unquote_plus(client), unquote_plus(secret)
    if scheme.lower() != "basic" or not colon or "\0" in client + secret:
        raise _Failure("invalid_client")
    return client, secret


def _required(fields: Mapping[str, str], name: str) -> str:
    if name not in fields:
        raise _Failure("invalid_request")
    return fields[name]


def _answer(request: Request, failure: _Failure) -> Response:
    """Answer a failure: the standard's members, and what is wrong in the caller's language."""
    told = {"error": failure.error}
    if failure.refusal is not None:
        told["error_description"] = _ascii(say(failure.refusal, "en").message)
        words = say(failure.refusal, preferred(request.headers.get("accept-language")))
        told |= {"code": failure.refusal.code, "message": words.message, "remedy": words.remedy}
    if failure.error == "invalid_client":
        return JSONResponse(told, 401, {**_NOT_KEPT, "WWW-Authenticate": 'Basic realm="qian", charset="UTF-8"'})
    return JSONResponse(told, 400, _NOT_KEPT)


def _ascii(text: str) -> str:
    """Return a text as `error_description` may hold it."""
    return "".join(each if 32 <= ord(each) < 127 and each not in '"\\' else "'" for each in text)
