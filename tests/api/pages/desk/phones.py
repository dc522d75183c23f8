"""What inspectors do with their phones."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.actors import Actor
from tests.api.pages.browsing import PHONE, Visitor, visiting
from tests.api.pages.lines import Line, line_to
from tests.api.states.visit_sites import POINTS, Site

SignedIn = Callable[..., Visitor]


@pytest.fixture
def on_phone(browser: Browser, pictured: bool) -> Iterator[SignedIn]:
    """Give an inspector who is signed in on a phone of his own."""
    with ExitStack() as phones:

        def sign_in(site: Site, actor: Actor, url: str | None = None) -> Visitor:
            address = url or site.house.url
            visitor = phones.enter_context(visiting(browser, address, PHONE, pictured, has_touch=True))
            visitor.signs_in(site.house.token(actor))
            return visitor

        yield sign_in


@pytest.fixture
def line(site: Site) -> Iterator[Line]:
    """What a phone reaches the bureau by."""
    with line_to(site.house.url) as line:
        yield line


def address(site: Site) -> str:
    """Return the address of a visit's page."""
    return f"/desk/visits/{site.campaign}/{site.code}"


def answer(page: Page) -> None:
    """Answer the whole checklist."""
    for point in POINTS:
        page.get_by_role("group", name=point).get_by_label("是", exact=True).check()


def takes(visitor: Visitor) -> Page:
    """Take the visits along."""
    page = visitor.goes_to("/desk/visits")
    page.get_by_role("button", name="带走任务").click()
    expect(page.get_by_text("没有网络也能填写")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    return page


def takes_along(visitor: Visitor, line: Line) -> Page:
    """Take the visits along, and lose the network."""
    page = takes(visitor)
    line.cut()
    visitor.context.set_offline(True)
    page.goto(f"{visitor.url}/desk")
    expect(page).to_have_url(f"{visitor.url}/desk/visits")
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
