"""The draw on a wall, as it happens."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from api.bureau import Bureau
from tests.api import small_bureau
from tests.api.house import PLANNER, House, served_bureau, served_on
from tests.api.pages.browsing import PAPER, PHONE, needs_browser, visiting
from tests.api.pages.lines import line_to

pytestmark = needs_browser

WALL = {"width": 1920, "height": 1080}
WALLS = ((1280, 720), (1920, 1080), (3840, 2160))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau that can draw."""
    with served_on("sqlite", tmp_path_factory.mktemp("ceremony")) as house:
        small_bureau.import_all(house)
        small_bureau.grade_all(house)
        yield house


def positions(house: House, campaign: str) -> list[str]:
    """Return the drawn positions, as the public is told."""
    found = house.ask("query ($c: String!) { campaign(code: $c) { drawnPositions } }", c=campaign)["campaign"]
    return [str(each) for each in found["drawnPositions"]]


def frozen(house: House) -> str:
    """Return a campaign that is frozen, whatever came of it: of two at once the enterprises may not be the same."""
    found = house.ask("{ campaigns(first: 1) { nodes { code } } }")["campaigns"]["nodes"]
    if found:
        return str(found[0]["code"])
    campaign = small_bureau.plan(house)
    small_bureau.freeze(house, campaign)
    return campaign


def test_a_wall_shows_a_draw_from_freeze_to_teams_as_it_happens(house: House, browser: Browser, pictured: bool) -> None:
    campaign = small_bureau.plan(house)
    with visiting(browser, house.url, WALL, pictured) as visitor:
        visitor.signs_in(house.token(PLANNER))
        page = visitor.goes_to(f"/desk/campaigns/{campaign}/ceremony")
        expect(page.get_by_text("尚未冻结")).to_be_visible()
        small_bureau.freeze(house, campaign)
        steps = page.get_by_role("list", name="抽取步骤")
        expect(steps.get_by_text("已揭示 0 / 2")).to_be_visible()
        expect(page.get_by_role("timer")).to_contain_text("0:5")
        expect(page.locator("svg[role=img]")).to_have_attribute(
            "aria-label", f"{house.url}/campaigns/{campaign}/verify"
        )
        notary, citizens = small_bureau.secrets_of(campaign)
        small_bureau.reveal(house, campaign, notary)
        expect(steps.get_by_text("已揭示 1 / 2")).to_be_visible()
        visitor.checks("desk-ceremony", follows=True)
        small_bureau.reveal(house, campaign, citizens)
        expect(steps.get_by_text("已揭示 2 / 2")).to_be_visible()
        expect(page.get_by_text("未揭示")).to_have_count(0)
        house.do(small_bureau.step("drawCampaign"), PLANNER, campaign=campaign)
        drawn = page.get_by_role("list", name="抽中签位").get_by_role("listitem")
        expect(drawn).to_have_text(positions(house, campaign))
        house.do(small_bureau.step("matchCampaign"), PLANNER, campaign=campaign)
        expect(steps.get_by_text("各匹配一组检查人员")).to_be_visible()
        visitor.checks("desk-ceremony-drawn", follows=True)
        visitor.fits_also(PHONE)
        visitor.checks(follows=True)
        names = [visit["enterpriseName"] for visit in small_bureau.visits(house, campaign)]
        assert names
        assert [name for name in names if name in page.content()] == []


def test_a_wall_takes_the_draw_up_again_when_the_service_comes_back(
    house: House, browser: Browser, pictured: bool
) -> None:
    rates = [{"grade": grade, "basisPoints": 1500} for grade in small_bureau.RATES]
    campaign = small_bureau.plan(house, items=["ZJ-03"], rates=rates, flatReason="首次抽查")
    small_bureau.freeze(house, campaign)
    with (
        line_to(house.url) as line,
        served_bureau(Bureau(house.bureau.settings), worker=False) as restarted,
        visiting(browser, line.url, WALL, pictured) as visitor,
    ):
        visitor.signs_in(house.token(PLANNER))
        page = visitor.goes_to(f"/desk/campaigns/{campaign}/ceremony")
        steps = page.get_by_role("list", name="抽取步骤")
        expect(steps.get_by_text("已揭示 0 / 2")).to_be_visible()
        line.cut()
        expect(page.get_by_text("连接中断，正在重新连接")).to_be_visible()
        small_bureau.reveal(house, campaign)
        line.mend(restarted.url)
        expect(steps.get_by_text("已揭示 2 / 2")).to_be_visible()
        expect(page.get_by_text("连接中断")).to_be_hidden()
        house.do(small_bureau.step("drawCampaign"), PLANNER, campaign=campaign)
        drawn = page.get_by_role("list", name="抽中签位").get_by_role("listitem")
        expect(drawn).to_have_text(positions(house, campaign))


def test_nothing_of_a_large_draw_is_beside_a_wall_on_which_nobody_scrolls(house: House, browser: Browser) -> None:
    """A long title, what is to be trusted, 400 positions of five digits, and the code that leads to the public page."""
    campaign = frozen(house)

    def enlarged(route: Route) -> None:
        if "text/event-stream" in route.request.headers["accept"]:
            route.abort()  # what it would tell is asked for then
            return
        given = route.fetch()
        answer = given.json()
        if told := answer["data"].get("campaign"):
            told["plan"]["title"] = "跨部门双随机抽查" * 12
            told["published"]["drawnEntry"] = told["published"]["frozenEntry"]
            told["published"]["drawnPositions"] = list(range(98000, 99000))
        route.fulfill(response=given, body=json.dumps(answer))

    with visiting(browser, house.url, WALL, pictured=False) as visitor:
        visitor.signs_in(house.token(PLANNER))
        visitor.page.route("**/staff/graphql", enlarged)
        page = visitor.goes_to(f"/desk/campaigns/{campaign}/ceremony")
        expect(page.get_by_role("list", name="抽中签位").get_by_role("listitem")).to_have_count(400)
        for width, height in WALLS:
            page.set_viewport_size({"width": width, "height": height})
            expect(page.locator("svg[role=img]")).to_be_in_viewport(ratio=1)
            page.wait_for_function("document.documentElement.scrollHeight <= innerHeight")
        visitor.fits_also(PAPER, "print")
        for each in (page.get_by_role("heading", level=1), page.locator("svg[role=img]"), page.get_by_text("98399")):
            expect(each).to_be_visible()
            assert each.evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"
