"""What befalls a phone: others who use it, a visit that is given away, a wrong clock, no room, a weak network."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.api import small_bureau
from tests.api.house import PLANNER
from tests.api.pages.browsing import Visitor, needs_browser
from tests.api.pages.desk.phones import (
    SignedIn,
    address,
    answer,
    is_reached_again,
    line,  # noqa: F401  - a fixture
    on_phone,  # noqa: F401  - a fixture
    takes,
    takes_along,
    writes_down,
)
from tests.api.pages.lines import Line
from tests.api.states.conftest import site, sites  # noqa: F401  - fixtures
from tests.api.states.pictures import photograph
from tests.api.states.visit_sites import Site

pytestmark = needs_browser

PICTURE: FilePayload = {"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
REOPEN = """mutation ($campaign: String!, $inspector: String!, $cause: String!, $enterprises: [USCC!]) {
  reopenMatch(campaign: $campaign, inspector: $inspector, cause: $cause, enterprises: $enterprises) {
    refusal { code } } }"""
RECORDED_BY = """query ($campaign: String!) { findings(campaign: $campaign, first: 100) {
  nodes { enterpriseCode recordedBy } } }"""
CLOCK = """{
  const Right = Date;
  window.Date = class extends Right {
    constructor(...given) { super(...(given.length ? given : [Right.now() + AHEAD])); }
    static now() { return Right.now() + AHEAD; }
  };
}"""
"""A clock that is ahead of the right one."""
NO_STORE = 'IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); };'


def waits(visitor: Visitor, line: Line, site: Site) -> Page:  # noqa: F811
    """Write a visit down without a network, hand it in, and open its page anew."""
    page = takes_along(visitor, line)
    page.goto(visitor.url + address(site))
    answer(page)
    writes_down(page, "现场没有信号。")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("1 份检查记录等待提交")).to_be_visible()
    page.reload()
    expect(page.get_by_text("已保存在本机，联网后自动提交")).to_be_visible()
    return page


def recorded_by(site: Site) -> str | None:  # noqa: F811
    """Return who recorded a visit."""
    nodes = site.house.ask(RECORDED_BY, PLANNER, campaign=site.campaign)["findings"]["nodes"]
    return next((each["recordedBy"] for each in nodes if each["enterpriseCode"] == site.code), None)


def test_what_waits_of_one_inspector_is_handed_in_by_nobody_else(on_phone: SignedIn, site: Site, line: Line) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader, line.url)
    page = waits(visitor, line, site)
    line.mend()
    visitor.signs_in(site.house.token(site.second))
    visitor.context.set_offline(False)
    expect(page).to_have_url(f"{visitor.url}/desk")
    expect(page.get_by_role("banner").get_by_text(site.second.subject)).to_be_visible()
    page = visitor.goes_to(address(site))
    expect(page.get_by_label("检查情况")).to_have_value("")
    assert recorded_by(site) is None

    visitor.signs_in(site.house.token(site.leader))
    page = visitor.goes_to("/desk/visits")
    expect(page.get_by_role("link", name=site.visit["enterpriseName"])).to_contain_text("待同组确认")
    assert recorded_by(site) == site.leader.subject


def test_whoever_signs_in_after_another_one_begins_with_pages_of_his_own(on_phone: SignedIn, site: Site) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to("/desk/visits")
    page.evaluate("window.heldByTheFirst = true")
    page.get_by_role("button", name="退出").click()
    page.get_by_label("令牌 必填").fill(site.house.token(site.second))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("banner").get_by_text(site.second.subject)).to_be_visible()
    assert not page.evaluate("'heldByTheFirst' in window")


def test_a_session_that_ended_without_a_network_is_taken_up_again(on_phone: SignedIn, site: Site, line: Line) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader, line.url)
    page = waits(visitor, line, site)
    visitor.context.clear_cookies()
    is_reached_again(visitor, line)
    dialog = page.get_by_role("dialog", name="登录已过期")
    dialog.get_by_label("令牌 必填").fill(site.house.token(site.leader))
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()
    assert recorded_by(site) == site.leader.subject


def test_what_was_written_of_a_visit_that_was_given_away_is_still_found(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
    line: Line,  # noqa: F811
) -> None:
    visitor = on_phone(site, site.leader, line.url)
    page = waits(visitor, line, site)
    ill = {"campaign": site.campaign, "inspector": site.leader.subject, "cause": "突发疾病", "enterprises": [site.code]}
    site.house.do(REOPEN, PLANNER, **ill)
    site.house.do(small_bureau.step("rematchCampaign"), PLANNER, campaign=site.campaign)
    is_reached_again(visitor, line)
    expect(page.get_by_text("这家已不在您的检查任务中")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="不在您的")).to_be_visible()
    expect(page.get_by_label("检查情况")).to_have_value("现场没有信号。")
    visitor.checks("desk-visit-gone")
    page = visitor.goes_to("/desk/visits")
    held = page.get_by_role("region", name="本机上未提交").get_by_role("link")
    expect(held).to_contain_text(site.visit["enterpriseName"])
    visitor.checks()
    held.click()
    page.get_by_role("button", name="删除草稿").click()
    page.get_by_role("button", name="确定删除").click()
    page = visitor.goes_to("/desk/visits")
    expect(page.get_by_text(site.visit["enterpriseName"])).to_have_count(0)


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-400)])
def test_a_wrong_clock_of_the_phone_is_no_obstacle(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
    ahead: timedelta,
) -> None:
    visitor = on_phone(site, site.leader)
    visitor.context.add_init_script(CLOCK.replace("AHEAD", str(int(ahead.total_seconds()) * 1000)))
    page = visitor.goes_to(address(site))
    expect(page.get_by_label("检查日期").last).to_have_value(site.today)
    answer(page)
    writes_down(page, "手机的钟不对。")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()


def test_what_was_written_by_a_clock_that_is_ahead_is_handed_in(on_phone: SignedIn, site: Site, line: Line) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader, line.url)
    page = takes_along(visitor, line)
    visitor.context.add_init_script(CLOCK.replace("AHEAD", str(3600 * 1000)))
    page.goto(visitor.url + address(site))
    answer(page)
    writes_down(page, "手机的钟快了。")
    page.get_by_label("检查日期").last.fill(site.today)
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("1 份检查记录等待提交")).to_be_visible()
    is_reached_again(visitor, line)
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()


@pytest.mark.parametrize("lacks", ["room", "leave"])
def test_a_phone_that_keeps_nothing_hands_in_at_once(on_phone: SignedIn, site: Site, lacks: str) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader)
    if lacks == "leave":
        visitor.context.add_init_script(NO_STORE)
    page = visitor.goes_to("/desk/visits")
    page.get_by_role("link", name=site.visit["enterpriseName"]).click()
    if lacks == "room":
        full = {"origin": visitor.url, "quotaSize": 1}
        visitor.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", full)
    answer(page)
    writes_down(page, "手机满了。")
    page.get_by_label("拍照").set_input_files(PICTURE)
    expect(page.get_by_text("未能保存在本机")).to_be_visible()
    date = page.get_by_label("检查日期").last
    date.fill("2020-01-01")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_role("alert")).to_contain_text("2020-01-01")
    date.fill(site.today)
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()
    expect(page.get_by_role("region", name="证据材料").get_by_role("link")).to_have_count(1)


@contextmanager
def silent() -> Iterator[str]:
    """Give the address of what takes every connection and never says a word, as a network does that is too weak."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def without_service() -> Iterator[str]:
    """Give the address of a proxy whose service is away."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()


@pytest.mark.parametrize("away", [silent, without_service])
def test_a_weak_network_is_as_good_as_none(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
    line: Line,  # noqa: F811
    away: Callable[[], AbstractContextManager[str]],
) -> None:
    visitor = on_phone(site, site.leader, line.url)
    page = takes(visitor)
    with away() as nothing:
        line.cut()
        line.mend(nothing)
        page.goto(f"{visitor.url}/desk/visits")
        expect(page.get_by_text("显示的是带走的任务")).to_be_visible()
        page.get_by_role("link", name=site.visit["enterpriseName"]).click()
        answer(page)
        writes_down(page, "信号很弱。")
        expect(page.get_by_text("已保存在本机")).to_be_visible()
        page.reload()
        expect(page.get_by_label("检查情况")).to_have_value("信号很弱。")
        line.cut()


def test_what_is_taken_back_while_its_pictures_travel_is_not_handed_in(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
) -> None:
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    answer(page)
    writes_down(page, "第一遍。")
    page.get_by_label("拍照").set_input_files(PICTURE)
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    held: list[Route] = []
    page.route(
        "**/staff/graphql",
        lambda route: (
            held.append(route) if "multipart" in route.request.headers.get("content-type", "") else route.continue_()
        ),
    )
    page.get_by_role("button", name="提交检查结果").click()
    page.get_by_role("button", name="收回修改").click()
    page.get_by_label("检查情况").fill("第二遍。")
    with page.expect_response("**/staff/graphql"):
        held[0].continue_()
    page.unroute_all()
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    page.reload()
    expect(page.get_by_label("检查情况")).to_have_value("第二遍。")
    assert recorded_by(site) is None


def test_a_picture_is_known_by_what_it_is_and_not_by_its_name(on_phone: SignedIn, site: Site) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    files = {"微信.png": photograph(), "无后缀": photograph("PNG"), "动态.webp": photograph("WEBP")}
    for name, content in files.items():
        page.get_by_label("选择文件").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(page.get_by_text("动态.webp 已在本机转为 JPEG")).to_be_visible()
    answer(page)
    writes_down(page, "照片。")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()
    links = page.get_by_role("region", name="证据材料").get_by_role("link")
    expect(links).to_have_count(3)
    assert set(links.all_text_contents()) == {"微信.jpg", "无后缀.png", "动态.jpg"}
