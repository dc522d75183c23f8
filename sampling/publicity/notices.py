"""Notices and explanations (公告、解读): drafted by one person, published by a second one, withdrawn by a planner.

drafted → published → withdrawn; a draft may be withdrawn too. The text lies beside the log, which binds it, so that it
can be withdrawn. It names no enterprise: what a visit found is published as a finding, and nothing else of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.canonical import JSON
from ledger.errors import Conflict, Forbidden, Invalid, Missing
from ledger.log import NewEntry
from ledger.windows import Window, counted
from sampling.public_texts import names_enterprise
from sampling.publicity.entry_kinds import NOTICE_DRAFTED, NOTICE_PUBLISHED, NOTICE_WITHDRAWN
from sampling.publicity.submissions import LONGEST_REASON, last_number
from sampling.publicity.tables import NOTICE, NOTICE_STEP, notice, notice_step
from sampling.publicity.telling import tell_drafted
from sampling.publicity.texts import plain_line, plain_text

LONGEST_TITLE = 100
LONGEST_NOTICE = 20_000
PUBLISHED, WITHDRAWN = "published", "withdrawn"


class NoticeKind(StrEnum):
    """What it is: something announced, or something explained."""

    NOTICE = "notice"
    EXPLANATION = "explanation"


@dataclass(frozen=True)
class Notice:
    """A notice as staff see it; `number` is its public one, `state` is drafted, published or withdrawn."""

    id: str
    kind: NoticeKind
    title: str
    text: str
    department: str
    drafted_by: str
    drafted_at: datetime
    number: int | None
    published_by: str | None
    published_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    note: str

    @property
    def state(self) -> str:
        """How far it has come."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "drafted" if self.published_at is None else "published"


@dataclass(frozen=True)
class PublicNotice:
    """What everybody may read; `department` is a code, empty where it is the whole bureau's. No person is named."""

    number: int
    kind: NoticeKind
    title: str
    text: str
    department: str
    published_at: datetime


def draft(tx: Connection, actor: Actor, now: datetime, kind: NoticeKind, title: str, text: str) -> Notice:
    """Draft a notice of the actor's department, or of the whole bureau by a planner of none.

    Raises Invalid("text_names_enterprise"), and what `plain_text` raises.
    """
    actor.require(Role.PLANNER)
    row = {
        "kind": kind.value,
        "title": plain_line(title, "title", LONGEST_TITLE),
        "text": plain_text(text, "text", LONGEST_NOTICE),
        "department": actor.department or "",
        "drafted_by": actor.subject,
    }
    for field in ("title", "text"):
        if names_enterprise(tx, row[field]):
            raise Invalid("text_names_enterprise", field=field)
    now = log.moment(tx, now)
    sealed = documents.seal(tx, "notice", {}, [(NOTICE, [{**row, "drafted_at": now}])])
    tell_drafted(tx, now, row["department"], sealed.id)
    log.append(tx, now, [NewEntry(NOTICE_DRAFTED, sealed.id, {"notice": sealed})])
    return _load(tx, sealed.id)


def publish(tx: Connection, actor: Actor, now: datetime, identifier: str) -> Notice:
    """Publish a draft as a second person, who has read it.

    Raises Forbidden("publication_of_own_notice"), Missing("notice_missing"), Conflict("notice_stands"), and
    Invalid("text_names_enterprise") where an enterprise was registered since that it names.
    """
    now = log.moment(tx, now)
    found = _for_planner(tx, actor, identifier, "drafted")
    if found.drafted_by == actor.subject:
        raise Forbidden("publication_of_own_notice", id=identifier)
    if names_enterprise(tx, f"{found.title}\n{found.text}"):
        raise Invalid("text_names_enterprise", field="text")
    number = last_number(tx, NOTICE_PUBLISHED) + 1
    body: dict[str, JSON] = {"number": number}
    sealed = _step(tx, actor, now, identifier, PUBLISHED, number, "")
    log.append(tx, now, [NewEntry(NOTICE_PUBLISHED, identifier, {"step": sealed}, body)])
    return _load(tx, identifier)


def withdraw(tx: Connection, actor: Actor, now: datetime, identifier: str, note: str) -> Notice:
    """Show a notice to nobody any more, or drop a draft; raises Missing, Conflict, and what `plain_text` raises."""
    said = plain_text(note, "note", LONGEST_REASON)
    now = log.moment(tx, now)
    _for_planner(tx, actor, identifier, "drafted", "published")
    sealed = _step(tx, actor, now, identifier, WITHDRAWN, None, said)
    log.append(tx, now, [NewEntry(NOTICE_WITHDRAWN, identifier, {"step": sealed})])
    return _load(tx, identifier)


def read(tx: Connection, actor: Actor, identifier: str) -> Notice:
    """Return a notice to auditors and to planners who may publish it; raises Missing to all others."""
    actor.require(Role.PLANNER, Role.AUDITOR)
    found = _load(tx, identifier)
    if actor.confined_to is not None and found.department not in ("", actor.confined_to):
        raise Missing("notice_missing")
    return found


@dataclass(frozen=True)
class NoticeFilter:
    """Which notices are asked for; what is empty asks for nothing."""

    kind: NoticeKind | None = None
    department: str = ""

    def on(self, query: Select[Any]) -> Select[Any]:
        """Return a query of notices with these conditions."""
        if self.kind is not None:
            query = query.where(notice.c.kind == self.kind.value)
        return query.where(notice.c.department == self.department) if self.department else query


EVERY_NOTICE = NoticeFilter()


def page(tx: Connection, actor: Actor, window: Window, chosen: NoticeFilter = EVERY_NOTICE) -> Sequence[Notice]:
    """Return the notices that an actor may see, newest draft first, by the instant of the draft and id."""
    query = chosen.on(_visible(actor))
    return _notices(tx, window.on(query, notice.c.drafted_at.desc(), notice.c.document.desc()))


def count(tx: Connection, actor: Actor, chosen: NoticeFilter = EVERY_NOTICE) -> int:
    """Return how many notices there are of which `page` tells."""
    return counted(tx, chosen.on(_visible(actor)))


def _visible(actor: Actor) -> Select[Any]:
    actor.require(Role.PLANNER, Role.AUDITOR)
    query = select(notice)
    own = actor.confined_to
    return query if own is None else query.where(notice.c.department.in_(("", own)))


def public_page(tx: Connection, window: Window, chosen: NoticeFilter = EVERY_NOTICE) -> list[PublicNotice]:
    """Return what is published, by number, newest first."""
    return [_told(row) for row in tx.execute(window.on(chosen.on(_public()), notice_step.c.number.desc()))]


def count_public(tx: Connection, chosen: NoticeFilter = EVERY_NOTICE) -> int:
    """Return how much is published of which `public_page` tells."""
    return counted(tx, chosen.on(_public()).with_only_columns(notice_step.c.number))


def public_notice(tx: Connection, number: int) -> PublicNotice:
    """Return what is published under a number; raises Missing("notice_not_published") whatever the reason."""
    row = tx.execute(_public().where(notice_step.c.number == number)).one_or_none()
    if row is None:
        raise Missing("notice_not_published", number=number)
    return _told(row)


def _public() -> Any:
    other = notice_step.alias()
    withdrawn = select(other.c.step).where(other.c.notice == notice.c.document, other.c.step == WITHDRAWN)
    return (
        select(notice, notice_step.c.number, notice_step.c.at)
        .join(notice_step, notice_step.c.notice == notice.c.document)
        .where(notice_step.c.step == PUBLISHED, ~withdrawn.exists())
    )


def _told(row: Row[*tuple[Any, ...]]) -> PublicNotice:
    return PublicNotice(row.number, NoticeKind(row.kind), row.title, row.text, row.department, row.at)


def _step(
    tx: Connection, actor: Actor, now: datetime, identifier: str, name: str, number: int | None, note: str
) -> documents.Sealed:
    row = {"notice": identifier, "step": name, "number": number, "note": note, "by": actor.subject, "at": now}
    return documents.seal(tx, "notice_step", {}, [(NOTICE_STEP, [row])])


def _for_planner(tx: Connection, actor: Actor, identifier: str, *states: str) -> Notice:
    actor.require(Role.PLANNER)
    found = read(tx, actor, identifier)
    if found.state not in states:
        raise Conflict("notice_stands", id=identifier, state=found.state)
    return found


def _load(tx: Connection, identifier: str) -> Notice:
    found = next(iter(_notices(tx, select(notice).where(notice.c.document == identifier))), None)
    if found is None:
        raise Missing("notice_missing")
    return found


def _notices(tx: Connection, query: Select[Any]) -> list[Notice]:
    rows = tx.execute(query).all()
    taken = select(notice_step).where(notice_step.c.notice.in_([row.document for row in rows]))
    steps = {(each.notice, each.step): each for each in tx.execute(taken)}
    found = []
    for row in rows:
        published, withdrawn = (steps.get((row.document, name)) for name in (PUBLISHED, WITHDRAWN))
        found.append(
            Notice(
                row.document,
                NoticeKind(row.kind),
                row.title,
                row.text,
                row.department,
                row.drafted_by,
                row.drafted_at,
                None if published is None else published.number,
                None if published is None else published.by,
                None if published is None else published.at,
                None if withdrawn is None else withdrawn.by,
                None if withdrawn is None else withdrawn.at,
                "" if withdrawn is None else withdrawn.note,
            )
        )
    return found
