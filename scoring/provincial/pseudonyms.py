"""The pseudonyms under which data goes upward: only who has the district's key can make one, and so resolve one.

    key       = HMAC-SHA-256(the district's pseudonym key, "qian/provincial/key/v1")
    pseudonym = first 32 hex digits of HMAC-SHA-256(key, kind ‖ 00 ‖ name)

The derived key tells none of the pseudonyms of persons that records hold, and theirs none of these. Pure.
"""

import hashlib
import hmac
from collections.abc import Iterable
from enum import StrEnum

from ledger.keys import Secret

KEY_TAG = b"qian/provincial/key/v1"
LENGTH = 32


class Named(StrEnum):
    """What has a pseudonym; the same name of two kinds has two."""

    ENTERPRISE = "enterprise"
    INSPECTOR = "inspector"
    CAMPAIGN = "campaign"
    STRATUM = "stratum"


class Pseudonyms:
    """Gives pseudonyms under one key: the same for the same name, nothing to anybody without the key."""

    def __init__(self, key: Secret) -> None:
        """Derive the key of the pseudonyms that go upward from the district's."""
        self._key = hmac.digest(key.value, KEY_TAG, "sha256")

    def of(self, kind: Named, *parts: str) -> str:
        """Return the pseudonym of a name; one of several parts is taken as a whole."""
        return hmac.new(self._key, b"\x00".join(map(str.encode, (kind.value, *parts))), hashlib.sha256).hexdigest()[
            :LENGTH
        ]

    def resolved(self, wanted: Iterable[str], kind: Named, names: Iterable[str]) -> dict[str, str]:
        """Return the names behind the pseudonyms that are wanted and belong to one of these names."""
        sought = set(wanted)
        made = ((self.of(kind, name), name) for name in names)
        return {pseudonym: name for pseudonym, name in made if pseudonym in sought}
