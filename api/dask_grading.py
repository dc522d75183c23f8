"""Grading on the workers of a Dask scheduler: each reads its shares from PostgreSQL under settings of its own.

Neither scheduler nor client hands out the database's address: a worker finds it in its environment (docs/dask.md).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from api.settings import Settings
from ledger.database import Database
from ledger.errors import Conflict
from scoring import shares
from scoring.engine import Sums
from scoring.shares import Share, Spread

SHARES_PER_WORKER = 2
PATIENCE_SECONDS = 20


@contextmanager
def spread_by(settings: Settings) -> Iterator[Spread | None]:
    """Give the way to the workers of the scheduler in the settings, None where there is none.

    Raises Conflict: dask_missing, dask_unreachable.
    """
    if settings.dask_scheduler is None:
        yield None
        return
    try:
        import distributed
    except ImportError:
        raise Conflict("dask_missing") from None
    try:
        client: Any = distributed.Client(settings.dask_scheduler, timeout=PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    except OSError:
        raise Conflict("dask_unreachable", address=settings.dask_scheduler) from None
    with client:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if not workers:
            raise Conflict("dask_unreachable", address=settings.dask_scheduler)
        yield Spread(workers * SHARES_PER_WORKER, lambda work: _measured(client, work))


def measure_share(share: Share) -> Sums:
    """Measure a share on a worker, in the database of the worker's own settings."""
    database = Database(Settings().url)
    try:
        with database.read() as tx:
            return shares.measure(tx, share)
    finally:
        database.close()


def _measured(client: Any, work: Sequence[Share]) -> list[Sums]:
    """Hand the shares out and gather them; what one worker fails at is tried by another."""
    measured: list[Sums] = client.gather(client.map(measure_share, work, pure=False, retries=2))
    return measured
