"""What the bureau is at its provider, where people sign in to the desk."""

from dataclasses import dataclass
from typing import Literal

from ledger.keys import Passphrase

AudienceParameter = Literal["resource", "audience", "none"]
"""How the provider is told whom an access token is for: as RFC 8707 says, as others do it, or not at all."""


@dataclass(frozen=True)
class Client:
    """The bureau's id at the provider, its secret where it has one, and what it asks for."""

    issuer: str
    id: str
    secret: Passphrase | None
    scopes: str
    audience: str
    audience_parameter: AudienceParameter
