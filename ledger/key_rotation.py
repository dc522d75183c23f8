"""Rotating the log's key, and signing checkpoints by whichever key is due.

Whatever is interrupted, the next step goes on: a new key is kept before the log names it, and `sign_checkpoints` signs
what is still unsigned, by the keys that the entries call for.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.entries import Entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from ledger.note import Signer, Verifier
from ledger.notifications import Topic, notify
from ledger.rotation import ROTATED, SigningKey, first_key, rotation_body, signing_key, signing_keys
from ledger.tables import log_checkpoint


def log_keys(tx: Connection) -> list[SigningKey]:
    """Return the keys of the log in order, the current one last; raises RotationError."""
    return signing_keys(first_key(log.read(tx, 0)), log.of_kind(tx, ROTATED))


def signed_by(tx: Connection) -> Verifier:
    """Return the key whose checkpoint is the newest, for a log without one its first key; raises RotationError."""
    return signing_key(log_keys(tx), max(1, _signed_size(tx)))


def rotate_key(tx: Connection, actor: Actor, now: datetime, old: Signer, new: Signer) -> Entry:
    """Name a new key in the log, signed by the present one; the new key is kept durably before.

    Raises Conflict("log_key_not_current") where `old` no longer signs the log, RotationError where it signs badly.
    """
    actor.require(Role.ADMINISTRATOR)
    now = log.moment(tx, now)
    if log_keys(tx)[-1].verifier.vkey != old.verifier_key:
        raise Conflict("log_key_not_current", key=old.verifier_key)
    (entry,) = log.append(tx, now, [NewEntry(ROTATED, old.name, body=rotation_body(old, new))])
    log_keys(tx)  # an entry that nobody could follow would end the log
    return entry


def sign_checkpoints(tx: Connection, signer: Callable[[Verifier], Signer]) -> None:
    """Sign the log's present size, and before it every rotation that is not under a checkpoint of the key that ends.

    `signer` finds the signer of a key. It takes the log's lock; call it in a transaction of its own, so that it signs
    only what is committed.
    """
    log.lock(tx)
    size, signed = log.size(tx), _signed_size(tx)
    if size == signed:
        return
    keys = log_keys(tx)
    ends = [each.since - 1 for each in keys[1:]]
    for due in [*(end for end in ends if signed < end < size), size]:
        log.sign_checkpoint(tx, signer(signing_key(keys, due)), due)
    notify(tx, Topic.LOG)


def _signed_size(tx: Connection) -> int:
    return tx.execute(select(func.max(log_checkpoint.c.size))).scalar() or 0
