"""Time-stamps on checkpoints in the database: stored when they verify, and verified again by the audit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import Certificate
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.audit import Check, Fault
from ledger.errors import Missing
from ledger.tables import log_checkpoint, log_timestamp
from ledger.timestamp_tokens import TimestampError, verify_token


@dataclass(frozen=True)
class Stamped:
    """A checkpoint's time-stamp: the tree's size, the note that the log signed, and the token over it."""

    size: int
    note: str
    token: bytes


def unstamped(tx: Connection) -> tuple[int, str] | None:
    """Return size and note of the newest signed checkpoint; None where it is stamped already, or nothing is signed."""
    newest = select(log_checkpoint).order_by(log_checkpoint.c.size.desc()).limit(1)
    row = tx.execute(newest).one_or_none()
    if row is None or row.size == tx.execute(select(func.max(log_timestamp.c.size))).scalar():
        return None
    return row.size, row.note


def newest(tx: Connection) -> Stamped | None:
    """Return the time-stamp of the largest size, None before the first."""
    return next(iter(_stamped(tx, 1)), None)


def all_stamped(tx: Connection) -> Iterator[Stamped]:
    """Yield all time-stamps, the newest first."""
    return _stamped(tx, None)


def store(tx: Connection, size: int, token: bytes, certificates: Sequence[Certificate]) -> datetime:
    """Store the token for the checkpoint of a size, unless it has one, and return the token's time.

    Raises TimestampError where it is not over that checkpoint's note, and Missing("checkpoint_missing").
    """
    signed = tx.execute(select(log_checkpoint.c.note).where(log_checkpoint.c.size == size)).scalar_one_or_none()
    if signed is None:
        raise Missing("checkpoint_missing")
    time = verify_token(token, str(signed), certificates)
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(log_timestamp).values(size=size, token=token).on_conflict_do_nothing())
    return time


def timestamp_check(certificates: Sequence[Certificate]) -> Check:
    """Return the check, for `ledger.audit`, that every token is a pinned authority's, over its size's checkpoint."""

    def audit_timestamps(tx: Connection) -> Iterator[Fault]:
        query = select(log_timestamp.c.size, log_timestamp.c.token, log_checkpoint.c.note)
        joined = query.join_from(
            log_timestamp, log_checkpoint, log_timestamp.c.size == log_checkpoint.c.size, isouter=True
        )
        for size, token, signed in tx.execute(joined.order_by(log_timestamp.c.size)):
            try:
                verify_token(token, str(signed), certificates)
            except TimestampError:
                yield Fault("log_timestamp", f"size={size}", "timestamp_bad")

    return audit_timestamps


def _stamped(tx: Connection, limit: int | None) -> Iterator[Stamped]:
    query = select(log_timestamp.c.size, log_checkpoint.c.note, log_timestamp.c.token)
    joined = query.join(log_checkpoint, log_timestamp.c.size == log_checkpoint.c.size)
    for size, signed, token in tx.execute(joined.order_by(log_timestamp.c.size.desc()).limit(limit)):
        yield Stamped(size, str(signed), bytes(token))
