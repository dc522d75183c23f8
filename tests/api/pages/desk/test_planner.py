"""Planners at the desk: plans that are changed, voids, ceremonies, and what waits for them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from ledger.actors import Actor, Role
from sampling import campaigns
from sampling.beacons import ceremony_commitment
from sampling.conditions import Conditions
from sampling.matching_inputs import TeamRole
from sampling.matching_plans import MatchingPlan
from sampling.participants import Participant
from sampling.plans import Plan
from tests import bureau_files as files
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, confirms, needs_browser, visiting
from tests.api.states.publishing import ELSEWHERE, SECOND, Desk, desk_at
from tests.sampling import bureau as steps
from tests.sampling.bureau import OTHER_PLAN, PARTIES, PLAN, PLANNED_AT, PLANNER, Templates, flat
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser


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


def test_a_division_is_found_by_a_part_of_its_name(planner: Visitor, desk: Desk) -> None:
    rows = [files.division("130304", "样例区"), files.division("130304001", "样例区示范街道")]
    assert desk.house.import_file("division", files.csv_bytes(rows))["state"] == "DONE"
    page = planner.goes_to("/desk/campaigns/new")
    page.locator("input[value=TARGETED]").check()
    regions = page.get_by_label("区域", exact=True)
    regions.fill("示范镇 样例")
    found = page.get_by_role("list", name="找到的行政区划")
    expect(found.get_by_role("button")).to_have_text(["130304 样例区", "130304001 样例区示范街道"])
    planner.checks()
    found.get_by_role("button", name="样例区示范街道").click()
    expect(regions).to_have_value("示范镇 130304001 ")
    expect(regions).to_be_focused()
    expect(found).to_have_count(0)
    expect(page.get_by_text("130304001 样例区示范街道")).to_be_visible()
    regions.fill("示范镇 130304001 1303")
    expect(found.get_by_role("button")).to_have_text(["130304 样例区"])


def test_a_number_is_read_as_it_was_typed_or_the_plan_is_not_saved(planner: Visitor, desk: Desk) -> None:
    """A Chinese keyboard types wide digits; a word that is no number would otherwise be taken for none."""
    code = steps.plan(desk.bureau, flat(PLAN))
    page = planner.goes_to(f"/desk/campaigns/{code}/plan?step=what")
    cap = page.get_by_label("每人本次任务上限")
    cap.fill("五个")
    expect(page.get_by_text("请填整数。")).to_be_visible()
    page.get_by_role("link", name="核对并保存").click()
    expect(page.get_by_text("还缺：每人本次任务上限")).to_be_visible()
    expect(page.get_by_role("button", name="保存修改")).to_be_disabled()
    page.get_by_role("link", name="事项与检查组").click()
    cap.fill("５０")
    page.get_by_label("期间最少在岗天数").fill(" ２ ")
    page.get_by_role("link", name="核对并保存").click()
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("heading", name="冻结名单")).to_be_visible()
    matching = desk.bureau.ask(lambda tx: campaigns.read(tx, PLANNER, code)).plan.matching
    assert (matching.cap, matching.least_duty_days) == (50, 2)


def test_a_plan_is_read_once_more_as_a_whole(planner: Visitor, desk: Desk) -> None:
    conditions = Conditions(("建筑施工",), (), statuses=("存续", "歇业"))
    matching = MatchingPlan(ROLES, cap=50, least_duty_days=3, last_visit=True)
    code = steps.plan(desk.bureau, replace(PLAN, conditions=conditions, matching=matching))
    page = planner.goes_to(f"/desk/campaigns/{code}/plan?step=check")

    def told(name: str) -> Locator:
        return page.locator("dl.facts > div", has=page.locator("dt", has_text=re.compile(f"^{name}$"))).first

    expect(told("牵头部门")).to_contain_text("样例住建局")
    expect(told("年度计划项")).to_contain_text("不属于年度计划")
    expect(told("登记状态")).to_contain_text("存续、歇业")
    expect(told("行业")).to_contain_text("建筑施工")
    expect(told("每人本次任务上限")).to_contain_text("50")
    expect(told("期间最少在岗天数")).to_contain_text("3")
    expect(told("回避上次检查过的企业")).to_contain_text("是")
    expect(told("自定分工")).to_contain_text("专业须与企业行业相符")
    page.get_by_role("link", name="参加方与范围").click()
    page.locator("input[value=UNTARGETED]").check()
    page.get_by_role("link", name="核对并保存").click()
    expect(told("登记状态")).to_be_visible()
    expect(told("行业")).to_have_count(0)  # what is left of another type is no part of the plan
    planner.checks()


def test_what_is_folded_on_a_screen_is_on_paper(planner: Visitor, desk: Desk) -> None:
    page = planner.goes_to(f"/desk/campaigns/{steps.plan(desk.bureau, PLAN)}/plan?step=check")
    strata = page.get_by_role("table", name="抽样层与推断", include_hidden=True)
    expect(strata).to_be_attached()
    expect(strata).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(strata).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(strata).to_be_hidden()


def test_a_planner_of_a_partner_is_told_who_leads_and_offered_nothing_that_fails(planner: Visitor, desk: Desk) -> None:
    code = steps.plan(desk.bureau, replace(flat(PLAN), departments=("ZJ", "SC"), items=("ZJ-01", "SC-01")))
    page = planner.goes_to(f"/desk/campaigns/{code}")
    expect(page.locator(".user small")).to_have_text("样例住建局")
    expect(page.get_by_role("button", name="冻结名单")).to_be_visible()
    planner.signs_in(desk.house.token(ELSEWHERE))
    page = planner.goes_to(f"/desk/campaigns/{code}")
    expect(page.get_by_text("本任务由样例住建局牵头")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    planner.checks()


def test_of_two_tabs_the_later_one_loses_nothing_of_what_was_typed(planner: Visitor, desk: Desk) -> None:
    code = steps.plan(desk.bureau, flat(PLAN))
    page = planner.goes_to(f"/desk/campaigns/{code}/plan")
    other = planner.context.new_page()
    for tab, title in ((other, "第二个标签页"), (page, "第一个标签页")):
        tab.goto(f"{planner.url}/desk/campaigns/{code}/plan")
        tab.get_by_label("任务名称").fill(title)
        tab.get_by_role("link", name="核对并保存").click()
        expect(tab.get_by_role("button", name="保存修改")).to_be_enabled()
    other.get_by_role("button", name="保存修改").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("第二个标签页")
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("alert")).to_be_visible()
    planner.checks()
    page.reload()
    expect(page.get_by_text("已恢复上次未保存的填写内容")).to_be_visible()
    page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("第一个标签页")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("第一个标签页")


def test_a_plan_whose_answer_was_lost_is_planned_once(planner: Visitor, desk: Desk) -> None:
    code = steps.plan(desk.bureau, flat(PLAN))
    page = planner.goes_to(f"/desk/campaigns/new?like={code}")
    page.get_by_label("任务名称").fill("网络中断")
    page.get_by_role("link", name="核对并保存").click()
    lost: list[Route] = []

    def lose(route: Route) -> None:
        if "idempotency-key" in route.request.headers and not lost:
            lost.append(route)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/staff/graphql", lose)
    page.get_by_role("button", name="保存计划").click()
    expect(page.get_by_role("alert")).to_contain_text("暂时连接不上")
    page.get_by_role("button", name="保存计划").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("网络中断")
    page.goto(f"{planner.url}/desk/campaigns")
    expect(page.get_by_role("row").filter(has_text="网络中断")).to_have_count(1)


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
    page.get_by_role("button", name="确认作废").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    planner.checks(follows=True)
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
    expect(page.get_by_label("参与方名称").first).to_be_focused()
    for place, (name, secret) in enumerate(PARTIES.items()):
        page.get_by_label("参与方名称").nth(place).fill(name)
        page.get_by_label("承诺（64 位十六进制）").nth(place).fill(ceremony_commitment(name, *secret).hex())
    deadline = (desk.clock.now + timedelta(hours=1)).astimezone(timezone(timedelta(hours=8)))
    page.get_by_label("揭示期限").fill(deadline.strftime("%Y-%m-%dT%H:%M"))
    confirms(page, "冻结名单")
    expect(page.get_by_text("名单已封存").first).to_be_visible()

    desk.move_on(desk.clock.now + timedelta(minutes=20))
    salt, value = (
        page.get_by_label(each, exact=True) for each in ("盐（64 位十六进制） 必填", "随机值（64 位十六进制） 必填")
    )
    reveal = page.get_by_role("button", name="录入揭示的随机值")
    table = page.get_by_role("table", name="参与方")
    for left, (name, secret) in zip((1, 0), PARTIES.items(), strict=True):
        page.get_by_label("参与方名称").select_option(name)
        salt.fill(secret[0].hex())
        if left:
            value.fill(secret[0].hex())
            reveal.click()
            expect(page.get_by_role("alert")).to_be_visible()
            planner.checks("desk-campaign-reveal", follows=True)
        value.fill(secret[1].hex())
        planner.context.set_offline(True)
        lost = page.get_by_text("暂时连接不上")
        expect(lost).to_be_visible()
        planner.context.set_offline(False)
        expect(lost).to_be_hidden()
        expect(value).to_have_value(secret[1].hex())
        reveal.click()
        expect(table.get_by_text("未揭示")).to_have_count(left)
        if left:
            expect(salt).to_have_value("")
    expect(reveal).to_be_hidden()
    page.get_by_role("button", name="抽取", exact=True).click()
    page.get_by_role("button", name="匹配检查人员").click()
    expect(page.get_by_role("link", name="检查任务", exact=True)).to_be_visible()

    confirms(page, "结束任务")
    expect(page.get_by_role("alert")).to_be_visible()
    desk.move_on(datetime(2027, 1, 2, 1, tzinfo=UTC))
    planner.signs_in(desk.house.token(PLANNER))
    page = planner.goes_to(f"/desk/campaigns/{code}")
    confirms(page, "结束任务")
    expect(page.get_by_text("任务已结束")).to_be_visible()
    planner.checks("desk-campaign-closed")


def test_who_puts_signing_in_again_off_loses_nothing_of_what_he_typed(planner: Visitor, desk: Desk) -> None:
    """The page asks by itself no more, and once more when he does something that needs it."""
    code = steps.plan(desk.bureau, replace(flat(PLAN), items=("ZJ-04",)))
    steps.freeze(desk.bureau, code, desk.clock.now)
    page = planner.goes_to(f"/desk/campaigns/{code}")
    name, secret = next(iter(steps.secrets_at(desk.clock.now).items()))
    salt = page.get_by_label("盐（64 位十六进制） 必填")
    salt.fill(secret[0].hex())
    page.get_by_label("随机值（64 位十六进制） 必填").fill(secret[1].hex())
    dialog = page.get_by_role("dialog", name="登录已过期")
    planner.context.clear_cookies()
    dialog.get_by_role("button", name="暂不登录").click()
    expect(page.get_by_role("status").filter(has_text="登录已过期")).to_be_visible()
    expect(salt).to_have_value(secret[0].hex())
    page.wait_for_timeout(5000)  # in which the page would have been read anew
    expect(dialog).to_be_hidden()
    planner.checks()
    desk.move_on(desk.clock.now + timedelta(minutes=20))
    for _ in range(2):
        page.get_by_role("button", name="录入揭示的随机值").click()
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="暂不登录").click()
        expect(page.get_by_role("alert").filter(has_text="登录已过期")).to_be_visible()
    page.get_by_role("button", name="录入揭示的随机值").click()
    dialog.get_by_label("令牌 必填").fill(desk.house.token(PLANNER))
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("row").filter(has_text=name).get_by_text("未揭示")).to_be_hidden()
    expect(page.get_by_text("登录已过期")).to_be_hidden()


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
