"""Signing in at the provider: /desk/sign-in leads there, and /desk/signed-in is where it leads back to."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from api.answers import NO_USER_CODES, SIGN_IN_CODES, address_of
from api.bureau import Bureau
from api.desk import attempts, cookies, sessions
from api.desk.attempts import Begun
from api.desk.own_pages import own_address
from api.desk.renewing import renewal_of
from api.oidc.code_flow import CodeFlow, Tokens
from api.oidc.id_tokens import OfSignIn
from api.oidc.provider import Provider
from api.signing_in import by_token
from ledger.errors import Forbidden, Refusal
from sampling.users.desk_sessions import DeskSession
from schema.context import Serving

PATH: Final = "/desk/sign-in"
BACK: Final = "/desk/signed-in"
FAULT: Final = "/desk/welcome"
"""The page that tells why nobody was signed in."""
LONGEST_CODE: Final = 4096

Answer = Callable[[Request], Awaitable[Response]]


class ProviderSignIn:
    """Signing in to the desk of a bureau at its provider."""

    def __init__(self, bureau: Bureau, serving: Serving, flow: CodeFlow, provider: Provider) -> None:
        self.bureau = bureau
        self.serving = serving
        self.flow = flow
        self.provider = provider
        self.sealer = bureau.user_keys.desk_sign_ins

    async def lead_there(self, request: Request) -> Response:
        """Lead a browser to the provider, and have it remember what it began."""
        page = attempts.page_of_desk(request.query_params.get("to"))
        begun = Begun(attempts.new_attempt(), page, self.bureau.now + attempts.LIFETIME)
        back, threads = own_address(request) + BACK, self.flow.threads
        there = await run_sync(self.flow.authorization, back, begun.attempt, limiter=threads)
        answer = _led(there, 302)
        self._remember(request, answer, [*self._begun(request), begun])
        return answer

    async def lead_back(self, request: Request) -> Response:
        """End what the browser began: let in whom the provider signed in, and lead to the page that was wanted."""
        told, begun = request.query_params, self._begun(request)
        ended = attempts.of_state(begun, told.get("state", ""))
        if ended is None:
            raise Forbidden("sign_in_interrupted")
        answer = _led(ended.page, 303)
        self._remember(request, answer, [each for each in begun if each is not ended])
        if told.get("iss", self.flow.client.issuer) != self.flow.client.issuer:  # RFC 9207
            raise Forbidden("provider_refused")
        if told.get("error") == "access_denied":
            raise Forbidden("sign_in_declined")
        code = told.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE:
            raise Forbidden("provider_refused")
        back, threads = own_address(request) + BACK, self.flow.threads
        tokens = await run_sync(self.flow.exchange, code, back, ended.attempt.verifier, limiter=threads)
        session = await self._session(tokens, ended)
        await sessions.begin(
            request, answer, self.serving.transactions, self.bureau.user_keys, self.bureau.now, session
        )
        return answer

    async def _session(self, tokens: Tokens, ended: Begun) -> DeskSession:
        """Return the session of who signed in; raises Forbidden where he is let in nowhere here."""
        if tokens.id_token is None or not self.provider.issued(tokens.access_token):
            raise Forbidden("token_refused")
        await self.provider.prepare(tokens.id_token)
        of = OfSignIn(self.flow.client.id, ended.attempt.nonce, tokens.access_token)
        self.provider.check_id_token(tokens.id_token, of, self.bureau.now)
        found = await by_token(self.bureau, self.serving.transactions, tokens.access_token)
        now = self.bureau.now
        longest = now + self.bureau.session_lifetime
        if tokens.refresh_token is None:
            return DeskSession(tokens.access_token, min(found.expires, longest))
        renewal = renewal_of(tokens.refresh_token, now, found.expires, found.actor.subject)
        return DeskSession(tokens.access_token, longest, renewal)

    def _begun(self, request: Request) -> list[Begun]:
        return attempts.read(self.sealer, cookies.read(request, attempts.NAME), self.bureau.now)

    def _remember(self, request: Request, answer: Response, begun: Sequence[Begun]) -> None:
        if begun:
            seconds = int(attempts.LIFETIME.total_seconds())
            cookies.put(request, answer, attempts.NAME, attempts.written(self.sealer, begun), seconds)
        else:
            cookies.drop(request, answer, attempts.NAME)


def routes(bureau: Bureau, serving: Serving) -> list[Route]:
    """Return the routes of signing in at the provider; without one they tell so."""

    async def nobody(request: Request) -> Response:
        raise Forbidden("provider_not_set")

    there, back = nobody, nobody
    if bureau.code_flow is not None and bureau.provider is not None:
        at_provider = ProviderSignIn(bureau, serving, bureau.code_flow, bureau.provider)
        there, back = at_provider.lead_there, at_provider.lead_back
    return [Route(path, _telling(serving, answer), methods=["GET"]) for path, answer in ((PATH, there), (BACK, back))]


def _telling(serving: Serving, answer: Answer) -> Answer:
    """Lead to the page that tells why nobody was signed in, where that is refused."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except Refusal as refusal:
            request.scope["state"]["refusal"] = refusal.code  # for who counts (`api.observing`)
            if isinstance(refusal, Forbidden) and refusal.code not in (*SIGN_IN_CODES, *NO_USER_CODES):
                serving.observer.sign_in_failed(refusal.code, address_of(request))
            return _led(f"{FAULT}?{urlencode({'fault': refusal.code})}", 303)

    return told


def _led(address: str, status: int) -> Response:
    return RedirectResponse(address, status, headers={"Cache-Control": "no-store"})
