"""Passwords: which may be chosen, and their hashes (Argon2id, RFC 9106)."""

import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from ledger.errors import Invalid

SHORTEST: Final = 12
LONGEST: Final = 128
LEAST_DIFFERENT: Final = 6


def new_hasher() -> PasswordHasher:
    """Return what makes hashes after the second recommendation of RFC 9106: 64 MiB, three passes, four lanes."""
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


_HASHER = new_hasher()


def hashed(subject: str, password: str) -> str:
    """Return the hash of a password that its user chose; takes a tenth of a second.

    Raises Invalid: password_short, password_long, password_plain.
    """
    text = _normal(password)
    if len(text) < SHORTEST:
        raise Invalid("password_short", field="password", least=SHORTEST)
    if len(text) > LONGEST:
        raise Invalid("password_long", field="password", most=LONGEST)
    if len(set(text)) < LEAST_DIFFERENT or subject.casefold() in text.casefold():
        raise Invalid("password_plain", field="password", least=LEAST_DIFFERENT)
    return _HASHER.hash(text)


def is_password(held: str, password: str) -> bool:
    """Tell whether a password has a hash; where there is none (""), no password has, and it takes as long."""
    decoy = _decoy()
    try:
        return _HASHER.verify(held or decoy, _normal(password)[: LONGEST + 1]) and held != ""
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _decoy() -> str:
    return _HASHER.hash(secrets.token_hex(16))
