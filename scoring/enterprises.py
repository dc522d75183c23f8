"""Reading the register: enterprises and what is recorded of them, for staff."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, String, and_, exists, func, or_, select, tuple_, type_coerce

from ledger.actors import Actor, Role
from ledger.errors import Missing
from scoring.tables import enterprise, record, sighting

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


@dataclass(frozen=True)
class HeldRecord:
    """One version of a record; `sources` are the (channel, unit) pairs that told it."""

    identity: str
    version: int
    kind: str
    date: date | None
    body: str
    number: str
    content: Mapping[str, Any]
    superseded: bool
    sources: tuple[tuple[str, str], ...]


def page(
    tx: Connection, actor: Actor, after: str | None, limit: int, name: str | None = None, prefix: str | None = None
) -> list[Enterprise]:
    """Return enterprises by code, after one code: all, those whose name holds a text, those whose code begins so."""
    actor.require(*READERS)
    query = select(enterprise).order_by(enterprise.c.code).limit(limit)
    if after is not None:
        query = query.where(enterprise.c.code > after)
    if name:
        query = query.where(func.replace(enterprise.c.name, name, "") != enterprise.c.name)  # alike on both engines
    if prefix:
        query = query.where(func.substr(enterprise.c.code, 1, len(prefix)) == prefix)
    return [_enterprise(row) for row in tx.execute(query)]


def read(tx: Connection, actor: Actor, code: str) -> Enterprise:
    """Return one enterprise; raises Missing."""
    actor.require(*READERS)
    row = tx.execute(select(enterprise).where(enterprise.c.code == code)).one_or_none()
    if row is None:
        raise Missing("enterprise_missing", enterprise=code)
    return _enterprise(row)


def records(
    tx: Connection,
    actor: Actor,
    code: str,
    after: tuple[str, str, int] | None,
    limit: int,
    kind: str | None = None,
) -> list[HeldRecord]:
    """Return an enterprise's records, newest date first, those without a date last, after a (date, identity, version).

    Superseded versions stand among them and say so.
    """
    actor.require(*READERS)
    day = func.coalesce(type_coerce(record.c.date, String), "")
    place = tuple_(record.c.identity, record.c.version)
    query = select(record).where(record.c.enterprise == code).limit(limit)
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
            tuple(sources[row.identity, row.version]),
        )
        for row in rows
    ]


def are_synthetic(tx: Connection) -> bool:
    """Tell whether there are enterprises and all their codes lie in GB 11714's private zone, so that none is real."""
    private = func.substr(enterprise.c.code, 9, 3) == PRIVATE_ZONE
    return bool(tx.execute(select(exists().where(private) & ~exists().where(~private))).scalar_one())


def _enterprise(row: Any) -> Enterprise:
    return Enterprise(row.code, row.name, row.sector, row.region, row.address, row.established, row.status)


def _newest(tx: Connection, identities: Sequence[str]) -> dict[str, int]:
    query = select(record.c.identity, func.max(record.c.version)).where(record.c.identity.in_(identities))
    return dict(tx.execute(query.group_by(record.c.identity)).all())


def _sources(tx: Connection, identities: Sequence[str]) -> Mapping[tuple[str, int], list[tuple[str, str]]]:
    query = select(sighting).where(sighting.c.identity.in_(identities))
    told: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for row in tx.execute(query.order_by(sighting.c.source)):
        told[row.identity, row.version].append((row.source, row.unit))
    return told
