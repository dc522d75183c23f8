"""The bureau's own years of holidays and make-up working days (工作日历), entered by administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger import documents, log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date, parse_date
from ledger.errors import Conflict, Invalid
from ledger.log import NewEntry
from ledger.versions import require_version
from sampling.entry_kinds import CALENDAR_ADDED
from sampling.publication.tables import CALENDAR_YEAR, calendar_year
from sampling.publication.working_days import Source, WorkingDays, YearTable
from scoring.fields import text_up_to

LONGEST_SOURCE = 200
YEARS_AHEAD = 1


@dataclass(frozen=True)
class Year:
    """A year as it is counted today; `version` is 0 where the bureau entered none of its own."""

    table: YearTable
    told_by: Source
    version: int
    added_by: str
    added_at: datetime | None


def add_year(
    tx: Connection,
    actor: Actor,
    now: datetime,
    year: int,
    source: str,
    holidays: Sequence[date],
    workdays: Sequence[date],
    if_version: int | None = None,
) -> Year:
    """Enter a year's days off and make-up working days, in the place of the library's and of earlier ones.

    Deadlines are counted by them from now on. Raises Invalid: what `YearTable` raises, calendar_source_missing,
    calendar_workday_idle, and what is wrong with the source's text; Conflict: calendar_year_unchanged, and
    version_stale unless `if_version` is the bureau's own version that holds, from 0 for none.
    """
    actor.require(Role.ADMINISTRATOR)
    if not source.strip():
        raise Invalid("calendar_source_missing", field="source")
    source = str(text_up_to(LONGEST_SOURCE)(source.strip()))
    table = YearTable(year, source, frozenset(holidays), frozenset(workdays))
    for day in sorted(table.workdays):
        if YearTable(year, source, frozenset(), frozenset()).is_working_day(day):
            raise Invalid("calendar_workday_idle", field="workdays", day=day)
    log.lock(tx)
    earlier = _rows(tx).get(year)
    require_version(0 if earlier is None else earlier.version, if_version)
    if earlier is not None and _table(earlier) == table:
        raise Conflict("calendar_year_unchanged", year=year)
    row = {
        "year": year,
        "version": 1 if earlier is None else earlier.version + 1,
        "source": source,
        "holidays": [day.isoformat() for day in sorted(table.holidays)],
        "workdays": [day.isoformat() for day in sorted(table.workdays)],
        "added_by": actor.subject,
        "added_at": now,
    }
    sealed = documents.seal(tx, "calendar", {}, [(CALENDAR_YEAR, [row])])
    log.append(tx, now, [NewEntry(CALENDAR_ADDED, sealed.id, {"calendar": sealed})])
    return _year(_rows(tx)[year])


def working_days(tx: Connection) -> WorkingDays:
    """Return the bureau's working days."""
    return WorkingDays({year: _table(row) for year, row in _rows(tx).items()})


def years(tx: Connection, actor: Actor, now: datetime) -> list[Year]:
    """Return the years that the bureau entered, and from this one on those that matter, for all staff."""
    actor.require_officer()
    own = _rows(tx)
    present = civil_date(now).year
    calendar = WorkingDays()
    found = {year: _year(row) for year, row in own.items()}
    for year in range(present, present + YEARS_AHEAD + 1):
        found.setdefault(year, Year(calendar.table(year), calendar.source(year), 0, "", None))
    return [found[year] for year in sorted(found)]


def _rows(tx: Connection) -> dict[int, Any]:
    later = calendar_year.alias()
    newest = select(func.max(later.c.version)).where(later.c.year == calendar_year.c.year)
    query = select(calendar_year).where(calendar_year.c.version == newest.scalar_subquery())
    return {row.year: row for row in tx.execute(query)}


def _table(row: Any) -> YearTable:
    return YearTable(
        row.year, row.source, frozenset(map(parse_date, row.holidays)), frozenset(map(parse_date, row.workdays))
    )


def _year(row: Any) -> Year:
    return Year(_table(row), Source.BUREAU, row.version, row.added_by, row.added_at)
