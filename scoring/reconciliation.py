"""Reconciliation (对账): what each source brought each month, and what became of its rows."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Invalid
from ledger.tables import log_entry
from scoring.entry_kinds import IMPORTED
from scoring.tables import batch

READERS = (Role.PLANNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

COUNTS = ("read", "new", "same", "superseding", "revoking", "kept_apart", "refused")


@dataclass
class Reconciled:
    """What a source brought in a civil month, YYYY-MM.

    A row that was kept apart and went in later is new, or whatever it became, in the month when it went in; it is read
    once only. `refusals` counts the refused rows by the code of their first fault.
    """

    month: str
    source: str
    files: int = 0
    read: int = 0
    new: int = 0
    same: int = 0
    superseding: int = 0
    revoking: int = 0
    kept_apart: int = 0
    refused: int = 0
    refusals: Counter[str] = field(default_factory=Counter)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a batch."""
        self.files += 1
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + row[f"rows_{name}"])
        self.refusals.update(row["refusals"])


def reconciliation(
    tx: Connection, actor: Actor, first_month: str | None = None, last_month: str | None = None, kind: str | None = None
) -> list[Reconciled]:
    """Return what came in by month and source, from one month to another (YYYY-MM), of all kinds or of one.

    Files that were refused as a whole are not counted. Raises Invalid("month_unusable").
    """
    actor.require(*READERS)
    for field_name, month in (("first_month", first_month), ("last_month", last_month)):
        if month is not None and not _MONTH.fullmatch(month):
            raise Invalid("month_unusable", field=field_name, value=month[:40])
    imported = (log_entry.c.subject == batch.c.document) & (log_entry.c.kind == IMPORTED)
    query = select(batch, log_entry.c.time).join(log_entry, imported).order_by(log_entry.c.seq)
    if kind is not None:
        query = query.where(batch.c.kind == kind)
    found: dict[tuple[str, str], Reconciled] = {}
    for row in tx.execute(query).mappings():
        month = civil_date(row["time"]).isoformat()[:7]
        if (first_month or month) <= month <= (last_month or month):
            found.setdefault((month, row["source"]), Reconciled(month, row["source"])).add(dict(row))
    return [found[key] for key in sorted(found)]
