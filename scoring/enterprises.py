"""Reading the register: enterprises and what is recorded of them, for staff."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Subquery,
    func,
    select,
    true,
    type_coerce,
    union,
    union_all,
)

from ledger.actors import Actor, Role
from ledger.database import among
from ledger.errors import Missing
from ledger.full_text import matching
from ledger.tables import log_entry
from ledger.windows import Window, counted
from scoring.entry_kinds import IMPORTED
from scoring.tables import enterprise, enterprise_text, former_code, former_name, record, sighting

PRIVATE_ZONE = "PDY"
_ANY = true()
READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)

_DAY = func.coalesce(type_coerce(record.c.date, String), "")
_RECORDS_ORDER = (_DAY.desc(), record.c.identity, record.c.version)


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


@dataclass(frozen=True)
class EnterpriseFilter:
    """Which enterprises of the register are asked for; what is empty asks for nothing.

    `text` are words of names, that it has or had, and of its address; a code or region begins so; `codes` are those
    that something else chose.
    """

    text: str = ""
    code_prefix: str = ""
    region_prefix: str = ""
    sectors: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    codes: tuple[str, ...] | None = None


class EnterpriseOrder(StrEnum):
    """The orders of the register."""

    CODE = "code"
    NAME = "name"
    REGION = "region"
    SECTOR = "sector"
    ESTABLISHED = "established"


EVERY = EnterpriseFilter()

_ORDERS = {
    EnterpriseOrder.CODE: (enterprise.c.code,),
    EnterpriseOrder.NAME: (enterprise.c.name, enterprise.c.code),
    EnterpriseOrder.REGION: (enterprise.c.region, enterprise.c.code),
    EnterpriseOrder.SECTOR: (enterprise.c.sector, enterprise.c.code),
    EnterpriseOrder.ESTABLISHED: (enterprise.c.established.desc(), enterprise.c.code.desc()),
}


def page(
    tx: Connection,
    actor: Actor,
    window: Window,
    chosen: EnterpriseFilter = EVERY,
    order: EnterpriseOrder = EnterpriseOrder.CODE,
    within: ColumnElement[bool] = _ANY,
) -> list[Enterprise]:
    """Return enterprises by code; by name, region or sector (by code points) and code; or the last founded first.

    Names and codes that an enterprise had before are as good as those that it has; `within` is what else must hold of
    `enterprise`. Raises Invalid("search_too_long").
    """
    actor.require(*READERS)
    return _enterprises(tx, tx.execute(window.on(_chosen(tx, chosen).where(within), *_ORDERS[order])).all())


def count(tx: Connection, actor: Actor, chosen: EnterpriseFilter = EVERY, within: ColumnElement[bool] = _ANY) -> int:
    """Return how many enterprises there are of which `page` tells."""
    actor.require(*READERS)
    return counted(tx, _chosen(tx, chosen).where(within).with_only_columns(enterprise.c.code))


def _chosen(tx: Connection, chosen: EnterpriseFilter) -> Select[Any]:
    query, mine = select(enterprise), enterprise.c
    holds = matching(tx, mine.code, enterprise_text.c.enterprise, chosen.text)
    if holds is not None:
        query = query.where(holds)
    if chosen.code_prefix:
        coded = select(former_code.c.enterprise).where(_begins(former_code.c.code, chosen.code_prefix))
        query = query.where(_begins(mine.code, chosen.code_prefix) | mine.code.in_(coded))
    if chosen.region_prefix:
        query = query.where(_begins(mine.region, chosen.region_prefix))
    if chosen.sectors:
        query = query.where(among(tx, mine.sector, chosen.sectors))
    if chosen.statuses:
        query = query.where(among(tx, mine.status, chosen.statuses))
    if chosen.codes is not None:
        query = query.where(among(tx, mine.code, chosen.codes))
    return query


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


@dataclass(frozen=True)
class RecordFilter:
    """Which records are asked for: of which kind, dated from one day to another, both included."""

    kind: str = ""
    since: date | None = None
    until: date | None = None

    def on(self, query: Select[Any]) -> Select[Any]:
        """Return a query of records with these conditions."""
        if self.kind:
            query = query.where(record.c.kind == self.kind)
        if self.since is not None:
            query = query.where(record.c.date >= self.since)
        return query if self.until is None else query.where(record.c.date <= self.until)


EVERY_RECORD = RecordFilter()


def records(
    tx: Connection,
    actor: Actor,
    code: str,
    window: Window,
    chosen: RecordFilter = EVERY_RECORD,
) -> list[HeldRecord]:
    """Return an enterprise's records by (date, identity, version), newest date first, those without a date last.

    Superseded versions stand among them and say so. Records under codes that it had before are its own.
    """
    actor.require(*READERS)
    return _held(tx, tx.execute(window.on(_records_of(code, chosen), *_RECORDS_ORDER)).all())


def records_of(
    tx: Connection, actor: Actor, codes: Collection[str], window: Window, chosen: RecordFilter = EVERY_RECORD
) -> dict[str, list[HeldRecord]]:
    """Return the rows of a window in the records of each of the registered enterprises, by code, as `records` does."""
    actor.require(*READERS)
    owners = owners_of(codes)
    query = select(record, owners.c.owner).join(owners, owners.c.held == record.c.enterprise)
    query = chosen.on(query)
    rows = tx.execute(window.on_each(query, owners.c.owner, *_RECORDS_ORDER)).all()
    found: dict[str, list[HeldRecord]] = {code: [] for code in codes}
    for row, held in zip(rows, _held(tx, rows), strict=True):
        found[row.owner].append(held)
    return found


def count_records_of(
    tx: Connection, actor: Actor, codes: Collection[str], chosen: RecordFilter = EVERY_RECORD
) -> dict[str, int]:
    """Return how many records registered enterprises have, by code."""
    actor.require(*READERS)
    owners = owners_of(codes)
    query = select(owners.c.owner, func.count()).join(record, owners.c.held == record.c.enterprise)
    query = chosen.on(query)
    counts = {row[0]: row[1] for row in tx.execute(query.group_by(owners.c.owner))}
    return {code: counts.get(code, 0) for code in codes}


def owners_of(codes: Collection[str]) -> Any:
    """Return the codes that registered enterprises have or had, each as `held` beside that of its `owner`."""
    now = select(enterprise.c.code.label("owner"), enterprise.c.code.label("held")).where(enterprise.c.code.in_(codes))
    before = select(former_code.c.enterprise, former_code.c.code).where(former_code.c.enterprise.in_(codes))
    return union_all(now, before).subquery()


def every_record(tx: Connection, actor: Actor, window: Window) -> list[HeldRecord]:
    """Return records of whatever enterprises, in the order of `records`."""
    actor.require(*READERS)
    return _held(tx, tx.execute(window.on(select(record), *_RECORDS_ORDER)).all())


def _held(tx: Connection, rows: Sequence[Any]) -> list[HeldRecord]:
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


def _records_of(code: str, chosen: RecordFilter) -> Select[Any]:
    return chosen.on(select(record).where(_of(code)))


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


def all_codes(tx: Connection, codes: Sequence[str]) -> set[str]:
    """Return all codes that the enterprises have or had that have or had one of these codes."""
    present = set(tx.execute(select(former_code.c.enterprise).where(former_code.c.code.in_(codes))).scalars())
    before = select(former_code.c.code).where(former_code.c.enterprise.in_([*codes, *present]))
    return {*codes, *present, *tx.execute(before).scalars()}


def under_all_codes(codes: Select[tuple[str]]) -> Subquery:
    """Return each `code` of a query beside all codes that its enterprise has or had, as `held`: itself among them."""
    asked = codes.subquery()
    code = asked.columns[0].label("code")
    own, other = former_code.alias(), former_code.alias()
    becoming = select(code, own.c.enterprise).join(own, own.c.code == code)
    before = select(code, other.c.code).join(other, other.c.enterprise == code)
    beside = (
        select(code, other.c.code).join(own, own.c.code == code).join(other, other.c.enterprise == own.c.enterprise)
    )
    return union(select(code, code.label("held")), becoming, before, beside).subquery()


def are_synthetic(tx: Connection) -> bool:
    """Tell whether there are enterprises and all their codes lie in GB 11714's private zone, so that none is real."""
    private = func.substr(enterprise.c.code, 9, 3) == PRIVATE_ZONE
    code = select(enterprise.c.code)
    return bool(tx.execute(select(code.where(private).exists() & ~code.where(~private).exists())).scalar_one())


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
