"""Which campaigns are asked for and in which order, by what anybody may know of them from their freeze on. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.search_text import holds
from sampling.listings import CampaignType
from sampling.plans import Plan


@dataclass(frozen=True)
class CampaignFilter:
    """What campaigns must be; what is empty asks for nothing.

    `department` is any that takes part; `since` and `until` are days, themselves included, between which some day of
    its period lies; `text` are words of its title.
    """

    states: tuple[str, ...] = ()
    types: tuple[CampaignType, ...] = ()
    department: str = ""
    since: date | None = None
    until: date | None = None
    text: str = ""

    def holds(self, state: str, plan: Plan) -> bool:
        """Tell whether a campaign is asked for, by its state and its plan; raises Invalid("search_too_long")."""
        return (
            (not self.states or state in self.states)
            and (not self.types or plan.type in self.types)
            and (not self.department or self.department in plan.departments)
            and (self.since is None or plan.ends >= self.since)
            and (self.until is None or plan.starts <= self.until)
            and holds(self.text, plan.title)
        )


class CampaignOrder(StrEnum):
    """What campaigns go by, the last first: their code, or before it a day of their period, lead, state or type."""

    CODE = "code"
    STARTS = "starts"
    ENDS = "ends"
    DEPARTMENT = "department"
    STATE = "state"
    TYPE = "type"

    def place(self, identifier: str, state: str, plan: Plan) -> tuple[str, ...]:
        """Return where a campaign stands in the order."""
        if self is CampaignOrder.CODE:
            return (identifier,)
        before = {
            CampaignOrder.STARTS: plan.starts.isoformat(),
            CampaignOrder.ENDS: plan.ends.isoformat(),
            CampaignOrder.DEPARTMENT: plan.lead,
            CampaignOrder.STATE: state,
            CampaignOrder.TYPE: plan.type.value,
        }
        return before[self], identifier


EVERY = CampaignFilter()
