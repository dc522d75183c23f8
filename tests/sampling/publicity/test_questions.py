"""Questions of the public, and what receipts show of them."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.calendar import civil_date
from ledger.errors import Refusal
from ledger.tables import document, log_entry
from ledger.windows import Window
from sampling import inbox
from sampling.publicity import questions, submissions
from sampling.publicity.limits import IntakeLimits, Origin, forget
from sampling.publicity.submissions import AnswerFilter, Kind, State, SubmissionFilter
from sampling.publicity.tables import caller_salt, submission_count
from scoring.tables import enterprise
from tests.actors import somebody
from tests.dumping import dump
from tests.sampling.bureau import AUDITOR, CAMPAIGN, OTHER_PLANNER, PLANNER, Bureau, inbox_of
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publicity.desk import LIMITS, NOW, QUESTION, SECOND, WEB, ask, newest

TODAY = civil_date(NOW)
ANSWER = "自公示之日起展示，期满后不再展示。"


def answered(bureau: Bureau, publish: bool = False, text: str = QUESTION, **changes: Any) -> submissions.Submission:
    """Have a question put and answered."""
    ask(bureau, text, **changes)
    found = newest(bureau, Kind.QUESTION)
    bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, found.id, ANSWER))
    return bureau.do(lambda tx: questions.answer(tx, SECOND, NOW, found.id, 1, publish))


def test_a_question_is_answered_by_two_persons_and_read_by_its_receipt_number(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    receipt = ask(bureau, contact="电话 0335-0000000", campaign=CAMPAIGN)
    assert receipt.due == date(2026, 12, 22)  # the 15th working day
    found = newest(bureau, Kind.QUESTION)
    assert (found.department, found.campaign, found.state, found.due) == ("ZJ", CAMPAIGN, State.RECEIVED, receipt.due)
    assert bureau.ask(lambda tx: submissions.contact_of(tx, PLANNER, found)) == "电话 0335-0000000"

    bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, found.id, "第一稿答复内容。"))
    bureau.do(lambda tx: questions.propose_answer(tx, SECOND, NOW, found.id, ANSWER))
    told = bureau.ask(lambda tx: submissions.by_receipt(tx, TODAY, receipt.number))
    assert (told.state, told.answer, told.answered) == (State.RECEIVED, None, None)
    bureau.refuse("proposal_outdated", lambda tx: questions.answer(tx, SECOND, NOW, found.id, 1, False))
    bureau.refuse("confirmation_of_own_proposal", lambda tx: questions.answer(tx, SECOND, NOW, found.id, 2, False))
    bureau.do(lambda tx: questions.answer(tx, PLANNER, NOW, found.id, 2, False))
    told = bureau.ask(lambda tx: submissions.by_receipt(tx, TODAY, receipt.number))
    assert (told.state, told.answer, told.answered, told.campaign) == (State.ANSWERED, ANSWER, TODAY, CAMPAIGN)
    assert bureau.ask(lambda tx: submissions.published(tx, Window(10))) == []
    for again in (
        lambda tx: questions.answer(tx, PLANNER, NOW, found.id, 2, False),
        lambda tx: questions.propose_answer(tx, PLANNER, NOW, found.id, ANSWER),
        lambda tx: questions.set_aside(tx, PLANNER, NOW, found.id, ANSWER),
    ):
        bureau.refuse("submission_stands", again)
    kinds = [entry.kind for entry in bureau.ask(lambda tx: log.about(tx, found.id))]
    assert kinds == ["question.received", "question.proposed", "question.proposed", "question.answered"]


def test_an_answer_is_published_where_both_sides_allow_it_until_it_is_withdrawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    quiet = answered(bureau, consent=False)
    assert quiet.published_number is None
    for number in (1, 2):
        assert answered(bureau, publish=True).published_number == number
    shown = bureau.ask(lambda tx: submissions.published(tx, Window(10)))
    assert [each.published_number for each in shown] == [2, 1]
    assert [
        each.published_number for each in bureau.ask(lambda tx: submissions.published(tx, Window(10, after=(2,))))
    ] == [1]
    about = shown[0].campaign
    for chosen, count in (
        (AnswerFilter(since=TODAY, until=TODAY), 2),
        (AnswerFilter(since=TODAY + timedelta(days=1)), 0),
        (AnswerFilter(until=TODAY - timedelta(days=1)), 0),
        (AnswerFilter(campaign=about), 2),
        (AnswerFilter(campaign="2099-0001"), 0),
    ):
        assert len(bureau.ask(partial(submissions.published, window=Window(10), chosen=chosen))) == count
        assert bureau.ask(partial(submissions.count_published, chosen=chosen)) == count
    bureau.refuse("answer_not_published", lambda tx: questions.withdraw(tx, PLANNER, NOW, quiet.id, "内容有误"))
    bureau.do(lambda tx: questions.withdraw(tx, PLANNER, NOW, shown[0].id, "内容有误"))
    assert [each.published_number for each in bureau.ask(lambda tx: submissions.published(tx, Window(10)))] == [1]
    assert answered(bureau, publish=True).published_number == 3
    assert newest(bureau, Kind.QUESTION).state is State.ANSWERED


@on_one_engine
def test_nothing_is_published_without_consent_or_with_an_enterprise_in_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    ask(bureau, consent=False)
    quiet = newest(bureau, Kind.QUESTION).id
    registered = bureau.ask(some_name)
    ask(bureau, f"{registered}是否被抽中检查？")
    naming = newest(bureau, Kind.QUESTION).id
    yes = f"{registered}已被抽中。"
    bureau.refuse("text_names_enterprise", lambda tx: questions.propose_answer(tx, PLANNER, NOW, naming, yes))
    bureau.refuse("text_names_enterprise", lambda tx: questions.set_aside(tx, PLANNER, NOW, naming, yes))
    for identifier, code in ((quiet, "question_without_consent"), (naming, "text_names_enterprise")):
        bureau.do(partial(proposing, identifier=identifier))
        bureau.refuse(code, partial(answering, identifier=identifier, publish=True))


def proposing(tx: Connection, identifier: str, actor: Actor = PLANNER) -> submissions.Submission:
    return questions.propose_answer(tx, actor, NOW, identifier, ANSWER)


def answering(tx: Connection, identifier: str, publish: bool = False) -> submissions.Submission:
    return questions.answer(tx, SECOND, NOW, identifier, 1, publish)


def some_name(tx: Connection) -> str:
    """Return a registered name."""
    return str(tx.execute(select(enterprise.c.name).limit(1)).scalar_one())


@on_one_engine
@pytest.mark.parametrize(
    "text", ["？？？？？？", "a", "啊啊啊啊啊啊啊啊啊", "甲\x00乙丙丁", "长" * 2001, "<b>何时公示</b>"]
)
def test_a_question_that_is_none_leaves_nothing(bureau_in: BureauIn, text: str) -> None:
    bureau = bureau_in("imported")
    before = dump(bureau.database)
    with pytest.raises(Refusal) as refused:
        ask(bureau, text)
    assert refused.value.code in (
        "question_without_substance",
        "text_control_character",
        "text_too_long",
        "text_markup",
    )
    assert dump(bureau.database) == before


@on_one_engine
def test_a_campaign_that_is_not_public_is_none(bureau_in: BureauIn) -> None:
    bureau = bureau_in("planned")

    def asking(tx: Connection, campaign: str) -> object:
        return questions.ask(tx, NOW, QUESTION, campaign, True, None, WEB, LIMITS)

    for campaign in (CAMPAIGN, "2026-9999"):
        bureau.refuse("campaign_missing", partial(asking, campaign=campaign))


@on_one_engine
def test_a_receipt_number_of_nothing_shows_nothing(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    ask(bureau)
    bureau.refuse("receipt_malformed", lambda tx: submissions.by_receipt(tx, TODAY, "0000-0000"))
    bureau.refuse("receipt_unknown", lambda tx: submissions.by_receipt(tx, TODAY, "0000-" * 6 + "0000"))


def test_the_log_holds_commitments_only(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    receipt = ask(bureau, "暗号海棠何时公示？", contact="暗号木槿")
    found = newest(bureau, Kind.QUESTION)
    bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, found.id, "暗号丁香，请稍候。"))
    bureau.do(lambda tx: questions.answer(tx, SECOND, NOW, found.id, 1, True))
    told = bureau.ask(lambda tx: b"".join(tx.execute(select(log_entry.c.data)).scalars())).decode()
    for word in ("海棠", "木槿", "丁香", PLANNER.subject, SECOND.subject, receipt.number, receipt.number[:9]):
        assert word not in told
    rows = bureau.ask(lambda tx: dict(tx.execute(select(document.c.kind, document.c.content)).all()))
    assert "木槿" in rows["contact"].decode()
    assert receipt.number.encode() not in b"".join(rows.values())


@on_one_engine
def test_of_a_caller_nothing_but_a_salted_hash_is_kept_and_only_for_the_day(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    ask(bureau)
    ask(bureau, origin=Origin.web("2001:db8::1"))
    ask(bureau, origin=Origin.web("2001:db8::ffff"))
    counted = bureau.ask(lambda tx: dict(tx.execute(select(submission_count.c.scope, submission_count.c.count)).all()))
    assert sorted(counted.values()) == [1, 2, 3]
    assert all("192.0.2.7" not in str(row) for rows in dump(bureau.database).values() for row in rows)
    ask(bureau, now=NOW + timedelta(days=1))
    kept = bureau.ask(lambda tx: tx.execute(select(caller_salt.c.day)).scalars().all())
    assert kept == [TODAY + timedelta(days=1)]
    bureau.do(lambda tx: forget(tx, TODAY + timedelta(days=2)))
    assert bureau.ask(lambda tx: tx.execute(select(submission_count)).all()) == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (IntakeLimits(2, 99, 99), "intake_full_of_caller"),
        (IntakeLimits(99, 2, 99), "intake_full_of_target"),
        (IntakeLimits(99, 99, 2), "intake_full_of_day"),
    ],
)
def test_so_many_come_in_on_a_day_and_no_more(bureau_in: BureauIn, limits: IntakeLimits, code: str) -> None:
    bureau = bureau_in("published")
    for _ in range(2):
        ask(bureau, campaign=CAMPAIGN, limits=limits)
    bureau.refuse(code, lambda tx: questions.ask(tx, NOW, QUESTION, CAMPAIGN, True, None, WEB, limits))
    ask(bureau, campaign=CAMPAIGN, limits=limits, now=NOW + timedelta(days=1))


@on_one_engine
def test_what_is_taken_in_at_the_counter_is_of_no_caller(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    for _ in range(3):
        ask(bureau, origin=Origin.counter(), limits=IntakeLimits(1, 1, 3))
    assert newest(bureau, Kind.QUESTION).channel == "counter"


def test_what_is_late_is_shown_as_such(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    receipt = ask(bureau)
    found = newest(bureau, Kind.QUESTION)
    assert not found.is_overdue(found.due)
    assert found.is_overdue(found.due + timedelta(days=1))
    late = found.due + timedelta(days=1)
    assert bureau.ask(lambda tx: submissions.by_receipt(tx, late, receipt.number)).is_overdue
    assert bureau.ask(lambda tx: submissions.count_open(tx, AUDITOR, Kind.QUESTION, late)) == (1, 1)
    answered(bureau)
    assert bureau.ask(lambda tx: submissions.count_open(tx, AUDITOR, Kind.QUESTION, found.due)) == (1, 0)


@on_one_engine
def test_planners_of_its_department_and_auditors_see_it(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    ask(bureau)
    ask(bureau, campaign=CAMPAIGN)
    found = newest(bureau, Kind.QUESTION)

    def paging(tx: Connection, actor: Actor) -> int:
        return len(questions.page(tx, actor, Window(10)))

    seen = [bureau.ask(partial(paging, actor=actor)) for actor in (PLANNER, OTHER_PLANNER, AUDITOR)]
    assert seen == [2, 1, 2]
    bureau.refuse("submission_missing", lambda tx: questions.read(tx, OTHER_PLANNER, found.id))
    bureau.refuse("submission_missing", lambda tx: proposing(tx, found.id, OTHER_PLANNER))
    bureau.refuse("role_not_allowed", lambda tx: proposing(tx, found.id, AUDITOR))
    for role in (Role.INSPECTOR, Role.ANALYST, Role.ADMINISTRATOR):
        bureau.refuse("role_not_allowed", partial(paging, actor=somebody(role)))


@on_one_engine
def test_planners_find_it_in_their_inbox(bureau_in: BureauIn) -> None:
    bureau = bureau_in("published")
    ask(bureau, campaign=CAMPAIGN)
    found = newest(bureau, Kind.QUESTION)
    bureau.do(lambda tx: questions.propose_answer(tx, PLANNER, NOW, found.id, ANSWER))
    told = inbox_of(bureau, SECOND)
    assert [(each.code, each.about, each.due) for each in told] == [
        ("answer_proposed", found.id, found.due),
        ("question_received", found.id, found.due),
    ]
    assert bureau.ask(lambda tx: inbox.messages(tx, OTHER_PLANNER)) == []


def test_pages_go_on_after_one_another(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    for number in range(5):
        ask(bureau, f"第{number}个问题：何时公示？", now=NOW + timedelta(seconds=number // 2))
    whole = bureau.ask(lambda tx: questions.page(tx, PLANNER, Window(10)))
    after = (whole[1].received_at, whole[1].id)
    assert len(whole) == 5
    assert bureau.ask(lambda tx: questions.page(tx, PLANNER, Window(2, after=after))) == whole[2:4]
    answered(bureau)
    assert len(bureau.ask(lambda tx: questions.page(tx, PLANNER, Window(10), SubmissionFilter(only_open=True)))) == 5
