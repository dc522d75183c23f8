"""The public site, as anybody meets it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.api.house import House, served_on
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, needs_browser, visiting

pytestmark = needs_browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served bureau."""
    with served_on("sqlite", tmp_path_factory.mktemp("site"), worker=False) as house:
        yield house


@pytest.fixture
def visitor(browser: Browser, house: House, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, house.url, DESKTOP, pictured) as visitor:
        yield visitor


@pytest.fixture
def on_phone(browser: Browser, house: House, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, house.url, PHONE, pictured, has_touch=True) as visitor:
        yield visitor


def test_it_is_chinese_until_somebody_chooses_english_which_is_kept(visitor: Visitor) -> None:
    page = visitor.goes_to("/")
    expect(page).to_have_title("随机抽查结果公示")
    visitor.checks("home")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_title("Findings of random inspections")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    visitor.checks()


def test_a_phone_has_the_menu_behind_a_button(on_phone: Visitor) -> None:
    page = on_phone.goes_to("/")
    expect(page.get_by_role("link", name="检查结果")).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(page.get_by_role("link", name="检查结果")).to_be_visible()
    on_phone.checks("home-phone")
