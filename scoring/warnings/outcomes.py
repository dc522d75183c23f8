"""Whether visits bore a warning out. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum


class Outcome(StrEnum):
    """What visits said of a warning."""

    BORNE_OUT = "borne_out"
    NOT_BORNE_OUT = "not_borne_out"
    UNKNOWN = "unknown"


def outcome_of(visits: Iterable[tuple[date, bool]], raised: date, until: date, today: date) -> Outcome:
    """Return what visits said: days, and whether each found a problem.

    Those after the day on which it was raised up to a last day count. It is not borne out only once that day is over,
    and somebody was there.
    """
    found = [problem for day, problem in visits if raised < day <= until]
    if any(found):
        return Outcome.BORNE_OUT
    return Outcome.NOT_BORNE_OUT if found and today > until else Outcome.UNKNOWN
