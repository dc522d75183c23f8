"""Working days (工作日): the national holiday calendar with its make-up days. Pure.

The library's table says it for the years that were announced when it was released. A bureau's own document of a year
stands before it. A year that nobody announced is computed provisionally, its weekends being free, and every day that
was counted over it says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from chinese_calendar.constants import holidays, workdays

from ledger.errors import Invalid

SATURDAY = 5
EARLIEST, LATEST = 2000, 2199


class Source(StrEnum):
    """Who says which days of a year are working days."""

    BUREAU = "bureau"
    LIBRARY = "library"
    NOBODY = "nobody"


@dataclass(frozen=True)
class YearTable:
    """A year's days off that would be working days, and working days that would be days off.

    Raises Invalid: calendar_year_unusable, calendar_day_of_other_year, calendar_day_twice.
    """

    year: int
    source: str
    holidays: frozenset[date]
    workdays: frozenset[date]

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not EARLIEST <= self.year <= LATEST:
            raise Invalid("calendar_year_unusable", field="year", least=EARLIEST, greatest=LATEST)
        for day in sorted(self.holidays | self.workdays):
            if day.year != self.year:
                raise Invalid("calendar_day_of_other_year", field="holidays", day=day, year=self.year)
        for day in sorted(self.holidays & self.workdays):
            raise Invalid("calendar_day_twice", field="workdays", day=day)

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day of this year is one."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)


@dataclass(frozen=True)
class Due:
    """A day that was counted in working days; `provisional` where a year on the way was announced by nobody."""

    day: date
    provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """The working days of a bureau: its own years, then the library's, then weekends alone."""

    own: Mapping[int, YearTable] = field(default_factory=dict)

    def source(self, year: int) -> Source:
        """Tell who says which days of a year are working days."""
        if year in self.own:
            return Source.BUREAU
        return Source.LIBRARY if year in known_years() else Source.NOBODY

    def table(self, year: int) -> YearTable:
        """Return a year's table; one that nobody announced has weekends alone."""
        if year in self.own:
            return self.own[year]
        return known_years().get(year) or YearTable(year, "", frozenset(), frozenset())

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is one, as far as it is known."""
        return self.table(day.year).is_working_day(day)

    def after(self, day: date, count: int) -> Due:
        """Return the `count`-th working day after a day, which itself does not count; `count` is 1 at the least."""
        found, left = day, count
        while left:
            found += timedelta(days=1)
            left -= self.is_working_day(found)
        return Due(found, self._is_provisional(day, found))

    def before(self, day: date, count: int) -> Due:
        """Return the `count`-th working day before a day."""
        found, left = day, count
        while left:
            found -= timedelta(days=1)
            left -= self.is_working_day(found)
        return Due(found, self._is_provisional(found, day))

    def left(self, today: date, due: date) -> int:
        """Return how many working days are left until a day, itself included; negative: so many too late."""
        if today > due:
            return -sum(self.is_working_day(due + timedelta(days=1 + each)) for each in range((today - due).days))
        return sum(self.is_working_day(today + timedelta(days=1 + each)) for each in range((due - today).days))

    def _is_provisional(self, first: date, last: date) -> bool:
        return any(self.source(year) is Source.NOBODY for year in range(first.year, last.year + 1))


@cache
def known_years() -> Mapping[int, YearTable]:
    """Return the library's years."""
    return {year: _known(year, holidays, workdays) for year in {day.year for day in holidays}}


def _known(year: int, off: Iterable[date], on: Iterable[date]) -> YearTable:
    mine = frozenset(day for day in on if day.year == year)
    return YearTable(year, "chinesecalendar", frozenset(day for day in off if day.year == year) - mine, mine)
