"""What was delivered, when, what is overdue, and how complete it is since the first day of the backlog."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, case, exists, func, or_, select, type_coerce

from ledger import outbox
from ledger.actors import Actor
from ledger.calendar import civil_date
from ledger.deliveries import Delivery, State
from ledger.tables import outbox as outbox_table
from ledger.windows import Window
from sampling.exchange import platforms
from sampling.exchange.platform import Platform
from sampling.exchange.platforms import READERS
from sampling.exchange.queueing import bodies, of_ended_finding
from scoring.tables import record


@dataclass(frozen=True)
class PlatformStatus:
    """How deliveries to a platform stand: how many in each state, how many overdue, and when the last arrived."""

    platform: Platform
    counts: Mapping[State, int]
    overdue: int
    last_delivered_at: datetime | None


@dataclass(frozen=True)
class Receipt:
    """What a platform answered of a delivery, or what somebody entered: `entered_by` is the worker or the subject."""

    time: datetime
    outcome: State
    text: str
    entered_by: str


@dataclass(frozen=True)
class Month:
    """Of what the bureau issued of a kind in a civil month ("" without a date): how much went to a platform.

    `issued` counts the newest versions that stand; `never` those that were never queued, `incomplete` those that a
    missing field keeps from being sent, which are among `refused`.
    """

    kind: str
    month: str
    issued: int
    delivered: int
    waiting: int
    failed: int
    refused: int
    exported: int
    incomplete: int
    never: int


def status(tx: Connection, actor: Actor, now: datetime) -> list[PlatformStatus]:
    """Return how deliveries to each platform stand, by name."""
    actor.require(*READERS)
    found = []
    for name, held in platforms.all_held(tx).items():
        counted, overdue = outbox.counts(tx, name, civil_date(now))
        found.append(PlatformStatus(held.platform, counted, overdue, outbox.last_delivered(tx, name)))
    return found


def deliveries(
    tx: Connection,
    actor: Actor,
    now: datetime,
    window: Window,
    name: str | None = None,
    state: State | None = None,
    overdue: bool = False,
) -> list[Delivery]:
    """Return deliveries by number: all, a platform's, those in a state, those that are overdue."""
    actor.require(*READERS)
    if name is not None:
        platforms.find(tx, name)
    return outbox.page(tx, window, name, state, civil_date(now) if overdue else None)


def count_deliveries(
    tx: Connection,
    actor: Actor,
    now: datetime,
    name: str | None = None,
    state: State | None = None,
    overdue: bool = False,
) -> int:
    """Return how many deliveries there are of which `deliveries` tells."""
    actor.require(*READERS)
    return outbox.count(tx, name, state, civil_date(now) if overdue else None)


def receipts(tx: Connection, actor: Actor, numbers: Collection[int]) -> dict[int, list[Receipt]]:
    """Return all receipts of deliveries by number, the first first."""
    actor.require(*READERS)
    found = outbox.receipts(tx, numbers)
    return {number: [Receipt(*each) for each in found.get(number, [])] for number in numbers}


def completeness(tx: Connection, actor: Actor, name: str) -> list[Month]:
    """Return by kind and month how much of what the bureau issued since a platform's first day went there."""
    actor.require(*READERS)
    platform = platforms.find(tx, name)
    later, newer, sent = record.alias(), outbox_table.alias(), outbox_table
    standing = ~exists().where(later.c.identity == record.c.identity, later.c.version > record.c.version)
    last = ~exists().where(
        newer.c.channel == name, newer.c.reference == sent.c.reference, newer.c.number > sent.c.number
    )
    month = func.coalesce(func.substr(type_coerce(record.c.date, String), 1, 7), "").label("month")
    query = (
        select(
            record.c.kind,
            month,
            func.count(),
            *(
                func.sum(case((sent.c.state == state, 1), else_=0))
                for state in (State.DELIVERED, State.QUEUED, State.FAILED, State.REFUSED, State.EXPORTED)
            ),
            func.sum(case(((sent.c.state == State.REFUSED) & (sent.c.fault == "delivery_field_missing"), 1), else_=0)),
            func.sum(case((sent.c.number.is_(None), 1), else_=0)),
        )
        .select_from(record)
        .outerjoin(sent, (sent.c.channel == name) & (sent.c.reference == record.c.identity) & last)
        .where(record.c.kind.in_(platform.kinds), record.c.body.in_(bodies(tx)), record.c.revoked == 0, standing)
        .where(or_(record.c.date.is_(None), record.c.date >= platform.since))
        .where(or_(sent.c.number.is_not(None), ~of_ended_finding()))
        .group_by(record.c.kind, month)
    )
    found = [Month(kind, str(told), *map(int, numbers)) for kind, told, *numbers in tx.execute(query)]
    order = {kind: place for place, kind in enumerate(platform.kinds)}
    return sorted(found, key=lambda each: (order[each.kind], each.month))
