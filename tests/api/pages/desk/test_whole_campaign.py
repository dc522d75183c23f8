"""A whole campaign at the pages, on a desktop and on a phone.

From the wizard to a finding that is handed in without a network, published, looked up, and its draw verified.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from api.public_reading import read_public
from ledger.actors import Actor
from sampling import findings, public_checks
from sampling.assigning import Visit
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, needs_browser, visiting
from tests.api.pages.desk.phones import is_reached_again, takes_along, writes_down
from tests.api.pages.lines import Line, line_to
from tests.api.pages.verdicts import PASSED, shown_in_english
from tests.api.states.publishing import Desk, desk_at
from tests.sampling import bureau as steps
from tests.sampling.bureau import PLANNED_AT, PLANNER, RECORDED_AT, REVIEWED_AT, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser

TITLE = "冬季供热与燃气安全联合抽查"


@dataclass
class Walk:
    """The people of one campaign, each with a browser of the same size, whose clock is the bureau's."""

    browser: Browser
    desk: Desk
    viewport: dict[str, int]
    pictured: bool

    @property
    def on_phone(self) -> bool:
        """Whether the menu is behind a button."""
        return self.viewport is PHONE

    @contextmanager
    def person(self, actor: Actor | None = None, url: str | None = None) -> Iterator[Visitor]:
        """Give somebody with a browser of his own; a citizen where nobody is named."""
        pictured = self.pictured and not self.on_phone
        with visiting(
            self.browser, url or self.desk.house.url, self.viewport, pictured, has_touch=self.on_phone
        ) as visitor:
            self.tells_the_time(visitor)
            if actor is not None:
                visitor.signs_in(self.desk.house.token(actor))
            yield visitor

    def tells_the_time(self, visitor: Visitor) -> None:
        """Set a browser's clock by the bureau's."""
        visitor.context.clock.set_fixed_time(self.desk.clock.now)

    def looks(self, visitor: Visitor, picture: str) -> None:
        """See whether a page is for everybody, and take its picture; on a phone only whether it fits it."""
        if self.on_phone:
            visitor.fits()
        else:
            visitor.checks(picture)

    def menu(self, page: Page, name: str) -> None:
        """Go to a page of the menu."""
        if self.on_phone:
            page.get_by_role("button", name="菜单").click()
        page.get_by_role("navigation", name="菜单").get_by_role("link", name=name, exact=True).click()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def walk(
    request: pytest.FixtureRequest,
    browser: Browser,
    sqlite_states: Templates,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
    pictured: bool,
) -> Iterator[Walk]:
    """A served bureau with graded enterprises and nothing planned, and people before screens of one size."""
    with desk_at(sqlite_states.of("graded"), tmp_path_factory.mktemp("whole"), PLANNED_AT, worker=True) as desk:
        yield Walk(browser, desk, request.param, pictured)


def test_a_campaign_from_the_wizard_to_a_finding_that_a_citizen_verifies(walk: Walk) -> None:
    desk = walk.desk
    with walk.person(PLANNER) as planner:
        page = planner.goes_to("/desk/campaigns")
        walk.looks(planner, "desk-campaigns-empty")
        page.get_by_role("link", name="制定新计划").click()
        _types_who(walk, page, planner)
        _types_what(walk, page, planner)
        _types_rates(walk, page, planner)
        _saves_although_the_session_ended(page, planner, desk)

        expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
        code = page.url.rsplit("/", 1)[1]
        page.get_by_role("button", name="计算预览").click()
        expect(page.get_by_role("table", name="各等级覆盖率")).to_be_visible()
        walk.looks(planner, "desk-campaign-planned")
        _freezes(walk, page, planner)

        desk.move_on(PLANNED_AT + timedelta(minutes=20))
        page.get_by_role("button", name="抽取", exact=True).click()
        expect(page.get_by_text("抽中位置已公布")).to_be_visible()
        page.get_by_role("button", name="匹配检查人员").click()
        expect(page.get_by_role("link", name="检查任务", exact=True)).to_be_visible()
        walk.looks(planner, "desk-campaign-matched")
        page.get_by_role("link", name="检查任务", exact=True).click()
        expect(page.get_by_role("button", name="重演并查看")).to_be_visible()
        visits = steps.visits(desk.bureau, code)
        _issues_a_notice(page, visits[1])
        _proposes_a_replacement(page, visits[-1].enterprise)
        walk.looks(planner, "desk-campaign-visits")

        desk.move_on(RECORDED_AT)
        with line_to(desk.house.url) as line, walk.person(steps.leader(visits[0]), line.url) as inspector:
            _hands_in_what_was_written_without_a_network(inspector, line, visits[0])
        with walk.person(steps.second(visits[0])) as inspector:
            page = inspector.goes_to(f"/desk/visits/{code}/{visits[0].enterprise}")
            page.get_by_role("button", name="确认无误").click()
            expect(page.get_by_text("待审核")).to_be_visible()
        for each in visits[1:3]:
            steps.record_one(desk.bureau, each)
            steps.confirm_one(desk.bureau, each)

        desk.move_on(REVIEWED_AT)
        walk.tells_the_time(planner)
        planner.signs_in(desk.house.token(PLANNER))
        _reviews_and_publishes(walk, planner, visits)
        page = planner.page
        page.get_by_role("link", name="检查结果", exact=True).click()
        page.get_by_role("link", name="查看公示").first.click()
        expect(page.get_by_role("heading", name="名单证明")).to_be_visible()
        page.go_back()
        _makes_a_report(walk, planner, code)

    found = desk.bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, code))
    assert sorted(each.state for each in found) == ["published", "published", "returned"]
    with walk.person() as citizen:
        _looks_up_and_verifies(walk, citizen, code, visits[0])


def _types_who(walk: Walk, page: Page, planner: Visitor) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("制定抽查计划")
    page.get_by_label("任务名称").fill(TITLE)
    page.get_by_label("开始日期").fill("2026-11-23")
    page.get_by_label("结束日期").fill("2026-12-31")
    page.get_by_role("radio", name="定向抽查 从符合公开条件").check()
    page.get_by_role("checkbox", name="供热").check()
    page.get_by_role("checkbox", name="燃气经营").check()
    page.get_by_role("checkbox", name="建筑施工").check()
    page.get_by_role("group", name="联合部门").get_by_role("checkbox").first.check()
    expect(page.get_by_role("table", name="各条件排除的企业")).to_be_visible()
    walk.looks(planner, "desk-plan-who")
    page.reload()
    expect(page.get_by_text("已恢复上次未保存的填写内容")).to_be_visible()
    expect(page.get_by_label("任务名称")).to_have_value(TITLE)
    page.get_by_role("link", name="下一步").click()


def _types_what(walk: Walk, page: Page, planner: Visitor) -> None:
    expect(page.get_by_role("heading", level=2, name="事项与检查组")).to_be_visible()
    lead = page.get_by_role("group", name="样例住建局")
    lead.get_by_role("checkbox").first.check()
    lead.get_by_label("该部门派出的检查人员数").fill("1")
    other = page.get_by_role("group", name="样例市场监管局")
    other.get_by_role("checkbox").first.check()
    walk.looks(planner, "desk-plan-what")
    page.go_back()
    expect(page.get_by_label("任务名称")).to_have_value(TITLE)
    page.go_forward()
    expect(lead.get_by_role("checkbox").first).to_be_checked()
    page.get_by_role("link", name="下一步").click()


def _types_rates(walk: Walk, page: Page, planner: Visitor) -> None:
    expect(page.get_by_text("尚不能预览：各等级的数值")).to_be_visible()
    for grade, typed in (("A", "10"), ("B", "15"), ("C", "20"), ("D", "百分之二十")):
        page.get_by_label(f"{grade} 级").fill(typed)
    expect(page.get_by_text("最多两位小数的百分数")).to_be_visible()
    page.get_by_label("D 级").fill("25")
    preview = page.get_by_role("region", name="预览")
    expect(preview.get_by_text("与当前填写一致")).to_be_visible()
    expect(preview.get_by_text("名单总数")).to_be_visible()
    drawn = preview.get_by_role("row", name="A").get_by_role("cell").nth(1)
    before = drawn.inner_text()
    page.get_by_label("A 级").fill("20")
    expect(drawn).not_to_have_text(before)
    walk.looks(planner, "desk-plan-rates")
    page.get_by_role("link", name="下一步").click()
    expect(page.get_by_role("heading", level=2, name="核对并保存")).to_be_visible()
    walk.looks(planner, "desk-plan-check")


def _saves_although_the_session_ended(page: Page, planner: Visitor, desk: Desk) -> None:
    """The session ends under the form: one signs in over it, and nothing typed is lost."""
    planner.context.clear_cookies()
    page.get_by_role("button", name="保存计划").click()
    dialog = page.get_by_role("dialog", name="登录已过期")
    dialog.get_by_label("令牌 必填").fill(desk.house.token(PLANNER))
    dialog.get_by_role("button", name="登录", exact=True).click()


def _freezes(walk: Walk, page: Page, planner: Visitor) -> None:
    page.get_by_role("radio", name="事先指定的公开数").check()
    expect(page.get_by_label("期号或日期")).to_be_visible()
    page.get_by_role("radio", name="多方见证仪式").check()
    expect(page.get_by_label("参与方名称")).to_have_count(2)
    walk.looks(planner, "desk-campaign-freeze")
    page.get_by_role("radio", name="本机随机数").check()
    page.get_by_role("button", name="冻结名单").click()
    page.get_by_role("alertdialog").get_by_role("button", name="冻结名单").click()
    expect(page.get_by_text("名单已封存").first).to_be_visible()
    walk.looks(planner, "desk-campaign-frozen")


def _issues_a_notice(page: Page, visit: Visit) -> None:
    """The number stands in the list, and the form is printed from there."""
    page.get_by_role("button", name=f"签发检查通知书 {visit.name}").click()
    page.get_by_label("检查日期").fill("2026-12-01")
    page.get_by_role("button", name="签发检查通知书", exact=True).click()
    row = page.get_by_role("row").filter(has_text=visit.name)
    expect(row.get_by_role("button")).to_contain_text("检通〔2026〕1号")
    expect(page.get_by_role("link", name="打开 PDF")).to_be_visible()


def _proposes_a_replacement(page: Page, enterprise: str) -> None:
    """Propose it as one person: the page tells whoever is to confirm it what it is."""
    page.get_by_text("提议替补", exact=True).first.click()
    page.get_by_label("被替换的企业").fill(enterprise)
    page.get_by_label("说明（封存）").fill("冻结前已注销，见登记机关通知书")
    page.get_by_role("button", name="提议替补").click()
    told = page.locator(".notice", has_text="已提议替补")
    expect(told).to_contain_text("冻结前已注销，见登记机关通知书")
    expect(told.get_by_role("link", name=enterprise)).to_be_visible()


def _hands_in_what_was_written_without_a_network(inspector: Visitor, line: Line, visit: Visit) -> None:
    """Take the visits along, write one down where no network is, and have it handed in once there is one."""
    page = takes_along(inspector, line)
    page.get_by_role("link", name=visit.name).click()
    writes_down(page, "现场没有信号。")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("1 份检查记录等待提交")).to_be_visible()
    inspector.checks(follows=True)
    is_reached_again(inspector, line)
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()


def _reviews_and_publishes(walk: Walk, planner: Visitor, visits: list[Visit]) -> None:
    """Approve two of three findings, return the third, and publish those two."""
    page = planner.goes_to("/desk?month=2026-12")
    due = page.get_by_role("listitem").filter(has_text="的公示期限")
    expect(due.get_by_role("link")).to_be_visible()
    walk.looks(planner, "desk-home-planner")
    page.get_by_role("link", name=f"{TITLE} · 3 条检查结果待审核").click()
    review = page.get_by_role("button", name=f"查看并审核 {visits[0].name}")
    expect(review).to_be_visible()  # the network goes away under a page that is there
    planner.context.set_offline(True)
    review.click()
    expect(page.get_by_role("alert")).to_contain_text("暂时连接不上")  # which is not to say that there is no evidence
    planner.context.set_offline(False)
    page.reload()
    for place, each in enumerate(visits[:3]):
        page.get_by_role("button", name=f"查看并审核 {each.name}").click()
        expect(page.get_by_text("现场没有信号" if place == 0 else "现场核对资料")).to_be_visible()
        if place == 0:
            walk.looks(planner, "desk-campaign-review")
        if place == 2:
            page.get_by_label("说明").fill("情况写得不清楚")
        page.get_by_role("button", name="审核通过" if place < 2 else "退回重录").click()
        expect(page.get_by_role("heading", level=2, name=each.name)).to_be_hidden()
    page.get_by_role("button", name="公示 2 条已审核的结果").click()
    page.get_by_role("alertdialog").get_by_role("button", name="公示 2 条已审核的结果").click()
    expect(page.get_by_text("已公示 2 条。")).to_be_visible()
    walk.looks(planner, "desk-campaign-published")


def _makes_a_report(walk: Walk, planner: Visitor, code: str) -> None:
    """The job can be left, and its files are found again."""
    page = planner.page
    page.get_by_role("link", name="进度与下一步").click()
    page.get_by_role("button", name="编制情况报告").click()
    files = page.get_by_role("list", name="结果文件")
    expect(files.get_by_role("link")).to_have_count(2)
    page.reload()
    expect(files.get_by_role("link")).to_have_count(2)
    walk.looks(planner, "desk-campaign-report")
    walk.menu(page, "报告")
    row = page.get_by_role("row").filter(has_text=code)
    expect(row.get_by_role("link")).to_have_count(2)
    walk.looks(planner, "desk-reports")
    kinds = set()
    for link in row.get_by_role("link").all():
        with page.expect_download() as told:
            link.click()
        kinds.add(told.value.suggested_filename.rsplit(".", 1)[1])
    assert kinds == {"pdf", "xlsx"}


def _looks_up_and_verifies(walk: Walk, citizen: Visitor, code: str, visit: Visit) -> None:
    """A citizen finds the enterprise, and presses the button on its campaign's page: the verdict is the command's."""
    page = citizen.goes_to("/")
    page.get_by_role("searchbox").fill(visit.name)
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=visit.name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(visit.name)
    page.get_by_role("link", name=f"{code}-{visit.position}").click()
    expect(page.get_by_role("heading", name="名单证明")).to_be_visible()
    citizen.checks()
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="核验这次抽取").click()
    expect(page.get_by_text(PASSED)).to_be_visible()
    checks = public_checks.verify_public(read_public(walk.desk.house.url, code), None)
    assert shown_in_english(page)[1:-1] == [check.compared for check in checks]
    citizen.checks()
