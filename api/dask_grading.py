"""Grading on the workers of a Dask scheduler: each reads its shares from PostgreSQL under settings of its own.

Neither scheduler nor client hands out the database's address: a worker finds it in its environment (docs/dask.md).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
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
    address = settings.dask_scheduler
    if address is None:
        yield None
        return
    try:
        import distributed
    except ImportError:
        raise Conflict("dask_missing") from None
    try:
        client: Any = distributed.Client(address, timeout=PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
    except OSError:
        raise _unreachable(address) from None
    with client:
        yield Spread(_workers(client, address) * SHARES_PER_WORKER, lambda work: _measured(client, address, work))


def measure_share(share: Share) -> Sums:
    """Measure a share on a worker, in the database of the worker's own settings."""
    database = Database(Settings().url)
    try:
        with database.read() as tx:
            return shares.measure(tx, share)
    finally:
        database.close()


def _measured(client: Any, address: str, work: Sequence[Share]) -> list[Sums]:
    """Hand the shares out and gather them; what one worker fails at is tried by another.

    With none left nobody would ever do it, and the run would keep waiting all who write: then it is refused.
    """
    from distributed import wait

    handed_out = client.map(measure_share, work, pure=False, retries=2)
    try:
        while True:
            try:
                wait(handed_out, timeout=PATIENCE_SECONDS)  # type: ignore[no-untyped-call]
                break
            except TimeoutError:
                _workers(client, address)
        measured: list[Sums] = client.gather(handed_out)
    except CancelledError:  # the scheduler is gone
        raise _unreachable(address) from None
    return measured


def _workers(client: Any, address: str) -> int:
    """Return how many workers there are; raises Conflict("dask_unreachable") where there is none."""
    try:
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
    except OSError:
        raise _unreachable(address) from None
    if not workers:
        raise _unreachable(address)
    return workers


def _unreachable(address: str) -> Conflict:
    return Conflict("dask_unreachable", address=address)
