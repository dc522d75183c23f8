"""An operation's time: when it is over, the database stops, nothing stays half-written, and the connection is good."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import pytest
from sqlalchemy import Connection, func, insert, select, text

from ledger.database import Database
from ledger.errors import Refusal
from ledger.tables import public_file
from ledger.time_limits import TimedOut
from schema.transactions import Operation, Transactions
from tests.schema.test_transactions import Bureau

T = TypeVar("T")
SECONDS = 0.3
MOST_SECONDS = 5.0
"""By when it has stopped, on a machine that has much else to do; the slow work itself takes minutes."""

SLOW = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, 100000000000)",
}


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


def slow(tx: Connection) -> Any:
    return tx.execute(text(SLOW[tx.dialect.name])).scalar_one()


def many_quick_ones(tx: Connection) -> None:
    while True:
        tx.execute(select(1))


def count(tx: Connection) -> int:
    return int(tx.execute(select(func.count()).select_from(public_file)).scalar_one())


def add_then(work: Callable[[Connection], T]) -> Callable[[Connection], T]:
    def both(tx: Connection) -> T:
        tx.execute(insert(public_file).values(sha256="a", content=b""))
        return work(tx)

    return both


async def timed_out(ask: Callable[[Callable[[Connection], Any]], Any], work: Callable[[Connection], Any]) -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut, match="operation_timed_out"):
        await ask(work)
    assert time.monotonic() - began < MOST_SECONDS


@pytest.mark.parametrize("work", [slow, many_quick_ones])
def test_a_read_is_stopped_and_its_connection_is_good_again(bureau: Bureau, work: Callable[[Connection], Any]) -> None:
    async def run() -> int:
        transactions = Transactions(bureau, at_once=1, seconds=SECONDS)
        operation = transactions.operation()
        await timed_out(operation.read, work)
        await timed_out(operation.read, count)  # whatever comes later is refused at once
        await operation.close()
        for _ in range(20):  # more often than the pool has connections
            assert await transactions.read(count) == 0
        return bureau.open

    assert anyio.run(run) == 0
    assert bureau.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("work", [slow, many_quick_ones])
def test_nothing_stays_half_written(bureau: Bureau, work: Callable[[Connection], Any]) -> None:
    async def run() -> list[int]:
        transactions = Transactions(bureau, seconds=SECONDS)
        operation = transactions.operation()
        await timed_out(operation.write, add_then(work))
        await operation.close()
        told = [await transactions.read(count)]
        other = transactions.operation()
        await other.write(add_then(count))  # whoever writes next need not wait
        await other.close()
        return [*told, await transactions.read(count)]

    assert anyio.run(run) == [0, 1]


def test_the_work_itself_has_ended_when_the_caller_is_told(bureau: Bureau) -> None:
    """No thread and, on PostgreSQL, no other process works on."""

    async def run() -> None:
        operation = Transactions(bureau, seconds=SECONDS).operation()
        await timed_out(operation.read, slow)
        await operation.close()
        assert bureau.open == 0

    anyio.run(run)
    if not bureau.database.is_sqlite:
        with bureau.database.read() as tx:
            active = text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' "
                "AND query LIKE '%generate_series(1, 1000%' AND pid <> pg_backend_pid()"
            )
            assert tx.execute(active).scalar_one() == 0


def test_what_computes_on_is_not_committed(bureau: Bureau) -> None:
    async def run() -> int:
        transactions = Transactions(bureau, seconds=SECONDS)
        operation = transactions.operation()
        await timed_out(operation.write, add_then(lambda tx: time.sleep(3 * SECONDS)))
        await operation.close()
        return await transactions.read(count)

    assert anyio.run(run) == 0


def test_who_waits_for_its_turn_is_told_as_well(bureau: Bureau) -> None:
    async def run() -> None:
        transactions = Transactions(bureau, at_once=1, seconds=SECONDS)
        first = transactions.operation()
        await first.read(count)
        second = transactions.operation()
        await timed_out(second.read, count)
        await second.close()
        await first.close()
        assert await transactions.read(count) == 0

    anyio.run(run)


def test_a_writer_waits_no_longer_for_another_than_its_time(bureau: Bureau) -> None:
    """On SQLite one writes at a time; on PostgreSQL both wait for one row."""

    async def run() -> int:
        transactions = Transactions(bureau, seconds=SECONDS)
        operation = transactions.operation()
        with bureau.database.write() as other:
            add_then(count)(other)
            await timed_out(operation.write, add_then(count))
        await operation.close()
        return await transactions.read(count)

    assert anyio.run(run) == 1


def test_what_lasts_has_its_time_anew_with_each_read(bureau: Bureau) -> None:
    async def run() -> None:
        operation: Operation = Transactions(bureau, seconds=SECONDS).operation()
        operation.lasts = True
        for _ in range(3):
            await operation.read(count)
            await anyio.sleep(SECONDS / 2)
        await timed_out(operation.read, slow)
        await operation.close()

    anyio.run(run)


def test_another_failure_is_told_as_itself(bureau: Bureau) -> None:
    def fail(tx: Connection) -> None:
        raise LookupError

    async def run() -> None:
        operation = Transactions(bureau, seconds=SECONDS).operation()
        with pytest.raises(LookupError):
            await operation.read(fail)
        assert operation.timed_out is None
        await operation.close()

    anyio.run(run)


def test_what_was_refused_to_an_operation_is_known(bureau: Bureau) -> None:
    def refuse(tx: Connection) -> None:
        raise Refusal("some_code")

    async def run() -> set[str]:
        operation = Transactions(bureau).operation()
        with pytest.raises(Refusal):
            await operation.read(refuse)
        await operation.close()
        return operation.refusals

    assert anyio.run(run) == {"some_code"}
