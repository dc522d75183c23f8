"""What the bureau issues is queued for the platforms that it goes to, in the transaction that issues it (D1).

Issued by the bureau is a record of one of the seven kinds whose body is one of its departments, by the name that the
register of departments has or had. A later version of a record goes as such, a revoked one as a withdrawal.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, exists, or_, select, tuple_

from ledger import log, outbox
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.deliveries import UNDELIVERED, Item, Operation
from ledger.retention import Bound
from ledger.tables import outbox as outbox_table
from sampling.exchange import platforms
from sampling.exchange.platform import KINDS, Platform
from sampling.publication import calendars
from sampling.publication.publications import ENDED
from sampling.publication.tables import publication
from scoring.drafts import identity_of
from scoring.registers import departments
from scoring.tables import department, record


def finding_reference(enterprise: str, body: str, campaign: str, position: int) -> str:
    """Return the reference of a published finding's record, the same for all its versions."""
    return identity_of("inspection", enterprise, body, f"{campaign}-{position}")


def queue(tx: Connection, now: datetime, batches: Sequence[str]) -> int:
    """Queue what some batches (documents of records) hold of what the bureau issues, and return how many deliveries.

    Due is each so many working days after its date as its platform says.
    """
    today = civil_date(now)
    found = platforms.in_force(tx, today)
    if not found or not batches:
        return 0
    log.lock(tx)  # so that what is queued first has the lower number
    issued = _issued(tx).where(record.c.document.in_(list(batches))).order_by(record.c.document, record.c.line)
    return outbox.enqueue(tx, now, _items(tx, found, issued, today))


def withdraw(tx: Connection, now: datetime, references: Sequence[str]) -> int:
    """Queue the withdrawal of records, such as of findings whose display ends, and return how many deliveries.

    A platform that was never told of a record is not told of its end. One that is out of force now hears of it once it
    is in force again, and of nothing before.
    """
    today = civil_date(now)
    calendar = calendars.working_days(tx)
    held = platforms.all_held(tx)
    log.lock(tx)
    items = []
    for reference in references:
        told = outbox_table.c.reference == reference
        newest = select(outbox_table).where(told).order_by(outbox_table.c.number)
        for channel, row in {row.channel: row for row in tx.execute(newest)}.items():
            if row.operation != Operation.WITHDRAW:
                due = calendar.after(today, held[channel].platform.deadline).day
                items.append(Item(channel, row.topic, row.lane, reference, row.version, Operation.WITHDRAW, due))
    return outbox.enqueue(tx, now, items)


def queue_backlog(tx: Connection, actor: Actor, now: datetime, name: str) -> int:
    """Queue what the bureau issued since a platform's first day and never queued for it; return how many.

    Findings that are shown no more are none of it. Due is each so many working days from now as the platform says.
    """
    actor.require(Role.PLANNER, Role.ADMINISTRATOR)
    today = civil_date(now)
    platform = platforms.find(tx, name)
    platform.require_in_force(today)
    log.lock(tx)  # what is issued meanwhile would be queued twice, the second time for nothing
    later, known = record.alias(), outbox_table
    never = ~exists().where(known.c.channel == name, known.c.reference == record.c.identity)
    newest = ~exists().where(later.c.identity == record.c.identity, later.c.version > record.c.version)
    since = or_(record.c.date.is_(None), record.c.date >= platform.since) & (record.c.revoked == 0)
    issued = _issued(tx).where(never, newest, since, ~of_ended_finding()).order_by(record.c.date, record.c.identity)
    return outbox.enqueue(tx, now, _items(tx, [platform], issued, today, today))


def forget_deliveries(tx: Connection, bound: Bound) -> None:
    """Remove what the outbox tells of the records of an expired batch, but for withdrawals still to be sent."""
    if bound.kind != "batch":
        return
    gone = select(record.c.identity, record.c.version).where(record.c.document == bound.id)
    told = tuple_(outbox_table.c.reference, outbox_table.c.version).in_(gone)
    waits = (outbox_table.c.operation == Operation.WITHDRAW) & outbox_table.c.state.in_(UNDELIVERED)
    tx.execute(outbox_table.delete().where(told, ~waits))


def bodies(tx: Connection) -> list[str]:
    """Return the names that the bureau's departments have or had."""
    names = {row["name"] for row in departments(tx).values()}
    names |= {content["name"] for content in tx.execute(select(department.c.content)).scalars()}
    return sorted(names)


def _issued(tx: Connection) -> Select[Any]:
    columns = (record.c.identity, record.c.version, record.c.enterprise, record.c.kind, record.c.date, record.c.revoked)
    return select(*columns).where(record.c.kind.in_(KINDS), record.c.body.in_(bodies(tx)))


def of_ended_finding() -> ColumnElement[bool]:
    """Tell of a record that it is that of a finding whose display has ended."""
    of = publication.c
    numbers = select(of.campaign + "-" + cast(of.position, Text)).where(of.state == ENDED)
    return (record.c.kind == "inspection") & record.c.number.in_(numbers)


def _items(
    tx: Connection,
    found: Sequence[Platform],
    issued: Select[Any],
    today: date,
    start: date | None = None,
) -> Iterator[Item]:
    calendar = calendars.working_days(tx)
    dues: dict[tuple[str, date], date] = {}
    for row in tx.execute(issued.execution_options(yield_per=log.ROWS_AT_ONCE)):
        for platform in found:
            if row.kind in platform.templates:
                key = (platform.name, start or row.date or today)
                if key not in dues:
                    dues[key] = calendar.after(key[1], platform.deadline).day
                operation = Operation.WITHDRAW if row.revoked else Operation.DELIVER
                yield Item(platform.name, row.kind, row.enterprise, row.identity, row.version, operation, dues[key])
