"""At the desk, long after: documents that are due to be destroyed, a log that was restored, deliveries sent again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.worker import Worker
from ledger import hold
from ledger.actors import Actor, Role
from ledger.deliveries import State
from tests import bureau_files as files
from tests.api.house import PLANNER
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, needs_browser, visiting
from tests.api.states.deliveries import exchange
from tests.api.states.publishing import ADMINISTRATOR, Desk, desk_at
from tests.sampling.bureau import CLOSED_AT, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser

OTHER = Actor("admin-2", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau whose only campaign was closed eleven years ago."""
    folder, now = tmp_path_factory.mktemp("keeping"), CLOSED_AT + timedelta(days=366 * 11)
    with desk_at(sqlite_states.of("closed"), folder, now) as desk:
        yield desk


@pytest.fixture
def visitor(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with administrator(browser, desk, ADMINISTRATOR, DESKTOP, pictured) as visitor:
        yield visitor


@contextmanager
def administrator(
    browser: Browser, desk: Desk, actor: Actor, viewport: dict[str, int], pictured: bool
) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, viewport, pictured) as visitor:
        visitor.signs_in(desk.house.token(actor))
        yield visitor


def destroys(page: Page) -> None:
    """Choose the first document, and confirm that it goes."""
    page.get_by_role("table").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="确认销毁").click()
    page.get_by_role("button", name="确认销毁").click()


def test_a_document_is_destroyed_by_two_administrators(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    page = visitor.goes_to("/desk/documents")
    page.get_by_role("table").get_by_role("checkbox").first.check()
    page.get_by_label("理由").fill("保存期限已满")
    visitor.checks("desk-documents")
    page.get_by_role("button", name="提议销毁 1 份").click()
    expect(page.get_by_role("row").filter(has_text="保存期限已满")).to_contain_text(ADMINISTRATOR.subject)
    page.get_by_label("状态").select_option("PROPOSED")
    page.get_by_role("button", name="筛选").click()
    destroys(page)
    expect(page.get_by_role("alert").filter(has_text="由您本人提议")).to_be_visible()
    with administrator(browser, desk, OTHER, PHONE, pictured) as other:
        page = other.goes_to("/desk/documents?state=PROPOSED")
        destroys(page)
        expect(page.get_by_text("没有到期的文档。")).to_be_visible()
        page = other.goes_to("/desk/documents?state=EXPIRED")
        expect(page.get_by_role("row").filter(has_text="已销毁")).to_have_count(1)
        other.checks()


def test_a_restored_log_goes_on_once_two_administrators_say_that_it_is_complete(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    now = desk.clock.now
    desk.bureau.do(lambda tx: hold.hold(tx, now, now - timedelta(days=1)))
    page = visitor.goes_to("/desk/log")
    expect(page.get_by_text("日志暂停追加")).to_be_visible()
    visitor.checks("desk-log-held")
    page.get_by_label("认为日志完整的依据").fill("与见证副本逐条比对")
    page.get_by_role("button", name="声明日志完整").click()
    expect(page.get_by_text("还需另一位管理员声明")).to_be_visible()
    with administrator(browser, desk, OTHER, PHONE, pictured) as other:
        page = other.goes_to("/desk/log")
        expect(page.get_by_text("1 人，需 2 人")).to_be_visible()
        page.get_by_label("认为日志完整的依据").fill("与审计员保存的树头一致")
        page.get_by_role("button", name="声明日志完整").click()
        expect(page.get_by_text("日志已恢复追加。")).to_be_visible()
        other.checks()


def test_what_a_platform_refused_is_sent_again(browser: Browser, tmp_path: Path, pictured: bool) -> None:
    with exchange(tmp_path) as made, visiting(browser, made.house.url, DESKTOP, pictured) as visitor:
        delivery = made.refuse(made.enterprise())
        visitor.signs_in(made.house.token(PLANNER))
        page = visitor.goes_to("/desk")
        page.get_by_role("navigation", name="菜单").get_by_role("link", name="对接平台").click()
        rows = page.get_by_role("table", name="报送明细").get_by_role("row")
        row = rows.filter(has_text=delivery.lane).filter(has_text=delivery.channel)
        expect(row).to_contain_text("文号不合规")
        visitor.checks("desk-platforms-refused")
        made.answers.clear()
        page.get_by_role("button", name="重新报送").click()
        expect(page.get_by_text("1 条已重新列入待报送。")).to_be_visible()
        made.send()
        page.reload()
        expect(row).to_contain_text("已报送")
        expect(page.get_by_role("button", name="重新报送")).to_have_count(0)
        assert made.at(delivery).state is State.DELIVERED


def test_how_much_of_what_was_issued_went_to_a_platform_is_told_by_kind_and_month(
    browser: Browser, tmp_path: Path, pictured: bool
) -> None:
    with exchange(tmp_path) as made, visiting(browser, made.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(made.house.token(PLANNER))
        page = visitor.goes_to("/desk/platforms")
        expect(page.get_by_text("起始日期以来没有应报送的记录。").first).to_be_visible()
        made.penalise(made.enterprise(), "paper")
        page.reload()
        page.locator("summary").filter(has_text="应报送 1 条，已送达 0 条").first.click()
        row = page.get_by_role("table", name="按类别和月份").get_by_role("row").nth(1)
        expect(row).to_contain_text("行政处罚")
        expect(row.get_by_role("cell").first).to_have_text("2026-11")
        visitor.checks("desk-platforms-completeness")


def test_files_are_handed_over_by_hand_and_their_receipt_is_entered(
    browser: Browser, tmp_path: Path, pictured: bool
) -> None:
    with exchange(tmp_path) as made, visiting(browser, made.house.url, DESKTOP, pictured) as visitor:
        delivery = made.penalise(made.enterprise(), "paper")
        visitor.signs_in(made.house.token(PLANNER))
        page = visitor.goes_to("/desk/platforms")
        by_hand = page.locator("section", has=page.get_by_role("heading", name="人工报送"))
        by_hand.get_by_label("平台", exact=True).select_option("paper")
        by_hand.get_by_role("button", name="导出待报送的").click()
        expect(by_hand.get_by_text("等待处理")).to_be_visible()
        assert Worker(made.bureau).work_one()
        exported = by_hand.get_by_role("table", name="我最近导出的文件").get_by_role("row").nth(1)
        with page.expect_download() as download:
            exported.get_by_role("link", name="paper-penalty.csv").click()
        assert files.code(1) in download.value.path().read_text("utf-8-sig")
        visitor.checks("desk-platforms-by-hand")
        by_hand.get_by_label("回执号或未接收的原因").fill("收〔2026〕7号")
        by_hand.get_by_label("报送编号").fill("999")
        by_hand.get_by_role("button", name="登记回执").click()
        expect(by_hand.get_by_role("alert")).to_be_visible()
        by_hand.get_by_label("报送编号").fill("")
        by_hand.get_by_role("button", name="登记回执").click()
        expect(by_hand.get_by_text("1 条已登记回执。")).to_be_visible()
        told = made.at(delivery)
        assert (told.state, told.receipt) == (State.DELIVERED, "收〔2026〕7号")
