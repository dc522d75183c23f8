"""Planners at the desk: a whole campaign from the wizard to a published finding, and what waits for them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.actors import Actor, Role
from sampling import campaigns, findings
from sampling.assigning import Visit
from sampling.beacons import ceremony_commitment
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.participants import Participant
from sampling.plans import Plan
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, confirms, needs_browser, visiting
from tests.api.states.publishing import SECOND, Desk, desk_at
from tests.sampling import bureau as steps
from tests.sampling.bureau import OTHER_PLAN, PARTIES, PLAN, PLANNED_AT, PLANNER, REVIEWED_AT, Templates, flat
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser

TITLE = "冬季供热与燃气安全联合抽查"


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with graded enterprises and nothing planned."""
    with desk_at(sqlite_states.of("graded"), tmp_path_factory.mktemp("planner"), PLANNED_AT, worker=True) as desk:
        yield desk


@pytest.fixture
def planner(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(desk.house.token(PLANNER))
        yield visitor


def test_a_planner_leads_a_campaign_from_the_wizard_to_a_published_finding(planner: Visitor, desk: Desk) -> None:
    page = planner.goes_to("/desk/campaigns")
    planner.checks("desk-campaigns-empty")
    page.get_by_role("link", name="制定新计划").click()
    _types_who(page, planner)
    _types_what(page, planner)
    _types_rates(page, planner)
    _saves_although_the_session_ended(page, planner, desk)

    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    code = page.url.rsplit("/", 1)[1]
    page.get_by_role("button", name="计算预览").click()
    expect(page.get_by_role("table", name="各等级覆盖率")).to_be_visible()
    planner.checks("desk-campaign-planned")
    _freezes(page, planner)

    desk.move_on(PLANNED_AT + timedelta(minutes=20))
    page.get_by_role("button", name="抽取", exact=True).click()
    expect(page.get_by_text("抽中位置已公布")).to_be_visible()
    page.get_by_role("button", name="匹配检查人员").click()
    expect(page.get_by_role("heading", name="检查进度")).to_be_visible()
    planner.checks("desk-campaign-matched")
    page.get_by_role("link", name="检查任务", exact=True).click()
    expect(page.get_by_role("button", name="重演并查看")).to_be_visible()
    visits = steps.visits(desk.bureau, code)
    _issues_a_notice(page, visits[1])
    _proposes_a_replacement(page, visits[0].enterprise)
    planner.checks("desk-campaign-visits")

    for each in visits[:3]:
        steps.record_one(desk.bureau, each)
        steps.confirm_one(desk.bureau, each)
    desk.move_on(REVIEWED_AT)
    planner.signs_in(desk.house.token(PLANNER))
    planner.goes_to("/desk?month=2026-12")
    due = page.get_by_role("listitem").filter(has_text="的公示期限")
    expect(due.get_by_role("link")).to_be_visible()
    planner.checks("desk-home-planner")
    page.get_by_role("link", name=f"{TITLE} · 3 条检查结果待审核").click()
    for place, each in enumerate(visits[:3]):
        page.get_by_role("button", name=f"查看并审核 {each.name}").click()
        expect(page.get_by_text("现场核对资料")).to_be_visible()
        if place == 0:
            planner.checks("desk-campaign-review")
        if place == 2:
            page.get_by_label("说明").fill("情况写得不清楚")
        page.get_by_role("button", name="审核通过" if place < 2 else "退回重录").click()
        expect(page.get_by_role("heading", level=2, name=each.name)).to_be_hidden()
    page.get_by_role("button", name="公示 2 条已审核的结果").click()
    page.get_by_role("alertdialog").get_by_role("button", name="公示 2 条已审核的结果").click()
    expect(page.get_by_text("已公示 2 条。")).to_be_visible()
    planner.checks("desk-campaign-published")
    page.get_by_role("link", name="检查结果", exact=True).click()
    page.get_by_role("link", name="查看公示").first.click()
    expect(page.get_by_role("heading", name="名单证明")).to_be_visible()
    page.go_back()
    _makes_a_report(page, planner, code)
    found = desk.bureau.ask(lambda tx: findings.visible_findings(tx, PLANNER, code))
    assert sorted(each.state for each in found) == ["published", "published", "returned"]


def _types_who(page: Page, planner: Visitor) -> None:
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
    planner.checks("desk-plan-who")
    page.reload()
    expect(page.get_by_text("已恢复上次未保存的填写内容")).to_be_visible()
    expect(page.get_by_label("任务名称")).to_have_value(TITLE)
    page.get_by_role("link", name="下一步").click()


def _types_what(page: Page, planner: Visitor) -> None:
    expect(page.get_by_role("heading", level=2, name="事项与检查组")).to_be_visible()
    lead = page.get_by_role("group", name="样例住建局")
    lead.get_by_role("checkbox").first.check()
    lead.get_by_label("该部门派出的检查人员数").fill("1")
    other = page.get_by_role("group", name="样例市场监管局")
    other.get_by_role("checkbox").first.check()
    planner.checks("desk-plan-what")
    page.go_back()
    expect(page.get_by_label("任务名称")).to_have_value(TITLE)
    page.go_forward()
    expect(lead.get_by_role("checkbox").first).to_be_checked()
    page.get_by_role("link", name="下一步").click()


def _types_rates(page: Page, planner: Visitor) -> None:
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
    planner.checks("desk-plan-rates")
    page.get_by_role("link", name="下一步").click()
    expect(page.get_by_role("heading", level=2, name="核对并保存")).to_be_visible()
    planner.checks("desk-plan-check")


def _saves_although_the_session_ended(page: Page, planner: Visitor, desk: Desk) -> None:
    """The session ends under the form: one signs in over it, and nothing typed is lost."""
    planner.context.clear_cookies()
    page.get_by_role("button", name="保存计划").click()
    dialog = page.get_by_role("dialog", name="登录已过期")
    dialog.get_by_label("令牌 必填").fill(desk.house.token(PLANNER))
    dialog.get_by_role("button", name="登录", exact=True).click()


def _freezes(page: Page, planner: Visitor) -> None:
    page.get_by_role("radio", name="事先指定的公开数").check()
    expect(page.get_by_label("期号或日期")).to_be_visible()
    page.get_by_role("radio", name="多方见证仪式").check()
    expect(page.get_by_label("见证方名称")).to_have_count(2)
    planner.checks("desk-campaign-freeze")
    page.get_by_role("radio", name="本机随机数").check()
    page.get_by_role("button", name="冻结名单").click()
    page.get_by_role("alertdialog").get_by_role("button", name="冻结名单").click()
    expect(page.get_by_text("名单已封存").first).to_be_visible()
    planner.checks("desk-campaign-frozen")


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


def _makes_a_report(page: Page, planner: Visitor, code: str) -> None:
    """The job can be left, and its files are found again."""
    page.get_by_role("link", name="进度与下一步").click()
    page.get_by_role("button", name="编制情况报告").click()
    files = page.get_by_role("list", name="结果文件")
    expect(files.get_by_role("link")).to_have_count(2)
    page.reload()
    expect(files.get_by_role("link")).to_have_count(2)
    planner.checks("desk-campaign-report")
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="报告").click()
    row = page.get_by_role("row").filter(has_text=code)
    expect(row.get_by_role("link")).to_have_count(2)
    planner.checks("desk-reports")
    kinds = set()
    for link in row.get_by_role("link").all():
        with page.expect_download() as told:
            link.click()
        kinds.add(told.value.suggested_filename.rsplit(".", 1)[1])
    assert kinds == {"pdf", "xlsx"}


SENT = (
    Participant("ZJ", ("ZJ-01",), 2, "ZJ样例2所", ("ZJ001", "ZJ003")),
    Participant("ZJ", ("ZJ-02",), 1, "ZJ样例1所"),
    Participant("SC", ("SC-01",), 1, inspectors=("SC001", "SC002")),
)
ROLES = (
    TeamRole("组长", "ZJ", True, inspectors=("ZJ001", "ZJ002")),
    TeamRole("组员", "SC", False, 2, unit="SC样例1所", local=True),
)


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, departments=("ZJ", "SC"), items=("ZJ-01", "ZJ-02", "SC-01"), participants=SENT),
        replace(PLAN, departments=("ZJ",), items=("ZJ-01",), participants=SENT[:1]),
        replace(PLAN, matching=MatchingPlan(ROLES)),
    ],
    ids=["units of departments", "one unit", "roles of two departments"],
)
def test_a_change_of_one_field_leaves_all_else_of_a_plan(planner: Visitor, desk: Desk, plan: Plan) -> None:
    """Whoever is named, by department, unit or role, is still named after the title was changed."""
    code = steps.plan(desk.bureau, plan)
    page = planner.goes_to(f"/desk/campaigns/{code}/plan")
    page.get_by_label("任务名称").fill("改了名称")
    page.get_by_role("link", name="事项与检查组").click()
    named = page.get_by_label("指定人员")
    expect(named.first).to_have_value("ZJ001、ZJ003" if plan.participants else "ZJ001、ZJ002")
    planner.checks()
    page.get_by_role("link", name="核对并保存").click()
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("改了名称")
    expect(page.get_by_role("heading", name="冻结名单")).to_be_visible()
    assert desk.bureau.ask(lambda tx: campaigns.read(tx, PLANNER, code)).plan == replace(plan, title="改了名称")


def test_a_void_is_proposed_by_one_planner_and_confirmed_by_another(planner: Visitor, desk: Desk) -> None:
    code = steps.plan(desk.bureau, replace(flat(PLAN), items=("ZJ-03",)))
    steps.freeze_by_local_beacon(desk.bureau, code, desk.clock.now)
    planner.page.clock.set_fixed_time("2020-01-01T00:00:00Z")  # what has come is the service's to say
    page = planner.goes_to(f"/desk/campaigns/{code}")
    expect(page.get_by_text("随机数应已出现，可以抽取。")).to_be_visible()
    page.locator("summary", has_text="提议作废").click()
    page.get_by_label("作废理由").fill("名单范围有误")
    page.get_by_role("button", name="提议作废").click()
    expect(page.get_by_text("名单范围有误")).to_be_visible()
    confirms(page, "确认作废")
    expect(page.get_by_role("alert")).to_contain_text("另一")
    planner.checks("desk-campaign-void-proposed", follows=True)
    planner.signs_in(desk.house.token(SECOND))
    page = planner.goes_to(f"/desk/campaigns/{code}")
    confirms(page, "确认作废")
    expect(page.get_by_text("任务已作废")).to_be_visible()
    expect(page.get_by_role("link", name="重新制定计划")).to_be_visible()
    planner.checks("desk-campaign-void")


def test_two_parties_reveal_at_the_page_and_the_campaign_is_closed_after_its_period(
    planner: Visitor, desk: Desk
) -> None:
    plan = flat(OTHER_PLAN)
    code = steps.plan(desk.bureau, plan)
    page = planner.goes_to(f"/desk/campaigns/{code}")
    page.get_by_role("radio", name="多方见证仪式").check()
    page.get_by_role("button", name="冻结名单").click()
    expect(page.get_by_label("见证方名称").first).to_be_focused()
    for place, (name, secret) in enumerate(PARTIES.items()):
        page.get_by_label("见证方名称").nth(place).fill(name)
        page.get_by_label("承诺（64 位十六进制）").nth(place).fill(ceremony_commitment(name, *secret).hex())
    deadline = (desk.clock.now + timedelta(hours=1)).astimezone(timezone(timedelta(hours=8)))
    page.get_by_label("揭示期限").fill(deadline.strftime("%Y-%m-%dT%H:%M"))
    confirms(page, "冻结名单")
    expect(page.get_by_text("名单已封存").first).to_be_visible()

    desk.move_on(desk.clock.now + timedelta(minutes=20))
    salt, value = (
        page.get_by_label(each, exact=True) for each in ("盐（64 位十六进制） 必填", "随机数（64 位十六进制） 必填")
    )
    reveal = page.get_by_role("button", name="录入揭示的随机数")
    table = page.get_by_role("table", name="见证方")
    for left, (name, secret) in zip((1, 0), PARTIES.items(), strict=True):
        page.get_by_label("见证方名称").select_option(name)
        salt.fill(secret[0].hex())
        if left:
            value.fill(secret[0].hex())
            reveal.click()
            expect(page.get_by_role("alert")).to_be_visible()
            planner.checks("desk-campaign-reveal", follows=True)
        value.fill(secret[1].hex())
        reveal.click()
        expect(table.get_by_text("未揭示")).to_have_count(left)
        if left:
            expect(salt).to_have_value("")
    expect(reveal).to_be_hidden()
    page.get_by_role("button", name="抽取", exact=True).click()
    page.get_by_role("button", name="匹配检查人员").click()
    expect(page.get_by_role("heading", name="检查进度")).to_be_visible()

    confirms(page, "结束任务")
    expect(page.get_by_role("alert")).to_be_visible()
    desk.move_on(datetime(2027, 1, 2, 1, tzinfo=UTC))
    planner.signs_in(desk.house.token(PLANNER))
    page = planner.goes_to(f"/desk/campaigns/{code}")
    confirms(page, "结束任务")
    expect(page.get_by_text("任务已结束")).to_be_visible()
    planner.checks("desk-campaign-closed")
    assert page.evaluate("document.documentElement.scrollWidth") == DESKTOP["width"]


def test_an_inspector_comes_to_entries_of_his_own_on_a_phone(browser: Browser, desk: Desk, pictured: bool) -> None:
    inspector = Actor("ZJ-001", Role.INSPECTOR, "ZJ")
    with visiting(browser, desk.house.url, PHONE, pictured, has_touch=True) as visitor:
        visitor.signs_in(desk.house.token(inspector))
        page = visitor.goes_to("/desk")
        expect(page.get_by_role("heading", name="待办提醒")).to_be_visible()
        expect(page.get_by_role("table", name="月")).to_be_visible()
        page.get_by_role("link", name="下月").click()
        expect(page.get_by_text("本月没有期限")).to_be_visible()
        visitor.checks("desk-home-phone")
