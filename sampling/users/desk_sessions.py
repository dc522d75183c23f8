"""Sessions of browsers at the desk: a browser has an id, and the bureau the token that it stands for.

The database has the hash of the id and the encrypted token, so that neither it nor a copy of it lets anybody in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import Connection, select

from ledger.calendar import instant_text, parse_instant
from sampling.users.secret_texts import UserKeys, digest, new_text
from sampling.users.tables import desk_session

RENEWING: Final = timedelta(seconds=45)
"""How long whoever has a token renewed keeps others from it: longer than the provider is waited for."""
_TIMES: Final = ("due", "expires")
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Renewal:
    """How a provider's token is renewed: by what, from when on, and for whom the next one must be.

    The token itself is good until it `expires`.
    """

    refresh_token: str
    due: datetime
    expires: datetime
    subject: str


@dataclass(frozen=True)
class DeskSession:
    """What a session stands for, and until when it is at the latest."""

    token: str
    until: datetime
    renewal: Renewal | None = None


@dataclass(frozen=True)
class Found:
    """A session as the database has it."""

    session: DeskSession
    sealed: bytes
    renewing_until: datetime


def begin(tx: Connection, now: datetime, keys: UserKeys, session: DeskSession) -> str:
    """Keep a session and return its id; those that have ended are forgotten."""
    tx.execute(desk_session.delete().where(desk_session.c.until <= now))
    identifier = new_text()
    key = digest(identifier)
    row = {"key": key, "sealed": _sealed(keys, key, session), "until": session.until, "renewing_until": _NEVER}
    tx.execute(desk_session.insert().values(row))
    return identifier


def find(tx: Connection, now: datetime, keys: UserKeys, identifier: str) -> Found | None:
    """Return a session, None where it has ended or there is none of this id."""
    key = digest(identifier)
    row = tx.execute(select(desk_session).where(desk_session.c.key == key)).one_or_none()
    content = None if row is None else keys.desk_sessions.open(key, row.sealed)
    if row is None or content is None:
        return None
    session = _session(orjson.loads(content))
    return Found(session, row.sealed, row.renewing_until) if now < session.until else None


def end(tx: Connection, identifier: str) -> None:
    """Forget a session."""
    tx.execute(desk_session.delete().where(desk_session.c.key == digest(identifier)))


def claim_renewal(tx: Connection, now: datetime, identifier: str, found: Found) -> bool:
    """Tell whether the caller is the one to have a token renewed: nobody has done so since, and nobody is at it."""
    claimed = desk_session.update().where(
        desk_session.c.key == digest(identifier),
        desk_session.c.sealed == found.sealed,
        desk_session.c.renewing_until <= now,
    )
    return tx.execute(claimed.values(renewing_until=now + RENEWING)).rowcount == 1


def put_off_renewal(tx: Connection, identifier: str, until: datetime) -> None:
    """Have nobody ask for a renewal before then, since the provider did not answer."""
    update = desk_session.update().where(desk_session.c.key == digest(identifier))
    tx.execute(update.values(renewing_until=until))


def renew(tx: Connection, keys: UserKeys, identifier: str, session: DeskSession) -> None:
    """Keep what a session stands for from now on, unless it was ended meanwhile."""
    key = digest(identifier)
    update = desk_session.update().where(desk_session.c.key == key)
    tx.execute(update.values(sealed=_sealed(keys, key, session), renewing_until=_NEVER))


def _sealed(keys: UserKeys, key: str, session: DeskSession) -> bytes:
    told: dict[str, Any] = {"token": session.token, "until": instant_text(session.until)}
    if session.renewal is not None:
        times = {name: instant_text(getattr(session.renewal, name)) for name in _TIMES}
        told["renewal"] = {**vars(session.renewal), **times}
    return keys.desk_sessions.seal(key, orjson.dumps(told))


def _session(told: Mapping[str, Any]) -> DeskSession:
    renewal = told.get("renewal")
    if renewal is not None:
        renewal = Renewal(**{**renewal, **{name: parse_instant(renewal[name]) for name in _TIMES}})
    return DeskSession(told["token"], parse_instant(told["until"]), renewal)
