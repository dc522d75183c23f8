"""Signing in to the desk and out of it, in a browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from api import tokens
from api.bureau import Bureau, create
from api.settings import Settings
from ledger.actors import Role
from ledger.keys import Secret
from sampling.users import managing
from tests.api.house import ADMINISTRATOR, ANALYST, NAME, ORIGIN, House, served_bureau
from tests.api.oidc.providers import AUDIENCE, MISSING, WHY_MISSING, Provider, rsa
from tests.api.pages.browsing import DESKTOP, PATIENCE, PHONE, Visitor, needs_browser, visiting

pytestmark = [needs_browser, pytest.mark.skipif(MISSING, reason=WHY_MISSING)]

TITLE = "登录工作台"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider of sign-ins."""
    provider = Provider()
    with provider.running(rsa()):
        yield provider


@pytest.fixture(scope="module")
def house(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served bureau, where one user signs in at the provider."""
    settings = Settings(
        home=tmp_path_factory.mktemp("signing") / "home",
        oidc_issuer=provider.issuer,
        oidc_audience=AUDIENCE,
        oidc_client_id="desk on loopback",
    )
    bureau = create(settings, ORIGIN, NAME)
    with bureau.write() as tx:
        managing.add(tx, ADMINISTRATOR, bureau.now, "wang", Role.ANALYST, None)
    bureau.close()
    with served_bureau(Bureau(settings), worker=False) as house:
        yield house


@pytest.fixture
def visitor(browser: Browser, house: House, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, house.url, DESKTOP, pictured) as visitor:
        yield visitor


def give_token(page: Page, token: str) -> None:
    """Sign in by a token."""
    page.get_by_label("令牌").fill(token)
    page.get_by_role("button", name="登录", exact=True).click()


def token_of(house: House, ago: timedelta = timedelta(), key: bytes | None = None) -> str:
    """Return a token that was good for an hour from some time ago on, or is another key's."""
    bureau = house.bureau
    signed = bureau.token_key if key is None else Secret(key)
    return tokens.issue(signed, bureau.origin, ANALYST, bureau.now - ago, timedelta(hours=1))


def test_who_is_not_signed_in_signs_in_by_a_token_and_comes_where_he_wanted_to_go(
    visitor: Visitor, house: House
) -> None:
    page = visitor.goes_to("/desk/jobs")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    visitor.checks("desk-welcome")
    for refused in ("not a token", token_of(house, ago=timedelta(hours=2)), token_of(house, key=bytes(32))):
        give_token(page, refused)
        expect(page.get_by_role("alert")).to_contain_text("令牌在此无效")
        page.reload()
    give_token(page, house.token(ANALYST))
    expect(page).to_have_url(f"{house.url}/desk/jobs")
    assert page.evaluate("document.cookie") == ""
    assert "eyJ" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_a_session_that_ended_is_taken_up_again_over_the_page(visitor: Visitor, house: House) -> None:
    visitor.signs_in(house.token(ANALYST))
    page = visitor.goes_to("/desk")
    visitor.context.clear_cookies()
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="后台任务").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("登录已过期")
    visitor.checks("desk-signed-out")
    give_token(page, house.token(ANALYST))
    expect(dialog).to_be_hidden()
    expect(page).to_have_url(f"{house.url}/desk/jobs")


def test_another_tab_s_sign_out_ends_this_one(visitor: Visitor, house: House) -> None:
    visitor.signs_in(house.token(ANALYST))
    page = visitor.goes_to("/desk")
    other = visitor.context.new_page()
    other.goto(f"{house.url}/desk")
    other.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_nobody_is_led_away_from_the_desk(visitor: Visitor, house: House) -> None:
    visitor.signs_in(house.token(ANALYST))
    page = visitor.goes_to("/desk/welcome?to=https://elsewhere.example/desk")
    expect(page).to_have_url(f"{house.url}/desk")


def test_a_provider_signs_in_by_its_own_pages_and_what_it_says_against_it_is_told(
    browser: Browser, house: House
) -> None:
    context = browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    for subject in ("li", "wang"):
        page.goto(f"{house.url}/desk/jobs")
        page.get_by_role("link", name="使用统一身份认证登录").click()
        page.locator("[name=login]").fill(subject)
        page.locator("[name=password]").fill("any")
        page.locator("[type=submit]").click()
        page.locator("[type=submit]", has_text="Continue").click()
        if subject == "li":
            expect(page.get_by_text("您还不是本单位的用户")).to_be_visible()
            context.clear_cookies()
    expect(page).to_have_url(f"{house.url}/desk/jobs")
    expect(page.get_by_role("link", name="wang")).to_be_visible()
    context.close()
