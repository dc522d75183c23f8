"""The civil calendar: dates, years and deadlines are those of Asia/Shanghai, instants are UTC."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import orjson

SHANGHAI = ZoneInfo("Asia/Shanghai")
_LAST: Final = datetime.max.replace(microsecond=0, tzinfo=UTC)
_AS_TEXT: Final = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def civil_date(instant: datetime) -> date:
    """Return the civil date of an aware instant; raises ValueError for one without its zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant has its zone")
    return instant.astimezone(SHANGHAI).date()


def civil_text(instant: datetime) -> str:
    """Return an aware instant as people of the civil calendar write it, to the minute: "2026-11-23 10:16"."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def civil_midnight(day: date) -> datetime:
    """Return the instant at which a civil day begins."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def civil_end(day: date) -> datetime:
    """Return the instant at which a civil day ends; of the calendar's last day the last that can be written."""
    return _LAST if day == date.max else civil_midnight(day + timedelta(days=1))


def instant_text(moment: datetime) -> str:
    """Return an aware instant as "2026-11-23T02:16:04Z" (RFC 3339, UTC, parts of a second cut off).

    Raises ValueError for an instant without its zone, which each machine would read as its own.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant has its zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return orjson.dumps(moment, option=_AS_TEXT)[1:-1].decode()


def parse_instant(text: str) -> datetime:
    """Read what `instant_text` writes; raises ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if not text.endswith("Z") or instant_text(moment) != text:  # the parser takes the standard's other forms, too
        raise ValueError("not an instant")
    return moment


def parse_date(text: str) -> date:
    """Read an ISO 8601 date written YYYY-MM-DD; raises ValueError for anything else, the standard's other forms too."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError("not a date")
    return day
