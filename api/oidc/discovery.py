"""What a provider tells of itself, and how it is asked: within bounds, and only where nobody on the way changes it."""

from typing import Any

import httpx2
import orjson

from api.bounded_http import EndlessAnswer, read_bounded
from api.oidc.identity import is_safe


class ProviderUnreachable(Exception):
    """The provider did not answer, or not as a provider does."""


def discovered(client: httpx2.Client, issuer: str) -> dict[str, Any]:
    """Return the provider's discovery document; raises ProviderUnreachable."""
    document = read_document(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise ProviderUnreachable("the discovery document is of another issuer")
    return document


def address_in(document: dict[str, Any], name: str) -> str:
    """Return an address that a discovery document names; raises ProviderUnreachable."""
    address = document.get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise ProviderUnreachable(f"the discovery document names no safe {name}")
    return address


def read_document(client: httpx2.Client, address: str) -> dict[str, Any]:
    """Return a JSON object; raises ProviderUnreachable."""
    status, found = asked(client, "GET", address)
    if status != 200 or found is None:
        raise ProviderUnreachable(f"status {status}" if status != 200 else "no JSON object")
    return found


def asked(client: httpx2.Client, method: str, address: str, **given: Any) -> tuple[int, dict[str, Any] | None]:
    """Return the status of an answer, and the object in it where it is one; raises ProviderUnreachable."""
    headers = {"Accept": "application/json", **given.pop("headers", {})}
    try:
        with client.stream(method, address, headers=headers, **given) as response:
            content = read_bounded(response)
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError, EndlessAnswer) as error:
        raise ProviderUnreachable(type(error).__name__) from None
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        found = None
    return response.status_code, found if isinstance(found, dict) else None
