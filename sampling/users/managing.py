"""What administrators do with users and clients; each step leaves an entry, which tells nobody whose."""

import dataclasses
import re
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from ledger import log
from ledger.actors import Actor, Role
from ledger.errors import Conflict, Forbidden, Invalid
from ledger.versions import require_version
from ledger.windows import ALL, Window
from sampling.departments import require_in_use
from sampling.users import registry
from sampling.users.registry import Credential
from sampling.users.secret_texts import digest, new_text
from sampling.users.states import (
    CLIENT_PREFIX,
    EVERY_USER,
    Change,
    Handed,
    State,
    Step,
    User,
    UserFilter,
    UserOrder,
    Way,
    client_subject,
)
from scoring.fields import text_up_to

READERS: Final = (Role.ADMINISTRATOR, Role.AUDITOR)
LONGEST_SUBJECT: Final = 100
INVITED_FOR: Final = timedelta(days=7)


def users(
    tx: Connection,
    actor: Actor,
    window: Window = ALL,
    chosen: UserFilter = EVERY_USER,
    order: UserOrder = UserOrder.SUBJECT,
) -> list[User]:
    """Return the users that are asked for, those of the actor's own department where he has one.

    Raises Invalid("search_too_long").
    """
    actor.require(*READERS)
    return registry.page(tx, window, actor.confined_to, chosen, order)


def count(tx: Connection, actor: Actor, chosen: UserFilter = EVERY_USER) -> int:
    """Return how many `users` are."""
    actor.require(*READERS)
    return registry.count(tx, actor.confined_to, chosen)


def changes(tx: Connection, actor: Actor, subject: str) -> list[Change]:
    """Return every version of a user, the newest first; raises Missing("user_missing")."""
    user(tx, actor, subject)
    return registry.history(tx, subject)


def user(tx: Connection, actor: Actor, subject: str) -> User:
    """Return a user; raises Missing("user_missing"), as for another department's."""
    actor.require(*READERS)
    return _seen(tx, actor, subject)


def invite(tx: Connection, actor: Actor, now: datetime, subject: str, role: Role, department: str | None) -> Handed:
    """Add a user who signs in by a password, and return what lets its bearer choose one.

    Raises department_missing, department_closed, Invalid: user_subject_missing, user_subject_of_client,
    user_role_of_client, and what is wrong with the text; Conflict("user_exists").
    """
    secret = new_text()
    held = Credential(invitation=digest(secret), invited_until=now + INVITED_FOR)
    return Handed(_add(tx, actor, now, subject, role, department, Way.PASSWORD, State.INVITED, held), secret)


def add(tx: Connection, actor: Actor, now: datetime, subject: str, role: Role, department: str | None) -> User:
    """Add a user who signs in at the provider, by the subject of its tokens; raises what `invite` raises."""
    return _add(tx, actor, now, subject, role, department, Way.PROVIDER, State.ACTIVE, Credential())


def add_client(tx: Connection, actor: Actor, now: datetime, name: str, department: str) -> Handed:
    """Add a peer department's client by its name, and return its secret; raises what `invite` raises.

    Raises Invalid("client_name_unusable") for a name that is not 1 to 50 letters of ASCII, digits, dots, - and _.
    """
    if re.fullmatch("[A-Za-z0-9._-]{1,50}", name) is None:
        raise Invalid("client_name_unusable", field="name")
    subject = client_subject(name)
    secret = new_text()
    held = Credential(proof=digest(secret))
    return Handed(_add(tx, actor, now, subject, Role.PEER, department, Way.CLIENT, State.ACTIVE, held), secret)


def invite_again(tx: Connection, actor: Actor, now: datetime, subject: str) -> Handed:
    """Take a user's password, if he has one, and return a new invitation; the one before and all tokens end.

    Raises Missing("user_missing"), Conflict: user_without_password, user_is_disabled, last_administrator.
    """
    found, held = _changing(tx, actor, subject, Way.PASSWORD)
    _require_not_disabled(found)
    _require_another_administrator(tx, found)
    secret = new_text()
    until = now + INVITED_FOR
    held = _ended(held, proof="", invitation=digest(secret), invited_until=until)
    return Handed(_record(tx, actor, now, Step.INVITED_AGAIN, found, held, state=State.INVITED), secret)


def change(
    tx: Connection,
    actor: Actor,
    now: datetime,
    subject: str,
    role: Role,
    department: str | None,
    if_version: int | None = None,
) -> User:
    """Give a user a role and a department, which count at once, in tokens of before, too.

    Raises Missing("user_missing"), department_missing; Invalid: user_role_of_client, peer_without_department;
    Conflict: department_closed, last_administrator, user_unchanged, and version_stale unless `if_version`, where it is
    given, holds.
    """
    found, held = _changing(tx, actor, subject)
    require_version(found.version, if_version)
    _check(tx, actor, found.way, role, department, found.department)
    if (found.role, found.department) == (role, department):
        raise Conflict("user_unchanged", subject=subject)
    _require_another_administrator(tx, found)
    return _record(tx, actor, now, Step.CHANGED, found, held, role=role, department=department)


def disable(tx: Connection, actor: Actor, now: datetime, subject: str) -> User:
    """Let a user in no more; his tokens end. Raises Missing("user_missing"), Conflict: last_administrator, …."""
    found, held = _changing(tx, actor, subject)
    _require_not_disabled(found)
    _require_another_administrator(tx, found)
    held = _ended(held, invitation="", invited_until=None)
    return _record(tx, actor, now, Step.DISABLED, found, held, state=State.DISABLED)


def enable(tx: Connection, actor: Actor, now: datetime, subject: str) -> User:
    """Let a user in again who has been disabled; raises Missing("user_missing"), Conflict("user_not_disabled").

    One who never chose a password waits to be invited again.
    """
    found, held = _changing(tx, actor, subject)
    if found.state is not State.DISABLED:
        raise Conflict("user_not_disabled", subject=subject)
    state = State.INVITED if found.way is Way.PASSWORD and not held.proof else State.ACTIVE
    return _record(tx, actor, now, Step.ENABLED, found, held, state=state)


def reset_second_factor(tx: Connection, actor: Actor, now: datetime, subject: str) -> User:
    """Take a user's second factor and recovery codes, such as of a lost telephone; his tokens end.

    Raises Missing("user_missing"), Conflict: user_without_password, second_factor_missing.
    """
    found, held = _changing(tx, actor, subject, Way.PASSWORD)
    if not held.second_factor:
        raise Conflict("second_factor_missing", subject=subject)
    held = _ended(held, second_factor=b"", pending=b"", used_step=0, recovery=())
    return _record(tx, actor, now, Step.SECOND_FACTOR_RESET, found, held)


def rotate_secret(tx: Connection, actor: Actor, now: datetime, subject: str) -> Handed:
    """Give a client another secret in the place of the one before, whose tokens end; raises Missing or Conflict."""
    found, held = _changing(tx, actor, subject, Way.CLIENT)
    _require_not_disabled(found)
    secret = new_text()
    held = _ended(held, proof=digest(secret))
    return Handed(_record(tx, actor, now, Step.SECRET_ROTATED, found, held), secret)


def _add(
    tx: Connection,
    actor: Actor,
    now: datetime,
    subject: str,
    role: Role,
    department: str | None,
    way: Way,
    state: State,
    held: Credential,
) -> User:
    actor.require(Role.ADMINISTRATOR)
    if way is not Way.CLIENT:
        subject = _subject(subject)
    _check(tx, actor, way, role, department)
    log.lock(tx)
    if registry.find(tx, subject) is not None:
        raise Conflict("user_exists", field="subject", subject=subject)
    user = User(subject, 1, Step.ADDED, way, role, department, state, actor.subject, now, False, held.invited_until)
    return registry.record(tx, actor, now, Step.ADDED, user, held)


def _changing(tx: Connection, actor: Actor, subject: str, way: Way | None = None) -> tuple[User, Credential]:
    """Return a user that an administrator may change, of a way to sign in if one is given, under the log's lock."""
    actor.require(Role.ADMINISTRATOR)
    log.lock(tx)
    found = _seen(tx, actor, subject)
    if way is Way.PASSWORD and found.way is not way:
        raise Conflict("user_without_password", subject=subject)
    if way is Way.CLIENT and found.way is not way:
        raise Conflict("user_is_no_client", subject=subject)
    return found, registry.credential(tx, subject)


def _seen(tx: Connection, actor: Actor, subject: str) -> User:
    found = registry.require(tx, subject)
    if actor.confined_to not in (None, found.department):
        raise registry.missing(subject)
    return found


def _record(
    tx: Connection, actor: Actor, now: datetime, step: Step, found: User, held: Credential, **changes: Any
) -> User:
    changed = dataclasses.replace(found, version=found.version + 1, **changes)
    return registry.record(tx, actor, now, step, changed, held)


def _ended(held: Credential, **changes: Any) -> Credential:
    """Return what a user proves himself by after a change that ends his tokens."""
    return dataclasses.replace(held, sessions=held.sessions + 1, **changes)


def _subject(text: str) -> str:
    subject = str(text_up_to(LONGEST_SUBJECT)(text.strip()))
    if not subject:
        raise Invalid("user_subject_missing", field="subject")
    if subject.startswith(CLIENT_PREFIX):
        raise Invalid("user_subject_of_client", field="subject", prefix=CLIENT_PREFIX)
    return subject


def _check(
    tx: Connection, actor: Actor, way: Way, role: Role, department: str | None, before: str | None = None
) -> None:
    """Refuse a role or a department that a user of this way cannot have, or that the administrator cannot give.

    He may stay in the one that he had before, though it was closed.
    """
    if (role is Role.PEER) != (way is Way.CLIENT):
        raise Invalid("user_role_of_client", field="role", role=role.value)
    if role is Role.PEER and department is None:
        raise Invalid("peer_without_department", field="department")
    if department is not None and department != before:
        require_in_use(tx, [department], "department")
    _require_over(actor, department)


def _require_over(actor: Actor, department: str | None) -> None:
    if actor.department is not None and actor.department != department:
        raise Forbidden("department_not_allowed", department=department or "*")


def _require_not_disabled(found: User) -> None:
    if found.state is State.DISABLED:
        raise Conflict("user_is_disabled", subject=found.subject)


def _require_another_administrator(tx: Connection, found: User) -> None:
    if registry.is_last_administrator(tx, found):
        raise Conflict("last_administrator", subject=found.subject)
