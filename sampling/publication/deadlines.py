"""By when a finding is to be published (公示期限), and when it is warned of and escalated. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sampling.publication.working_days import WorkingDays


class Urgency(StrEnum):
    """How a deadline stands today."""

    OPEN = "open"
    WARNED = "warned"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Terms:
    """Within how many working days of the visit a finding is published, and how many before that it is warned of."""

    days: int = 20
    warning: int = 5


@dataclass(frozen=True)
class Deadline:
    """The last day of a publication; `warn` is the first day of the warning, `provisional` as in `Due`."""

    due: date
    warn: date
    provisional: bool

    def urgency(self, today: date) -> Urgency:
        """Tell how it stands; from the day after `due` on it is overdue."""
        if today > self.due:
            return Urgency.OVERDUE
        return Urgency.WARNED if today >= self.warn else Urgency.OPEN


def deadline_of(visited: date, calendar: WorkingDays, terms: Terms) -> Deadline:
    """Return the deadline of a visit's publication."""
    due = calendar.after(visited, terms.days)
    warn = calendar.before(due.day, terms.warning) if terms.warning else due
    return Deadline(due.day, warn.day, due.provisional or warn.provisional)
