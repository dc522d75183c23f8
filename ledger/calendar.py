"""The civil calendar: dates, years and deadlines are those of Asia/Shanghai, instants are UTC."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def civil_date(instant: datetime) -> date:
    """Return the civil date of an aware instant."""
    return instant.astimezone(SHANGHAI).date()
