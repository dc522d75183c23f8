"""What is asked under a key is done once, and its answer kept where only the asker can read it."""

import contextlib
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, insert, select

from ledger import idempotency
from ledger.calendar import parse_instant
from ledger.database import Database
from ledger.errors import Conflict, Invalid
from ledger.idempotency import ANSWERED_WITHIN, KEPT_FOR, request_under
from ledger.tables import idempotency as table
from ledger.tables import public_file

NOW = parse_instant("2026-11-26T08:31:00Z")
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
REQUEST = request_under(KEY, "planner", b"draw")
ANSWER = b'{"grade": "Larch"}'


def work(tx: Connection, name: str) -> bytes | None:
    answer = idempotency.claim(tx, NOW, REQUEST)
    if answer is None:
        tx.execute(insert(public_file).values(sha256=name, content=b""))
    return answer


def done(database: Database) -> int:
    with database.read() as tx:
        return int(tx.execute(select(func.count()).select_from(public_file)).scalar_one())


def do(database: Database, name: str = "a") -> None:
    with database.write() as tx:
        assert work(tx, name) is None


def test_work_asked_again_is_not_done_and_its_answer_told(database: Database) -> None:
    do(database)
    with database.write() as tx:
        idempotency.keep(tx, REQUEST, ANSWER)
    with database.write() as tx:
        assert work(tx, "b") == ANSWER
    assert done(database) == 1


def test_work_that_is_rolled_back_leaves_its_key_free(database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), database.write() as tx:
        work(tx, "a")
        raise ZeroDivisionError
    assert done(database) == 0
    do(database)
    assert done(database) == 1


def test_another_request_under_the_key_is_refused(database: Database) -> None:
    do(database)
    with database.write() as tx, pytest.raises(Conflict, match="idempotency_key_reused"):
        idempotency.claim(tx, NOW, request_under(KEY, "planner", b"freeze"))


def test_a_key_is_its_caller_s_own(database: Database) -> None:
    do(database)
    with database.write() as tx:
        assert idempotency.claim(tx, NOW, request_under(KEY, "other", b"draw")) is None


def test_an_answer_that_is_on_its_way_is_told_from_one_that_is_lost(database: Database) -> None:
    do(database)
    with database.write() as tx:
        with pytest.raises(Conflict, match="idempotency_in_progress"):
            idempotency.claim(tx, NOW + ANSWERED_WITHIN - timedelta(seconds=1), REQUEST)
        with pytest.raises(Conflict, match="idempotency_answer_lost"):
            idempotency.claim(tx, NOW + ANSWERED_WITHIN, REQUEST)


def test_of_many_at_once_one_does_the_work(database: Database) -> None:
    together, ways = threading.Barrier(6), []

    def ask(name: str) -> None:
        together.wait()
        try:
            with database.write() as tx:
                work(tx, name)
            ways.append("done")
        except Conflict as refusal:
            ways.append(refusal.code)

    threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ways) == ["done", *["idempotency_in_progress"] * 5]
    assert done(database) == 1


def test_the_row_holds_neither_key_nor_answer_nor_asker(database: Database) -> None:
    do(database)
    with database.write() as tx:
        idempotency.keep(tx, REQUEST, ANSWER)
        (row,) = tx.execute(select(table)).all()
    held = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    for secret in (KEY.encode(), b"Larch", b"planner", b"draw", REQUEST.answer_key):
        assert secret not in held
    assert KEY not in repr(REQUEST)
    assert repr(REQUEST.answer_key) not in repr(REQUEST)


def test_an_answer_that_somebody_changed_is_not_told(database: Database) -> None:
    do(database)
    with database.write() as tx:
        idempotency.keep(tx, REQUEST, ANSWER)
        (row,) = tx.execute(select(table)).all()
        tx.execute(table.update().values(answer=row.answer[:-1] + bytes([row.answer[-1] ^ 1])))
        with pytest.raises(Conflict, match="idempotency_answer_lost"):
            idempotency.claim(tx, NOW, REQUEST)


def test_keys_go_after_a_day(database: Database) -> None:
    do(database)
    with database.write() as tx:
        idempotency.forget(tx, NOW + KEPT_FOR)
        assert tx.execute(select(func.count()).select_from(table)).scalar_one() == 1
        idempotency.forget(tx, NOW + KEPT_FOR + timedelta(seconds=1))
        assert tx.execute(select(func.count()).select_from(table)).scalar_one() == 0


@pytest.mark.parametrize(
    "key", ["", "x" * 15, "x" * 129, "x" * 20 + " ", "x" * 20 + "\n", "键" * 20, "x" * 20 + "\x7f"]
)
def test_a_key_that_is_short_long_or_not_printable_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match="idempotency_key_malformed"):
        request_under(key, "planner", b"draw")


@pytest.mark.parametrize("key", ["x" * 16, "~" * 128])
def test_a_key_of_fit_length_is_taken(key: str) -> None:
    assert request_under(key, "planner", b"draw") == request_under(key, "planner", b"draw")
