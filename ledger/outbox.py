"""The outbox: what is to be sent elsewhere, queued in the transaction of what it tells, and sent by workers later.

States: queued → delivered | failed → delivered | refused, as docs/states.md has them (D1–D8). A worker claims some
deliveries by a lease; when it runs out (the worker was killed) another one claims them. So a delivery may be sent twice
and is never lost; whoever receives it knows a second one by its channel, reference, version and operation.

Within a lane of a channel nothing is claimed before what was queued earlier there is settled. The newest version of a
reference takes the place of earlier ones that were not delivered. Every answer is kept as a receipt.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger.deliveries import OPEN, UNDELIVERED, Delivery, Item, Operation, Outcome, State
from ledger.errors import Conflict, Missing, Refusal
from ledger.tables import outbox, outbox_receipt
from ledger.windows import Window, counted

T = TypeVar("T")

LEASE: Final = timedelta(seconds=120)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
LONGEST_RECEIPT: Final = 2000
_MOST_DOUBLINGS: Final = 12
_AT_ONCE: Final = 500
_CHANGING: Final = ("state", "next_at", "worker", "attempts", "fault", "details", "delivered_at", "receipt")
_CHANGED: Final[dict[str, Any]] = {each: bindparam(f"new_{each}") for each in _CHANGING}
_STORE: Final = outbox.update().where(outbox.c.number == bindparam("of")).values(_CHANGED)


def enqueue(tx: Connection, now: datetime, items: Iterable[Item]) -> int:
    """Queue items that are not in the outbox yet, in their order, and return how many these are."""
    insert: Any = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(outbox)
    count = 0
    left = iter(items)
    while some := list(islice(left, _AT_ONCE)):
        rows = [_row(each, now) for each in some]
        told = (outbox.c.number, outbox.c.channel, outbox.c.reference, outbox.c.version, outbox.c.operation)
        new = insert.values(rows).on_conflict_do_nothing().returning(*told)
        numbers = tx.execute(new).all()
        count += len(numbers)
        for number, channel, reference, version, operation in numbers:
            if version > 1 or operation == Operation.WITHDRAW:
                _supersede(tx, now, channel, reference, number)
    return count


def claim(tx: Connection, now: datetime, worker: str, channel: str, limit: int) -> list[Delivery]:
    """Claim deliveries of a channel that are to be sent now, or asked about; of each lane at most the first."""
    if limit < 1:
        return []
    query = _ready(now, channel).order_by(outbox.c.next_at, outbox.c.number).limit(limit)
    numbers = list(tx.execute(query.with_for_update(skip_locked=True, of=outbox)).scalars())
    if not numbers:
        return []
    tx.execute(outbox.update().where(outbox.c.number.in_(numbers)).values(worker=worker, next_at=now + LEASE))
    rows = tx.execute(select(outbox).where(outbox.c.number.in_(numbers)).order_by(outbox.c.number))
    return [_delivery(row) for row in rows]


def is_ready(tx: Connection, now: datetime, channel: str) -> bool:
    """Tell whether a channel has something to claim."""
    return tx.execute(_ready(now, channel).limit(1)).first() is not None


def settle(tx: Connection, now: datetime, worker: str, outcomes: Mapping[int, Outcome]) -> set[int]:
    """Record what came of claimed deliveries by number, and return those that this worker still held.

    Receipts are kept even where another worker holds the delivery by now. What failed is tried again later, twice as
    late each time up to an hour.
    """
    if not outcomes:
        return set()
    rows = tx.execute(select(outbox).where(outbox.c.number.in_(list(outcomes))).with_for_update()).all()
    told = [(row, outcomes[row.number]) for row in rows]
    kept = [(row, each.state or State.DELIVERED, each.receipt, worker) for row, each in told if each.receipt]
    _keep(tx, now, kept)
    mine = [(row, each) for row, each in told if row.worker == worker]
    _store(tx, {row.number: _settled(tx, now, row, each) for row, each in mine})
    return {row.number for row, _ in mine}


def _settled(tx: Connection, now: datetime, row: Row[*tuple[Any, ...]], outcome: Outcome) -> dict[str, Any]:
    """Return what becomes of a row."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _CHANGING}
    values |= {"worker": None, "attempts": row.attempts + 1}
    if outcome.state is None:
        values["next_at"] = now + (outcome.check or _pause(row.attempts))
    elif outcome.state is State.DELIVERED:
        values |= _delivered(row, now, outcome.receipt)
        values["next_at"] = None if outcome.check is None else now + outcome.check
    else:
        is_old = _is_superseded(tx, row)
        values |= {"state": State.SUPERSEDED if is_old else outcome.state, "next_at": None}
        values |= {**_why(outcome.refusal), "delivered_at": None}
        if outcome.state is State.FAILED and not is_old:
            values["next_at"] = now + max(_pause(row.attempts), min(outcome.pause or timedelta(), LONGEST_PAUSE))
    return values


def let_go(tx: Connection, now: datetime, worker: str) -> None:
    """Give back what a worker claimed and has not begun, so that nobody waits for its lease."""
    tx.execute(outbox.update().where(outbox.c.worker == worker).values(worker=None, next_at=now))


def resend(tx: Connection, now: datetime, channel: str, numbers: Collection[int] | None) -> int:
    """Queue refused deliveries of a channel again, these or all, and return how many.

    Raises Missing("delivery_missing"), or Conflict("delivery_not_refused") where one of these is not refused.
    """
    _require(tx, channel, numbers, State.REFUSED, "delivery_not_refused")
    again = outbox.update().where(*_chosen(channel, numbers), outbox.c.state == State.REFUSED)
    values: dict[str, Any] = {"state": State.QUEUED, "next_at": now, "attempts": 0, "fault": "", "details": {}}
    return tx.execute(again.values(**values)).rowcount


def take(tx: Connection, now: datetime, channel: str, limit: int, after: int = 0) -> list[Delivery]:
    """Return deliveries of a channel that may be exported, by number after one; nobody sends them meanwhile."""
    query = select(outbox).where(
        outbox.c.channel == channel,
        outbox.c.number > after,
        outbox.c.state.in_([*OPEN, State.REFUSED]),
        _is_free(now),
    )
    query = query.order_by(outbox.c.number).limit(limit).with_for_update(skip_locked=True)
    return [_delivery(row) for row in tx.execute(query)]


def mark_exported(tx: Connection, export: str, numbers: Collection[int]) -> None:
    """Mark deliveries as handed over by hand in an export."""
    values: dict[str, Any] = {
        "state": State.EXPORTED,
        "export": export,
        "next_at": None,
        "worker": None,
        "fault": "",
        "details": {},
    }
    for some in _by(list(numbers), _AT_ONCE):
        tx.execute(outbox.update().where(outbox.c.number.in_(some)).values(**values))


def mark_refused(tx: Connection, number: int, refusal: Refusal) -> None:
    """Mark a delivery as one that cannot be sent as it is."""
    values: dict[str, Any] = {"state": State.REFUSED, **_why(refusal), "next_at": None, "worker": None}
    tx.execute(outbox.update().where(outbox.c.number == number).values(**values))


def enter(
    tx: Connection, now: datetime, subject: str, export: str, numbers: Collection[int] | None, outcome: Outcome
) -> int:
    """Enter what the receiver said of an export, of some of its deliveries or all that wait; return of how many.

    Raises Missing("export_missing"), Missing("delivery_missing"), Conflict("delivery_not_exported").
    """
    channel = tx.execute(select(outbox.c.channel).where(outbox.c.export == export).limit(1)).scalar_one_or_none()
    if not export or channel is None:
        raise Missing("export_missing", field="export", export=export)
    _require(tx, channel, numbers, State.EXPORTED, "delivery_not_exported", outbox.c.export == export)
    query = select(outbox).where(*_chosen(channel, numbers), outbox.c.export == export)
    rows = tx.execute(query.where(outbox.c.state == State.EXPORTED).order_by(outbox.c.number)).all()
    if not rows:
        raise Conflict("delivery_not_exported", numbers=export)
    state = outcome.state or State.DELIVERED
    _keep(tx, now, [(row, state, outcome.receipt, subject) for row in rows])
    changed = {}
    for row in rows:
        values: dict[str, Any] = {name: getattr(row, name) for name in _CHANGING}
        if state is State.DELIVERED:
            values |= _delivered(row, now, outcome.receipt)
        else:
            values["state"] = State.SUPERSEDED if _is_superseded(tx, row) else state
            values |= _why(outcome.refusal)
        changed[row.number] = values
    _store(tx, changed)
    return len(rows)


def page(
    tx: Connection,
    window: Window,
    channel: str | None = None,
    state: State | None = None,
    overdue_on: date | None = None,
) -> list[Delivery]:
    """Return deliveries by number, all or of a channel, in a state, or overdue on a day."""
    query = window.on(_wanted(channel, state, overdue_on), outbox.c.number)
    return [_delivery(row) for row in tx.execute(query)]


def count(
    tx: Connection, channel: str | None = None, state: State | None = None, overdue_on: date | None = None
) -> int:
    """Return how many deliveries there are of which `page` tells."""
    return counted(tx, _wanted(channel, state, overdue_on))


def _wanted(channel: str | None, state: State | None, overdue_on: date | None) -> Select[Any]:
    query = select(outbox)
    if channel is not None:
        query = query.where(outbox.c.channel == channel)
    if state is not None:
        query = query.where(outbox.c.state == state)
    if overdue_on is not None:
        query = query.where(outbox.c.state.in_(UNDELIVERED), outbox.c.due < overdue_on)
    return query


def receipts(tx: Connection, numbers: Collection[int]) -> dict[int, list[tuple[datetime, State, str, str]]]:
    """Return the receipts of deliveries: (time, outcome, receipt, who entered it), the first first."""
    query = select(outbox_receipt).where(outbox_receipt.c.delivery.in_(list(numbers))).order_by(outbox_receipt.c.id)
    found: dict[int, list[tuple[datetime, State, str, str]]] = {}
    for row in tx.execute(query):
        told = (row.time, State(row.outcome), row.receipt, row.subject)
        found.setdefault(row.delivery, []).append(told)
    return found


def counts(tx: Connection, channel: str, today: date) -> tuple[dict[State, int], int]:
    """Return how many deliveries of a channel are in each state, and how many are overdue."""
    late = func.count().filter(outbox.c.due < today, outbox.c.state.in_(UNDELIVERED))
    query = select(outbox.c.state, func.count(), late).where(outbox.c.channel == channel).group_by(outbox.c.state)
    rows = tx.execute(query).all()
    return {State(state): number for state, number, _ in rows}, sum(overdue for *_, overdue in rows)


def last_delivered(tx: Connection, channel: str) -> datetime | None:
    """Return when something was delivered to a channel last."""
    found: datetime | None = tx.execute(
        select(func.max(outbox.c.delivered_at)).where(outbox.c.channel == channel)
    ).scalar_one()
    return found


def _ready(now: datetime, channel: str) -> Any:
    earlier = outbox.alias()
    waits = exists().where(
        earlier.c.channel == outbox.c.channel,
        earlier.c.lane == outbox.c.lane,
        earlier.c.number < outbox.c.number,
        earlier.c.state.in_(OPEN),
    )
    return select(outbox.c.number).where(
        outbox.c.channel == channel,
        outbox.c.next_at <= now,
        or_(outbox.c.state == State.DELIVERED, ~waits),
    )


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.worker.is_(None), outbox.c.next_at <= now)


def _supersede(tx: Connection, now: datetime, channel: str, reference: str, number: int) -> None:
    """Let a newer version take the place of what was not delivered, and is not being sent just now."""
    earlier = (outbox.c.channel == channel) & (outbox.c.reference == reference) & (outbox.c.number < number)
    undelivered = outbox.c.state.in_([*OPEN, State.REFUSED]) & _is_free(now)
    values = {"state": State.SUPERSEDED, "next_at": None, "worker": None}
    tx.execute(outbox.update().where(earlier, undelivered).values(**values))


def _is_superseded(tx: Connection, row: Row[*tuple[Any, ...]]) -> bool:
    same = (outbox.c.channel == row.channel) & (outbox.c.reference == row.reference)
    return tx.execute(select(outbox.c.number).where(same, outbox.c.number > row.number).limit(1)).first() is not None


def _delivered(row: Row[*tuple[Any, ...]], now: datetime, receipt: str) -> dict[str, Any]:
    """Return what becomes of a row whose delivery is acknowledged: the first acknowledgement stands."""
    if row.state == State.DELIVERED:
        return {"attempts": row.attempts + 1}
    text = receipt[:LONGEST_RECEIPT]
    told = {"state": State.DELIVERED, "delivered_at": now, "receipt": text, "attempts": 0}
    return {**told, "next_at": None, "fault": "", "details": {}}


def _keep(tx: Connection, now: datetime, told: Sequence[tuple[Row[*tuple[Any, ...]], State, str, str]]) -> None:
    rows = [
        {
            "time": now,
            "delivery": row.number,
            "channel": row.channel,
            "reference": row.reference,
            "version": row.version,
            "operation": row.operation,
            "outcome": outcome,
            "receipt": receipt[:LONGEST_RECEIPT],
            "subject": subject,
        }
        for row, outcome, receipt, subject in told
    ]
    if rows:
        tx.execute(outbox_receipt.insert(), rows)


def _store(tx: Connection, changed: Mapping[int, Mapping[str, Any]]) -> None:
    rows = []
    for number, values in changed.items():
        rows.append({"of": number, **{f"new_{name}": value for name, value in values.items()}})
    if rows:
        tx.execute(_STORE, rows)


def _require(
    tx: Connection, channel: str, numbers: Collection[int] | None, state: State, code: str, *where: ColumnElement[bool]
) -> None:
    if numbers is None:
        return
    query = select(outbox.c.number, outbox.c.state).where(*_chosen(channel, numbers), *where)
    found = dict(tx.execute(query).all())
    for number in numbers:
        if number not in found:
            raise Missing("delivery_missing", field="numbers", number=number)
        if found[number] != state:
            raise Conflict(code, numbers=number)


def _chosen(channel: str, numbers: Collection[int] | None) -> Iterator[ColumnElement[bool]]:
    yield outbox.c.channel == channel
    if numbers is not None:
        yield outbox.c.number.in_(list(numbers))


def _why(refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"fault": "", "details": {}}
    return {"fault": refusal.code, "details": refusal.told()}


def _by(values: Sequence[T], many: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), many):
        yield values[start : start + many]


def _pause(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << min(attempts, _MOST_DOUBLINGS)), LONGEST_PAUSE)


def _row(item: Item, now: datetime) -> dict[str, Any]:
    return {
        **vars(item),
        "state": State.QUEUED,
        "queued_at": now,
        "next_at": now,
        "attempts": 0,
        "fault": "",
        "details": {},
        "receipt": "",
        "export": "",
    }


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    values: Sequence[str] = ("channel", "topic", "lane", "reference", "version", "due", "number", "queued_at")
    rest: Sequence[str] = ("next_at", "attempts", "delivered_at", "receipt", "export")
    told = {name: getattr(row, name) for name in (*values, *rest)}
    told["refusal"] = Refusal(row.fault, **row.details) if row.fault else None
    return Delivery(**told, operation=Operation(row.operation), state=State(row.state))
