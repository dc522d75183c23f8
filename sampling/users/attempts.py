"""Sign-ins are counted before they are tried, so that those that are tried at once count, too.

A try counts for its name at its address, and there alone where that user has signed in of late: so whoever knows a name
can lock it for strangers' addresses, and not for the user's own. Elsewhere it counts for the name and for the address.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.database import upsert
from ledger.errors import Forbidden
from sampling.publicity.limits import network
from sampling.users.lock_out import FORGOTTEN, KNOWN_FOR, OF_ADDRESS, OF_NAME, OF_USER, LockOut
from sampling.users.secret_texts import UserKeys
from sampling.users.tables import known_address, sign_in_attempt

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Attempt:
    """One try to sign in: the key of its name at its address, and the other keys under which it counts, if any."""

    here: str
    others: tuple[str, ...]


def begin(tx: Connection, now: datetime, keys: UserKeys, subject: str, address: str | None) -> Attempt:
    """Count a try of somebody who says that he is `subject` as failed until it is known to be good.

    It counts whether there is such a user or not. Raises Forbidden("sign_in_refused") while one is locked.
    """
    tx.execute(sign_in_attempt.delete().where(sign_in_attempt.c.last_at < now - FORGOTTEN))
    tx.execute(known_address.delete().where(known_address.c.last_at < now - KNOWN_FOR))
    here = _here(keys, subject, address)
    rules = {here: OF_USER}
    if tx.execute(select(known_address.c.key).where(known_address.c.key == here)).first() is None:
        rules |= {keys.attempt("account", subject): OF_NAME, keys.attempt("address", _place(address)): OF_ADDRESS}
    for key, rule in rules.items():
        _count(tx, now, key, rule)
    return Attempt(here, tuple(key for key in rules if key != here))


def succeed(tx: Connection, now: datetime, attempt: Attempt) -> None:
    """Forget the name's failures at its address, which is known from now on, and that this try counted elsewhere."""
    table = sign_in_attempt
    unlocked = {"failures": table.c.failures - 1, "locked_until": now}
    tx.execute(table.update().where(table.c.key.in_(attempt.others), table.c.failures > 0).values(unlocked))
    _know(tx, now, attempt.here)


def welcome(tx: Connection, now: datetime, keys: UserKeys, subject: str, address: str | None) -> None:
    """Forget the name's failures at an address, known from now on, of who proved himself by what nobody can guess."""
    _know(tx, now, _here(keys, subject, address))


def _here(keys: UserKeys, subject: str, address: str | None) -> str:
    return keys.attempt("here", f"{_place(address)}\0{subject}")


def _place(address: str | None) -> str:
    return network(address or "unknown")


def _know(tx: Connection, now: datetime, here: str) -> None:
    tx.execute(sign_in_attempt.delete().where(sign_in_attempt.c.key == here))
    upsert(tx, known_address, [{"key": here, "last_at": now}])


def _count(tx: Connection, now: datetime, key: str, rule: LockOut) -> None:
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(sign_in_attempt)
    counted = (
        insert.values(key=key, failures=1, last_at=now, locked_until=_NEVER)
        .on_conflict_do_update(
            index_elements=["key"], set_={"failures": sign_in_attempt.c.failures + 1, "last_at": now}
        )
        .returning(sign_in_attempt.c.failures, sign_in_attempt.c.locked_until)
    )
    failures, locked_until = tx.execute(counted).one()
    if locked_until > now:
        raise Forbidden("sign_in_refused")  # which undoes the counting, so that who waits is let in in the end
    until = now + rule.after(failures)
    tx.execute(sign_in_attempt.update().where(sign_in_attempt.c.key == key).values(locked_until=until))
