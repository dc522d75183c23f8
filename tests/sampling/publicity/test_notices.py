"""Notices and explanations: drafted, published by a second person, withdrawn."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from ledger import log
from ledger.actors import Actor, Role
from ledger.errors import Refusal
from ledger.windows import Window
from sampling.publicity import notices
from sampling.publicity.notices import NoticeKind
from scoring.tables import enterprise
from tests.sampling.bureau import AUDITOR, OTHER_PLANNER, PLANNER
from tests.sampling.conftest import BureauIn, on_one_engine
from tests.sampling.publicity.desk import NOW, SECOND, drafted, published


def test_a_notice_is_published_by_a_second_person_and_vanishes_when_it_is_withdrawn(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    found = drafted(bureau)
    assert bureau.ask(lambda tx: notices.public_page(tx, Window(10))) == []
    bureau.refuse("publication_of_own_notice", lambda tx: notices.publish(tx, PLANNER, NOW, found.id))
    bureau.refuse("notice_not_published", lambda tx: notices.public_notice(tx, 1))
    done = bureau.do(lambda tx: notices.publish(tx, SECOND, NOW, found.id))
    assert (done.state, done.number) == ("published", 1)
    shown = bureau.ask(lambda tx: notices.public_notice(tx, 1))
    assert (shown.title, shown.text, shown.published_at) == (found.title, found.text, NOW)
    bureau.refuse("notice_stands", lambda tx: notices.publish(tx, SECOND, NOW, found.id))
    bureau.refuse("submission_text_missing", lambda tx: notices.withdraw(tx, PLANNER, NOW, found.id, ""))
    bureau.do(lambda tx: notices.withdraw(tx, PLANNER, NOW, found.id, "内容有误"))
    bureau.refuse("notice_not_published", lambda tx: notices.public_notice(tx, 1))
    bureau.refuse("notice_stands", lambda tx: notices.withdraw(tx, PLANNER, NOW, found.id, "内容有误"))
    bureau.refuse("notice_stands", lambda tx: notices.publish(tx, SECOND, NOW, found.id))
    kinds = [entry.kind for entry in bureau.ask(lambda tx: log.about(tx, found.id))]
    assert kinds == ["notice.drafted", "notice.published", "notice.withdrawn"]
    assert all(found.title not in entry.data.decode() for entry in bureau.ask(lambda tx: log.about(tx, found.id)))


def test_they_are_listed_newest_first_and_keep_their_numbers(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    several = [published(bureau, NOW + timedelta(minutes=number), f"第{number}号公告") for number in range(4)]
    assert [each.number for each in several] == [1, 2, 3, 4]
    bureau.do(lambda tx: notices.withdraw(tx, PLANNER, NOW + timedelta(hours=1), several[3].id, "内容有误"))
    assert [each.number for each in bureau.ask(lambda tx: notices.public_page(tx, Window(2)))] == [3, 2]
    assert [each.number for each in bureau.ask(lambda tx: notices.public_page(tx, Window(2, after=(2,))))] == [1]
    assert published(bureau, NOW + timedelta(hours=2)).number == 5
    whole = bureau.ask(lambda tx: notices.page(tx, PLANNER, Window(10)))
    after = (whole[1].drafted_at, whole[1].id)
    assert bureau.ask(lambda tx: notices.page(tx, PLANNER, Window(2, after=after))) == whole[2:4]


@on_one_engine
def test_a_draft_may_be_dropped(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    found = drafted(bureau)
    assert bureau.do(lambda tx: notices.withdraw(tx, PLANNER, NOW, found.id, "重复")).state == "withdrawn"
    bureau.refuse("notice_stands", lambda tx: notices.publish(tx, SECOND, NOW, found.id))


@on_one_engine
def test_a_notice_names_no_enterprise(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    name = bureau.ask(lambda tx: tx.execute(select(enterprise.c.name).limit(1)).scalar_one())

    def drafting(tx: Connection, title: str, text: str) -> object:
        return notices.draft(tx, PLANNER, NOW, NoticeKind.NOTICE, title, text)

    bureau.refuse("text_names_enterprise", lambda tx: drafting(tx, name, "正文内容"))
    bureau.refuse("text_names_enterprise", lambda tx: drafting(tx, "标题", f"已对{name}开展检查"))


@on_one_engine
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", "正文"),
        ("标题\n第二行", "正文"),
        ("标题", "<p>正文</p>"),
        ("标题", "正\u202e文"),
        ("题" * 101, "正文"),
        ("标题", "文" * 20_001),
    ],
)
def test_a_notice_is_plain_text(bureau_in: BureauIn, title: str, text: str) -> None:
    bureau = bureau_in("imported")
    with pytest.raises(Refusal):
        bureau.do(lambda tx: notices.draft(tx, PLANNER, NOW, NoticeKind.EXPLANATION, title, text))


@on_one_engine
def test_planners_of_the_department_and_auditors_see_drafts(bureau_in: BureauIn) -> None:
    bureau = bureau_in("imported")
    found = drafted(bureau)
    assert [each.id for each in bureau.ask(lambda tx: notices.page(tx, AUDITOR, Window(9)))] == [found.id]
    assert bureau.ask(lambda tx: notices.page(tx, OTHER_PLANNER, Window(9))) == []
    bureau.refuse("notice_missing", lambda tx: notices.read(tx, OTHER_PLANNER, found.id))
    bureau.refuse("notice_missing", lambda tx: notices.publish(tx, OTHER_PLANNER, NOW, found.id))
    bureau.refuse("role_not_allowed", lambda tx: notices.page(tx, Actor("x", Role.INSPECTOR), Window(9)))
    bureau.refuse("role_not_allowed", lambda tx: notices.publish(tx, AUDITOR, NOW, found.id))
