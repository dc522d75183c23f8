"""Transactions in worker threads."""

import asyncio
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import anyio
import pytest
from anyio.to_thread import run_sync
from sqlalchemy import Connection, func, insert, select

from ledger import idempotency
from ledger.database import Database
from ledger.errors import Invalid
from ledger.keys import Secret
from ledger.policy import Policy
from ledger.tables import public_file
from sampling.naming import Terms
from sampling.publication.deadlines import Terms as PublicationTerms
from sampling.retention import RETENTION
from sampling.users.secret_texts import UserKeys
from schema.bureau import Setting
from schema.transactions import AnsweredBefore, Once, Operation, Transactions
from tests.conftest import on_postgresql


class Bureau:
    """What transactions ask of a bureau; it counts those that are open."""

    name = "测试单位"
    origin = "log.test/qian"
    now = datetime(2026, 11, 23, tzinfo=UTC)
    today = date(2026, 11, 23)
    retention = RETENTION
    witness_policy: Policy | None = None
    pseudonym_key = Secret(bytes(32))
    user_keys = UserKeys(Secret(bytes(32)))
    beacon_terms = Terms()
    publication_terms = PublicationTerms()
    version = "1"
    told_settings: Sequence[Setting] = ()

    def __init__(self, database: Database) -> None:
        self.database = database
        self.open = 0
        self.most = 0
        self.threads: set[int] = set()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.database.read() as tx, self._counted():
            yield tx

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.database.write() as tx, self._counted():
            yield tx

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.threads.add(threading.get_ident())
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            yield
        finally:
            self.open -= 1


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


def count(tx: Connection) -> int:
    return int(tx.execute(select(func.count()).select_from(public_file)).scalar_one())


def add(name: str) -> Any:
    return lambda tx: tx.execute(insert(public_file).values(sha256=name, content=b""))


def test_all_reads_of_an_operation_see_one_snapshot(bureau: Bureau) -> None:
    async def run() -> list[int]:
        transactions = Transactions(bureau)
        operation, other = transactions.operation(), transactions.operation()
        told = [await operation.read(count)]
        await other.write(add("a"))
        await other.close()
        told.append(await operation.read(count))
        await operation.close()
        told.append(await transactions.read(count))
        return told

    assert anyio.run(run) == [0, 0, 1]


def test_an_operation_sees_what_it_wrote(bureau: Bureau) -> None:
    async def run() -> list[int]:
        operation = Transactions(bureau).operation()
        told = [await operation.read(count), await operation.read_once("count", count)]
        await operation.write(add("a"))
        told += [await operation.read(count), await operation.read_once("count", count)]
        await operation.close()
        return told

    assert anyio.run(run) == [0, 0, 1, 1]


def test_what_is_read_once_is_not_read_again(bureau: Bureau) -> None:
    async def run() -> int:
        operation = Transactions(bureau).operation()
        asked = []
        for _ in range(3):
            await operation.read_once("name", lambda tx: asked.append(tx))
        await operation.close()
        return len(asked)

    assert anyio.run(run) == 1


def test_what_is_asked_side_by_side_is_read_in_one_turn_and_each_has_its_own_answer(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []

    async def counted(work: Any, *given: Any) -> Any:
        turns.append(work.__name__)
        return await run_sync(work, *given)

    monkeypatch.setattr("schema.transactions.run_sync", counted)

    def fail(tx: Connection) -> int:
        raise Invalid("some_code")

    async def run() -> list[Any]:
        operation = Transactions(bureau).operation()
        asked = (operation.read(count), operation.read(fail), operation.read_once("count", count))
        found: list[Any] = [*await asyncio.gather(*asked, return_exceptions=True)]
        found.append(await operation.read(count))
        await operation.close()
        return found

    first, failed, *others = anyio.run(run)
    assert (first, type(failed), others) == (0, Invalid, [0, 0])
    assert turns == ["_read", "_read", "_end_snapshot"]


def test_whoever_gives_up_takes_the_answer_from_nobody_else(bureau: Bureau) -> None:
    may_go_on = threading.Event()

    def wait(tx: Connection) -> int:
        assert may_go_on.wait(30)
        return count(tx)

    async def run() -> int:
        operation = Transactions(bureau).operation()
        first, second = (asyncio.create_task(operation.read_once("count", wait)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])
        may_go_on.set()
        found = await second
        await operation.close()
        return found

    assert anyio.run(run) == 0


@pytest.mark.parametrize("steps", range(6))
def test_an_operation_whose_caller_is_gone_leaves_nothing_open_and_reads_anew(bureau: Bureau, steps: int) -> None:
    """It is cancelled after so many steps of the event loop: before, while and after a thread reads."""

    async def run() -> int:
        transactions = Transactions(bureau, at_once=1)
        operation = transactions.operation()
        caller = asyncio.create_task(operation.read(count))
        for _ in range(steps):
            await asyncio.sleep(0)
        caller.cancel()
        await operation.close()
        assert bureau.open == 0
        found = await operation.read(count)
        await operation.close()
        return found + await transactions.read(count)

    assert anyio.run(run) == 0
    assert bureau.open == 0


def test_nothing_runs_in_the_thread_of_the_event_loop(bureau: Bureau) -> None:
    async def run() -> None:
        operation = Transactions(bureau).operation()
        await operation.read(count)
        await operation.write(add("a"))
        await operation.close()
        assert threading.get_ident() not in bureau.threads

    anyio.run(run)
    assert bureau.threads


def test_many_operations_take_turns_and_all_come_to_their_end(bureau: Bureau) -> None:
    """Each reads, writes and reads, as a mutation does."""

    async def run() -> None:
        transactions = Transactions(bureau, at_once=3)

        async def one(number: int) -> None:
            operation: Operation = transactions.operation()
            await operation.read(count)
            await operation.write(add(f"{number}"))
            await operation.read(count)
            await operation.close()

        async with anyio.create_task_group() as group:
            for number in range(60):
                group.start_soon(one, number)
        assert await transactions.read(count) == 60

    anyio.run(run)
    assert bureau.most <= 3
    assert bureau.open == 0


def test_a_failure_ends_the_transaction_and_lets_others_in(bureau: Bureau) -> None:
    async def run() -> int:
        transactions = Transactions(bureau, at_once=1)

        def fail(tx: Connection) -> None:
            add("a")(tx)
            raise LookupError

        for _ in range(3):
            operation = transactions.operation()
            with pytest.raises(LookupError):
                await operation.write(fail)
            await operation.close()
        return await transactions.read(count)

    assert anyio.run(run) == 0


@on_postgresql
def test_a_text_that_cannot_be_kept_is_refused(bureau: Bureau) -> None:
    async def run() -> None:
        operation = Transactions(bureau).operation()
        try:
            with pytest.raises(Invalid, match="value_not_storable"):
                await operation.write(add("\x00"))
        finally:
            await operation.close()

    anyio.run(run)


REQUEST = idempotency.request_under("8e03978e-40d5-43dd-bc93-6894a57f9324", "planner", b"x")
LIMITER = anyio.CapacityLimiter(1)


def asked(bureau: Bureau) -> Operation:
    operation = Transactions(bureau).operation()
    operation.once = Once(REQUEST, bureau.now)
    return operation


def test_work_apart_is_done_once_under_a_key(bureau: Bureau) -> None:
    done: list[str] = []

    async def run() -> None:
        first, second = asked(bureau), asked(bureau)
        await first.apart(lambda: done.append("once"), LIMITER)
        await first.note(lambda tx: idempotency.keep(tx, REQUEST, b"answer"))
        with pytest.raises(AnsweredBefore):
            await second.apart(lambda: done.append("twice"), LIMITER)
        assert second.once is not None
        assert second.once.answer == b"answer"
        await first.close()
        await second.close()

    anyio.run(run)
    assert done == ["once"]


def test_work_apart_that_is_refused_leaves_its_key_free(bureau: Bureau) -> None:
    def refuse() -> None:
        raise Invalid("value_not_storable")

    async def run() -> None:
        operation = asked(bureau)
        for _ in range(2):
            with pytest.raises(Invalid, match="value_not_storable"):
                await operation.apart(refuse, LIMITER)
            assert operation.once is not None
            assert not operation.once.is_held
        await operation.close()

    anyio.run(run)


def test_what_fields_ask_for_side_by_side_is_read_at_once_and_refused_for_each_alone(bureau: Bureau) -> None:
    asked: list[list[int]] = []

    def double(_tx: Connection, numbers: Collection[int]) -> dict[int, int]:
        asked.append(list(numbers))
        if -1 in numbers:
            raise Invalid("negative")
        return {number: 2 * number for number in numbers}

    async def run(numbers: list[int]) -> list[Any]:
        operation = Transactions(bureau).operation()
        found = await asyncio.gather(
            *(operation.read_together("doubles", number, double) for number in numbers), return_exceptions=True
        )
        await operation.close()
        return found

    assert anyio.run(run, [1, 2, 2, 3]) == [2, 4, 4, 6]
    assert asked == [[1, 2, 3]]
    good, refused, other = anyio.run(run, [1, -1, 3])
    assert (good, str(getattr(refused, "code", "")), other) == (2, "negative", 6)
    assert asked[1:] == [[1, -1, 3], [1], [-1], [3]]
