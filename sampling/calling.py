"""Calling (通知到场) those without whom a beacon cannot come, when it is named and again when it is their turn.

They are whose parties reveal, before whom dice or lots fall, and who reads public numbers. Nothing else of the campaign
need be open to them, so a message says all that they must know to come.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from ledger.actors import Role
from ledger.calendar import civil_date, civil_text
from ledger.canonical import JSON
from sampling import inbox
from sampling.beacons import Beacon, Ceremony, Sources, Throw
from sampling.inbox import Recipient
from sampling.plans import Plan

REVEALS = ("beacon_reveals_due", "beacon_throw_announced")
CALLS = (
    *REVEALS,
    "beacon_throw_due",
    "beacon_numbers_announced",
    "beacon_numbers_due",
    "beacon_values_to_confirm",
)


def call_named(tx: Connection, now: datetime, identifier: str, plan: Plan, beacon: Beacon) -> None:
    """Tell, once a campaign has named a beacon, everybody who must do something for it and by when."""
    if isinstance(beacon, Sources):
        given, due = _numbers(beacon), civil_date(beacon.known_from)
        for reader in _readers(plan):
            inbox.tell(tx, now, reader, "beacon_numbers_announced", given, identifier, due)
    elif isinstance(beacon, Ceremony):
        opens, ends = civil_text(beacon.not_before), civil_text(beacon.deadline)
        told: dict[str, JSON] = {"parties": [each.name for each in beacon.parties], "opens": opens, "ends": ends}
        lead, due = Recipient.all_of(Role.PLANNER, plan.lead), civil_date(beacon.deadline)
        inbox.tell(tx, now, lead, "beacon_reveals_due", told, identifier, due)
        if beacon.throw is not None:
            given, due = {**_thrown(beacon.throw), "opens": opens}, civil_date(beacon.throw.deadline)
            for person in beacon.throw.before:
                inbox.tell(tx, now, Recipient.person(person), "beacon_throw_announced", given, identifier, due)


def call_to_throw(tx: Connection, now: datetime, identifier: str, throw: Throw) -> None:
    """Tell the two persons, once all parties have revealed, that the throw is to be made now."""
    given, due = _thrown(throw), civil_date(throw.deadline)
    for person in throw.before:
        inbox.tell(tx, now, Recipient.person(person), "beacon_throw_due", given, identifier, due)


def call_to_read(tx: Connection, now: datetime, identifier: str, plan: Plan, beacon: Sources, named: int) -> int:
    """Tell, once for the entry that named them, that public numbers are to be read; return how many were told."""
    given, due, told = _numbers(beacon), civil_date(beacon.known_from), 0
    for reader in _readers(plan):
        once = f"beacon_numbers_due {named} {reader.role} {reader.department}"
        told += inbox.tell(tx, now, reader, "beacon_numbers_due", given, identifier, due, once)
    return told


def call_to_confirm(tx: Connection, now: datetime, identifier: str, plan: Plan, beacon: Beacon, by: str) -> None:
    """Tell those who may confirm what one person entered of a beacon."""
    if isinstance(beacon, Ceremony) and beacon.throw is not None:
        others, due = [Recipient.person(each) for each in beacon.throw.before if each != by], beacon.throw.deadline
    elif isinstance(beacon, Sources):
        others, due = _readers(plan), beacon.deadline or beacon.known_from
    else:
        return
    for other in others:
        inbox.tell(tx, now, other, "beacon_values_to_confirm", {}, identifier, civil_date(due))


def call_off(tx: Connection, identifier: str, only: Sequence[str] = ()) -> None:
    """Take back what a campaign's beacon asked for, some of it or all, since it has come."""
    inbox.settle_about(tx, identifier, only or CALLS)


def _readers(plan: Plan) -> list[Recipient]:
    planners = [Recipient.all_of(Role.PLANNER, department) for department in plan.departments]
    return [*planners, Recipient.all_of(Role.AUDITOR)]


def _numbers(beacon: Sources) -> dict[str, JSON]:
    return {"numbers": [each.name for each in beacon.sources], "published": civil_text(beacon.known_from)}


def _thrown(throw: Throw) -> dict[str, JSON]:
    return {"count": throw.count, "of": throw.of, "ends": civil_text(throw.deadline)}
