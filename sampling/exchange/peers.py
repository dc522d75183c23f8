"""What a peer department's client reads: this bureau's published findings, and whether each may be recognised (互认).

It is what anybody may read of them, with what a department needs to decide that no second visit is due. What a peer
hands in goes the way of all records (`sampling.requests`, `scoring.intake`), by a source that names its department.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Invalid
from ledger.windows import Window
from sampling import campaigns, disclosures
from sampling.disclosures import Disclosure
from sampling.exchange.recognition import MOST_DAYS
from sampling.plans import Plan
from sampling.public_filters import FindingOrder
from scoring import enterprises
from scoring.results import NOT_INSPECTABLE, Result

READERS: Final = (Role.PEER, Role.AUDITOR)
MOST_CODES: Final = 100
NOT_MET: Final = frozenset({*NOT_INSPECTABLE, Result.UNREACHABLE, Result.CLOSED})


class Obstacle(StrEnum):
    """Why a finding does not stand for a visit of the department that asks."""

    OWN = "own"
    REPEATED = "repeated"
    NOT_MET = "not_met"
    TOO_OLD = "too_old"


@dataclass(frozen=True)
class PeerFinding:
    """A published finding, the items' names by code, and what hinders that it is recognised, if something does."""

    published: Disclosure
    items: tuple[tuple[str, str], ...]
    obstacle: Obstacle | None


@dataclass(frozen=True)
class Asked:
    """Which findings are asked for: of enterprises by codes that they have or had, visited within some days; or all."""

    codes: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None


EVERYTHING = Asked()


def recognisable(
    tx: Connection,
    actor: Actor,
    now: datetime,
    window: Window,
    asked: Asked = EVERYTHING,
    order: FindingOrder = FindingOrder.PUBLISHED,
) -> list[PeerFinding]:
    """Return published findings as `disclosures.findings` orders them; raises Forbidden and what `count` raises."""
    actor.require(*READERS)
    found = disclosures.findings_at(tx, window, _codes(tx, asked), asked.since, asked.until, order)
    plans = campaigns.plans_of(tx, {each.campaign for each in found})
    return [
        PeerFinding(
            each,
            tuple(zip(plans[each.campaign].items, each.items, strict=True)),
            _obstacle(each, plans[each.campaign], actor.department, civil_date(now)),
        )
        for each in found
    ]


def count(tx: Connection, actor: Actor, asked: Asked = EVERYTHING) -> int:
    """Return how many findings there are of which `recognisable` tells, to whom it does.

    Raises Invalid("recognisable_codes").
    """
    actor.require(*READERS)
    return disclosures.count_findings_at(tx, _codes(tx, asked), asked.since, asked.until)


def _codes(tx: Connection, asked: Asked) -> set[str] | None:
    if asked.codes is None:
        return None
    if len(asked.codes) > MOST_CODES:
        raise Invalid("recognisable_codes", field="enterprise_codes", greatest=MOST_CODES)
    return enterprises.all_codes(tx, asked.codes)


def _obstacle(found: Disclosure, plan: Plan, department: str | None, today: date) -> Obstacle | None:
    if department in plan.departments:
        return Obstacle.OWN
    if found.recognised is not None:
        return Obstacle.REPEATED
    if NOT_MET.issuperset(found.results):
        return Obstacle.NOT_MET
    return Obstacle.TOO_OLD if found.visited < today - timedelta(days=MOST_DAYS) else None
