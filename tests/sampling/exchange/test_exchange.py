"""What the bureau issues is queued with it, and how complete that is can be told."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger import expiry, log, outbox
from ledger.actors import Actor, Role
from ledger.database import Database
from ledger.deliveries import Delivery, Operation, Outcome, State
from ledger.errors import Conflict, Forbidden, Missing
from ledger.windows import Window
from sampling import registers
from sampling.entry_kinds import RECEIPTS
from sampling.exchange import exporting, platforms, queueing, receipts, sending, status
from sampling.exchange.exporting import Export
from sampling.publication import calendars
from sampling.retention import RETENTION
from scoring.drafts import identity_of
from scoring.entry_kinds import IMPORTED
from tests import bureau_files as files
from tests.api.receiver import FILES
from tests.refusing import refuse
from tests.sampling import bureau as steps
from tests.sampling.bureau import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, Bureau

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
INSPECTOR = Actor("ZJ001", Role.INSPECTOR, "ZJ")


@pytest.fixture
def bureau(database: Database) -> Bureau:
    """A bureau with three enterprises and its own department."""
    made = Bureau(database)
    steps.start(made)
    steps.take_in(
        made,
        files.file_of("department", [files.department("YB", files.BODY)]),
        files.file_of("registration", [files.registration(each) for each in range(1, 4)]),
    )
    return made


def add(bureau: Bureau, text: str = FILES, now: datetime = NOW) -> None:
    bureau.do(lambda tx: platforms.add(tx, ADMINISTRATOR, now, text))


def penalise(bureau: Bureau, number: int, day: str = "2026-11-20", now: datetime = NOW, **changes: str) -> None:
    steps.take_in(bureau, files.file_of("penalty", [files.penalty(number, f"罚{number}", day, **changes)]), now=now)


def held(bureau: Bureau) -> list[Delivery]:
    return bureau.ask(lambda tx: outbox.page(tx, Window(100)))


def told(bureau: Bureau) -> list[tuple[str, int, str, str]]:
    return [(each.lane, each.version, each.operation.value, each.state.value) for each in held(bureau)]


def export(bureau: Bureau, now: datetime = NOW) -> Export:
    return bureau.do(lambda tx: exporting.export(tx, PLANNER, now, "paper"))


def rows_of(made: Export, kind: str) -> list[dict[str, str]]:
    [file] = [each for each in made.files if each.name == f"paper-{kind}.csv"]
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_a_platform_is_bound_in_the_log_and_its_version_stands_for_one_text(bureau: Bureau) -> None:
    penalise(bureau, 1)
    assert held(bureau) == []  # no platform was added yet
    before = bureau.ask(log.size)
    add(bureau)
    add(bureau)
    assert bureau.ask(log.size) == before + 1
    bureau.refuse(
        "platform_version_taken",
        lambda tx: platforms.add(tx, ADMINISTRATOR, NOW, FILES.replace("deadline = 20", "deadline = 7")),
    )
    bureau.refuse("role_not_allowed", lambda tx: platforms.add(tx, PLANNER, NOW, FILES))
    names = [(each.platform.name, each.added_by) for each in bureau.ask(lambda tx: platforms.read_all(tx, ANALYST))]
    assert names == [("credit-sharing", None), ("national-publicity", None), ("paper", "admin")]


def test_each_of_the_seven_kinds_is_queued_for_the_platform_that_takes_it(bureau: Bureau) -> None:
    add(bureau, platforms.shipped()["credit-sharing"].text)
    steps.take_in(
        bureau,
        files.file_of("registration", [files.registration(4)]),
        files.file_of("licence", [files.licence(1)]),
        files.file_of("confirmation", [files.confirmation(1, "2025-03-04")]),
        files.file_of("inspection", [files.inspection(1, "检1", "2025-06-10")]),
        files.file_of("penalty", [files.penalty(1, "罚1", "2026-03-01")]),
        files.file_of("coercion", [files.coercion(1, "2025-02-03")]),
        files.file_of("breach", [files.breach(1, "严重违法失信", "2025-08-01")]),
        files.file_of("complaint", [files.complaint(1, "诉1", "2025-09-01")]),
        now=NOW,
    )
    kinds = [each.topic for each in held(bureau)]
    assert kinds == ["registration", "licence", "confirmation", "inspection", "penalty", "coercion", "breach"]


def test_a_file_that_says_nothing_new_queues_nothing_and_a_correction_queues_its_version(bureau: Bureau) -> None:
    add(bureau)
    penalise(bureau, 1)
    penalise(bureau, 1)
    assert told(bureau) == [(files.code(1), 1, "deliver", "queued")]
    penalise(bureau, 1, 违法行为类型="擅自开工")
    assert told(bureau) == [
        (files.code(1), 1, "deliver", "superseded"),
        (files.code(1), 2, "deliver", "queued"),
    ]


def test_what_waited_for_its_enterprise_is_queued_when_that_is_registered(bureau: Bureau) -> None:
    add(bureau)
    with bureau.database.write() as tx:
        registers.take_in(
            tx,
            ADMINISTRATOR,
            NOW,
            files.file_of("penalty", [files.penalty(9, "罚9", "2026-11-20")]),
            False,
            steps.PSEUDONYM_KEY,
        )
    assert held(bureau) == []
    steps.take_in(bureau, files.file_of("registration", [files.registration(9)]), now=NOW)
    assert told(bureau) == [(files.code(9), 1, "deliver", "queued")]


def test_an_import_that_is_refused_queues_nothing(bureau: Bureau) -> None:
    add(bureau)
    given = [files.penalty(1, "罚1", "2026-11-20"), files.penalty(77, "罚77", "2026-11-20")]
    file = files.file_of("penalty", given)
    refuse(
        bureau.database,
        "import_refused",
        lambda tx: registers.take_in(tx, ADMINISTRATOR, NOW, file, True, steps.PSEUDONYM_KEY),
    )


def test_a_deadline_counts_from_the_day_of_the_thing(bureau: Bureau) -> None:
    add(bureau)
    penalise(bureau, 1, "2026-11-20")
    penalise(bureau, 2, "2026-10-01")
    assert [each.due for each in held(bureau)] == [date(2026, 12, 18), date(2026, 11, 3)]
    [found] = bureau.ask(lambda tx: status.status(tx, ANALYST, NOW))
    assert (found.counts, found.overdue, found.last_delivered_at) == ({State.QUEUED: 2}, 1, None)
    overdue = bureau.ask(lambda tx: status.deliveries(tx, ANALYST, NOW, Window(9), overdue=True))
    assert [each.lane for each in overdue] == [files.code(2)]


def test_working_days_are_those_of_the_bureau_s_calendar(bureau: Bureau) -> None:
    add(bureau)
    off = [date(2026, 11, 23), date(2026, 11, 24)]
    bureau.do(lambda tx: calendars.add_year(tx, ADMINISTRATOR, NOW, 2026, "样例", off, []))
    penalise(bureau, 1, "2026-11-20")
    assert held(bureau)[0].due == date(2026, 12, 22)


def test_the_backlog_is_what_was_never_queued(bureau: Bureau) -> None:
    penalise(bureau, 1, "2017-12-31")
    penalise(bureau, 2, "2018-01-01")
    penalise(bureau, 3, "2020-05-06")
    steps.take_in(bureau, files.file_of("penalty", [files.penalty(1, "别1", "2020-01-01", 处罚机关="别的局")]))
    add(bureau)
    penalise(bureau, 1, "2026-11-20", 违法行为类型="又一次")
    assert bureau.do(lambda tx: queueing.queue_backlog(tx, PLANNER, NOW, "paper")) == 2
    assert bureau.do(lambda tx: queueing.queue_backlog(tx, PLANNER, NOW, "paper")) == 0
    assert [each.lane for each in held(bureau)] == [files.code(1), files.code(2), files.code(3)]
    assert held(bureau)[-1].due == date(2026, 12, 21)
    bureau.refuse("role_not_allowed", lambda tx: queueing.queue_backlog(tx, ANALYST, NOW, "paper"))
    bureau.refuse("platform_unknown", lambda tx: queueing.queue_backlog(tx, PLANNER, NOW, "none"))


def test_completeness_is_told_by_kind_and_month(bureau: Bureau) -> None:
    penalise(bureau, 1, "2019-03-01")
    penalise(bureau, 2, "2019-03-02")
    add(bureau, FILES.replace('field = "facts"', 'field = "facts", required = true'))
    penalise(bureau, 3, "2026-11-20")
    [old, new] = bureau.ask(lambda tx: status.completeness(tx, ANALYST, "paper"))
    assert (old.kind, old.month, old.issued, old.never, old.waiting) == ("penalty", "2019-03", 2, 2, 0)
    assert (new.month, new.issued, new.never, new.waiting) == ("2026-11", 1, 0, 1)
    penalise(bureau, 1, "2019-03-01", 违法事实="事实")
    bureau.do(lambda tx: queueing.queue_backlog(tx, PLANNER, NOW, "paper"))
    made = export(bureau)
    assert (made.count, made.refused, made.more) == (1, 2, False)
    bureau.do(lambda tx: exporting.enter_receipt(tx, PLANNER, NOW, made.id, True, "回执1"))
    [old, new] = bureau.ask(lambda tx: status.completeness(tx, ANALYST, "paper"))
    assert (old.issued, old.delivered, old.refused, old.incomplete, old.never) == (2, 1, 1, 1, 0)
    assert (new.issued, new.refused, new.incomplete) == (1, 1, 1)


def test_the_end_of_a_display_is_told_to_whom_it_was_told(bureau: Bureau) -> None:
    add(bureau)
    penalise(bureau, 1)
    reference = identity_of("penalty", files.code(1), files.BODY, "罚1")
    with bureau.database.write() as tx:
        [claimed] = outbox.claim(tx, NOW, "w", "paper", 1)
        outbox.settle(tx, NOW, "w", {claimed.number: Outcome(State.DELIVERED, "R")})
    assert bureau.do(lambda tx: queueing.withdraw(tx, LATER, [reference, "f" * 64])) == 1
    assert bureau.do(lambda tx: queueing.withdraw(tx, LATER, [reference])) == 0
    last = held(bureau)[-1]
    assert (last.reference, last.version, last.operation) == (reference, 1, Operation.WITHDRAW)
    made = export(bureau, LATER)
    assert rows_of(made, "withdrawn") == [
        {"统一社会信用代码": files.code(1), "类别": "行政处罚", "唯一标识": reference, "版本": "1"}
    ]


def test_a_platform_out_of_force_is_not_told_later_of_what_has_ended(bureau: Bureau) -> None:
    add(bureau, FILES.replace("valid_from", "valid_to = 2026-12-31\nvalid_from", 1))
    penalise(bureau, 1)
    reference = identity_of("penalty", files.code(1), files.BODY, "罚1")
    assert bureau.do(lambda tx: queueing.withdraw(tx, NOW + timedelta(days=90), [reference])) == 1
    assert [(each.operation, each.state) for each in held(bureau)] == [
        (Operation.DELIVER, State.SUPERSEDED),
        (Operation.WITHDRAW, State.QUEUED),
    ]


def test_an_export_neutralises_formulas_and_holds_what_the_template_says(bureau: Bureau) -> None:
    add(bureau)
    penalise(bureau, 1, 违法事实="=HYPERLINK(1)")
    steps.take_in(bureau, files.file_of("inspection", [files.inspection(2, "检2", "2026-11-10")]), now=NOW)
    made = export(bureau)
    [penalty] = rows_of(made, "penalty")
    assert (penalty["代码"], penalty["事实"], penalty["金额（万元）"]) == (files.code(1), "'=HYPERLINK(1)", "4")
    [inspection] = rows_of(made, "inspection")
    assert (inspection["结果"], inspection["日期"]) == ("未发现问题", "2026-11-10")
    bureau.refuse("nothing_to_export", lambda tx: exporting.export(tx, PLANNER, NOW, "paper"))
    bureau.refuse("role_not_allowed", lambda tx: exporting.export(tx, ANALYST, NOW, "paper"))
    assert {each.export for each in held(bureau)} == {made.id}


def test_who_inspected_goes_nowhere(bureau: Bureau) -> None:
    add(bureau)
    row = files.inspection(2, "检2", "2026-11-10", 检查人员="ZJ001、ZJ002", 检查事项="资质检查")
    steps.take_in(bureau, files.file_of("inspection", [row]), now=NOW)
    issued = bureau.ask(lambda tx: sending.read_issued(tx, held(bureau)))
    assert [dict(each.values) for each in issued.values()] == [
        {"type": "日常检查", "results": ["no_problem"], "matters": ["资质检查"]}
    ]


def test_what_is_only_incomplete_is_no_export(bureau: Bureau) -> None:
    add(bureau, FILES.replace('field = "facts"', 'field = "facts", required = true'))
    penalise(bureau, 1)
    bureau.refuse("nothing_to_export", lambda tx: exporting.export(tx, PLANNER, NOW, "paper"))
    assert [each.state for each in held(bureau)] == [State.QUEUED]


def test_a_receipt_is_entered_once_with_a_reason_or_number(bureau: Bureau) -> None:
    add(bureau)
    penalise(bureau, 1)
    penalise(bureau, 2)
    made = export(bureau)
    first = held(bureau)[0].number

    def enter(accepted: bool, text: str, numbers: list[int] | None = None, actor: Actor = PLANNER) -> int:
        return bureau.do(lambda tx: exporting.enter_receipt(tx, actor, LATER, made.id, accepted, text, numbers))

    for actor, text, numbers, code in (
        (PLANNER, " ", None, "receipt_missing"),
        (INSPECTOR, "R", None, "role_not_allowed"),
        (PLANNER, "R", [999], "delivery_missing"),
    ):
        bureau.refuse(
            code,
            lambda tx, a=actor, t=text, n=numbers: exporting.enter_receipt(tx, a, NOW, made.id, True, t, n),  # type: ignore[misc]
        )
    assert enter(False, "编码错误", [first]) == 1
    assert enter(True, "回执7") == 1
    refused, delivered = held(bureau)
    assert refused.refusal is not None
    assert (refused.state, refused.refusal.code, delivered.receipt) == (State.REFUSED, "delivery_denied", "回执7")
    entered = bureau.ask(lambda tx: status.receipts(tx, AUDITOR, [refused.number])[refused.number])
    assert [(each.outcome, each.text, each.entered_by) for each in entered] == [
        (State.REFUSED, "编码错误", PLANNER.subject)
    ]
    bureau.refuse("delivery_not_exported", lambda tx: exporting.enter_receipt(tx, PLANNER, NOW, made.id, True, "R"))
    assert bureau.do(lambda tx: exporting.resend(tx, PLANNER, LATER, "paper", [first])) == 1
    bureau.refuse("nothing_to_resend", lambda tx: exporting.resend(tx, PLANNER, LATER, "paper", None))


def test_what_expires_is_gone_from_the_outbox_and_so_are_the_receipts_of_a_sealed_day(bureau: Bureau) -> None:
    add(bureau)
    penalise(bureau, 1)
    penalise(bureau, 2)
    made = export(bureau)
    bureau.do(lambda tx: exporting.enter_receipt(tx, PLANNER, NOW, made.id, True, "回执"))
    bureau.do(lambda tx: receipts.seal_receipts(tx, LATER))
    entries = bureau.ask(lambda tx: list(log.scan(tx)))
    first = next(each.subject for each in entries if each.kind == IMPORTED and each.body["kind"] == "penalty")
    sealed = next(each.subject for each in entries if each.kind == RECEIPTS)
    later = NOW + timedelta(days=11 * 366)
    other = Actor("other", Role.ADMINISTRATOR)
    bureau.do(lambda tx: expiry.propose(tx, ADMINISTRATOR, later, RETENTION, [first, sealed], "保存期满"))
    bureau.do(lambda tx: expiry.confirm(tx, other, later, RETENTION, [first, sealed]))
    assert [each.lane for each in held(bureau)] == [files.code(2)]
    assert bureau.ask(lambda tx: outbox.receipts(tx, [1, 2])) == {}
    assert bureau.ask(lambda tx: list(receipts.audit_receipts(tx))) == []


def test_only_staff_who_read_may_read(bureau: Bureau) -> None:
    add(bureau)
    for question in (
        lambda tx: status.status(tx, INSPECTOR, NOW),
        lambda tx: status.deliveries(tx, INSPECTOR, NOW, Window(9)),
        lambda tx: status.completeness(tx, INSPECTOR, "paper"),
        lambda tx: status.receipts(tx, INSPECTOR, [1]),
    ):
        with pytest.raises(Forbidden):
            bureau.ask(question)
    with pytest.raises(Missing):
        bureau.ask(lambda tx: status.deliveries(tx, ANALYST, NOW, Window(9), "none"))


def test_nothing_goes_to_a_platform_that_is_in_force_no_more(bureau: Bureau) -> None:
    add(bureau, FILES.replace("valid_from = 2018-01-01", "valid_from = 2018-01-01\nvalid_to = 2020-12-31"))
    penalise(bureau, 1)
    assert held(bureau) == []
    with pytest.raises(Conflict, match="platform_not_in_force"):
        export(bureau)
