"""Grading on more than one machine: shares of the register, each measured where it is read, scored together.

A share is the enterprises whose codes lie in a range. Whoever measures one reads its rows from PostgreSQL himself, in
the snapshot that the run exports; what comes back are integers and texts, the same as one process makes of all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import Connection, func, select, text

from ledger.errors import Conflict
from scoring import engine, fact_rows
from scoring.engine import Sums
from scoring.measure_sql import Compiled
from scoring.scorecard import Model
from scoring.tables import enterprise

_SNAPSHOT = re.compile(r"[0-9A-F]+-[0-9A-F]+-[0-9]+")


@dataclass(frozen=True)
class Share:
    """Part of a run's work: the codes from `lower` (inclusive) to `upper` (exclusive), '' being without bound."""

    models: tuple[Model, ...]
    as_of: date
    lower: str
    upper: str
    snapshot: str


@dataclass(frozen=True)
class Spread:
    """Who measures shares: as many at once as `count`, by `measure`, in any order."""

    count: int
    measure: Callable[[Sequence[Share]], Iterable[Sums]]


def shares(tx: Connection, compiled: Compiled, count: int) -> list[Share]:
    """Return the shares of the whole register, about equal in enterprises, in the snapshot of the transaction.

    Raises Conflict("shares_need_postgresql") on SQLite, and Conflict("shares_not_committed") where the transaction has
    written already, which nobody else could see.
    """
    if tx.dialect.name != "postgresql":
        raise Conflict("shares_need_postgresql")
    if tx.execute(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")).scalar_one():
        raise Conflict("shares_not_committed")
    snapshot = tx.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    numbered = select(enterprise.c.code, func.ntile(count).over(order_by=enterprise.c.code).label("share"))
    first = numbered.subquery()
    bounds = tx.execute(select(func.min(first.c.code)).group_by(first.c.share).order_by(first.c.share)).scalars().all()
    edges = ["", *bounds[1:], ""]
    return [Share(compiled.models, compiled.as_of, lower, upper, snapshot) for lower, upper in pairwise(edges)]


def measure(tx: Connection, share: Share) -> Sums:
    """Measure a share in a transaction that has done nothing yet, and joins the run's snapshot."""
    if not _SNAPSHOT.fullmatch(share.snapshot):
        raise ValueError("no snapshot")
    tx.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{share.snapshot}'")
    former = fact_rows.former_codes(tx)
    compiled = Compiled(share.models, share.as_of)
    rows = fact_rows.rows_between(tx, share.lower, share.upper, compiled.texts)
    with engine.opened() as opened:
        engine.aggregate(opened, compiled, rows, former)
        engine.keep_between(opened, share.lower, share.upper)
        return engine.sums(opened)
