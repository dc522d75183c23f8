"""One-time codes of an authenticator (动态口令, RFC 6238: six digits, SHA-1, 30 seconds). Pure."""

import hmac
from base64 import b32encode
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES: Final = 20
DIGITS: Final = 6
SECONDS: Final = 30
STEPS_OFF: Final = 1
"""How many steps an authenticator's clock may be off, either way."""


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a time step."""
    totp = TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303  - what authenticators know
    return totp.generate(step * SECONDS).decode()


def step_of(now: datetime) -> int:
    """Return the time step of an instant."""
    return int(now.timestamp()) // SECONDS


def step_of_code(secret: bytes, code: str, now: datetime, used: int) -> int | None:
    """Return the step after `used` whose code this is, None where it is none that counts now."""
    given = code.replace(" ", "").encode()
    found = None
    for step in range(step_of(now) - STEPS_OFF, step_of(now) + STEPS_OFF + 1):
        is_it = hmac.compare_digest(code_at(secret, step).encode(), given)
        if is_it and step > used and found is None:
            found = step
    return found


def text_of(secret: bytes) -> str:
    """Return the secret as it is typed into an authenticator."""
    return b32encode(secret).decode()
