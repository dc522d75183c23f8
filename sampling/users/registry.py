"""The users as the database has them, and how each change of one is kept: as a bound row with an entry of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.canonical import canonical
from ledger.database import upsert
from ledger.errors import Missing
from ledger.log import NewEntry
from ledger.search_text import holds, words
from ledger.windows import Window, counted, kept_count
from sampling.entry_kinds import USER_CHANGED
from sampling.users.states import EVERY_USER, Change, State, Step, User, UserFilter, UserOrder, Way
from sampling.users.tables import STAFF_USER, staff_user, user_credential

CREDENTIAL_TAG: Final = b"qian/credential/v1"
_ORDERS: Final = {
    UserOrder.SUBJECT: (staff_user.c.subject,),
    UserOrder.CHANGED: (staff_user.c.at, staff_user.c.subject),
}
_later = staff_user.alias("later")
_NEWEST: Final = (
    select(staff_user, user_credential.c.second_factor, user_credential.c.invited_until)
    .outerjoin(user_credential, user_credential.c.subject == staff_user.c.subject)
    .where(
        staff_user.c.version
        == select(func.max(_later.c.version)).where(_later.c.subject == staff_user.c.subject).scalar_subquery()
    )
)
"""The newest version of each user, with what is told of its credential."""


@dataclass(frozen=True)
class Credential:
    """What a user proves himself by, as it is stored."""

    proof: str = ""
    invitation: str = ""
    invited_until: datetime | None = None
    second_factor: bytes = b""
    pending: bytes = b""
    used_step: int = 0
    recovery: Sequence[str] = ()
    sessions: int = 1

    @property
    def digest(self) -> str:
        """What a version of the user says of it, in hex."""
        held = canonical([self.proof, self.second_factor.hex()])
        return sha256(CREDENTIAL_TAG + held).hexdigest()


def newest() -> Select[Any]:
    """Return the query of the newest version of each user."""
    return _NEWEST.with_only_columns(
        staff_user.c.subject, staff_user.c.state, staff_user.c.role, staff_user.c.department
    )


def find(tx: Connection, subject: str) -> User | None:
    """Return a user, None where there is none."""
    row = tx.execute(_NEWEST.where(staff_user.c.subject == subject)).one_or_none()
    return None if row is None else _user(row)


def require(tx: Connection, subject: str) -> User:
    """Return a user; raises Missing("user_missing")."""
    found = find(tx, subject)
    if found is None:
        raise missing(subject)
    return found


def missing(subject: str) -> Missing:
    """Return what whoever asks for a user is told that is not there, or not shown to him."""
    return Missing("user_missing", field="subject", subject=subject)


def page(
    tx: Connection,
    window: Window,
    department: str | None,
    chosen: UserFilter = EVERY_USER,
    order: UserOrder = UserOrder.SUBJECT,
) -> list[User]:
    """Return the users that are asked for, of a department or of all; raises Invalid("search_too_long")."""
    query, keep = _chosen(department, chosen)
    by = _ORDERS[order]
    rows = tx.execute(window.on(query, *by)).all() if keep is None else window.kept(tx, query, keep, *by)
    return [_user(row) for row in rows]


def count(tx: Connection, department: str | None, chosen: UserFilter = EVERY_USER) -> int:
    """Return how many users there are of which `page` tells."""
    query, keep = _chosen(department, chosen)
    return counted(tx, query) if keep is None else kept_count(tx, query, keep)


def _chosen(department: str | None, chosen: UserFilter) -> tuple[Select[Any], Callable[[Row[Any]], bool] | None]:
    """Return the query of the users that are asked for, and what of them no query tells."""
    query, mine = _NEWEST, staff_user.c
    if department is not None:
        query = query.where(mine.department == department)
    if chosen.state is not None:
        query = query.where(mine.state == chosen.state.value)
    if chosen.role is not None:
        query = query.where(mine.role == chosen.role.value)
    if chosen.department:
        query = query.where(mine.department == chosen.department)
    return query, (lambda row: holds(chosen.text, row.subject)) if words(chosen.text) else None


def history(tx: Connection, subject: str) -> list[Change]:
    """Return all versions of a user, the newest first."""
    query = select(staff_user).where(staff_user.c.subject == subject).order_by(staff_user.c.version.desc())
    return [
        Change(
            row.version, Step(row.step), Role(row.role), row.department, State(row.state), row.by, row.at, row.document
        )
        for row in tx.execute(query)
    ]


def is_last_administrator(tx: Connection, user: User) -> bool:
    """Tell whether nobody else, of all departments, could let users in again."""
    if user.state is not State.ACTIVE or user.role is not Role.ADMINISTRATOR or user.department is not None:
        return False
    others = _NEWEST.where(
        staff_user.c.subject != user.subject,
        staff_user.c.state == State.ACTIVE.value,
        staff_user.c.role == Role.ADMINISTRATOR.value,
        staff_user.c.department.is_(None),
    )
    return tx.execute(others.limit(1)).first() is None


def any_by_password(tx: Connection) -> bool:
    """Tell whether anybody signs in here by a password, or was invited to."""
    by_password = select(staff_user.c.subject).where(staff_user.c.way == Way.PASSWORD.value)
    return tx.execute(by_password.limit(1)).first() is not None


def credential(tx: Connection, subject: str) -> Credential:
    """Return what a user proves himself by; of nobody it is nothing, which no proof fits."""
    row = tx.execute(select(user_credential).where(user_credential.c.subject == subject)).one_or_none()
    if row is None:
        return Credential()
    return Credential(**{name: value for name, value in row._mapping.items() if name != "subject"})


def invited(tx: Connection, invitation: str) -> str | None:
    """Return the subject whose invitation has this hash."""
    query = select(user_credential.c.subject).where(user_credential.c.invitation == invitation)
    return tx.execute(query).scalar_one_or_none()


def keep_credential(tx: Connection, subject: str, held: Credential) -> None:
    """Keep what a user proves himself by from now on."""
    upsert(tx, user_credential, [{"subject": subject, **vars(held), "recovery": list(held.recovery)}])


def record(tx: Connection, actor: Actor, now: datetime, step: Step, user: User, held: Credential) -> User:
    """Keep a user's next version and what he proves himself by, bound by an entry; whoever calls has the log's lock."""
    keep_credential(tx, user.subject, held)
    row = {
        "subject": user.subject,
        "version": user.version,
        "step": step.value,
        "way": user.way.value,
        "role": user.role.value,
        "department": user.department,
        "state": user.state.value,
        "credential": held.digest,
        "by": actor.subject,
        "at": now,
    }
    sealed = documents.seal(tx, "user", {}, [(STAFF_USER, [row])])
    log.append(tx, now, [NewEntry(USER_CHANGED, sealed.id, {"user": sealed})])
    return require(tx, user.subject)


def _user(row: Row[Any]) -> User:
    return User(
        row.subject,
        row.version,
        Step(row.step),
        Way(row.way),
        Role(row.role),
        row.department,
        State(row.state),
        row.by,
        row.at,
        bool(row.second_factor),
        row.invited_until,
    )
