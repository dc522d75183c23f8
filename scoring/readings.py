"""The record of who read grades, bound day by day: after a civil day, one entry seals its readings, however many.

There is an entry for every day, so that none tells whether anybody read. A day is sealed once: a reading of a sealed
day that its seal does not have was added later.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from ledger import documents, log
from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.calendar import civil_date, instant_text, parse_instant
from ledger.canonical import canonical
from ledger.entries import parse_entry
from ledger.errors import Conflict
from ledger.log import NewEntry
from ledger.tables import log_entry
from scoring.entry_kinds import READINGS
from scoring.tables import READING_SEAL, grade_reading, reading_seal

READING_TAG = b"qian/reading/v1"


def seal_readings(tx: Connection, now: datetime) -> list[date]:
    """Seal each day that has ended and is not sealed yet, from the first reading on; return the days."""
    log.lock(tx)
    sealed = _sealed_days(tx)
    first = sealed[-1] + timedelta(days=1) if sealed else _first_day(tx)
    days, rows = [], _by_day(tx)
    while first is not None and first < civil_date(now):
        seals = [{"reading": row["id"], "sha256": _sha256(row)} for row in rows.get(first, ())]
        document = documents.seal(tx, "readings", {"day": first.isoformat()}, [(READING_SEAL, seals)])
        body = {"day": first.isoformat()}
        log.append(tx, now, [NewEntry(READINGS, document.id, {"readings": document}, body)])
        days.append(first)
        first += timedelta(days=1)
    return days


def refuse_sealed(tx: Connection, now: datetime) -> None:
    """Raise Conflict("clock_behind_log") where the day of a reading is sealed already: the clock was set back."""
    newest = select(log_entry.c.data).where(log_entry.c.kind == READINGS).order_by(log_entry.c.seq.desc()).limit(1)
    data = tx.execute(newest).scalar()
    if data is None:
        return
    entry = parse_entry(data)
    if civil_date(now) <= date.fromisoformat(entry.body["day"]):
        raise Conflict("clock_behind_log", now=instant_text(now), last=entry.time)


def audit_readings(tx: Connection) -> Iterator[Fault]:
    """Check that the readings of the sealed days are those that were sealed (a check for `ledger.audit`)."""
    days = set(_sealed_days(tx))
    sealed = dict(
        tx.execute(
            select(reading_seal.c.reading, reading_seal.c.sha256).join(
                log_entry, (log_entry.c.subject == reading_seal.c.document) & (log_entry.c.kind == READINGS)
            )
        ).all()
    )
    for row in _rows(tx):
        key = f"id={row['id']}"
        expected = sealed.pop(row["id"], None)
        if expected is None:
            if _day(row) in days:
                yield Fault(grade_reading.name, key, "row_added")
        elif expected != _sha256(row):
            yield Fault(grade_reading.name, key, "row_changed")
    for reading in sealed:
        yield Fault(grade_reading.name, f"id={reading}", "row_lost")


def _sealed_days(tx: Connection) -> list[date]:
    return [date.fromisoformat(entry.body["day"]) for entry in log.of_kind(tx, READINGS)]


def _first_day(tx: Connection) -> date | None:
    first = tx.execute(select(func.min(grade_reading.c.time))).scalar()
    return None if first is None else civil_date(first)


def _by_day(tx: Connection) -> dict[date, list[RowMapping]]:
    sealed = select(reading_seal.c.reading)
    days: dict[date, list[RowMapping]] = {}
    for row in _rows(tx, grade_reading.c.id.not_in(sealed)):
        day = _day(row)
        if day is not None:
            days.setdefault(day, []).append(row)
    return days


def _rows(tx: Connection, *conditions: Any) -> Iterator[RowMapping]:
    query = select(*raw_columns(grade_reading.columns)).where(*conditions).order_by(grade_reading.c.id)
    yield from tx.execute(query.execution_options(yield_per=log.ROWS_AT_ONCE)).mappings()


def _day(row: RowMapping) -> date | None:
    """Return the civil day of a reading, None where its time was damaged."""
    try:
        return civil_date(parse_instant(row["time"]))
    except (TypeError, ValueError):
        return None


def _sha256(row: RowMapping) -> str:
    told = {str(name): value for name, value in row.items() if (name, value) != ("department", "")}
    return hashlib.sha256(READING_TAG + canonical(told)).hexdigest()
