"""Records of a made-up register in a database, as intake leaves them but for their digests: for what reads them."""

from datetime import UTC, datetime

import pyarrow
from sqlalchemy import Connection, Table

from ledger import documents, log
from ledger.bulk import insert_columns
from ledger.database import Database
from ledger.log import NewEntry
from ledger.long_work import ahead
from measuring import made_up
from scoring.entry_kinds import IMPORTED
from scoring.tables import enterprise, record

TODAY, RECORDS_EACH = made_up.TODAY, made_up.RECORDS_EACH
NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)


def fill(database: Database, enterprises: int, now: datetime = NOW) -> int:
    """Register enterprises with ten records each and return how many rows were written."""
    with database.write() as tx:
        return sum(_batch(tx, *each, now=now) for each in ahead(made_up.registered(enterprises)))


def add(database: Database, numbers: range, each: int, salt: int) -> int:
    """Add records of some enterprises, none of them a tie, and return how many."""
    with database.write() as tx:
        return sum(_batch(tx, records) for records in made_up.added(numbers, each, salt))


def _batch(tx: Connection, records: pyarrow.Table, registered: pyarrow.Table | None = None, now: datetime = NOW) -> int:
    sealed = documents.seal(tx, "batch", {"by": "bench"})
    beside = {"document": sealed.id, "digest": bytes(32), "version": 1, "revoked": 0}
    _insert(tx, record, records, beside)
    if registered:
        _insert(tx, enterprise, registered, {"registered_in": sealed.id})
    log.append(tx, now, [NewEntry(IMPORTED, sealed.id, {"batch": sealed}, {"kind": "bench"})])
    return int(records.num_rows)


def _insert(tx: Connection, table: Table, rows: pyarrow.Table, beside: dict[str, str | int | bytes]) -> None:
    held = {name: rows.column(name).to_pylist() for name in rows.column_names}
    held |= {name: [value] * rows.num_rows for name, value in beside.items()}
    insert_columns(tx, table, [table.c[name] for name in held], list(held.values()))
