"""An inspector on a phone recognises what another department found, so that nobody is inspected twice."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.api import small_bureau
from tests.api.house import PLANNER, served_on
from tests.api.pages.browsing import DESKTOP, PHONE, confirms, needs_browser, visiting
from tests.api.states.recognition import OTHER, matched

pytestmark = needs_browser


def test_a_planner_sees_before_the_freeze_whom_others_inspected(
    browser: Browser, tmp_path: Path, pictured: bool
) -> None:
    with matched(tmp_path) as made, visiting(browser, made.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(made.house.token(PLANNER))
        page = visitor.goes_to(f"/desk/campaigns/{made.planned}")
        page.get_by_label("时间范围").select_option("30")
        show = page.get_by_role("region", name="重复检查预览").get_by_role("button", name="查看")
        visitor.context.set_offline(True)
        show.click()
        expect(page.get_by_role("alert")).to_contain_text("暂时连接不上")
        visitor.context.set_offline(False)
        show.click()
        table = page.get_by_role("table", name="近 30 天内其他部门的检查")
        counts = table.get_by_role("row").filter(has_text="已被其他部门检查过").get_by_role("cell")
        expect(counts).to_have_text(str(len(made.visits)))
        visitor.checks("desk-campaign-overlap")
        page.get_by_label("时间范围").select_option("365")
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("table", name="Inspections by other departments within 30 days")).to_be_visible()


def test_where_nobody_was_inspected_elsewhere_the_page_says_so(
    browser: Browser, tmp_path: Path, pictured: bool
) -> None:
    with served_on("sqlite", tmp_path) as house, visiting(browser, house.url, PHONE, pictured) as visitor:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        code = small_bureau.plan(house)
        visitor.signs_in(house.token(PLANNER))
        page = visitor.goes_to(f"/desk/campaigns/{code}")
        page.get_by_role("region", name="重复检查预览").get_by_role("button", name="查看").click()
        expect(page.get_by_text("近 365 天内，其他部门没有检查过其中任何一户。")).to_be_visible()
        visitor.checks()


def test_another_department_s_inspection_stands_for_a_visit(browser: Browser, tmp_path: Path, pictured: bool) -> None:
    with matched(tmp_path) as made, visiting(browser, made.house.url, PHONE, pictured) as visitor:
        code, leader, _ = made.visit()
        visitor.signs_in(made.house.token(leader))
        page = visitor.goes_to(f"/desk/visits/{made.campaign}/{code}")
        page.get_by_text("一年内其他部门检查过 1 次").click()
        expect(page.get_by_label("其他部门的检查").locator("option")).to_contain_text(OTHER)
        visitor.checks("desk-recognising-phone")
        confirms(page, "认可，不再检查")
        expect(page.get_by_role("alert")).to_be_visible()  # since the reason is missing
        page.get_by_label("认可的理由").fill("同一事项，二十天前刚检查过")
        confirms(page, "认可，不再检查")
        expect(page.get_by_text(f"互认：{OTHER}")).to_be_visible()
        expect(page.get_by_text("一年内其他部门检查过")).to_be_hidden()
        query = "query ($campaign: String!) { recognitions(campaign: $campaign) { body recognisedBy } }"
        told = made.house.ask(query, PLANNER, campaign=made.campaign)["recognitions"]
        assert told == [{"body": OTHER, "recognisedBy": leader.subject}]
