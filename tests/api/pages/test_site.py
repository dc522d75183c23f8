"""The public site, as anybody meets it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from sampling import registers
from tests import bureau_files as files
from tests.api.pages.browsing import DESKTOP, HOSTILE, HOSTILE_SHOWN, PHONE, Visitor, needs_browser, visiting
from tests.api.states.publishing import Desk, desk_at
from tests.sampling.bureau import ADMINISTRATOR, CAMPAIGN, CLOSED_AT, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign."""
    folder, now = tmp_path_factory.mktemp("site"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("closed"), folder, now) as desk:
        yield desk


@pytest.fixture
def visitor(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        yield visitor


@pytest.fixture
def on_phone(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, PHONE, pictured, has_touch=True) as visitor:
        yield visitor


def test_it_is_chinese_until_somebody_chooses_english_which_is_kept(visitor: Visitor) -> None:
    page = visitor.goes_to("/")
    expect(page).to_have_title("随机抽查结果公示")
    visitor.checks("home")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_title("Findings of random inspections")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    visitor.checks("home-english")


def test_a_phone_has_the_menu_behind_a_button(on_phone: Visitor) -> None:
    page = on_phone.goes_to("/")
    link = page.get_by_role("navigation", name="菜单").get_by_role("link", name="检查结果")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(link).to_be_visible()
    on_phone.checks("home-phone")


def test_a_citizen_finds_an_enterprise_its_finding_and_its_place_in_the_draw(visitor: Visitor, desk: Desk) -> None:
    found = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]
    page = visitor.goes_to("/")
    page.get_by_role("searchbox").fill(found["name"])
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_title("检查结果公示")
    visitor.checks("findings")
    page.get_by_role("link", name=found["name"], exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(found["name"])
    visitor.checks("enterprise")
    page.get_by_role("link", name=f"{CAMPAIGN}-{found['position']}").click()
    expect(page.get_by_role("heading", name="名单证明")).to_be_visible()
    visitor.checks("finding")
    page.go_back()
    expect(page.get_by_role("heading", name="历次检查")).to_be_visible()


def test_what_is_published_of_an_enterprise_is_paged(visitor: Visitor, desk: Desk) -> None:
    code = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]["enterprise"]
    asked: list[dict[str, object]] = []

    def with_more(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        variables = (route.request.post_data_json or {}).get("variables") or {}
        if variables.get("code") == code:
            asked.append(variables)
            told["data"]["findings"]["pageInfo"]["hasNextPage"] = len(asked) == 1
        route.fulfill(response=answer, json=told)

    visitor.page.route("**/graphql", with_more)
    page = visitor.goes_to(f"/enterprises/{code}")
    page.get_by_role("link", name="下一页").click()
    expect(page).to_have_url(re.compile(r"\?after=."))
    expect(page.get_by_role("link", name="下一页")).to_be_hidden()
    assert [bool(each["after"]) for each in asked] == [False, True]


def test_a_code_leads_to_its_enterprise_and_a_wrong_one_is_said(visitor: Visitor, desk: Desk) -> None:
    found = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]
    code = found["enterprise"]
    page = visitor.goes_to(f"/findings?q={code.lower()}")
    expect(page).to_have_url(f"{visitor.url}/enterprises/{code}")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    visitor.goes_to(f"/findings?q={wrong}")
    expect(page.get_by_text("校验位不符")).to_be_visible()


NARROWEST = {"width": 320, "height": 640}
"""What WCAG 2.1 asks a page to fit (1.4.10)."""


def test_english_is_english_but_for_names_and_fits_the_narrowest_phone(browser: Browser, desk: Desk) -> None:
    position = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]["position"]
    with visiting(browser, desk.house.url, NARROWEST, pictured=False) as visitor:
        visitor.context.add_init_script("localStorage.setItem('qian.language', 'en')")
        page = visitor.goes_to(f"/campaigns/{CAMPAIGN}")
        visitor.checks()
        page = visitor.goes_to(f"/findings/{CAMPAIGN}/{position}")
        for name in ("Result", "What follows"):
            fact = page.locator(".facts > div", has=page.get_by_text(name, exact=True))
            told = fact.locator("dd").inner_text()
            assert re.search("[a-z]{3}", told), (name, told)
            assert not re.search("[\u4e00-\u9fff]", told), (name, told)
        visitor.checks()


def test_english_is_set_in_a_font_for_it(visitor: Visitor) -> None:
    visitor.context.add_init_script("localStorage.setItem('qian.language', 'en')")
    page = visitor.goes_to("/")
    widths = """() => {
      const drawn = document.createElement("canvas").getContext("2d");
      drawn.font = getComputedStyle(document.body).font;
      return [drawn.measureText("’").width, drawn.measureText("s").width];
    }"""
    apostrophe, letter = page.evaluate(widths)
    assert apostrophe < letter


PAGES = {
    "campaigns": "/campaigns",
    "campaign": f"/campaigns/{CAMPAIGN}",
    "plans": "/plans",
    "items": "/items",
    "notices": "/notices",
    "answers": "/answers",
    "figures": "/figures",
    "ledger": "/ledger",
    "entry": "/ledger/20",
    "verify": "/verify",
    "data": "/data",
    "receipt": "/receipt",
}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_for_everybody(visitor: Visitor, name: str) -> None:
    visitor.goes_to(PAGES[name])
    visitor.checks(name)


def test_what_is_not_there_is_said_inside_the_site(visitor: Visitor) -> None:
    page = visitor.goes_to("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到这一页")
    visitor.goes_to("/campaigns/2026-0099")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到这一页")
    visitor.checks("missing")


def test_a_question_comes_in_and_its_receipt_shows_what_became_of_it(visitor: Visitor) -> None:
    page = visitor.goes_to(f"/ask?campaign={CAMPAIGN}")
    expect(page.get_by_label("所咨询的抽查任务编号")).to_have_value(CAMPAIGN)
    page.get_by_label("咨询内容").fill("这次抽查的物业服务企业名单是怎样确定的？")
    visitor.checks("ask")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到，请保存回执编号")).to_be_visible()
    number = page.locator(".notice code").inner_text()
    page.get_by_role("link", name="查询办理情况").first.click()
    page.get_by_label("回执编号").fill(number.replace("-", " "))
    visitor.context.set_offline(True)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("暂时连接不上")
    visitor.context.set_offline(False)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("办理中")).to_be_visible()


def test_whoever_handed_something_in_reads_its_receipt_and_may_hand_in_another(visitor: Visitor) -> None:
    page = visitor.goes_to("/ask")
    for text in ("抽查的名单是怎样确定的？", "随机数从哪里来？"):
        page.get_by_label("咨询内容").fill(text)
        page.get_by_role("button", name="提交").press("Enter")
        receipt = page.get_by_text("已收到，请保存回执编号")
        expect(receipt).to_be_visible()
        assert receipt.evaluate(
            "receipt => document.activeElement.contains(receipt) && document.activeElement.tabIndex < 0"
        )
        page.get_by_role("button", name="再提一件").press("Enter")
        expect(page.get_by_label("咨询内容")).to_be_focused()
        expect(page.get_by_label("咨询内容")).to_have_value("")


def test_a_question_that_is_left_empty_is_said_in_the_language_of_the_page(visitor: Visitor) -> None:
    page = visitor.goes_to("/ask")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_label("咨询内容")).to_be_focused()
    expect(page.locator(".fault")).to_have_text("此项必填，请填写。")


def test_what_is_changed_after_a_lost_answer_is_another_question(visitor: Visitor) -> None:
    asked: list[str] = []

    def lost(route: Route) -> None:
        route.fetch()
        asked.append(route.request.headers["idempotency-key"])
        route.abort()

    page = visitor.goes_to("/ask")
    page.get_by_label("咨询内容").fill("这次抽查的名单是怎样确定的？")
    page.route("**/graphql", lost)
    for times in (1, 2):
        page.get_by_role("button", name="提交").click()
        expect(page.get_by_role("alert")).to_contain_text("暂时连接不上")
        expect(page.get_by_role("button", name="提交")).to_be_focused()
        page.wait_for_function("() => !document.querySelector('[aria-disabled=true]')")
        assert len(asked) == times
    assert asked[0] == asked[1]
    page.unroute_all()
    page.get_by_label("咨询内容").fill("这次抽查的名单是怎样确定的？随机数从哪里来？")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到，请保存回执编号")).to_be_visible()


def test_the_back_button_and_a_reload_leave_what_was_typed_until_it_is_handed_in(visitor: Visitor) -> None:
    page = visitor.goes_to("/ask")
    text = page.get_by_label("咨询内容")
    text.fill("这次抽查的物业服务企业名单是怎样确定的？")
    page.get_by_role("link", name="检查结果", exact=True).first.click()
    expect(page).to_have_title("检查结果公示")
    page.go_back()
    expect(text).to_have_value("这次抽查的物业服务企业名单是怎样确定的？")
    page.reload()
    expect(text).to_have_value("这次抽查的物业服务企业名单是怎样确定的？")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到，请保存回执编号")).to_be_visible()
    page.reload()
    expect(text).to_have_value("")


def test_whoever_comes_to_a_date_by_the_keyboard_sees_where_he_is(visitor: Visitor) -> None:
    page = visitor.goes_to("/figures")
    page.get_by_role("button", name="打印本页").focus()
    page.keyboard.press("Tab")
    date = page.get_by_label("检查日期起")
    expect(date).to_be_focused()
    expect(date).to_have_css("outline-style", "solid")


def test_what_is_refused_or_lost_leaves_what_was_typed(visitor: Visitor, desk: Desk) -> None:
    position = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]["position"]
    page = visitor.goes_to(f"/findings/{CAMPAIGN}/{position}/object")
    reason = page.get_by_label("理由与依据")
    reason.fill("<b>检查当日消防通道一直畅通，已出示照片。</b>")
    page.get_by_role("button", name="提交").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    reason.fill("检查当日消防通道一直畅通，已出示照片。")
    visitor.page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    expect(alert).to_contain_text("暂时连接不上")
    expect(reason).to_have_value("检查当日消防通道一直畅通，已出示照片。")
    visitor.page.context.set_offline(False)
    visitor.checks("object")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到，请保存回执编号")).to_be_visible()


def test_from_entry_to_entry_nobody_leaves_the_site_where_the_network_is_lost(visitor: Visitor) -> None:
    page = visitor.goes_to("/ledger/20")
    page.get_by_role("link", name="21 →").click()
    expect(page).to_have_url(f"{visitor.url}/ledger/21")
    visitor.context.set_offline(True)
    page.get_by_role("link", name="22 →").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("暂时连接不上")
    visitor.context.set_offline(False)
    expect(page.get_by_text("第 22 条记录")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        f"/findings/{CAMPAIGN}/99999999",
        f"/findings/{CAMPAIGN}/1e3",
        f"/findings/{CAMPAIGN}/99999999999",
        "/notices/9999",
    ],
)
def test_what_was_never_published_is_not_there_and_no_fault(visitor: Visitor, path: str) -> None:
    page = visitor.goes_to(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到这一页")
    expect(page.get_by_role("button", name="重试")).to_be_hidden()


def test_where_a_picture_does_not_come_its_table_does(visitor: Visitor) -> None:
    visitor.context.route("**/assets/drawn-*.js", lambda route: route.abort())
    page = visitor.goes_to("/figures")
    expect(page.get_by_text("图未能载入").first).to_be_visible()
    page.locator("summary").first.click()
    expect(page.get_by_role("table", name="按检查月份")).to_be_visible()


def test_a_page_that_nothing_answers_stays_and_comes_by_itself_once_the_network_is_back(visitor: Visitor) -> None:
    page = visitor.goes_to("/")
    visitor.context.set_offline(True)
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="检查结果").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("暂时连接不上")
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("仍然连接不上")).to_be_visible()
    expect(heading).to_have_text("暂时连接不上")
    visitor.context.set_offline(False)
    expect(heading).to_have_text("检查结果公示")


def test_a_hostile_name_is_text_and_nothing_else_and_fits_a_phone(on_phone: Visitor, desk: Desk) -> None:
    found = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]
    names = {each["_qian"]["name"] for each in desk.house.http.get("/feed.json").json()["items"]}

    def hostile(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        for name in names:
            text = text.replace(json.dumps(name, ensure_ascii=False), json.dumps(HOSTILE))
        route.fulfill(response=answer, body=text)

    on_phone.page.route("**/graphql", hostile)
    for path in ("/", "/findings", f"/enterprises/{found['enterprise']}", f"/findings/{CAMPAIGN}/{found['position']}"):
        page = on_phone.goes_to(path)
        expect(page.get_by_text(HOSTILE_SHOWN).first).to_be_visible()
        assert page.evaluate("window.taken") is None
        on_phone.fits()


def test_the_keyboard_alone_reaches_the_content_and_the_menu(visitor: Visitor) -> None:
    page = visitor.goes_to("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("link", name="抽查任务", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_a_browser_that_cannot_run_the_script_is_told_what_to_do(visitor: Visitor) -> None:
    visitor.context.route("**/assets/*.js", lambda route: route.abort())
    page = visitor.page
    page.goto(visitor.url)
    told = page.get_by_text("请换用较新的浏览器")
    expect(told).to_be_hidden()
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    expect(told).to_be_visible()
    assert page.get_by_text("newer browser").get_attribute("lang") == "en"
    visitor.faults.clear()


@pytest.mark.parametrize(
    "path", ["/", f"/campaigns/{CAMPAIGN}", "/enterprises/{code}"], ids=["home", "campaign", "enterprise"]
)
def test_what_a_page_shows_is_asked_once_and_before_its_script_has_come(
    visitor: Visitor, desk: Desk, path: str
) -> None:
    code = desk.house.http.get("/feed.json").json()["items"][0]["_qian"]["enterprise"]
    page = visitor.page
    came: list[Request] = []
    page.on("request", lambda request: came.append(request) if request.method == "POST" else None)
    page.route("**/assets/site-*.js", lambda route: route.abort())
    with page.expect_event("request", lambda _: len(came) == 2):
        page.goto(visitor.url + path.format(code=code), wait_until="commit")
    page.unroute_all()
    came.clear()
    visitor.goes_to(path.format(code=code))
    visitor.checks()
    assert len(came) == 2


def test_the_first_page_is_less_than_two_hundred_kilobytes(visitor: Visitor) -> None:
    sizes: list[int] = []
    visitor.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    visitor.goes_to("/")
    visitor.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < 200_000


def test_on_paper_a_picture_has_its_table_beside_it(visitor: Visitor) -> None:
    page = visitor.goes_to("/figures")
    table = page.get_by_role("table", name="按检查月份")
    expect(table).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(table).to_be_visible()
    expect(page.get_by_text("数据表").first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(table).to_be_hidden()


def test_a_division_is_told_by_its_name_beside_the_code_as_soon_as_the_bureau_has_one(
    visitor: Visitor, desk: Desk
) -> None:
    page = visitor.goes_to("/figures")
    division = page.get_by_role("table", name="按登记机关行政区划", include_hidden=True).locator("tbody th").first
    expect(division).to_have_text("130304")
    name = "样例区<script>window.taken=1</script>"
    bureau, named = desk.house.bureau, files.file_of("division", [files.division("130304", name)])
    with bureau.write() as tx:
        registers.take_in(tx, ADMINISTRATOR, bureau.now, named, True, bureau.pseudonym_key)
    page.reload()
    expect(division).to_have_text(f"130304 {name}")
    visitor.checks()


def test_whoever_copies_a_hash_is_told_that_it_was_copied(visitor: Visitor) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.goes_to("/ledger/20")
    page.get_by_role("button", name=re.compile("^复制")).first.click()
    expect(page.get_by_role("button", name=re.compile("^已复制"))).to_be_focused()


def test_under_forced_colours_the_menu_marks_the_open_page_alone(browser: Browser, desk: Desk) -> None:
    with visiting(browser, desk.house.url, DESKTOP, pictured=False, forced_colors="active") as visitor:
        page = visitor.goes_to("/campaigns")
        colours = "links => links.map((link) => [link.className, getComputedStyle(link).borderBottomColor])"
        told = page.get_by_role("navigation", name="菜单").get_by_role("link").evaluate_all(colours)
        open_ones = {colour for name, colour in told if name == "active"}
        others = {colour for name, colour in told if name != "active"}
        assert len(open_ones) == len(others) == 1
        assert not open_ones & others


TEXT_DOUBLED = "document.documentElement.style.fontSize = '200%'"
OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll(".masthead .wide > *")].map((each) => each.getBoundingClientRect());
  const before = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + 1;
  return boxes.some((one, each) => boxes.slice(each + 1).some((other) => !before(one, other) && !before(other, one)));
}"""


@pytest.mark.parametrize("path", ["/", "/findings", f"/campaigns/{CAMPAIGN}", "/ask", "/ledger"])
def test_text_alone_twice_as_large_fits_the_narrowest_phone(browser: Browser, desk: Desk, path: str) -> None:
    with visiting(browser, desk.house.url, NARROWEST, pictured=False) as visitor:
        page = visitor.goes_to(path)
        page.evaluate(TEXT_DOUBLED)
        visitor.fits()
        assert not page.evaluate(OVERLAPPING)


def test_on_paper_nothing_is_behind_a_bar_to_scroll(visitor: Visitor) -> None:
    page = visitor.goes_to(f"/campaigns/{CAMPAIGN}")
    positions = page.locator(".positions")
    positions.evaluate("each => { each.textContent = Array.from({ length: 4000 }, (_, at) => at).join(' '); }")
    page.emulate_media(media="print")
    assert positions.evaluate("each => each.scrollHeight <= each.clientHeight")
    page.emulate_media(media="screen")
    assert positions.evaluate("each => each.scrollHeight > each.clientHeight")


def test_on_paper_stands_the_content_alone(visitor: Visitor) -> None:
    page = visitor.goes_to(f"/campaigns/{CAMPAIGN}")
    page.emulate_media(media="print")
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("button", name="打印本页")).to_be_hidden()
    expect(page.get_by_role("heading", name="抽中位置")).to_be_visible()
    letterhead = page.locator(".letterhead")
    expect(letterhead).to_be_visible()
    expect(letterhead).to_contain_text(page.locator(".brand strong").text_content() or "no name")
    expect(letterhead).to_contain_text(f"{visitor.url}/campaigns/{CAMPAIGN}")
    page.emulate_media(media="screen")
    expect(letterhead).to_be_hidden()
    page.emulate_media(media="print")
    visitor.checks("campaign-print")
