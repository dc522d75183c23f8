"""Reading the register: enterprises and what is recorded of them, for staff."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, String, and_, exists, func, or_, select, tuple_, type_coerce

from ledger.actors import Actor, Role
from ledger.errors import Missing
from ledger.tables import log_entry
from scoring.entry_kinds import IMPORTED
from scoring.tables import enterprise, former_code, former_name, record, sighting

PRIVATE_ZONE = "PDY"
READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Enterprise:
    """An enterprise as its newest registration says."""

    code: str
    name: str
    sector: str
    region: str
    address: str
    established: date
    status: str
    former_codes: tuple["FormerCode", ...] = ()
    former_names: tuple[tuple[str, date | None], ...] = ()
    succeeded_by: str | None = None


@dataclass(frozen=True)
class FormerCode:
    """A code that an enterprise, or one that it absorbed, had until a day, and how it came to another one."""

    code: str
    since: date
    reason: str


@dataclass(frozen=True)
class Sighting:
    """That a channel told a version, as a unit said it, in the file that a batch (a document's id) took in."""

    source: str
    unit: str
    batch: str
    time: datetime


@dataclass(frozen=True)
class HeldRecord:
    """One version of a record; a newest one that is `revoked` takes back what the record said."""

    identity: str
    version: int
    kind: str
    date: date | None
    body: str
    number: str
    content: Mapping[str, Any]
    superseded: bool
    revoked: bool
    sources: tuple[Sighting, ...]


def page(
    tx: Connection, actor: Actor, after: str | None, limit: int, name: str | None = None, prefix: str | None = None
) -> list[Enterprise]:
    """Return enterprises by code, after one code: all, those whose name holds a text, those whose code begins so.

    Names and codes that an enterprise had before are as good as those that it has.
    """
    actor.require(*READERS)
    query = select(enterprise).order_by(enterprise.c.code).limit(limit)
    if after is not None:
        query = query.where(enterprise.c.code > after)
    if name:
        named = select(former_name.c.enterprise).where(_holds(former_name.c.name, name))
        query = query.where(_holds(enterprise.c.name, name) | enterprise.c.code.in_(named))
    if prefix:
        coded = select(former_code.c.enterprise).where(_begins(former_code.c.code, prefix))
        query = query.where(_begins(enterprise.c.code, prefix) | enterprise.c.code.in_(coded))
    return _enterprises(tx, tx.execute(query).all())


def read(tx: Connection, actor: Actor, code: str) -> Enterprise:
    """Return the enterprise that has a code, or that had it before; raises Missing.

    One that is still in the register though its code has changed says which code succeeded its own.
    """
    actor.require(*READERS)
    present = select(former_code.c.enterprise).where(former_code.c.code == code)
    query = select(enterprise).where(enterprise.c.code.in_([code]) | enterprise.c.code.in_(present))
    found = {each.code: each for each in _enterprises(tx, tx.execute(query).all())}
    if not found:
        raise Missing("enterprise_missing", enterprise=code)
    return found.get(code) or next(iter(found.values()))


def records(
    tx: Connection,
    actor: Actor,
    code: str,
    after: tuple[str, str, int] | None,
    limit: int,
    kind: str | None = None,
) -> list[HeldRecord]:
    """Return an enterprise's records, newest date first, those without a date last, after a (date, identity, version).

    Superseded versions stand among them and say so. Records under codes that it had before are its own.
    """
    actor.require(*READERS)
    day = func.coalesce(type_coerce(record.c.date, String), "")
    place = tuple_(record.c.identity, record.c.version)
    query = select(record).where(_of(code)).limit(limit)
    if kind is not None:
        query = query.where(record.c.kind == kind)
    if after is not None:
        query = query.where(or_(day < after[0], and_(day == after[0], place > tuple_(*after[1:]))))
    rows = tx.execute(query.order_by(day.desc(), record.c.identity, record.c.version)).all()
    identities = [row.identity for row in rows]
    newest = _newest(tx, identities)
    sources = _sources(tx, identities)
    return [
        HeldRecord(
            row.identity,
            row.version,
            row.kind,
            row.date,
            row.body,
            row.number,
            row.content,
            row.version < newest[row.identity],
            bool(row.revoked),
            tuple(sources[row.identity, row.version]),
        )
        for row in rows
    ]


def codes_of(tx: Connection, code: str) -> list[str]:
    """Return the code under which the enterprise that has or had a code is registered, then those that it had before.

    A code that is in the register stands for itself, though it may have changed since; so does one that nobody had.
    """
    found = tx.execute(select(enterprise.c.code).where(enterprise.c.code == code)).scalar()
    if found is None:
        found = tx.execute(select(former_code.c.enterprise).where(former_code.c.code == code)).scalar()
    present = found or code
    query = select(former_code.c.code).where(former_code.c.enterprise == present).order_by(former_code.c.code)
    return [present, *tx.execute(query).scalars()]


def are_synthetic(tx: Connection) -> bool:
    """Tell whether there are enterprises and all their codes lie in GB 11714's private zone, so that none is real."""
    private = func.substr(enterprise.c.code, 9, 3) == PRIVATE_ZONE
    return bool(tx.execute(select(exists().where(private) & ~exists().where(~private))).scalar_one())


def _enterprises(tx: Connection, rows: Sequence[Any]) -> list[Enterprise]:
    codes = [row.code for row in rows]
    former_codes: dict[str, list[FormerCode]] = defaultdict(list)
    for row in tx.execute(select(former_code).where(former_code.c.enterprise.in_(codes)).order_by(former_code.c.code)):
        former_codes[row.enterprise].append(FormerCode(row.code, row.since, row.reason))
    former_names: dict[str, list[tuple[str, date | None]]] = defaultdict(list)
    for row in tx.execute(select(former_name).where(former_name.c.enterprise.in_(codes))):
        former_names[row.enterprise].append((row.name, row.until))
    successors = select(former_code.c.code, former_code.c.enterprise).where(former_code.c.code.in_(codes))
    succeeded = dict(tx.execute(successors).all())
    return [
        Enterprise(
            row.code,
            row.name,
            row.sector,
            row.region,
            row.address,
            row.established,
            row.status,
            tuple(former_codes[row.code]),
            tuple(sorted(former_names[row.code], key=itemgetter(0))),  # alike on both engines
            succeeded.get(row.code),
        )
        for row in rows
    ]


def _of(code: str) -> Any:
    before = select(former_code.c.code).where(former_code.c.enterprise == code)
    return (record.c.enterprise == code) | record.c.enterprise.in_(before)


def _holds(column: Any, text: str) -> Any:
    return func.replace(column, text, "") != column  # alike on both engines


def _begins(column: Any, text: str) -> Any:
    return func.substr(column, 1, len(text)) == text


def _newest(tx: Connection, identities: Sequence[str]) -> dict[str, int]:
    query = select(record.c.identity, func.max(record.c.version)).where(record.c.identity.in_(identities))
    return dict(tx.execute(query.group_by(record.c.identity)).all())


def _sources(tx: Connection, identities: Sequence[str]) -> Mapping[tuple[str, int], list[Sighting]]:
    imported = (log_entry.c.subject == sighting.c.document) & (log_entry.c.kind == IMPORTED)
    query = select(sighting, log_entry.c.time).join(log_entry, imported).where(sighting.c.identity.in_(identities))
    told: dict[tuple[str, int], list[Sighting]] = defaultdict(list)
    for row in tx.execute(query.order_by(sighting.c.source, log_entry.c.seq)):
        told[row.identity, row.version].append(Sighting(row.source, row.unit, row.document, row.time))
    return told
