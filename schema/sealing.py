"""Opaque texts: ids and cursors that only this bureau can read, so that they do not tell the key that they stand for.

AES-SIV (RFC 5297) under a key that every process of the bureau derives alike: the same content gives the same text,
whoever changes a text has none, and the texts of one audience say nothing of another's.
"""

import base64
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.keys import Secret

TAG = b"qian/opaque/v1"
KEY_BYTES = 64
TAG_BYTES = 16
BLOCK_BYTES = 32  # contents are filled up to a multiple, so that a text's length does not tell its content's
LONGEST = 2000


class Sealing:
    """Seals and opens the texts of one audience of a bureau."""

    def __init__(self, secret: Secret, audience: str) -> None:
        """Derive the key of an audience, such as "public"."""
        derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=TAG + b"\0" + audience.encode())
        self._cipher = AESSIV(derivation.derive(secret.value))

    def seal(self, use: str, content: list[Any]) -> str:
        """Return the text of a list of JSON values, for one use, such as "cursor"."""
        plain = orjson.dumps(content)
        plain += b" " * (-len(plain) % BLOCK_BYTES)
        return base64.urlsafe_b64encode(self._cipher.encrypt(plain, [use.encode()])).decode().rstrip("=")

    def open(self, use: str, text: str) -> list[Any] | None:
        """Return what a text of this use holds; None where nobody here made it."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if len(text) <= LONGEST else b""
        except ValueError:
            return None
        if len(raw) <= TAG_BYTES or base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
            return None
        try:
            content: list[Any] = orjson.loads(self._cipher.decrypt(raw, [use.encode()]))
        except InvalidTag:
            return None
        return content


@lru_cache(maxsize=16)
def sealing_of(secret: Secret, audience: str) -> Sealing:
    """Return the sealing of an audience under a bureau's secret, derived once."""
    return Sealing(secret, audience)


sealing: ContextVar[Sealing] = ContextVar("sealing")
"""How the operation that is being answered seals ids and cursors."""
