"""Deliveries arrive at a real receiver, whatever it does: slow, silent, twice, of two minds, hostile."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.auditing import audit_bureau
from api.bureau import Bureau
from api.delivering import send as send_to
from api.delivering import send_all
from api.serving import working
from ledger import hold, outbox
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.deliveries import Delivery, Outcome, State
from ledger.keys import Secret
from ledger.tables import outbox as outbox_table
from ledger.tables import outbox_receipt
from ledger.windows import Window
from sampling import registers
from sampling.exchange import platforms, receipts
from tests import bureau_files as files
from tests.api.receiver import Answer, Receiver, acknowledged, document, receiving

ADMINISTRATOR = Actor("admin", Role.ADMINISTRATOR)
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=20)
"""After the bureau was created, whose log knows no way back."""
KEY = Secret(bytes(32))
ENTERPRISES = range(1, 4)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving(Receiver()) as made:
        yield made


def take_in(bureau: Bureau, kind: str, *rows: files.Row, now: datetime = NOW) -> None:
    with bureau.write() as tx:
        registers.take_in(tx, ADMINISTRATOR, now, files.file_of(kind, rows), True, KEY)


def begin(bureau: Bureau, text: str) -> None:
    """Register enterprises and the department that issues, and add the platform."""
    take_in(bureau, "department", files.department("YB", files.BODY))
    take_in(bureau, "registration", *map(files.registration, ENTERPRISES))
    with bureau.write() as tx:
        platforms.add(tx, ADMINISTRATOR, NOW, text)


def penalties(bureau: Bureau, *numbers: int, now: datetime = NOW, **changes: str) -> None:
    take_in(
        bureau, "penalty", *(files.penalty(each, f"罚{each}", "2026-11-20", **changes) for each in numbers), now=now
    )


def send(bureau: Bureau, now: datetime = NOW) -> int:
    return send_all(bureau, now)


def held(bureau: Bureau) -> list[Delivery]:
    with bureau.read() as tx:
        return outbox.page(tx, Window(100))


def states(bureau: Bureau) -> list[str]:
    return [each.state.value for each in held(bureau)]


def faults(bureau: Bureau) -> list[str]:
    return [each.refusal.code for each in held(bureau) if each.refusal is not None]


def kept(bureau: Bureau, number: int) -> list[str]:
    with bureau.read() as tx:
        return [text for _, _, text, _ in outbox.receipts(tx, [number]).get(number, [])]


def test_what_the_bureau_issues_arrives_once_with_its_receipt(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1, 2, 3)
    assert states(bureau) == ["queued"] * 3
    assert send(bureau) == 3
    assert send(bureau) == 0
    first = held(bureau)[0]
    assert (first.state, first.delivered_at) == (State.DELIVERED, NOW)
    assert first.receipt == f"R-{first.reference[:8]}-1"
    told = next(each for each in receiver.messages if each["enterprise"] == files.code(1))
    assert told == {
        "reference": first.reference,
        "version": 1,
        "operation": "deliver",
        "kind": "penalty",
        "enterprise": files.code(1),
        "fields": {
            "代码": files.code(1),
            "名称": files.name(1),
            "文号": "罚1",
            "金额（万元）": "4",
            "日期": "2026-11-20",
            "事实": "",
            "机关": files.BODY,
            "来源": "签",
        },
    }


def test_what_others_issued_goes_nowhere(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1, 处罚机关="别的局")
    take_in(bureau, "licence", files.licence(1))  # of which the platform has no template
    assert states(bureau) == []


def test_many_at_once_but_no_more_than_the_document_says_and_in_order_for_one_enterprise(
    bureau: Bureau, receiver: Receiver
) -> None:
    receiver.pause = 0.02
    begin(bureau, document(receiver, at_once=4))
    rows = [files.penalty(each, f"罚{each}-{count}", "2026-11-20") for each in ENTERPRISES for count in range(5)]
    rows += [files.penalty(1, f"又罚{count}", "2026-11-20") for count in range(4)]
    take_in(bureau, "penalty", *rows)
    assert send(bureau) == len(rows)
    assert set(states(bureau)) == {"delivered"}
    assert 2 <= receiver.most_at_once <= 4
    assert receiver.overlaps == 0
    queued = [(each.reference, each.version, "deliver") for each in held(bureau) if each.lane == files.code(1)]
    assert receiver.by_enterprise[files.code(1)] == queued


def test_whoever_does_not_answer_gets_it_again_under_the_same_key(bureau: Bureau, receiver: Receiver) -> None:
    receiver.answer = lambda message, times: Answer(hangs_up=True) if times == 1 else None
    begin(bureau, document(receiver))
    penalties(bureau, 1)
    send(bureau)
    assert (states(bureau), faults(bureau)) == (["failed"], ["delivery_unanswered"])
    assert send(bureau, NOW + timedelta(seconds=29)) == 0
    send(bureau, NOW + timedelta(seconds=30))
    assert states(bureau) == ["delivered"]
    assert len(receiver.keys) == 2  # the first had arrived, unknown to us
    assert len(receiver.taken) == 1


def test_a_busy_receiver_says_when_to_come_again(bureau: Bureau, receiver: Receiver) -> None:
    busy = Answer(503, {}, {"Retry-After": "600"})
    receiver.answer = lambda message, times: busy if times == 1 else None
    begin(bureau, document(receiver))
    penalties(bureau, 1)
    send(bureau)
    assert held(bureau)[0].next_at == NOW + timedelta(seconds=600)
    send(bureau, NOW + timedelta(seconds=600))
    assert states(bureau) == ["delivered"]


def test_a_second_answer_changes_nothing(bureau: Bureau, receiver: Receiver) -> None:
    """The lease ran out while the first worker still sent: the receiver answered both, each time with a receipt."""
    begin(bureau, document(receiver))
    penalties(bureau, 1)
    with bureau.database.write() as tx:
        [slow] = outbox.claim(tx, NOW, "slow", "receiver", 1)
    send(bureau, NOW + outbox.LEASE)
    with bureau.database.write() as tx:
        outbox.settle(tx, NOW + outbox.LEASE, "slow", {slow.number: Outcome(State.DELIVERED, "R-second")})
    [delivery] = held(bureau)
    assert delivery.receipt.startswith(f"R-{delivery.reference[:8]}")
    assert kept(bureau, delivery.number) == [delivery.receipt, "R-second"]


def test_a_refusal_is_shown_until_it_is_mended(bureau: Bureau, receiver: Receiver) -> None:
    wrong = Answer(422, {"reason": "文号不合规"})
    receiver.answer = lambda message, times: wrong if message["version"] == 1 else None
    begin(bureau, document(receiver))
    penalties(bureau, 1)
    send(bureau)
    [refused] = held(bureau)
    assert refused.refusal is not None
    assert (refused.state, refused.refusal.code) == (State.REFUSED, "delivery_refused")
    assert refused.refusal.parameters == {"status": "422", "reason": "文号不合规"}
    assert send(bureau, NOW + timedelta(days=1)) == 0
    penalties(bureau, 1, now=NOW + timedelta(days=1), 违法行为类型="擅自开工")
    send(bureau, NOW + timedelta(days=1))
    assert states(bureau) == ["superseded", "delivered"]


def test_a_receiver_that_accepts_and_then_denies(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver, status=True))
    penalties(bureau, 1, 2)
    send(bureau)
    assert states(bureau) == ["delivered", "delivered"]
    denied = held(bureau)[0].reference
    told = Answer(body={"reference": denied, "version": 1, "state": "denied", "reason": "查无此件"})
    receiver.status = lambda reference: told if reference == denied else None
    assert send(bureau, NOW + timedelta(minutes=4)) == 0
    assert send(bureau, NOW + timedelta(minutes=5)) == 2
    assert states(bureau) == ["refused", "delivered"]
    assert faults(bureau) == ["delivery_denied"]
    assert kept(bureau, held(bureau)[0].number) == [f"R-{denied[:8]}-1", "denied 查无此件"]
    assert held(bureau)[1].next_at is None
    assert send(bureau, NOW + timedelta(days=9)) == 0


HOSTILE = {
    "wrong reference": (
        Answer(body={"reference": "f" * 64, "version": 1, "receipt": "R"}),
        "delivery_answer_of_another",
    ),
    "no receipt": (Answer(body={}), "delivery_answer_of_another"),
    "a list": (Answer(body=["R"]), "delivery_answer_unreadable"),
    "no JSON": (Answer(body=b"<html>"), "delivery_answer_unreadable"),
    "a deep JSON": (Answer(body=b"[" * 30_000), "delivery_answer_unreadable"),
    "a huge body": (Answer(body=b" " * 200_000), "delivery_unanswered"),
    "no end": (Answer(body=b"", endless=True), "delivery_unanswered"),
    "elsewhere": (Answer(302, {}, {"Location": "http://192.0.2.1/"}), "delivery_redirected"),
    "no status": (Answer(999, {}), "delivery_answered_badly"),
    "unauthorized": (Answer(401, {}), "delivery_answered_badly"),
}


def test_a_hostile_answer_acknowledges_nothing_and_loses_nothing(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1)
    now = NOW
    for name, (answer, code) in HOSTILE.items():
        receiver.answer = lambda message, times, answer=answer: answer  # type: ignore[misc]
        send(bureau, now)
        assert (states(bureau), faults(bureau)) == (["failed"], [code]), name
        now += outbox.LONGEST_PAUSE
    receiver.answer = lambda message, times: Answer(body=acknowledged(message, "  \u202e回执\n\x07 "))
    send(bureau, now)
    assert (states(bureau), held(bureau)[0].receipt) == (["delivered"], "回执")


def test_what_lacks_a_required_field_is_refused_and_not_sent(bureau: Bureau, receiver: Receiver) -> None:
    text = document(receiver).replace('field = "facts" }', 'field = "facts", required = true }')
    begin(bureau, text)
    penalties(bureau, 1)
    penalties(bureau, 2, 违法事实="未按图施工")
    send(bureau)
    assert states(bureau) == ["refused", "delivered"]
    assert len(receiver.messages) == 1
    refusal = held(bureau)[0].refusal
    assert refusal is not None
    assert (refusal.code, refusal.parameters) == ("delivery_field_missing", {"columns": ["事实"]})


def test_a_revoked_record_is_withdrawn(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1)
    send(bureau)
    penalties(bureau, 1, 当前状态="撤销")
    send(bureau)
    assert [(each["version"], each["operation"], bool(each["fields"])) for each in receiver.messages] == [
        (1, "deliver", True),
        (2, "withdraw", False),
    ]
    receiver.answer = lambda message, times: Answer(404, {})
    penalties(bureau, 2, 当前状态="撤销")
    send(bureau)
    assert states(bureau) == ["delivered"] * 3  # what is not there needs no withdrawal


def test_the_token_is_sent_and_told_nowhere(
    bureau: Bureau, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    receiver.token = "t0ken-that-nobody-may-see"  # noqa: S105  - of a server that the test starts
    begin(bureau, document(receiver, credential="receiver-token"))
    penalties(bureau, 1)
    send(bureau)
    assert states(bureau) == ["failed"]
    assert faults(bureau) == ["key_file_missing"]
    folder = bureau.settings.credentials_folder
    folder.mkdir()
    path: Path = folder / "receiver-token"
    path.write_text(receiver.token)
    path.chmod(0o600)
    send(bureau, NOW + timedelta(minutes=1))
    assert states(bureau) == ["delivered"]
    shown = capsys.readouterr()
    assert receiver.token not in shown.out + shown.err + repr(held(bureau))


def test_a_restored_bureau_sends_nothing_while_its_log_is_held_and_then_nothing_that_is_new(
    bureau: Bureau, receiver: Receiver
) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1, 2)
    send(bureau)
    with bureau.database.write() as tx:  # as a backup from before has it
        tx.execute(outbox_table.update().values(state="queued", next_at=NOW, delivered_at=None, receipt=""))
        hold.hold(tx, NOW, NOW)
    assert send(bureau) == 0
    keys = list(receiver.keys)
    with bureau.database.read() as tx:
        platform = platforms.find(tx, "receiver")
    assert send_to(bureau, platform, clock=lambda: NOW) == 2
    assert sorted(receiver.keys[2:]) == sorted(keys)
    assert len(receiver.taken) == 2


def test_receipts_are_sealed_once_a_day_and_audited(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1, 2)
    send(bureau)
    with bureau.write() as tx:
        assert receipts.seal_receipts(tx, NOW) == []
        today = civil_date(NOW)
        assert receipts.seal_receipts(tx, NOW + timedelta(days=2)) == [today, today + timedelta(days=1)]
        assert receipts.seal_receipts(tx, NOW + timedelta(days=2)) == []
    assert audit_bureau(bureau, ADMINISTRATOR) == []
    kept_receipts = outbox_receipt
    for change, code in (
        (kept_receipts.update().where(kept_receipts.c.id == 1).values(receipt="other"), "row_changed"),
        (kept_receipts.delete().where(kept_receipts.c.id == 2), "row_lost"),
    ):
        with bureau.database.write() as tx:
            tx.execute(change)
        assert code in [each.code for each in audit_bureau(bureau, ADMINISTRATOR)]


def test_a_worker_sends_by_itself(bureau: Bureau, receiver: Receiver) -> None:
    begin(bureau, document(receiver))
    penalties(bureau, 1, 2, now=bureau.now)
    with working(bureau):
        for _ in range(3000):
            if states(bureau) == ["delivered"] * 2:
                break
            time.sleep(0.1)
    assert states(bureau) == ["delivered"] * 2
