"""The outbox: nothing is lost, nothing overtakes in its lane, and every answer is kept."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger import outbox
from ledger.database import Database
from ledger.deliveries import Delivery, Item, Operation, Outcome, State
from ledger.errors import Conflict, Refusal
from ledger.windows import Window
from tests.conftest import on_postgresql

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = date(2026, 12, 1)
DELIVERED = Outcome(State.DELIVERED, "R-1")
FAILED = Outcome(State.FAILED, refusal=Conflict("delivery_redirected", status=302))
REFUSED = Outcome(State.REFUSED, "HTTP 422 wrong", Conflict("delivery_refused", status=422, reason="wrong"))


def item(reference: str, version: int = 1, lane: str = "", operation: Operation = Operation.DELIVER) -> Item:
    return Item("platform", "penalty", lane or reference, reference, version, operation, DUE)


def queue(database: Database, *items: Item, now: datetime = NOW) -> int:
    with database.write() as tx:
        return outbox.enqueue(tx, now, items)


def claim(database: Database, worker: str = "w", now: datetime = NOW, limit: int = 10) -> list[Delivery]:
    with database.write() as tx:
        return outbox.claim(tx, now, worker, "platform", limit)


def settle(
    database: Database, number: int, outcome: Outcome = DELIVERED, worker: str = "w", now: datetime = NOW
) -> bool:
    with database.write() as tx:
        return number in outbox.settle(tx, now, worker, {number: outcome})


def held(database: Database) -> list[Delivery]:
    with database.read() as tx:
        return outbox.page(tx, Window(100))


def told(deliveries: Sequence[Delivery]) -> list[tuple[str, int, str]]:
    return [(each.reference, each.version, each.state.value) for each in deliveries]


def texts(database: Database, number: int) -> list[str]:
    with database.read() as tx:
        return [receipt for _, _, receipt, _ in outbox.receipts(tx, [number]).get(number, [])]


def test_an_item_is_queued_once(database: Database) -> None:
    assert queue(database, item("a"), item("b")) == 2
    assert queue(database, item("a"), item("c")) == 1
    assert told(held(database)) == [("a", 1, "queued"), ("b", 1, "queued"), ("c", 1, "queued")]


def test_a_transaction_that_is_undone_queues_nothing(database: Database) -> None:
    def issue_and_fail() -> None:
        with database.write() as tx:
            outbox.enqueue(tx, NOW, [item("a")])
            raise Conflict("undone")

    with pytest.raises(Refusal):
        issue_and_fail()
    assert held(database) == []


def test_what_is_claimed_is_nobody_elses_until_the_lease_runs_out(database: Database) -> None:
    queue(database, item("a"))
    assert len(claim(database, "first")) == 1
    assert claim(database, "second", NOW + timedelta(seconds=60)) == []
    [again] = claim(database, "second", NOW + outbox.LEASE)
    assert again.reference == "a"
    assert settle(database, again.number, DELIVERED, "first") is False
    assert held(database)[0].state is State.QUEUED
    assert texts(database, again.number) == ["R-1"]  # it came, though too late
    assert settle(database, again.number, Outcome(State.DELIVERED, "R-2"), "second")
    assert (held(database)[0].state, held(database)[0].receipt) == (State.DELIVERED, "R-2")


def test_in_a_lane_nothing_is_claimed_before_what_was_queued_earlier_is_settled(database: Database) -> None:
    queue(database, item("a", lane="x"), item("b", lane="x"), item("c", lane="y"))
    first = claim(database)
    assert [each.reference for each in first] == ["a", "c"]
    assert claim(database) == []
    settle(database, first[0].number, FAILED)
    assert claim(database) == []
    later = NOW + outbox.FIRST_PAUSE
    [again] = claim(database, now=later)
    assert (again.reference, again.attempts) == ("a", 1)
    settle(database, again.number, now=later)
    assert [each.reference for each in claim(database, now=later)] == ["b"]


def test_a_refusal_holds_up_nobody(database: Database) -> None:
    queue(database, item("a", lane="x"), item("b", lane="x"))
    settle(database, claim(database)[0].number, REFUSED)
    assert [each.reference for each in claim(database)] == ["b"]


def test_it_is_tried_again_twice_as_late_each_time_up_to_an_hour(database: Database) -> None:
    queue(database, item("a"))
    now, pauses = NOW, []
    for _ in range(10):
        [each] = claim(database, now=now)
        settle(database, each.number, FAILED, now=now)
        after = held(database)[0].next_at
        assert after is not None
        pauses.append((after - now).seconds)
        now = after
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    [each] = held(database)
    assert each.refusal is not None
    assert (each.state, each.refusal.code, each.refusal.parameters) == (
        State.FAILED,
        "delivery_redirected",
        {"status": "302"},
    )


def test_a_receiver_may_ask_for_a_longer_pause_but_not_for_ever(database: Database) -> None:
    queue(database, item("a"), item("b"))
    first, second = claim(database)
    settle(database, first.number, Outcome(State.FAILED, refusal=Conflict("x"), pause=timedelta(minutes=10)))
    settle(database, second.number, Outcome(State.FAILED, refusal=Conflict("x"), pause=timedelta(days=900)))
    assert [each.next_at for each in held(database)] == [NOW + timedelta(minutes=10), NOW + timedelta(hours=1)]


def test_a_newer_version_takes_the_place_of_what_was_not_delivered(database: Database) -> None:
    queue(database, item("a"), item("b"), item("c"))
    numbers = {each.reference: each.number for each in claim(database)}
    settle(database, numbers["a"], REFUSED)
    settle(database, numbers["b"])
    queue(database, item("a", 2), item("b", 2), item("c", 2))
    assert told(held(database)) == [
        *(("a", 1, "superseded"), ("b", 1, "delivered"), ("c", 1, "queued")),
        *(("a", 2, "queued"), ("b", 2, "queued"), ("c", 2, "queued")),
    ]
    settle(database, numbers["c"], FAILED)  # it was being sent just then
    assert held(database)[2].state is State.SUPERSEDED


def test_a_withdrawal_is_sent_after_what_it_withdraws(database: Database) -> None:
    queue(database, item("a", lane="x"))
    [sent] = claim(database)
    queue(database, item("a", lane="x", operation=Operation.WITHDRAW))
    assert claim(database) == []
    settle(database, sent.number)
    assert [each.operation for each in claim(database)] == [Operation.WITHDRAW]


def test_what_was_accepted_is_asked_about_and_may_be_denied(database: Database) -> None:
    queue(database, item("a", lane="x"), item("b", lane="x"))
    [sent] = claim(database)
    settle(database, sent.number, Outcome(State.DELIVERED, "R-1", check=timedelta(hours=1)))
    assert [each.reference for each in claim(database)] == ["b"]  # the question holds up nobody
    later = NOW + timedelta(hours=1)
    [asked, _] = claim(database, now=later)
    assert (asked.number, asked.state) == (sent.number, State.DELIVERED)
    settle(database, asked.number, Outcome(None), now=later)
    again = held(database)[0].next_at
    assert again is not None
    assert again > later
    [asked, *_] = claim(database, now=again)
    settle(database, asked.number, Outcome(State.REFUSED, "denied", Conflict("delivery_denied", reason="x")), now=again)
    [denied, _] = held(database)
    assert (denied.state, denied.delivered_at, denied.next_at) == (State.REFUSED, None, None)
    assert texts(database, denied.number) == ["R-1", "denied"]


def test_only_what_was_refused_is_sent_again_by_hand(database: Database) -> None:
    queue(database, item("a"), item("b"))
    first, second = claim(database)
    settle(database, first.number, REFUSED)
    with database.write() as tx, pytest.raises(Conflict) as refused:
        outbox.resend(tx, NOW, "platform", [first.number, second.number])
    assert refused.value.code == "delivery_not_refused"
    with database.write() as tx:
        assert outbox.resend(tx, NOW, "platform", None) == 1
    again = held(database)[0]
    assert (again.state, again.refusal) == (State.QUEUED, None)


def test_an_export_takes_what_is_open_and_its_receipt_settles_it(database: Database) -> None:
    queue(database, item("a"), item("b"), item("c"))
    [sent] = claim(database, limit=1)
    with database.write() as tx:
        numbers = [each.number for each in outbox.take(tx, NOW, "platform", 10)]
        outbox.mark_exported(tx, "e1", numbers)
    assert told(held(database)) == [("a", 1, "queued"), ("b", 1, "exported"), ("c", 1, "exported")]
    assert sent.number not in numbers
    with database.write() as tx:
        assert outbox.enter(tx, NOW, "p", "e1", numbers[:1], REFUSED) == 1
        assert outbox.enter(tx, NOW, "p", "e1", None, DELIVERED) == 1
    assert told(held(database)) == [("a", 1, "queued"), ("b", 1, "refused"), ("c", 1, "delivered")]
    for export, some, code in (
        ("e2", None, "export_missing"),
        ("e1", [9999], "delivery_missing"),
        ("e1", None, "delivery_not_exported"),
    ):
        with database.write() as tx, pytest.raises(Refusal) as refused:
            outbox.enter(tx, NOW, "p", export, some, DELIVERED)
        assert refused.value.code == code


def test_what_a_worker_gives_back_waits_for_nobody(database: Database) -> None:
    queue(database, item("a"))
    claim(database, "first")
    with database.write() as tx:
        outbox.let_go(tx, NOW, "first")
    assert len(claim(database, "second")) == 1


def test_counts_tell_what_is_overdue(database: Database) -> None:
    queue(database, item("a"), item("b"))
    settle(database, claim(database)[0].number)
    with database.read() as tx:
        assert outbox.counts(tx, "platform", DUE) == ({State.DELIVERED: 1, State.QUEUED: 1}, 0)
        assert outbox.counts(tx, "platform", DUE + timedelta(days=1))[1] == 1
        assert outbox.last_delivered(tx, "platform") == NOW
        assert [each.reference for each in outbox.page(tx, Window(9), overdue_on=DUE + timedelta(days=1))] == ["b"]


@on_postgresql
def test_two_workers_at_once_claim_nothing_twice_and_keep_the_order(database: Database) -> None:
    queue(database, *(item(f"{lane}{count}", lane=str(lane)) for count in range(2) for lane in range(6)))
    with database.write() as one, database.write() as two:
        first = outbox.claim(one, NOW, "one", "platform", 4)
        second = outbox.claim(two, NOW, "two", "platform", 4)
        assert [each.reference for each in first] == ["00", "10", "20", "30"]
        assert [each.reference for each in second] == ["40", "50"]
    assert claim(database) == []
