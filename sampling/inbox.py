"""What staff are told (待办提醒): messages to one person, or to all of a role, each read by each for himself.

A message is a code with parameters; the doors put it into words. `about` is what it is about, such as a campaign.
E-mails tell nothing of a message but that it is there and what it is about, so an enterprise's name may be in its
parameters before it is public, and must never be in `about`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.database import upsert
from ledger.errors import Invalid, Missing
from ledger.windows import ALL, Window, counted
from sampling.tables import inbox_address, inbox_mail, inbox_message, inbox_reading
from sampling.users import registry
from sampling.users.states import State

LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class Recipient:
    """One person by subject, or everybody of a role: of one department, or of all (None)."""

    subject: str | None = None
    role: Role | None = None
    department: str | None = None

    @classmethod
    def person(cls, subject: str) -> "Recipient":
        """Return one person."""
        return cls(subject=subject)

    @classmethod
    def all_of(cls, role: Role, department: str | None = None) -> "Recipient":
        """Return everybody of a role."""
        return cls(role=role, department=department)


@dataclass(frozen=True)
class Message:
    """A message as one of its recipients sees it; `number` orders them, `read_at` is when he read it."""

    number: int
    id: str
    told_at: datetime
    code: str
    parameters: Mapping[str, Any]
    about: str
    due: date | None
    read_at: datetime | None


@dataclass(frozen=True)
class Mail:
    """What is to be told by e-mail: to which address, and how many unread messages are about what."""

    address: str
    subject: str
    counts: Mapping[str, int]
    messages: tuple[str, ...]


def tell(
    tx: Connection,
    now: datetime,
    recipient: Recipient,
    code: str,
    parameters: Mapping[str, JSON],
    about: str,
    due: date | None = None,
    once: str | None = None,
) -> bool:
    """Put a message into an inbox; with `once`, a key that is the message's alone, only if it is not there yet.

    `due` is the civil date by which something is to be done. Returns whether it was put there.
    """
    if (recipient.subject is None) == (recipient.role is None):
        raise ValueError("a message goes to a person or to a role")
    insert = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(inbox_message)
    row = {
        "id": secrets.token_hex(16),
        "told_at": now,
        "subject": recipient.subject,
        "role": None if recipient.role is None else recipient.role.value,
        "department": recipient.department,
        "code": code,
        "parameters": dict(parameters),
        "about": about,
        "due": due,
        "once": once,
    }
    told = insert.values(row).on_conflict_do_nothing(index_elements=["once"]).returning(inbox_message.c.number)
    return tx.execute(told).first() is not None


def messages(tx: Connection, actor: Actor, unread: bool = False, window: Window = ALL) -> list[Message]:
    """Return an actor's messages by number, newest first; or only what he has not read."""
    actor.require_officer()
    query = window.on(_of(actor, unread), inbox_message.c.number.desc(), inbox_message.c.id.desc())
    return [_message(row) for row in tx.execute(query)]


def count(tx: Connection, actor: Actor, unread: bool = False) -> int:
    """Return how many messages an actor has, or has not read."""
    actor.require_officer()
    return counted(tx, _of(actor, unread).with_only_columns(inbox_message.c.number))


def mark_read(tx: Connection, actor: Actor, now: datetime, ids: Sequence[str]) -> list[Message]:
    """Remember that an actor has read messages, and return them; raises Missing("message_missing")."""
    actor.require_officer()
    query = _of(actor).where(inbox_message.c.id.in_(ids)).order_by(inbox_message.c.number.desc())
    found = [_message(row) for row in tx.execute(query)]
    if missing := set(ids) - {each.id for each in found}:
        raise Missing("message_missing", message=min(missing))
    insert = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(inbox_reading)
    if new := [{"message": each.id, "subject": actor.subject, "read_at": now} for each in found if not each.read_at]:
        tx.execute(insert.on_conflict_do_nothing(), new)
    return [_message(row) for row in tx.execute(query)]


def set_address(tx: Connection, actor: Actor, address: str | None) -> None:
    """Set where an actor is told by e-mail, or that he is not; raises Invalid("mail_address_unusable")."""
    actor.require_officer()
    where = (inbox_address.c.subject == actor.subject) & (inbox_address.c.role == actor.role.value)
    if address is None:
        tx.execute(inbox_address.delete().where(where))
        return
    local, at, host = address.rpartition("@")
    plain = address.isprintable() and address.isascii() and not set(address) & set(' \t"<>,;:\\()')
    if not (local and at and host and plain) or len(address) > LONGEST_ADDRESS:
        raise Invalid("mail_address_unusable", field="address")
    row = {"subject": actor.subject, "role": actor.role.value, "department": actor.department, "address": address}
    upsert(tx, inbox_address, [row])


def address(tx: Connection, actor: Actor) -> str | None:
    """Return where an actor is told by e-mail."""
    actor.require_officer()
    where = (inbox_address.c.subject == actor.subject) & (inbox_address.c.role == actor.role.value)
    found: str | None = tx.execute(select(inbox_address.c.address).where(where)).scalar_one_or_none()
    return found


def mails(tx: Connection) -> list[Mail]:
    """Return what is to be told by e-mail: for each address the unread messages of which it was not told yet."""
    of: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in tx.execute(_unmailed().order_by(inbox_address.c.subject, inbox_message.c.number)):
        of.setdefault((row.subject, row.address), []).append((row.id, row.about))
    found = []
    for (subject, given), left in of.items():
        about = [each for _, each in left]
        counts = {name: about.count(name) for name in sorted(set(about))}
        found.append(Mail(given, subject, counts, tuple(dict.fromkeys(message for message, _ in left))))
    return found


def is_mail_due(tx: Connection) -> bool:
    """Tell whether somebody is to be told something by e-mail."""
    return tx.execute(_unmailed().limit(1)).first() is not None


def mailed(tx: Connection, mail: Mail) -> None:
    """Remember that an e-mail was handed over."""
    insert = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(inbox_mail)
    rows = [{"message": message, "subject": mail.subject} for message in mail.messages]
    tx.execute(insert.on_conflict_do_nothing(), rows)


def forget(tx: Connection, before: datetime) -> int:
    """Remove messages that were told before an instant, and return how many."""
    return _remove(tx, inbox_message.c.told_at < before)


def settle(tx: Connection, keys: Sequence[str]) -> None:
    """Remove the messages that were told once under keys, since what they ask for is done: nobody is left to do it."""
    _remove(tx, inbox_message.c.once.in_(keys))


def settle_about(tx: Connection, about: str, codes: Sequence[str]) -> None:
    """Remove the messages of some codes about something, since what they ask for is done."""
    _remove(tx, (inbox_message.c.about == about) & inbox_message.c.code.in_(codes))


def _remove(tx: Connection, which: ColumnElement[bool]) -> int:
    gone = select(inbox_message.c.id).where(which)
    for table in (inbox_reading, inbox_mail):
        tx.execute(table.delete().where(table.c.message.in_(gone)))
    return tx.execute(inbox_message.delete().where(which)).rowcount


def _unmailed() -> Select[Any]:
    """Select who is to be told of which messages by e-mail: unread by him, and he was not told yet.

    A user is told while he is let in, of what his role and department are now; of others there is what they set.
    """
    users = registry.newest().subquery()
    to, message, user = inbox_address.c, inbox_message.c, users.c
    department = case((user.subject.is_(None), to.department), else_=user.department)
    of_department = or_(message.department.is_(None), department.is_(None), department == message.department)
    is_let_in = or_(user.subject.is_(None), and_(user.state == State.ACTIVE.value, user.role == to.role))
    mine = or_(message.subject == to.subject, and_(message.role == to.role, of_department))
    read = select(inbox_reading.c.message).where(
        inbox_reading.c.message == message.id, inbox_reading.c.subject == to.subject
    )
    told = select(inbox_mail.c.message).where(inbox_mail.c.message == message.id, inbox_mail.c.subject == to.subject)
    query = select(to.subject, to.address, message.id, message.about).distinct()
    query = query.add_columns(message.number).select_from(inbox_address)
    query = query.outerjoin(users, user.subject == to.subject).join(inbox_message, mine)
    return query.where(is_let_in, ~read.exists(), ~told.exists())


def _of(actor: Actor, unread: bool = False) -> Select[Any]:
    read = and_(inbox_reading.c.message == inbox_message.c.id, inbox_reading.c.subject == actor.subject)
    query = select(inbox_message, inbox_reading.c.read_at).outerjoin(inbox_reading, read)
    query = query.where(or_(inbox_message.c.subject == actor.subject, _of_role(actor)))
    return query.where(inbox_reading.c.read_at.is_(None)) if unread else query


def _of_role(actor: Actor) -> ColumnElement[bool]:
    same = inbox_message.c.role == actor.role.value
    if actor.department is None:
        return same
    return same & or_(inbox_message.c.department.is_(None), inbox_message.c.department == actor.department)


def _message(row: Row[*tuple[Any, ...]]) -> Message:
    return Message(row.number, row.id, row.told_at, row.code, row.parameters, row.about, row.due, row.read_at)
