"""Renewing a provider's token that is about to expire: once, whoever asks meanwhile, on this machine or another.

A refresh token may be good once only, and providers end a sign-in whose refresh token comes twice. So whoever is first
takes the renewal in the database, and keeps what comes of it even where he who asked has gone away.
"""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Final

from anyio import CancelScope
from anyio.to_thread import run_sync

from api.bureau import Bureau
from api.oidc.code_flow import CodeFlow
from api.oidc.provider import Provider
from ledger.errors import Forbidden, Unavailable
from sampling.users import desk_sessions
from sampling.users.desk_sessions import DeskSession, Found, Renewal
from schema.transactions import Transactions

BEFORE: Final = timedelta(seconds=60)
"""So long before it expires a token is renewed, or at half of its time where that is short."""
RETRY: Final = timedelta(seconds=10)
"""After so long a provider that did not answer is asked again."""
PATIENCE_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.2


async def session_of(bureau: Bureau, transactions: Transactions, identifier: str) -> DeskSession:
    """Return the session of an id, its token renewed where that is due.

    Raises Forbidden("token_refused") where it has ended, also because the provider renews it no more, or there never
    was one; Unavailable("provider_unreachable") where its token has expired and the provider does not answer.
    """
    latest = time.monotonic() + PATIENCE_SECONDS
    while True:
        now = bureau.now
        found = await transactions.read(lambda tx: desk_sessions.find(tx, bureau.now, bureau.user_keys, identifier))
        if found is None:
            raise Forbidden("token_refused")
        renewal, flow, provider = found.session.renewal, bureau.code_flow, bureau.provider
        if renewal is None or now < renewal.due or flow is None or provider is None:
            return found.session
        if await _is_mine(bureau, transactions, identifier, found):
            return await _Renewing(bureau, transactions, flow, provider).renewed(identifier, found.session, renewal)
        if now < renewal.expires:
            return found.session
        if time.monotonic() > latest:
            raise Unavailable("provider_unreachable", issuer=flow.client.issuer)
        await asyncio.sleep(POLL_SECONDS)


def renewal_of(refresh_token: str, now: datetime, expires: datetime, subject: str) -> Renewal:
    """Return how a token that was given now is renewed."""
    return Renewal(refresh_token, expires - min(BEFORE, (expires - now) // 2), expires, subject)


async def _is_mine(bureau: Bureau, transactions: Transactions, identifier: str, found: Found) -> bool:
    """Tell whether this one is to have the token renewed."""
    now = bureau.now
    if now < found.renewing_until:
        return False
    return await transactions.note(lambda tx: desk_sessions.claim_renewal(tx, now, identifier, found))


class _Renewing:
    """One renewal."""

    def __init__(self, bureau: Bureau, transactions: Transactions, flow: CodeFlow, provider: Provider) -> None:
        self._bureau = bureau
        self._transactions = transactions
        self._flow = flow
        self._provider = provider

    async def renewed(self, identifier: str, session: DeskSession, renewal: Renewal) -> DeskSession:
        """Return the session with its next token; raises what `session_of` raises."""
        following = session
        with CancelScope(shield=True):
            following = await self._kept(identifier, session, renewal)
        return following  # noqa: RET504  - a scope may swallow, as types have it

    async def _kept(self, identifier: str, session: DeskSession, renewal: Renewal) -> DeskSession:
        try:
            following = await self._following(session, renewal)
        except Unavailable:
            until = self._bureau.now + RETRY
            await self._transactions.note(lambda tx: desk_sessions.put_off_renewal(tx, identifier, until))
            if self._bureau.now < renewal.expires:
                return session
            raise
        except Forbidden:
            await self._transactions.note(lambda tx: desk_sessions.end(tx, identifier))
            raise Forbidden("token_refused") from None
        keys = self._bureau.user_keys
        await self._transactions.note(lambda tx: desk_sessions.renew(tx, keys, identifier, following))
        return following

    async def _following(self, session: DeskSession, renewal: Renewal) -> DeskSession:
        """Return the session as it goes on; raises Forbidden, also where the next token is somebody else's."""
        tokens = await run_sync(self._flow.refresh, renewal.refresh_token, limiter=self._flow.threads)
        await self._provider.prepare(tokens.access_token)
        now = self._bureau.now
        identity = self._provider.identity(tokens.access_token, now)
        if identity.subject != renewal.subject:
            raise Forbidden("token_refused")
        refresh_token = tokens.refresh_token or renewal.refresh_token
        following = renewal_of(refresh_token, now, identity.expires, renewal.subject)
        return DeskSession(tokens.access_token, session.until, following)
