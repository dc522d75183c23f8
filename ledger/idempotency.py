"""Requests under a caller's own key: what was asked is done once, and its answer is told again to who asks again.

The key's row is written in the transaction of the work, so neither stands without the other, whichever process or
request comes second. The answer is kept after that commit. The database holds neither a key nor an answer that it could
read: a row is named by a hash, and what it holds is encrypted under the key itself, which the caller alone has.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.errors import Conflict, Invalid
from ledger.tables import idempotency

KEPT_FOR: Final = timedelta(hours=24)
ANSWERED_WITHIN: Final = timedelta(seconds=60)
"""How long after its work an answer may still be on its way; later, whoever was to keep it is gone."""

SHORTEST, LONGEST = 16, 128
_KEY = re.compile(rf"[\x21-\x7e]{{{SHORTEST},{LONGEST}}}")
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_NONCE_BYTES = 12


@dataclass(frozen=True)
class Request:
    """What somebody asks under a key: the row's name, what tells one request from another, and the answer's key."""

    name: str
    digest: bytes
    answer_key: bytes = field(repr=False)


def request_under(key: str, caller: str | None, content: bytes) -> Request:
    """Return a caller's request under a key; keys of two callers are never the same.

    Whoever did not sign in, None, is known by the key alone: it must be a random UUID, version 4 of RFC 9562, which
    nobody else has. Raises Invalid: idempotency_key_malformed unless the key has 16 to 128 printable ASCII characters,
    as a shorter one could be guessed, and with it the answer read; idempotency_key_no_uuid.
    """
    if not _KEY.fullmatch(key):
        raise Invalid("idempotency_key_malformed", shortest=SHORTEST, longest=LONGEST)
    if caller is None and not _UUID.fullmatch(key):
        raise Invalid("idempotency_key_no_uuid")
    named = b"\x00".join((b"qian/idempotency/v1", (caller or "").encode(), key.encode()))
    return Request(
        hashlib.sha256(named).hexdigest(),
        hmac.digest(_derived(named, b"request"), content, "sha256"),
        _derived(named, b"answer"),
    )


def claim(tx: Connection, now: datetime, request: Request) -> bytes | None:
    """Take the key in the transaction of the work; where the work was done before, return the answer that was kept.

    Waits for a transaction that took it and has not ended. Raises Conflict where the key stands for another request
    (idempotency_key_reused), where its answer is on its way (idempotency_in_progress), and where the work was done
    but nobody came to keep its answer (idempotency_answer_lost).
    """
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(idempotency)
    new = insert.values(name=request.name, request=request.digest, created_at=now, answer=b"")
    if tx.execute(new.on_conflict_do_nothing().returning(idempotency.c.name)).first() is not None:
        return None
    row = tx.execute(select(idempotency).where(idempotency.c.name == request.name)).one()
    if not hmac.compare_digest(row.request, request.digest):
        raise Conflict("idempotency_key_reused")
    if row.answer:
        return _opened(request, row.answer)
    if now - row.created_at < ANSWERED_WITHIN:
        raise Conflict("idempotency_in_progress")
    raise Conflict("idempotency_answer_lost")


def keep(tx: Connection, request: Request, answer: bytes) -> None:
    """Keep the answer of the work that was done under a key."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + ChaCha20Poly1305(request.answer_key).encrypt(nonce, answer, request.digest)
    tx.execute(idempotency.update().where(idempotency.c.name == request.name).values(answer=sealed))


def release(tx: Connection, request: Request) -> None:
    """Let go of a key that was taken for work of which nothing was done."""
    tx.execute(idempotency.delete().where(idempotency.c.name == request.name, idempotency.c.answer == b""))


def forget(tx: Connection, now: datetime) -> None:
    """Remove the keys that are older than a day, with their answers."""
    tx.execute(idempotency.delete().where(idempotency.c.created_at < now - KEPT_FOR))


def _opened(request: Request, sealed: bytes) -> bytes:
    try:
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return ChaCha20Poly1305(request.answer_key).decrypt(nonce, text, request.digest)
    except InvalidTag:  # somebody changed the row
        raise Conflict("idempotency_answer_lost") from None


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"qian/idempotency/v1\x00" + use).derive(secret)
