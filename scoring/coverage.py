"""Coverage (覆盖情况): of how many enterprises of the register something is recorded, and what is lacking."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, case, exists, func, select

from ledger.actors import Actor, Role
from ledger.errors import Invalid
from scoring.codes import region_text
from scoring.formats import FORMATS
from scoring.heat_map import heat_map
from scoring.registers import division_names
from scoring.sectors import Sector
from scoring.tables import enterprise, former_code, record

READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
KINDS = ("licence", "confirmation", "inspection", "penalty", "coercion", "breach", "relation", "complaint")
CLOSED = ("注销", "吊销", "迁出")
LICENSED_SECTORS = (Sector.CONSTRUCTION, Sector.GAS, Sector.HEATING)
"""Trades that nobody may follow without a licence."""

MOST_YEARS = 50


class By(StrEnum):
    """What enterprises are grouped by."""

    SECTOR = "sector"
    REGION = "region"


class Lack(StrEnum):
    """What should be recorded of an enterprise and is not."""

    LICENCE = "licence"
    INSPECTION = "inspection"


@dataclass(frozen=True)
class Cell:
    """Of `enterprises` of a group, `covered` have a record of a kind that holds."""

    group: str
    kind: str
    covered: int
    enterprises: int


@dataclass(frozen=True)
class Lacking:
    """Of `enterprises` of a group that should have something, `lacking` have not."""

    group: str
    what: Lack
    lacking: int
    enterprises: int


@dataclass(frozen=True)
class Coverage:
    """Groups by kinds, and what each group lacks: a licence in a licensed trade, an inspection since a day.

    `divisions` are the names of groups that are codes of administrative divisions.
    """

    since: date
    cells: tuple[Cell, ...]
    lacking: tuple[Lacking, ...]
    divisions: Mapping[str, str]

    def heat_map(self) -> str:
        """Return the cells as a picture, SVG."""
        titles = {kind: FORMATS[kind].title for kind in KINDS}
        shares = {
            (region_text(each.group, self.divisions), titles[each.kind]): (each.covered, each.enterprises)
            for each in self.cells
        }
        groups = list(dict.fromkeys(region_text(each.group, self.divisions) for each in self.cells))
        return heat_map("各类记录覆盖企业比例", groups, list(titles.values()), shares)


def coverage(tx: Connection, actor: Actor, by: By, today: date, years: int) -> Coverage:
    """Return how far the records cover the register's enterprises that are not closed.

    An inspection lacks where there is none in the last `years` years; Invalid("years_unusable") unless 1 to 50.
    """
    actor.require(*READERS)
    if not 1 <= years <= MOST_YEARS:
        raise Invalid("years_unusable", field="years", most=MOST_YEARS)
    since = today.replace(year=today.year - years, day=min(today.day, 28))
    all_of = _enterprises(tx)
    held = _held(tx, since)

    def count(rows: Iterable[tuple[Any, ...]], of: Callable[[str], bool] = lambda sector: True) -> Counter[str]:
        counted: Counter[str] = Counter()
        for sector, region, number in rows:
            if of(sector):
                counted[sector if by is By.SECTOR else region] += number
        return counted

    def covered(kind: str, recent: bool = False, of: Callable[[str], bool] = lambda sector: True) -> Counter[str]:
        return count(((row[0], row[1], row[4 if recent else 3]) for row in held if row[2] == kind), of)

    groups = count(all_of)
    licensed = count(all_of, LICENSED_SECTORS.__contains__)
    with_licence = covered("licence", of=LICENSED_SECTORS.__contains__)
    inspected = covered("inspection", recent=True)
    by_kind = {kind: covered(kind) for kind in KINDS}
    return Coverage(
        since,
        tuple(Cell(group, kind, by_kind[kind][group], groups[group]) for group in sorted(groups) for kind in KINDS),
        tuple(
            Lacking(group, what, of - has, of)
            for group in sorted(groups)
            for what, of, has in (
                (Lack.LICENCE, licensed[group], with_licence[group]),
                (Lack.INSPECTION, groups[group], inspected[group]),
            )
            if of
        ),
        division_names(tx, groups),
    )


def _enterprises(tx: Connection) -> Sequence[tuple[Any, ...]]:
    group = (enterprise.c.sector, enterprise.c.region)
    query = select(*group, func.count()).where(enterprise.c.status.not_in(CLOSED)).group_by(*group)
    return [tuple(row) for row in tx.execute(query)]


def _held(tx: Connection, since: date) -> list[tuple[Any, ...]]:
    """Return (sector, region, kind, enterprises with such a record, of these with one since a day)."""
    later = record.alias()
    superseded = exists().where(
        later.c.identity == record.c.identity, later.c.version > record.c.version, later.c.version > 1
    )
    code = func.coalesce(former_code.c.enterprise, record.c.enterprise).label("code")
    newest = (
        select(code, record.c.kind, func.max(record.c.date).label("latest"))
        .outerjoin(former_code, former_code.c.code == record.c.enterprise)
        .where(record.c.kind.in_(KINDS), record.c.revoked == 0, ~superseded)
        .group_by(code, record.c.kind)
        .subquery()
    )
    recent = func.sum(case((newest.c.latest >= since, 1), else_=0))
    query = (
        select(enterprise.c.sector, enterprise.c.region, newest.c.kind, func.count(), recent)
        .join_from(newest, enterprise, enterprise.c.code == newest.c.code)
        .where(enterprise.c.status.not_in(CLOSED))
        .group_by(enterprise.c.sector, enterprise.c.region, newest.c.kind)
    )
    return [tuple(row) for row in tx.execute(query)]
