"""Warnings of a span of days, counted by kind and state, and what surged the most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from ledger.actors import Actor, Role
from ledger.calendar import SHANGHAI
from scoring.grades import record_reading
from scoring.registers import division_names
from scoring.warnings.handling import READ
from scoring.warnings.kinds import Kind, State
from scoring.warnings.states import seen_by, state_column, with_states
from scoring.warnings.tables import warning


@dataclass(frozen=True)
class Surged:
    """A cell that surged, with the evidence of its warning (`surges`)."""

    subject: Mapping[str, Any]
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Tally:
    """`counts` of warnings by kind and present state; `surged` are the latest surges, newest first.

    `divisions` are names of those regions that are codes of administrative divisions.
    """

    counts: Mapping[tuple[Kind, State], int]
    surged: Sequence[Surged]
    divisions: Mapping[str, str] = field(default_factory=dict)


def tally(
    tx: Connection,
    actor: Actor,
    now: datetime,
    purpose: str,
    first: date,
    last: date,
    surged: int,
    campaigns: Select[Any] | None = None,
) -> Tally:
    """Return the warnings raised from the first to the last day, and record that the actor read them.

    Of surges, so many are told of; `campaigns` are as `states.seen_by` takes them. Raises Invalid("purpose_missing").
    """
    actor.require(Role.ANALYST, Role.AUDITOR)
    record_reading(tx, actor, now, READ, None, purpose)
    since, until = (datetime.combine(day, time(), SHANGHAI) for day in (first, last + timedelta(days=1)))
    query = with_states(select(warning.c.kind, state_column(), warning.c.subject, warning.c.evidence))
    query = query.where(warning.c.raised_at >= since, warning.c.raised_at < until, seen_by(tx, actor, campaigns))
    counts: dict[tuple[Kind, State], int] = {}
    found: list[Surged] = []
    for kind, state, subject, evidence in tx.execute(query.order_by(warning.c.raised_at.desc(), warning.c.line)):
        key = Kind(kind), State(state)
        counts[key] = counts.get(key, 0) + 1
        if key[0] is Kind.SURGE and len(found) < surged:
            found.append(Surged(subject, evidence))
    return Tally(counts, found, division_names(tx, [each.subject["value"] for each in found]))
