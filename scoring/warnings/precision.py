"""How many warnings of each kind were borne out by visits since: their precision, with its interval."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from scoring.evaluation.intervals import wilson
from scoring.evaluation.visits import Visit
from scoring.warnings.inspected import inspections
from scoring.warnings.kinds import FALSE_ALARMS, OF_CELLS, Kind
from scoring.warnings.outcomes import Outcome, outcome_of
from scoring.warnings.states import seen_by
from scoring.warnings.tables import warning, warning_member

WITHIN = timedelta(days=180)
"""A visit bears a warning out, or does not, within so many days after it was raised."""


@dataclass(frozen=True)
class Precision:
    """A kind: how many were raised, borne out, not borne out, and of how many it is not known.

    `share` is borne out of those that are known, `low` and `high` its Wilson interval of 95 %, all in basis points and
    None where none is known. `false_alarms` is the stated rate per million (see `kinds.FALSE_ALARMS`).
    """

    kind: Kind
    raised: int
    borne_out: int
    not_borne_out: int
    share: int | None
    low: int | None
    high: int | None
    false_alarms: int

    @property
    def unknown(self) -> int:
        """Of how many it is not known yet: nobody was there, or there is time left."""
        return self.raised - self.borne_out - self.not_borne_out


def precision(tx: Connection, actor: Actor, now: datetime, campaigns: Select[Any] | None = None) -> list[Precision]:
    """Return the precision of each kind, over all warnings that are kept and that the actor may be told of.

    `campaigns` are as `states.seen_by` takes them.
    """
    actor.require(Role.ANALYST, Role.AUDITOR)
    today = civil_date(now)
    first = tx.execute(select(func.min(warning.c.raised_at))).scalar()
    visits = [] if first is None else inspections(tx, civil_date(first) + timedelta(days=1))
    by_enterprise: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_enterprise[visit.enterprise].append(visit)
    members = _members(tx)
    counts = {kind: dict.fromkeys(Outcome, 0) for kind in Kind}
    query = select(warning.c.reference, warning.c.kind, warning.c.subject, warning.c.raised_at)
    query = query.where(seen_by(tx, actor, campaigns))
    for reference, kind, subject, raised_at in tx.execute(query):
        raised = civil_date(raised_at)
        if kind in OF_CELLS:
            found = _of_cell(visits, subject)
        else:
            found = [(visit.day, visit.found()) for code in members[reference] for visit in by_enterprise.get(code, ())]
        counts[Kind(kind)][_outcome(found, raised, today)] += 1
    return [_precision(kind, counts[kind]) for kind in Kind]


def _of_cell(visits: Sequence[Visit], subject: Mapping[str, Any]) -> list[tuple[date, bool]]:
    """Return the days of visits in a cell, and whether each found a problem there: of a matter, one in the matter."""
    matter = subject.get("matter") or (subject["value"] if subject.get("dimension") == "matter" else None)
    sector = subject.get("sector")
    found = []
    for visit in visits:
        if matter is not None:
            inside = matter in visit.matters and sector in (None, visit.sector)
        else:
            inside = getattr(visit, subject["dimension"]) == subject["value"]
        if inside:
            found.append((visit.day, visit.found() if matter is None else matter in visit.violated))
    return found


def _outcome(found: Collection[tuple[date, bool]], raised: date, today: date) -> Outcome:
    return outcome_of(found, raised, raised + WITHIN, today)


def _members(tx: Connection) -> Mapping[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for reference, code in tx.execute(select(warning_member.c.warning, warning_member.c.enterprise)):
        members[reference].append(code)
    return members


def _precision(kind: Kind, counts: Mapping[Outcome, int]) -> Precision:
    borne, not_borne = counts[Outcome.BORNE_OUT], counts[Outcome.NOT_BORNE_OUT]
    known = borne + not_borne
    share = low = high = None
    if known:
        interval = wilson(borne / known, known)
        share, low, high = (round(each * 10_000) for each in (borne / known, interval.low, interval.high))
    return Precision(kind, sum(counts.values()), borne, not_borne, share, low, high, FALSE_ALARMS[kind])
