"""Which visits and which of their findings staff ask for. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class VisitFilter:
    """What visits must be; what is empty asks for nothing. `text` are words of names and address."""

    campaign: str = ""
    enterprise: str = ""
    text: str = ""


@dataclass(frozen=True)
class RecordedFilter:
    """What findings must be; what is empty asks for nothing. `since` and `until` are days of the visit, included."""

    enterprise: str = ""
    states: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


class VisitOrder(StrEnum):
    """What visits go by: campaign and position, or the enterprise's name before."""

    POSITION = "position"
    NAME = "name"


class RecordedOrder(StrEnum):
    """What a campaign's findings go by: position, or before it the day of the visit or the enterprise's code."""

    POSITION = "position"
    VISITED = "visited"
    ENTERPRISE = "enterprise"


EVERY_VISIT = VisitFilter()
EVERY_FINDING = RecordedFilter()
