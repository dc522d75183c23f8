"""Sign-ins are counted before they are tried, so that those that are tried at once count, too."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from ledger.errors import Forbidden
from sampling.publicity.limits import network
from sampling.users.lock_out import FORGOTTEN, OF_ADDRESS, OF_USER, LockOut
from sampling.users.secret_texts import UserKeys
from sampling.users.tables import sign_in_attempt

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Attempt:
    """One try to sign in: the keys under which it counts for the account and for the address."""

    account: str
    address: str

    @classmethod
    def of(cls, keys: UserKeys, subject: str, address: str | None) -> "Attempt":
        """Return the try of somebody who says that he is `subject`, whether there is such a user or not."""
        return cls(keys.attempt("account", subject), keys.attempt("address", network(address or "unknown")))


def begin(tx: Connection, now: datetime, attempt: Attempt) -> None:
    """Count a try as failed until it is known to be good; raises Forbidden("sign_in_refused") while one is locked."""
    tx.execute(sign_in_attempt.delete().where(sign_in_attempt.c.last_at < now - FORGOTTEN))
    for key, rule in ((attempt.account, OF_USER), (attempt.address, OF_ADDRESS)):
        _count(tx, now, key, rule)


def succeed(tx: Connection, now: datetime, attempt: Attempt) -> None:
    """Forget the account's failures, and that this try counted for its address."""
    table = sign_in_attempt
    tx.execute(table.delete().where(table.c.key == attempt.account))
    unlocked = {"failures": table.c.failures - 1, "locked_until": now}
    tx.execute(table.update().where(table.c.key == attempt.address, table.c.failures > 0).values(unlocked))


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
