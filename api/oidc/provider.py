"""The provider whose tokens are taken beside the bureau's own."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import orjson
from anyio.to_thread import run_sync
from joserfc.jwk import Key

from api.oidc.id_tokens import OfSignIn, check_id_token
from api.oidc.identity import Expected, Identity, identity_of, key_id
from api.oidc.keys import Due, ProviderKeys, fetch_keys
from ledger.errors import Unavailable


class Provider:
    """One provider: what is expected of its tokens, and its keys."""

    def __init__(self, expected: Expected, fetch: Callable[[str], Sequence[Key]] = fetch_keys) -> None:
        """Ask for nothing yet, so that a provider that is away stops nobody else."""
        self._expected = expected
        self._keys = ProviderKeys(partial(fetch, expected.issuer))
        self._refreshing: asyncio.Future[None] | None = None

    def issued(self, token: str) -> bool:
        """Tell whether a token says that it is the provider's; that is not proved by it."""
        return claimed_issuer(token) == self._expected.issuer

    async def prepare(self, token: str) -> None:
        """Have the keys asked for where a token needs it: by one thread, whoever waits; raises what `key_id` raises."""
        due = self._keys.due(key_id(token))
        if due is Due.NO:
            return
        if self._refreshing is None or self._refreshing.done():
            if not self._keys.may_be_asked_for():
                return
            self._refreshing = asyncio.ensure_future(run_sync(self._keys.refresh))
        if due is Due.NOW:
            await asyncio.shield(self._refreshing)

    def prepare_here(self, token: str) -> None:
        """Ask for the keys where a token needs it, for a command that may wait; raises what `key_id` raises."""
        if self._keys.due(key_id(token)) is not Due.NO:
            self._keys.refresh()

    def identity(self, token: str, now: datetime) -> Identity:
        """Return whom a token stands for, by the keys that are held.

        Raises Unavailable("provider_unreachable"), and what `identity_of` raises.
        """
        return identity_of(token, self._held(), self._expected, now)

    def check_id_token(self, token: str, of: OfSignIn, now: datetime) -> None:
        """Check an ID token by the keys that are held.

        Raises Unavailable("provider_unreachable"), and what `check_id_token` raises.
        """
        check_id_token(token, self._held(), self._expected, of, now)

    def _held(self) -> Sequence[Key]:
        keys = self._keys.held()
        if keys is None:
            raise Unavailable("provider_unreachable", issuer=self._expected.issuer)
        return keys


def claimed_issuer(token: str) -> object:
    """Return who issued a token by its own word, None where it says nothing that can be read."""
    parts = token.split(".")
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None
    return claims.get("iss") if isinstance(claims, dict) else None
