"""What inspectors do with their phones."""

from playwright.sync_api import Page, expect

from tests.api.pages.browsing import Visitor
from tests.api.pages.lines import Line


def takes_along(visitor: Visitor, line: Line) -> Page:
    """Take the visits along, and lose the network."""
    page = visitor.goes_to("/desk/visits")
    page.get_by_role("button", name="带走任务").click()
    expect(page.get_by_text("没有网络也能填写")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    line.cut()
    visitor.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("目前没有网络")).to_be_visible()
    return page


def is_reached_again(visitor: Visitor, line: Line) -> None:
    """Have the network back."""
    line.mend()
    visitor.context.set_offline(False)


def writes_down(page: Page, facts: str) -> None:
    """Write down a visit at which no problem was found."""
    page.get_by_label("未发现问题").check()
    page.get_by_label("后续处理", exact=True).select_option("NONE")
    page.get_by_label("检查情况").fill(facts)
    page.get_by_label("签字人姓名").fill("样例负责人")
