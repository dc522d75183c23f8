"""What follows visits at the desk: corrections, credit repair, re-checks, transfers and joint punishment."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ledger.actors import Actor
from sampling import disclosures
from sampling.publication import proceedings
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, confirms, needs_browser, visiting
from tests.api.states.publishing import RECEIVER, SECOND, Desk, desk_on, leader_of
from tests.sampling.bureau import AUDITOR, CAMPAIGN, PLANNER, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture
from tests.sampling.publication.walk import recheck

pytestmark = needs_browser

BASIS = "信用修复管理办法第八条"
REASON = "录入时选错了检查结果，现场笔录为责令已改正。"


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with approved and published findings."""
    with desk_on(sqlite_states.of("reviewed"), tmp_path_factory.mktemp("proceedings")) as desk:
        yield desk


@pytest.fixture
def planner(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with _signed_in(browser, desk, PLANNER, DESKTOP, pictured) as visitor:
        yield visitor


def test_a_planner_proposes_a_correction_and_another_one_decides_it(
    planner: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    visit = desk.take()
    page = planner.goes_to(f"/desk/campaigns/{CAMPAIGN}/findings")
    page.get_by_role("link", name=f"后续事项 {visit.name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{visit.name} · 后续事项")
    form = _opens(page, "提议更正")
    _chooses_corrected(form)
    form.get_by_role("button", name="提交审定").click()
    expect(page.get_by_role("alert")).to_be_visible()
    form.get_by_label("理由").fill(REASON)
    page.reload()
    _opens(page, "提议更正")
    expect(form.get_by_label("理由")).to_have_value(REASON)
    _chooses_corrected(form)
    planner.checks("desk-proceedings-of")
    form.get_by_role("button", name="提交审定").click()
    expect(page.get_by_text("由您提出，须由另一名管理员审定。")).to_be_visible()
    planner.checks("desk-proceeding")

    with _signed_in(browser, desk, SECOND, PHONE, pictured) as second:
        other = second.goes_to("/desk")
        other.get_by_role("main").get_by_role("link", name="1 件后续事项待办理").click()
        row = other.get_by_role("row").filter(has_text=visit.name)
        expect(row).to_contain_text("待审定")
        second.checks("desk-proceedings-phone")
        row.get_by_role("link", name="更正").click()
        other.get_by_label("意见").fill("已核对现场笔录")
        confirms(other, "通过，更正公示")
        expect(other.get_by_role("listitem").filter(has_text="已核对现场笔录")).to_contain_text("已更正")
        expect(other.get_by_role("heading", name="审定")).to_be_hidden()
        second.checks("desk-proceeding-phone")
        other.get_by_role("link", name=visit.name).click()
        expect(other.get_by_text("以上为更正后的内容。")).to_be_visible()
    shown = desk.bureau.ask(lambda tx: disclosures.finding(tx, CAMPAIGN, visit.position))
    assert (shown.version, shown.results) == (2, ("corrected",))


def test_a_credit_repair_is_refused_with_a_reason_and_approved_the_second_time(
    planner: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    visit = desk.take()
    for approve in (False, True):
        page = planner.goes_to(f"/desk/proceedings/of/{CAMPAIGN}/{visit.enterprise}")
        form = _opens(page, "申请信用修复")
        form.get_by_label("依据").fill(BASIS)
        form.get_by_label("理由").fill("已履行义务")
        form.get_by_role("button", name="提交审定").click()
        expect(page.get_by_text("由您提出，须由另一名管理员审定。")).to_be_visible()
        with _signed_in(browser, desk, SECOND, PHONE, pictured) as second:
            other = second.goes_to(page.url.removeprefix(desk.house.url))
            refuse = other.get_by_role("button", name="不予通过")
            expect(refuse).to_be_disabled()
            if approve:
                confirms(other, "通过，停止公示")
                expect(other.get_by_text("已修复").first).to_be_visible()
            else:
                other.get_by_label("意见").fill("尚未满三个月")
                other.reload()
                expect(other.get_by_label("意见")).to_have_value("尚未满三个月")
                refuse.click()
                expect(other.get_by_role("listitem").filter(has_text="尚未满三个月")).to_contain_text("不予修复")
                kept = other.evaluate("Object.keys(sessionStorage).filter((each) => each.startsWith('qian.draft'))")
                assert kept == []
    assert desk.state(visit) == "ended"
    page = planner.goes_to(f"/desk/proceedings/of/{CAMPAIGN}/{visit.enterprise}")
    expect(page.get_by_role("row").filter(has_text="信用修复")).to_have_count(2)
    expect(page.get_by_text("申请信用修复", exact=True)).to_be_hidden()


def test_an_inspector_records_re_checks_until_it_is_corrected(browser: Browser, desk: Desk, pictured: bool) -> None:
    visit = desk.take()
    with _signed_in(browser, desk, leader_of(visit), PHONE, pictured) as inspector:
        page = inspector.goes_to(f"/desk/visits/{CAMPAIGN}/{visit.enterprise}")
        for corrected, facts in (("未整改", "灭火器仍未更换"), ("已整改", "灭火器已更换")):
            page.goto(f"{desk.house.url}/desk/visits/{CAMPAIGN}/{visit.enterprise}")
            page.get_by_role("link", name="整改复查、更正等后续事项").click()
            form = _opens(page, "录入整改复查")
            form.get_by_label("复查日期").fill("2026-11-27")
            form.get_by_role("radio", name=corrected).check()
            form.get_by_label("复查情况").fill(facts)
            if corrected == "未整改":
                inspector.checks("desk-recheck-phone")
            form.get_by_role("button", name="录入复查结果").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("整改复查")
            expect(page.get_by_text(facts)).to_be_visible()
        page.get_by_role("link", name=visit.name).click()
        expect(page.get_by_role("row").filter(has_text="整改复查")).to_have_count(2)
        expect(page.get_by_text("录入整改复查", exact=True)).to_be_hidden()
        expect(page.get_by_text("提议更正", exact=True)).to_be_visible()
        page.goto(f"{desk.house.url}/desk/proceedings?state=all")
        expect(page.get_by_role("row").filter(has_text=visit.name)).to_have_count(2)


def test_a_transfer_is_taken_and_ended_by_the_department_that_it_was_sent_to(
    planner: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    visit = desk.take_approved()
    page = planner.goes_to(f"/desk/proceedings/of/{CAMPAIGN}/{visit.enterprise}")
    form = _opens(page, "移送其他部门")
    form.get_by_label("接收部门").select_option("YJ")
    form.get_by_label("依据").fill("安全生产法第六十六条")
    form.get_by_label("理由").fill("属应急管理部门职责")
    form.get_by_label("答复期限").fill("2026-01-01")
    form.get_by_role("button", name="移送", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    form.get_by_label("答复期限").fill("2027-06-30")
    form.get_by_role("button", name="移送", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("移送")
    expect(page.get_by_role("heading", name="答复移送")).to_be_hidden()
    with _signed_in(browser, desk, RECEIVER, DESKTOP, pictured) as receiver:
        other = receiver.goes_to("/desk/proceedings?kind=TRANSFER")
        other.get_by_role("row").filter(has_text=visit.name).get_by_role("link", name="移送").click()
        receiver.checks("desk-transfer")
        other.get_by_role("button", name="接收").click()
        end = other.get_by_role("button", name="办结")
        expect(end).to_be_disabled()
        other.get_by_label("意见").fill("已立案处理")
        end.click()
        expect(other.get_by_role("listitem").filter(has_text="已立案处理")).to_contain_text("已办结")
        expect(other.get_by_role("heading", name="答复移送")).to_be_hidden()
    (found,) = desk.bureau.ask(lambda tx: proceedings.of_position(tx, CAMPAIGN, visit.position))
    assert [step.step for step in found.steps] == ["taken", "ended"]


def test_a_joint_punishment_is_put_in_force_by_another_person_fed_back_on_and_lifted(
    planner: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    visit = desk.take()
    page = planner.goes_to(f"/desk/proceedings/of/{CAMPAIGN}/{visit.enterprise}")
    form = _opens(page, "提请联合惩戒")
    form.get_by_label("事由").fill("拒不整改")
    form.get_by_label("依据").fill("办法第三条")
    form.get_by_label("措施").fill("限制参加评优")
    form.get_by_label("执行部门").select_option("YJ")
    form.get_by_label("惩戒期限").fill("2027-06-30")
    form.get_by_role("button", name="提交审定").click()
    expect(page.get_by_text("由您提出，须由另一名管理员审定。")).to_be_visible()
    address = page.url.removeprefix(desk.house.url)
    with _signed_in(browser, desk, SECOND, DESKTOP, pictured) as second:
        confirms(second.goes_to(address), "通过，交付执行")
        expect(second.page.get_by_text("执行中").first).to_be_visible()
        expect(second.page.get_by_role("heading", name="反馈执行情况")).to_be_hidden()
    with _signed_in(browser, desk, RECEIVER, PHONE, pictured) as receiver:
        other = receiver.goes_to(address)
        other.get_by_label("意见").fill("已取消评优资格")
        other.get_by_role("button", name="提交反馈").click()
        expect(other.get_by_role("listitem").filter(has_text="已取消评优资格")).to_be_visible()
        expect(other.get_by_role("heading", name="解除惩戒")).to_be_hidden()
    planner.goes_to(address)
    page.get_by_label("意见").fill("已整改")
    planner.checks("desk-punishment")
    confirms(page, "解除惩戒")
    expect(page.get_by_text("已解除").first).to_be_visible()


def test_an_auditor_reads_all_of_it_and_is_offered_nothing(browser: Browser, desk: Desk, pictured: bool) -> None:
    visit = desk.take()
    recheck(desk.bureau, visit, corrected=False)
    with _signed_in(browser, desk, AUDITOR, DESKTOP, pictured) as auditor:
        page = auditor.goes_to("/desk")
        page.get_by_role("navigation", name="菜单").get_by_role("link", name="后续事项").click()
        page.get_by_label("状态").select_option("all")
        page.get_by_role("button", name="查询").click()
        row = page.get_by_role("row").filter(has_text=visit.name)
        expect(row).to_contain_text("未整改")
        auditor.checks("desk-proceedings")
        row.get_by_role("link").click()
        expect(page.get_by_text("现场复查")).to_be_visible()
        page.get_by_role("link", name=visit.name).click()
        expect(page.get_by_text("目前没有可以提出的事项。")).to_be_visible()
        page.get_by_role("button", name="English").click()
        expect(page.get_by_text("There is nothing that can be begun now.")).to_be_visible()
        auditor.checks()


def _opens(page: Page, what: str) -> Locator:
    """Open the form of what may be begun."""
    page.get_by_text(what, exact=True).click()
    return page.locator("details", has=page.get_by_text(what, exact=True))


def _chooses_corrected(form: Locator) -> None:
    chosen = form.get_by_role("checkbox", checked=True)
    while chosen.count():
        chosen.first.uncheck()
    form.get_by_role("checkbox", name="发现问题经责令已改正").check()


@contextmanager
def _signed_in(
    browser: Browser, desk: Desk, actor: Actor, viewport: dict[str, int], pictured: bool
) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, viewport, pictured) as visitor:
        visitor.signs_in(desk.house.token(actor))
        yield visitor
