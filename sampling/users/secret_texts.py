"""Secrets that the bureau makes: invitations, clients' secrets, recovery codes; and the keys of what is encrypted."""

import hmac
import secrets
from base64 import b32encode
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.keys import Secret

RECOVERY_CODES: Final = 10
_NONCE_BYTES: Final = 12


class Sealer:
    """Encrypts what others keep, each content for the one place that it is good in (AES-256-GCM)."""

    def __init__(self, key: bytes) -> None:
        """Seal under a key of 32 bytes."""
        self._cipher = AESGCM(key)

    def seal(self, place: str, content: bytes) -> bytes:
        """Return a content as it is kept."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes | None:
        """Return a content, None where it was sealed under another key or for another place."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            return None


class UserKeys:
    """What the bureau keeps secrets of users under, and counts attempts by; all follow from the key of its tokens."""

    def __init__(self, secret: Secret) -> None:
        """Derive them."""
        self._second_factors = Sealer(_derived(secret, b"qian/second-factor/v1"))
        self._attempts = _derived(secret, b"qian/sign-in/v1")
        self.desk_sessions = Sealer(_derived(secret, b"qian/desk-session/v1"))
        self.desk_sign_ins = Sealer(_derived(secret, b"qian/desk-sign-in/v1"))

    def encrypt(self, subject: str, secret: bytes) -> bytes:
        """Return a second factor as the database holds it."""
        return self._second_factors.seal(subject, secret)

    def decrypt(self, subject: str, held: bytes) -> bytes | None:
        """Return a second factor, None where it was kept under another key or for another user."""
        return self._second_factors.open(subject, held)

    def attempt(self, kind: str, name: str) -> str:
        """Return under what attempts of an account or an address are counted; it tells nothing of the name."""
        return hmac.new(self._attempts, f"{kind}\0{name}".encode(), sha256).hexdigest()


def new_text() -> str:
    """Return a secret of 256 bits as text."""
    return secrets.token_urlsafe(32)


def new_recovery_code() -> str:
    """Return a code of 80 bits that is easily copied from paper."""
    text = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def digest(text: str) -> str:
    """Return the hash of such a secret in hex; it has too many bits to be guessed, so no slow hash is needed."""
    return sha256(text.encode()).hexdigest()


def recovery_digest(code: str) -> str:
    """Return the hash of a recovery code, however it was typed."""
    return digest("".join(each for each in code.lower() if each.isalnum()))


def is_secret(held: str, text: str) -> bool:
    """Tell whether a secret has a hash."""
    return hmac.compare_digest(held, digest(text))


def _derived(secret: Secret, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, None, purpose).derive(secret.value)
