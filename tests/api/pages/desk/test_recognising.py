"""An inspector on a phone recognises what another department found, so that nobody is inspected twice."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.api.house import PLANNER
from tests.api.pages.browsing import PHONE, confirms, needs_browser, visiting
from tests.api.states.recognition import OTHER, matched

pytestmark = needs_browser


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
