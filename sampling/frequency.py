"""How often an enterprise may be drawn: rules that are equal for all, over all departments' draws. Pure.

A rule "k visits in m months" excludes whoever was drawn k times or more in the m months before the freeze; with k = 1
it reads "not within m months of the last visit". A draw counts by the civil date of its entry: it lies in the m months
before a day if it is after the same day of the month m months earlier, or after that month's last day where it has no
such day. Frequency that differs by grade is a matter of strata and rates (`sampling.design_plans`).
"""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.canonical import JSON
from ledger.errors import Invalid
from sampling.json_shapes import items, member, members, signed, truth

DRAWN_THIS_YEAR = "drawn_this_year"
MOST_VISITS = 100
MOST_MONTHS = 120


@dataclass(frozen=True)
class FrequencyRule:
    """At most so many visits within so many months, whichever department drew."""

    visits: int
    months: int

    def __post_init__(self) -> None:
        """Raises Invalid("frequency_out_of_range")."""
        if not (1 <= self.visits <= MOST_VISITS and 1 <= self.months <= MOST_MONTHS):
            raise Invalid("frequency_out_of_range", field="frequency", visits=MOST_VISITS, months=MOST_MONTHS)

    @property
    def reason(self) -> str:
        """The reason with which it excludes."""
        return f"drawn_{self.visits}_in_{self.months}_months"

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in the sealed plan."""
        return {"visits": self.visits, "months": self.months}

    @classmethod
    def from_json(cls, value: JSON, path: str) -> "FrequencyRule":
        """Read what `to_json` writes; raises Invalid("json_wrong_shape") for anything else."""
        given = members(value, path, "visits", "months")
        return cls(signed(given["visits"], f"{path}.visits"), signed(given["months"], f"{path}.months"))


@dataclass(frozen=True)
class PastDraw:
    """A draw that was not voided: the campaign, the civil date of the draw, and whom it drew."""

    campaign: str
    day: date
    codes: Collection[str]


@dataclass(frozen=True)
class Horizon:
    """Which past draws matter for a frame: those of the year, and those of so many months."""

    day: date
    this_year: bool
    months: int

    @classmethod
    def of(cls, plan: Mapping[str, Any], day: date) -> "Horizon":
        """Return the horizon of a plan, as its JSON has it, for a freeze on a day.

        Raises Invalid("json_wrong_shape") for what it reads of the plan.
        """
        rules = items(plan.get("frequency", []), "frequency")
        told = [member(rule, "frequency", "months") for rule in rules]
        if "design" in plan:
            told.append(member(plan["design"], "design", "months"))
        this_year = truth(member(plan, "plan", "once_a_year"), "once_a_year")
        return cls(day, this_year, max((signed(months, "months") for months in told), default=0))

    def covers(self, day: date) -> bool:
        """Tell whether a draw of a day before the freeze matters."""
        return (self.this_year and day.year == self.day.year) or (
            self.months > 0 and day > months_before(self.day, self.months)
        )


def months_before(day: date, months: int) -> date:
    """Return the same day of the month so many months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def excluded_by(
    draws: Sequence[PastDraw], day: date, once_a_year: bool, rules: Sequence[FrequencyRule]
) -> dict[str, tuple[str, str]]:
    """Return the reason and the campaign by code of everybody whom the rules exclude on a day.

    `draws` stand in the order of the log. The year goes first and names its first draw; then the rules in their order,
    each of which names the last draw that it counts.
    """
    found: dict[str, tuple[str, str]] = {}
    if once_a_year:
        for draw in draws:
            if draw.day.year == day.year:
                for code in draw.codes:
                    found.setdefault(code, (DRAWN_THIS_YEAR, draw.campaign))
    for rule in rules:
        within = [draw for draw in draws if draw.day > months_before(day, rule.months)]
        last = {code: draw.campaign for draw in within for code in draw.codes}
        for code, count in Counter(code for draw in within for code in draw.codes).items():
            if count >= rule.visits:
                found.setdefault(code, (rule.reason, last[code]))
    return found


def visited_within(draws: Sequence[PastDraw], day: date, months: int) -> set[str]:
    """Return who was drawn in the months before a day; nobody where there are no months."""
    if not months:
        return set()
    return {code for draw in draws if draw.day > months_before(day, months) for code in draw.codes}


def visits_within(draws: Sequence[PastDraw], day: date, months: int) -> Counter[str]:
    """Return how often each enterprise was drawn in the months before a day."""
    return Counter(code for draw in draws if draw.day > months_before(day, months) for code in draw.codes)
