"""Times at which work is due again and again, as settings and sources write them. Pure.

every 30m      every so many minutes (m), hours (h) or days (d), counted from 1970-01-01T00:00Z
daily 02:30    every civil day at a time of Asia/Shanghai
monthly 1 03:00    on a day of every month, from 1 to 28, so that each month has it
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from ledger.calendar import SHANGHAI, civil_date
from ledger.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVERY = re.compile(r"every ([1-9][0-9]{0,4})([mhd])")
_DAILY = re.compile(r"(?:daily|monthly ([1-9][0-9]?)) ([01][0-9]|2[0-3]):([0-5][0-9])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LAST_DAY = 28


@dataclass(frozen=True)
class Recurrence:
    """When work is due: after each interval, or at a time of the civil day, of every day or of one day a month."""

    every: timedelta | None = None
    at: time = time()
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one of the forms above; raises Invalid("recurrence_unreadable")."""
        if match := _EVERY.fullmatch(text):
            return cls(every=int(match[1]) * _UNITS[match[2]])
        match = _DAILY.fullmatch(text)
        if match is None or (match[1] and int(match[1]) > _LAST_DAY):
            raise Invalid("recurrence_unreadable", value=text)
        return cls(at=time(int(match[2]), int(match[3])), day=int(match[1]) if match[1] else None)

    def last(self, now: datetime) -> datetime:
        """Return the newest time due that is not after `now`, an aware instant."""
        if self.every is not None:
            return now - (now - _EPOCH) % self.every
        today = civil_date(now)
        due = today if self.day is None else today.replace(day=self.day)
        if self._on(due) > now:
            due = due - timedelta(days=1) if self.day is None else _month_before(due)
        return self._on(due)

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, SHANGHAI).astimezone(UTC)


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=day.day)
