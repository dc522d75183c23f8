"""Salted commitments: they bind a content that may stay secret, and may later vanish with its salt."""

import hashlib
import secrets

SALT_BYTES = 32


def commit(tag: str, salt: bytes, content: bytes) -> bytes:
    """Return SHA-256(tag ‖ salt ‖ content), 32 bytes.

    `tag` is the ASCII domain, such as "qian/id/v1", one for each purpose; `salt` is 32 random bytes used once.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(tag.encode("ascii") + salt + content).digest()


def new_salt() -> bytes:
    """Return 32 fresh random bytes of the operating system."""
    return secrets.token_bytes(SALT_BYTES)
