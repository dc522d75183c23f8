"""What operators watch: how much waits, and whether the log is signed. Nothing of what the work is about."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledger import log, signed
from ledger.tables import job


@dataclass(frozen=True)
class Standing:
    """How many jobs there are of each kind and state, since when the oldest waits, and the log's entries."""

    jobs: dict[tuple[str, str], int]
    waiting_since: datetime | None
    entries: int
    unsigned: int


def standing(tx: Connection) -> Standing:
    """Return how the bureau stands."""
    counted = select(job.c.kind, job.c.state, func.count()).group_by(job.c.kind, job.c.state)
    waiting = select(func.min(job.c.created_at)).where(job.c.state == "waiting")
    entries = log.size(tx)
    return Standing(
        {(kind, state): count for kind, state, count in tx.execute(counted)},
        tx.execute(waiting).scalar_one(),
        entries,
        entries - signed.size(tx),
    )
