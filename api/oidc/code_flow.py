"""The bureau as a client of the provider: authorization code flow with PKCE (RFC 6749, 4.1; RFC 7636), and renewals.

All that asks the provider waits for its answer, so it is for threads.
"""

import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2
import structlog
from anyio import CapacityLimiter

from api.bounded_http import new_client
from api.oidc.client import Client
from api.oidc.discovery import ProviderUnreachable, address_in, asked, discovered
from ledger.errors import Forbidden, Unavailable

FRESH_SECONDS: Final = 300
AWAY_SECONDS: Final = 10
"""For so long a provider that did not answer is asked nothing more."""
AT_ONCE: Final = 8
"""So many threads wait for the provider at most, so that those of everything else go on while it does not answer."""
_ERRORS: Final = (
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
)

_log = structlog.get_logger("qian.oidc")


@dataclass(frozen=True)
class Attempt:
    """One sign-in at the provider: what only the browser that began it has, and the bureau finds in its cookie."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Tokens:
    """What the provider gave: an access token, and an ID token and a refresh token where it gave any."""

    access_token: str
    id_token: str | None
    refresh_token: str | None


@dataclass(frozen=True)
class _Endpoints:
    authorization: str
    token: str
    takes_secrets_in_forms_alone: bool


class CodeFlow:
    """Asks the provider, whose addresses are remembered for a while."""

    def __init__(
        self,
        client: Client,
        connect: Callable[[], httpx2.Client] = new_client,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Ask nothing yet."""
        self.client = client
        self._connect = connect
        self._clock = clock
        self._found: _Endpoints | None = None
        self._found_at = 0.0
        self._away_until: float | None = None
        self._turn = Lock()
        self.threads = CapacityLimiter(AT_ONCE)

    def authorization(self, redirect_uri: str, attempt: Attempt) -> str:
        """Return the address where a browser signs in; raises Unavailable("provider_unreachable")."""
        challenge = urlsafe_b64encode(sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
        asking = {
            "response_type": "code",
            "client_id": self.client.id,
            "redirect_uri": redirect_uri,
            "scope": self.client.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **self._audience(),
        }
        if "offline_access" in self.client.scopes.split():
            asking["prompt"] = "consent"  # else providers leave that scope out (OpenID Connect Core, 11)
        address = self._endpoints().authorization
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asking)}"

    def exchange(self, code: str, redirect_uri: str, verifier: str) -> Tokens:
        """Return what a code is good for, once.

        Raises Forbidden("provider_refused") and Unavailable("provider_unreachable").
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._tokens({**form, "code_verifier": verifier, **self._audience()})

    def refresh(self, refresh_token: str) -> Tokens:
        """Return the next access token; raises what `exchange` raises."""
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token, **self._audience()})

    def _audience(self) -> Mapping[str, str]:
        name = self.client.audience_parameter
        return {} if name == "none" else {name: self.client.audience}

    def _tokens(self, form: dict[str, str]) -> Tokens:
        endpoints = self._endpoints()
        self._require_there()
        headers: dict[str, str] = {}
        secret = None if self.client.secret is None else self.client.secret.value.decode()
        if secret is None or endpoints.takes_secrets_in_forms_alone:
            form |= {"client_id": self.client.id} | ({} if secret is None else {"client_secret": secret})
        else:
            shown = f"{quote_plus(self.client.id)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = "Basic " + b64encode(shown).decode()
        try:
            with self._connect() as client:
                status, told = asked(client, "POST", endpoints.token, data=form, headers=headers)
        except ProviderUnreachable as error:
            raise self._away(error) from None
        if status >= 500 or told is None:
            raise self._unreachable(f"status {status}")
        tokens = _read(told) if status == 200 else None
        if tokens is None:
            fault = told.get("error") if told.get("error") in _ERRORS else "other"
            _log.warning("provider_refused", grant=form["grant_type"], status=status, error=fault)
            raise Forbidden("provider_refused")
        return tokens

    def _endpoints(self) -> _Endpoints:
        with self._turn:
            if self._found is None or self._clock() - self._found_at > FRESH_SECONDS:
                self._require_there()
                try:
                    with self._connect() as client:
                        document = discovered(client, self.client.issuer)
                    methods = document.get("token_endpoint_auth_methods_supported")
                    self._found = _Endpoints(
                        address_in(document, "authorization_endpoint"),
                        address_in(document, "token_endpoint"),
                        isinstance(methods, list) and bool(methods) and "client_secret_basic" not in methods,
                    )
                except ProviderUnreachable as error:
                    raise self._away(error) from None
                self._found_at = self._clock()
            return self._found

    def _require_there(self) -> None:
        """Raise Unavailable("provider_unreachable") where the provider just did not answer."""
        if self._away_until is not None and self._clock() < self._away_until:
            raise Unavailable("provider_unreachable", issuer=self.client.issuer)

    def _away(self, error: ProviderUnreachable) -> Unavailable:
        self._away_until = self._clock() + AWAY_SECONDS
        return self._unreachable(str(error))

    def _unreachable(self, reason: str) -> Unavailable:
        _log.warning("provider_unreachable", reason=reason)
        return Unavailable("provider_unreachable", issuer=self.client.issuer)


def _read(told: Mapping[str, Any]) -> Tokens | None:
    """Return the tokens of an answer, None where it has none of the kind that is shown as it is."""
    found = [told.get(name) for name in ("access_token", "id_token", "refresh_token")]
    kinds_fit = isinstance(found[0], str) and all(each is None or isinstance(each, str) for each in found)
    if not kinds_fit or not found[0] or str(told.get("token_type")).lower() != "bearer":
        return None
    return Tokens(found[0], found[1], found[2])
