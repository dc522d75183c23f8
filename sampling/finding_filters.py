"""Which visits and which of their findings staff ask for. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class Found(Protocol):
    """What a finding is chosen by."""

    @property
    def enterprise(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def visited(self) -> date: ...
    @property
    def results(self) -> tuple[str, ...]: ...


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

    def holds(self, finding: Found) -> bool:
        """Tell whether a finding is asked for."""
        return (
            (not self.enterprise or finding.enterprise == self.enterprise)
            and (not self.states or finding.state in self.states)
            and (not self.results or not set(self.results).isdisjoint(finding.results))
            and (self.since is None or finding.visited >= self.since)
            and (self.until is None or finding.visited <= self.until)
        )


class VisitOrder(StrEnum):
    """What visits go by: campaign and position, or the enterprise's name before."""

    POSITION = "position"
    NAME = "name"


EVERY_VISIT = VisitFilter()
EVERY_FINDING = RecordedFilter()
