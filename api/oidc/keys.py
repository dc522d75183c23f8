"""The provider's keys: told by its discovery document, held for a while, and asked for again where one is unknown."""

import time
from collections.abc import Callable, Sequence
from enum import Enum
from threading import Lock
from typing import Any, Final

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from api.bounded_http import new_client
from api.oidc.discovery import ProviderUnreachable, address_in, discovered, read_document

FRESH_SECONDS: Final = 300
"""After so long the keys are asked for again, beside the request that finds that out."""
STALE_SECONDS: Final = 3600
"""After so long requests wait for the answer, so that a key that was taken back is good no more."""
LOST_SECONDS: Final = 24 * 3600
"""After so long without an answer no key counts any more."""
RETRY_SECONDS: Final = 30
"""Between two tries at the least, whatever tokens come in."""
LEAST_RSA_BITS: Final = 2048
_KINDS: Final = ("RSA", "EC", "OKP")

_log = structlog.get_logger("qian.oidc")


class Due(Enum):
    """Whether the keys have to be asked for: not now, beside the request, or before it goes on."""

    NO = "no"
    SOON = "soon"
    NOW = "now"


class ProviderKeys:
    """The keys that the provider has told, shared by all threads."""

    def __init__(self, fetch: Callable[[], Sequence[Key]], clock: Callable[[], float] = time.monotonic) -> None:
        """Hold none yet."""
        self._fetch = fetch
        self._clock = clock
        self._keys: Sequence[Key] = ()
        self._fetched: float | None = None
        self._tried: float | None = None
        self._turn = Lock()

    def held(self) -> Sequence[Key] | None:
        """Return the keys that count, None where there are none."""
        if self._fetched is None or self._clock() - self._fetched > LOST_SECONDS:
            return None
        return self._keys

    def may_be_asked_for(self) -> bool:
        """Tell whether the last try is long enough ago."""
        return self._tried is None or self._clock() - self._tried >= RETRY_SECONDS

    def due(self, key_id: str | None) -> Due:
        """Tell whether the keys have to be asked for before a token that names a key can be judged."""
        now = self._clock()
        keys = self.held()
        if keys is None or self._fetched is None or now - self._fetched > STALE_SECONDS:
            return Due.NOW
        if key_id is not None and all(key.kid != key_id for key in keys):
            return Due.NOW
        return Due.SOON if now - self._fetched > FRESH_SECONDS else Due.NO

    def refresh(self) -> None:
        """Ask for the keys unless somebody just did; those of before go on where there is no answer."""
        with self._turn:
            if not self.may_be_asked_for():
                return
            self._tried = self._clock()
            try:
                keys = self._fetch()
            except ProviderUnreachable as error:
                _log.warning("provider_unreachable", reason=str(error), keys=len(self.held() or ()))
                return
            self._keys, self._fetched = keys, self._clock()


def fetch_keys(issuer: str) -> Sequence[Key]:
    """Return the provider's public keys of signatures; raises ProviderUnreachable."""
    with new_client() as client:
        listed = read_document(client, address_in(discovered(client, issuer), "jwks_uri")).get("keys")
    if not isinstance(listed, list):
        raise ProviderUnreachable("the document of keys has none")
    return [key for each in listed if (key := _key(each)) is not None]


def _key(told: Any) -> Key | None:
    """Return a key that tokens may be signed with, None for every other."""
    if not isinstance(told, dict) or told.get("kty") not in _KINDS or told.get("use") not in (None, "sig"):
        return None
    try:
        key = JWKRegistry.import_key(told)
        if told["kty"] == "RSA" and key.public_key.key_size < LEAST_RSA_BITS:  # type: ignore[union-attr]
            return None
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return key
