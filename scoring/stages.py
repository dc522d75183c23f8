"""Where an enterprise stands in its life (生命周期阶段), from its registration and its records alone."""

from datetime import date
from enum import StrEnum

from scoring.facts import EnterpriseFacts
from scoring.results import Result

DORMANT_YEARS = 3
CLOSED_STATUSES = ("注销", "吊销", "迁出")
SUSPENDED_STATUS = "停业"
CLOSING_RESULTS = frozenset(
    {
        Result.CLOSED,
        Result.DEREGISTERED,
        Result.LICENCE_REVOKED,
        Result.REGISTRATION_ANNULLED,
        Result.MOVED_AWAY,
    }
)


class Stage(StrEnum):
    """A stage; the first of these that fits, in the order closing, newly registered, dormant, operating."""

    NEWLY_REGISTERED = "newly_registered"
    OPERATING = "operating"
    DORMANT = "dormant"
    CLOSING = "closing"

    @property
    def text(self) -> str:
        return _TEXTS[self]


_TEXTS = {
    Stage.NEWLY_REGISTERED: "新设立",
    Stage.OPERATING: "存续经营",
    Stage.DORMANT: "长期停业",
    Stage.CLOSING: "退出",
}


def stage_of(facts: EnterpriseFacts, as_of: date) -> Stage:
    """Return the stage of an enterprise at the end of a day; what is dated later does not exist.

    - closing: its status is 注销, 吊销 or 迁出, or an inspection of the latest day with one found it closed or in
      liquidation, deregistered, revoked, annulled or moved away;
    - newly registered: established after the same day of the year before;
    - dormant: its status is 停业; or it was established three years before or earlier and no record of any kind
      (registration and relations are none) is dated after the same day three years before;
    - operating: all others.

    The same day of another year is compared as text, so that 29 February needs no rule of its own.
    """
    status, established = facts.registration.get("status"), str(facts.registration.get("established") or "")
    records = [record for record in facts.records if record.date <= as_of]
    if status in CLOSED_STATUSES or _found_closed(facts, as_of):
        return Stage.CLOSING
    if established > years_before(as_of, 1):
        return Stage.NEWLY_REGISTERED
    long_ago = years_before(as_of, DORMANT_YEARS)
    silent = not any(record.date.isoformat() > long_ago for record in records)
    if status == SUSPENDED_STATUS or ("" < established <= long_ago and silent):
        return Stage.DORMANT
    return Stage.OPERATING


def years_before(day: date, years: int) -> str:
    """Return the same day of an earlier year as YYYY-MM-DD, to be compared as text."""
    return f"{day.year - years:04d}{day.isoformat()[4:]}"


def _found_closed(facts: EnterpriseFacts, as_of: date) -> bool:
    inspections = [record for record in facts.records if record.kind == "inspection" and record.date <= as_of]
    latest = max((record.date for record in inspections), default=None)
    found: set[object] = set()
    for record in inspections:
        results = record.content.get("results")
        if record.date == latest and isinstance(results, list | tuple):
            found.update(results)
    return not found.isdisjoint(CLOSING_RESULTS)
