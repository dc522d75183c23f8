"""An analyst at the desk: a model that is learned from visits, and waits as a draft for another person."""

from playwright.sync_api import Browser, expect

from tests.api.house import ANALYST, House
from tests.api.pages.browsing import DESKTOP, needs_browser, visiting
from tests.api.test_learning import house  # noqa: F401  - a fixture
from tests.scoring.learning import observed

pytestmark = needs_browser


def test_a_model_is_learned_compared_and_kept_as_a_draft(
    house: House,  # noqa: F811
    browser: Browser,
    pictured: bool,
) -> None:
    with visiting(browser, house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(house.token(ANALYST))
        page = visitor.goes_to("/desk/evaluation?of=learning")
        page.get_by_label("查阅目的").fill("年度评估")
        page.get_by_role("button", name="填写目的并查阅").click()
        page.get_by_label("模型", exact=True).select_option("small@1")
        page.get_by_label("检查首日").fill(observed.FIRST.isoformat())
        page.get_by_label("检查末日").fill(observed.LAST.isoformat())
        page.get_by_label("只用非随机的检查").check()
        page.get_by_label("将学习结果存为草稿").check()
        page.get_by_role("button", name="开始").click()
        expect(page.get_by_role("heading", name="学习结果")).to_be_visible()
        expect(page.get_by_text("已存为草稿，等待另一人审核。")).to_be_visible()
        expect(page.get_by_role("table", name="比较结论").get_by_role("row", name="AUC").first).to_be_visible()
        page.reload()
        expect(page.get_by_role("table", name="检验期")).to_be_visible()
        visitor.checks("desk-learning")
        page.goto(f"{house.url}/desk/models/small/2")
        expect(page.locator(".page-head .badge")).to_have_text("草稿，待审核")
