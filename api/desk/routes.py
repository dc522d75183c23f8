"""/desk/session: who is signed in at the desk, and signing in and out there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeGuard

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import local_sign_in
from api.answers import address_of, status_of
from api.bureau import Bureau
from api.desk import sessions
from api.desk.own_pages import is_own
from api.desk.renewing import session_of
from api.graphql_requests import check_values, read_json
from api.languages import preferred
from api.media_types import JSON, content_type
from api.signing_in import by_token, shown_by, sign_in
from ledger.actors import Actor
from ledger.calendar import instant_text
from ledger.errors import Forbidden, Invalid, Refusal
from sampling import registers
from sampling.users import registry
from sampling.users.desk_sessions import DeskSession
from sampling.users.signing_in import Proof
from schema.context import Serving
from schema.words import say

PATH: Final = "/desk/session"
LONGEST_BODY: Final = 16 * 1024
NOT_KEPT: Final = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
WAYS: Final = ({"token"}, {"username", "password"}, {"username", "password", "otp"}, {"invitation", "password"})

Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Entered:
    """Who signed in, by which token, and until when that is good."""

    actor: Actor
    token: str
    expires: datetime


class Desk:
    """Signing in and out at the desk, as its pages ask for it."""

    def __init__(self, bureau: Bureau, serving: Serving) -> None:
        """Sign in to a bureau."""
        self.bureau = bureau
        self.serving = serving

    async def tell(self, request: Request) -> Response:
        """Tell who is signed in, or how one can."""
        shown = shown_by(request)
        try:
            if shown.session is None:
                raise Forbidden("token_missing")
            session = await session_of(self.bureau, self.serving.transactions, shown.session)
            signed_in = await sign_in(self.bureau, self.serving.transactions, shown)
        except Forbidden:
            return JSONResponse({"signedIn": False, "ways": await self._ways()}, headers=NOT_KEPT)
        return await self._told(signed_in.actor, session.until)

    async def enter(self, request: Request) -> Response:
        """Sign in, and begin a session."""
        require_own(request)
        entered = await self._entered(request, await _fields(request))
        until = min(entered.expires, self.bureau.now + self.bureau.session_lifetime)
        answer = await self._told(entered.actor, until)
        session = DeskSession(entered.token, until)
        await sessions.begin(
            request, answer, self.serving.transactions, self.bureau.user_keys, self.bureau.now, session
        )
        return answer

    async def leave(self, request: Request) -> Response:
        """End this session; others of the user go on."""
        require_own(request)
        answer = Response(status_code=204, headers=NOT_KEPT)
        await sessions.end(request, answer, self.serving.transactions)
        return answer

    async def _entered(self, request: Request, fields: Mapping[str, str]) -> Entered:
        if "token" in fields:
            found = await by_token(self.bureau, self.serving.transactions, fields["token"].strip())
            return Entered(found.actor, fields["token"].strip(), found.expires)
        if "invitation" in fields:
            address = address_of(request)
            wanted = local_sign_in.by_invitation(self.bureau, fields["invitation"], fields["password"], address)
        else:
            proof = Proof(fields["username"], fields["password"], fields.get("otp", ""))
            wanted = local_sign_in.by_password(self.bureau, proof, address_of(request))
        issued = await local_sign_in.issue(self.bureau, self.serving, wanted, address_of(request))
        return Entered(issued.actor, issued.token, self.bureau.now + wanted.lifetime)

    async def _told(self, actor: Actor, until: datetime) -> Response:
        told = {
            "signedIn": True,
            "subject": actor.subject,
            "role": actor.role.value,
            "department": actor.department,
            "departmentName": await self._name(actor.department),
            "expires": instant_text(until),
            "ways": await self._ways(),
            "publicSite": self.bureau.settings.public_site,
        }
        return JSONResponse(told, headers=NOT_KEPT)

    async def _name(self, department: str | None) -> str | None:
        """Return what a department is called; None where there is none of that code."""
        if department is None:
            return None
        return (await self.serving.transactions.read(registers.departments)).get(department, {}).get("name")

    async def _ways(self) -> Mapping[str, bool]:
        """Return how one can sign in here; a token is always taken, as at every door."""
        by_password = await self.serving.transactions.read(registry.any_by_password)
        return {"provider": self.bureau.code_flow is not None, "password": by_password, "token": True}


def routes(bureau: Bureau, serving: Serving) -> list[Route]:
    """Return the routes of the desk's session."""
    desk = Desk(bureau, serving)
    return [
        Route(PATH, answered(desk.tell), methods=["GET"]),
        Route(PATH, answered(desk.enter), methods=["POST"]),
        Route(PATH, answered(desk.leave), methods=["DELETE"]),
    ]


def require_own(request: Request) -> None:
    """Raise Forbidden("page_of_another_site") where a page of another site asks."""
    if not is_own(request):
        raise Forbidden("page_of_another_site")


def answered(answer: Answer) -> Answer:
    """Answer with a refusal as code, message and remedy in the caller's language."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except Refusal as refusal:
            words = say(refusal, preferred(request.headers.get("accept-language")))
            said = {"code": refusal.code, "message": words.message, "remedy": words.remedy}
            request.scope["state"]["refusal"] = refusal.code  # for who counts (`api.observing`)
            return JSONResponse(said, status_of(refusal), NOT_KEPT)

    return told


async def _fields(request: Request) -> dict[str, str]:
    """Return what somebody signs in by; raises Invalid where the body is of no such way."""
    media_type, charset = content_type(request.headers.get("content-type", ""))
    if media_type != JSON or charset not in ("", "utf-8", "utf8"):
        raise Invalid("content_type_refused")
    body = await request.body()
    if len(body) > LONGEST_BODY:
        raise Invalid("body_too_long", most=LONGEST_BODY)
    given = read_json(body)
    if not _is_way(given):
        raise Invalid("sign_in_malformed")
    check_values(given)
    return {name: text for name, text in given.items() if text}


def _is_way(given: object) -> TypeGuard[dict[str, str]]:
    """Whether something is an object of texts by which one can sign in; a code may be empty."""
    return (
        isinstance(given, dict)
        and set(given) in WAYS
        and all(isinstance(text, str) and (text or name == "otp") for name, text in given.items())
    )
