"""Which visits and which of their findings staff ask for. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from ledger.search_text import holds


class PlannedVisit(Protocol):
    """What a visit is chosen by."""

    @property
    def campaign(self) -> str: ...
    @property
    def enterprise(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...


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
    """What visits must be; what is empty asks for nothing. `text` are words of name or address."""

    campaign: str = ""
    enterprise: str = ""
    text: str = ""

    def holds(self, visit: PlannedVisit) -> bool:
        """Tell whether a visit is asked for; raises Invalid("search_too_long")."""
        return (
            (not self.campaign or visit.campaign == self.campaign)
            and (not self.enterprise or visit.enterprise == self.enterprise)
            and holds(self.text, visit.name, visit.address)
        )


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


EVERY_VISIT = VisitFilter()
EVERY_FINDING = RecordedFilter()
