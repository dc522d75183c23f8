"""How much anybody may hand in on a civil day, counted in the database, so that it holds for all processes together.

A caller is an address, hashed with a salt of the day. Salt and hashes go when the day is over; then nothing leads from
a question back to an address. Of an IPv6 address the first 64 bits count, since a household has all the others.
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.calendar import civil_date
from ledger.commitments import new_salt
from ledger.errors import Conflict
from sampling.publicity.tables import caller_salt, submission_count


@dataclass(frozen=True)
class IntakeLimits:
    """Most questions, and as many objections, on one day: of one caller, at one target, in total."""

    per_caller: int
    per_target: int
    per_day: int


@dataclass(frozen=True)
class Origin:
    """Where something came in: by the web from an address, or at the counter, where a person takes it in."""

    channel: str
    address: str | None = None

    @classmethod
    def web(cls, address: str | None) -> "Origin":
        """From an address; one that is not known counts as one caller."""
        return cls("web", address or "unknown")

    @classmethod
    def counter(cls) -> "Origin":
        """By letter, by telephone or in person."""
        return cls("counter")


def admit(tx: Connection, now: datetime, kind: str, origin: Origin, target: str, limits: IntakeLimits) -> None:
    """Count one that comes in; whoever calls holds the log's lock. `target` is empty where it is about nothing.

    Raises Conflict: intake_full_of_caller, intake_full_of_target, intake_full_of_day.
    """
    day = civil_date(now)
    forget(tx, day)
    if origin.address is not None:
        caller = f"{kind}/caller/{_hashed(tx, day, origin.address)}"
        if not _count(tx, day, caller, limits.per_caller):
            raise Conflict("intake_full_of_caller", most=limits.per_caller)
    if target and not _count(tx, day, f"{kind}/target/{target}", limits.per_target):
        raise Conflict("intake_full_of_target", most=limits.per_target)
    if not _count(tx, day, f"{kind}/all", limits.per_day):
        raise Conflict("intake_full_of_day", most=limits.per_day)


def forget(tx: Connection, today: date) -> None:
    """Remove the salts and counts of days that are over."""
    for table in (caller_salt, submission_count):
        tx.execute(table.delete().where(table.c.day < today))


def _count(tx: Connection, day: date, scope: str, most: int) -> bool:
    """Count one more and tell whether there are not too many; a refusal undoes the counting with the transaction."""
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(submission_count)
    counted = (
        insert.values(day=day, scope=scope, count=1)
        .on_conflict_do_update(index_elements=["day", "scope"], set_={"count": submission_count.c.count + 1})
        .returning(submission_count.c.count)
    )
    return int(tx.execute(counted).scalar_one()) <= most


def _hashed(tx: Connection, day: date, address: str) -> str:
    held = tx.execute(select(caller_salt.c.salt).where(caller_salt.c.day == day)).scalar_one_or_none()
    if held is None:
        held = new_salt()
        tx.execute(caller_salt.insert().values(day=day, salt=held))
    return hmac.new(held, network(address).encode(), sha256).hexdigest()


def network(address: str) -> str:
    """Return what of an address stands for one caller."""
    try:
        found = ip_address(address.split("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return found.packed[:8].hex()
    return str(found)
