"""What is published, in which version, and what is shown no more: a state of its own, which the audit compares.

It holds neither name nor result. Whatever anybody is shown asks it, so that what ended ends everywhere at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, select

from ledger import log
from ledger.audit import Fault
from ledger.bulk import insert_rows
from ledger.calendar import instant_text, parse_instant
from ledger.entries import EXPIRED
from ledger.errors import Conflict, Missing
from ledger.tables import log_entry
from ledger.windows import Window, counted, within
from sampling.entry_kinds import PUBLISHED as FINDING_PUBLISHED
from sampling.publication import finding_texts
from sampling.publication.tables import disclosure_version, display_end, publication
from sampling.tables import disclosure

PUBLISHED, ENDED = "published", "ended"


@dataclass(frozen=True)
class Publication:
    """A finding that was published; `number` counts from 1 in the order of publication."""

    number: int
    campaign: str
    position: int
    version: int
    state: str
    published_at: datetime
    changed_at: datetime | None


@dataclass(frozen=True)
class Ended:
    """A finding that is shown no more, by its number alone; `end_number` counts from 1 in the order of the ends."""

    end_number: int
    number: int
    ended_at: datetime


def next_number(tx: Connection) -> int:
    """Return the number of the next disclosure; those that ended keep theirs."""
    return 1 + (tx.execute(select(func.max(publication.c.number))).scalar() or 0)


def add(tx: Connection, now: datetime, campaign: str, document: str, numbered: Sequence[tuple[int, int]]) -> None:
    """Put down findings as published, each by number and position; `document` holds them as anybody reads them."""
    columns = [publication.c[name] for name in ("number", "campaign", "position", "document", "version", "state")]
    at = instant_text(now)
    rows = [(number, campaign, position, document, 1, PUBLISHED, at) for number, position in numbered]
    insert_rows(tx, publication, [*columns, publication.c.published_at], rows)


def of_position(tx: Connection, campaign: str, position: int) -> Publication | None:
    """Return the publication of a position's finding, ended or not; None where it was never published."""
    query = select(publication).where(publication.c.campaign == campaign, publication.c.position == position)
    row = tx.execute(query).one_or_none()
    return None if row is None else _publication(row)


def shown(tx: Connection, campaign: str, position: int) -> Publication:
    """Return the publication of a position's finding that is shown; raises Missing, and Conflict where it ended."""
    found = of_position(tx, campaign, position)
    if found is None:
        raise Missing("finding_not_published", campaign=campaign, position=position)
    if found.state == ENDED:
        raise Conflict("publication_ended", number=found.number)
    return found


def corrected(tx: Connection, now: datetime, number: int, version: int) -> None:
    """Put down that a newer version is shown."""
    mine = publication.update().where(publication.c.number == number)
    tx.execute(mine.values(version=version, changed_at=now))


def end(tx: Connection, now: datetime, numbers: Sequence[int]) -> None:
    """Put down that findings are shown no more; the caller holds the log's lock."""
    last = tx.execute(select(func.max(publication.c.end_number))).scalar() or 0
    rows = [{"of": number, "place": last + place} for place, number in enumerate(sorted(numbers), 1)]
    if rows:
        mine = publication.update().where(publication.c.number == bindparam("of"))
        tx.execute(mine.values(state=ENDED, changed_at=now, end_number=bindparam("place")), rows)
        finding_texts.forget(tx, numbers)


def end_of_document(tx: Connection, document: str) -> None:
    """Put down that what a document held is shown no more, since it has expired by the log's last word on it."""
    at = log.about(tx, document, EXPIRED)[-1].time
    query = select(publication.c.number).where(publication.c.document == document, publication.c.state == PUBLISHED)
    end(tx, parse_instant(at), list(tx.execute(query).scalars()))


def ended(tx: Connection, window: Window, since: date | None = None, until: date | None = None) -> list[Ended]:
    """Return what ended within some days, by the number of its end."""
    return [Ended(*row) for row in tx.execute(window.on(_ends(since, until), publication.c.end_number))]


def count_ended(tx: Connection, since: date | None = None, until: date | None = None) -> int:
    """Return how much ended within some days."""
    return counted(tx, _ends(since, until))


def _ends(since: date | None, until: date | None) -> Select[Any]:
    columns = (publication.c.end_number, publication.c.number, publication.c.changed_at)
    query = select(*columns).where(publication.c.end_number.is_not(None))
    return query.where(within(publication.c.changed_at, since, until))


def last_changed(tx: Connection) -> datetime | None:
    """Return when something that was published was last corrected or ended."""
    found: datetime | None = tx.execute(select(func.max(publication.c.changed_at))).scalar()
    return found


def oldest(tx: Connection, limit: int) -> list[Publication]:
    """Return what is shown and was published first."""
    query = select(publication).where(publication.c.state == PUBLISHED).order_by(publication.c.number).limit(limit)
    return [_publication(row) for row in tx.execute(query)]


def audit_publications(tx: Connection) -> Iterator[Fault]:
    """Check that the state of what was published is what the bound rows say (a check for `ledger.audit`)."""
    mine = publication.c
    gone = exists(select(log_entry.c.seq).where(log_entry.c.kind == EXPIRED, log_entry.c.subject == mine.document))
    version = select(func.max(disclosure_version.c.version)).where(disclosure_version.c.number == mine.number)
    ends = exists(select(display_end.c.number).where(display_end.c.number == mine.number))
    first = disclosure.c
    joined = publication.outerjoin(disclosure, first.number == mine.number)
    repeats = (first.campaign == mine.campaign) & (first.position == mine.position) & (first.document == mine.document)
    repeats &= first.published_at == mine.published_at
    newest = mine.version == func.coalesce(version.scalar_subquery(), 1)
    open_ = (mine.state == PUBLISHED) & mine.end_number.is_(None) & ~ends & repeats & newest
    over = (mine.state == ENDED) & mine.end_number.is_not(None) & (ends | gone)
    sound = open_ | (over & (repeats | (first.number.is_(None) & gone)))
    for number in tx.execute(select(mine.number).select_from(joined).where(~func.coalesce(sound, False))).scalars():
        yield Fault("publication", f"number={number}", "row_changed")
    told = sum(int(entry.body["count"]) for entry in log.of_kind(tx, FINDING_PUBLISHED))
    if (told, told) != tx.execute(select(func.count(), func.coalesce(func.max(mine.number), 0))).one():
        kept = set(tx.execute(select(mine.number)).scalars())
        for number in sorted(set(range(1, told + 1)) - kept):
            yield Fault("publication", f"number={number}", "row_lost")
        for number in sorted(kept - set(range(1, told + 1))):
            yield Fault("publication", f"number={number}", "row_added")


def _publication(row: Row[*tuple[Any, ...]]) -> Publication:
    return Publication(row.number, row.campaign, row.position, row.version, row.state, row.published_at, row.changed_at)
