"""The receipts of deliveries, bound day by day: after a civil day, one entry seals its receipts, however many.

There is an entry for every day since the first receipt, so that none tells whether anything was delivered.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, select

from ledger import documents, log
from ledger.audit import Fault
from ledger.bindings import raw_columns
from ledger.calendar import civil_date, civil_end, civil_midnight, parse_instant
from ledger.canonical import canonical
from ledger.log import NewEntry
from ledger.retention import Bound
from ledger.tables import log_entry, outbox_receipt
from sampling.entry_kinds import RECEIPTS
from sampling.tables import RECEIPT_SEAL, receipt_seal

RECEIPT_TAG: Final = b"qian/receipts/v1"


def seal_receipts(tx: Connection, now: datetime) -> list[date]:
    """Seal each day that has ended and is not sealed yet, from the first receipt on; return the days."""
    log.lock(tx)
    sealed = _sealed_days(tx)
    first = sealed[-1] + timedelta(days=1) if sealed else _first_day(tx)
    days = []
    while first is not None and first < civil_date(now):
        ends = civil_end(first)
        of_day = (outbox_receipt.c.time >= civil_midnight(first)) & (outbox_receipt.c.time < ends)
        seals = ({"receipt": row["id"], "sha256": _sha256(row)} for row in _rows(tx, of_day))
        document = documents.seal(tx, "receipts", {"day": first.isoformat()}, [(RECEIPT_SEAL, seals)])
        log.append(tx, now, [NewEntry(RECEIPTS, document.id, {"receipts": document}, {"day": first.isoformat()})])
        days.append(first)
        first += timedelta(days=1)
    return days


def audit_receipts(tx: Connection) -> Iterator[Fault]:
    """Check that the receipts of the sealed days are those that were sealed (a check for `ledger.audit`)."""
    days = set(_sealed_days(tx))
    entry = (log_entry.c.subject == receipt_seal.c.document) & (log_entry.c.kind == RECEIPTS)
    query = select(receipt_seal.c.receipt, receipt_seal.c.sha256).join(log_entry, entry)
    sealed: dict[int, str] = dict(tx.execute(query).all())
    for row in _rows(tx):
        key = f"id={row['id']}"
        expected = sealed.pop(row["id"], None)
        if expected is None:
            if _day(row) in days:
                yield Fault(outbox_receipt.name, key, "row_added")
        elif expected != _sha256(row):
            yield Fault(outbox_receipt.name, key, "row_changed")
    for receipt in sealed:
        yield Fault(outbox_receipt.name, f"id={receipt}", "row_lost")


def forget_receipts(tx: Connection, bound: Bound) -> None:
    """Remove the receipts that an expired document has sealed."""
    if bound.kind != "receipts":
        return
    starts = civil_midnight(date.fromisoformat(bound.entry.body["day"]))
    ends = civil_end(date.fromisoformat(bound.entry.body["day"]))
    tx.execute(outbox_receipt.delete().where(outbox_receipt.c.time >= starts, outbox_receipt.c.time < ends))


def _sealed_days(tx: Connection) -> list[date]:
    return [date.fromisoformat(entry.body["day"]) for entry in log.of_kind(tx, RECEIPTS)]


def _first_day(tx: Connection) -> date | None:
    first = tx.execute(select(func.min(outbox_receipt.c.time))).scalar()
    return None if first is None else civil_date(first)


def _rows(tx: Connection, *conditions: Any) -> Iterator[RowMapping]:
    query = select(*raw_columns(outbox_receipt.columns)).where(*conditions).order_by(outbox_receipt.c.id)
    yield from tx.execute(query.execution_options(yield_per=log.ROWS_AT_ONCE)).mappings()


def _day(row: RowMapping) -> date | None:
    """Return the civil day of a receipt, None where its time was damaged."""
    try:
        return civil_date(parse_instant(row["time"]))
    except (TypeError, ValueError):
        return None


def _sha256(row: RowMapping) -> str:
    return hashlib.sha256(RECEIPT_TAG + canonical({str(name): row[name] for name in row})).hexdigest()
