"""An auditor at the desk: from a draw that nobody attested to a verdict in the log, and what is recorded beside it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from api.serving import working
from sampling import verification
from scoring import grades
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, needs_browser, visiting
from tests.api.pages.verdicts import drop, shown
from tests.api.states.publishing import Desk, desk_at
from tests.sampling.auditing import ZHANG, register, signed
from tests.sampling.bureau import ADMINISTRATOR, ANALYST, AUDITOR, CAMPAIGN, CLOSED_AT, Templates, visits
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser
PURPOSE = "年度审计：抽查定性判定"


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign, an auditor's key, and a worker."""
    folder, now = tmp_path_factory.mktemp("auditor"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("closed"), folder, now) as desk:
        register(desk.bureau, ZHANG)
        desk.bureau.sign()
        with working(desk.house.bureau):
            yield desk


@pytest.fixture
def visitor(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(desk.house.token(AUDITOR))
        yield visitor


def with_another_byte(bundle: bytes, where: bytes) -> bytes:
    """Return a bundle in which the byte after some text is another one."""
    before, told, after = bundle.partition(where)
    return before + told + (b"0" if after[:1] != b"0" else b"1") + after[1:]


def test_an_auditor_verifies_a_draw_and_attests_it(visitor: Visitor, desk: Desk, tmp_path: Path) -> None:
    page = visitor.goes_to("/desk/draws")
    row = page.get_by_role("row").filter(has_text=CAMPAIGN)
    expect(row).to_contain_text("尚无审计意见")
    visitor.checks("desk-draws")
    row.get_by_role("link").first.click()
    page.get_by_role("button", name="导出卷宗").click()
    here = page.get_by_role("button", name="在本浏览器核验刚导出的卷宗")
    expect(here).to_be_visible()
    here.click()
    expect(page.get_by_text("完整核验通过")).to_be_visible()
    visitor.checks("desk-draw")

    with page.expect_download() as fetched:
        page.get_by_role("link", name=CAMPAIGN).click()
    bundle = tmp_path / "bundle.json"
    fetched.value.save_as(bundle)
    for where, step in ((b"to_dra", "条目相连"), (b'"salt":"', "封存文件")):
        bad = with_another_byte(bundle.read_bytes(), where)
        (tmp_path / "bad.json").write_bytes(bad)
        drop(page, tmp_path / "bad.json")
        expect(page.get_by_text(f"“{step}”不成立")).to_be_visible()
        assert len(shown(page)) == len(verification.verify_bundle(bad, None))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择要核验的卷宗").click()
    chooser.value.set_files(bundle)
    page.get_by_role("button", name="开始核验").click()
    page.get_by_role("link", name="查看审计结果").click()
    expect(page.get_by_text("核验所用公钥取自卷宗本身")).to_be_visible()
    visitor.checks("desk-job")

    page.get_by_role("link", name="抽签核验").click()
    row.get_by_role("link").first.click()
    page.get_by_label("签署的意见全文").fill("不是意见")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("qian attest")).to_be_visible()
    page.get_by_label("签署的意见全文").fill(signed(desk.bureau))
    page.reload()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("意见已写入日志")).to_be_visible()
    expect(page.locator(".lead").get_by_text(f"{ZHANG.name} 核验无误")).to_be_visible()
    proof = page.get_by_role("table").get_by_role("link", name="存在证明").first.get_attribute("href")
    assert desk.house.http.get(str(proof)).text.startswith("c2sp.org/tlog-proof@v1")


def test_departments_and_purposes_are_told_in_words(visitor: Visitor) -> None:
    page = visitor.goes_to(f"/desk/draws/{CAMPAIGN}")
    expect(page.get_by_text("样例住建局、样例市场监管局")).to_be_visible()
    page = visitor.goes_to("/desk/readings")
    expect(page.get_by_text(f"冻结名单（抽查 {CAMPAIGN}）")).to_be_visible()
    expect(page.get_by_text("撤回定性判定（")).to_be_visible()
    visitor.checks()


def test_a_plan_is_read_and_nothing_is_offered_that_only_planners_may(visitor: Visitor) -> None:
    page = visitor.goes_to(f"/desk/campaigns/{CAMPAIGN}/plan")
    expect(page.get_by_role("heading", name="计划", exact=True)).to_be_visible()
    expect(page.get_by_text("样例住建局").first).to_be_visible()
    visitor.checks()
    page = visitor.goes_to("/desk/campaigns")
    expect(page.get_by_role("link", name="制定新计划")).to_have_count(0)


def test_what_only_analysts_do_is_read_by_auditors(visitor: Visitor) -> None:
    page = visitor.goes_to("/desk/draws")
    for name, title in (("归集对账", "数据归集与对账"), ("省级数据", "省级数据")):
        page.get_by_role("navigation", name="菜单").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_role("button", name="导入", exact=True)).to_have_count(0)
        visitor.checks()


def test_whom_a_deviation_is_about_is_folded_on_a_screen_and_printed_in_full(visitor: Visitor) -> None:
    positions = [11, 22, 33, 44, 55]

    def answer(route: Route) -> None:
        given = route.fetch()
        told = given.json()
        for each in told["data"].get("deviations", {}).get("nodes", []):
            each |= {"positions": positions, "enterpriseCodes": []}
        route.fulfill(response=given, json=told)

    visitor.page.route("**/staff/graphql", answer)
    page = visitor.goes_to("/desk/deviations")
    last = page.get_by_text("55 文档已到期销毁").first
    expect(last).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(last).to_be_visible()


def test_why_an_auditor_refuses_is_said_in_chinese_and_his_own_words_as_he_signed_them(
    visitor: Visitor, desk: Desk
) -> None:
    page = visitor.goes_to(f"/desk/draws/{CAMPAIGN}")
    page.get_by_label("签署的意见全文").fill(signed(desk.bureau, reasons=['the check "grades" failed', "另有疑点"]))
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("意见已写入日志")).to_be_visible()
    for path in (f"/desk/draws/{CAMPAIGN}", f"/campaigns/{CAMPAIGN}"):
        page = visitor.goes_to(path)
        expect(page.get_by_text("“风险分级”一项核验未通过")).to_be_visible()
        expect(page.get_by_text("另有疑点").first).to_be_visible()
        expect(page.get_by_text('the check "grades" failed').locator("visible=true")).to_have_count(0)


def test_the_database_is_audited_by_a_job_that_is_found_again(visitor: Visitor) -> None:
    page = visitor.goes_to("/desk/log")
    expect(page.locator(".timeline").get_by_text("任务结束").first).to_be_visible()
    visitor.checks("desk-log")
    page.get_by_role("button", name="开始审计").click()
    # Who leaves sooner may have left before the job was asked for.
    expect(page.locator(".job").get_by_role("status")).to_be_visible()
    page.get_by_role("link", name="后台任务").click()
    page.get_by_label("类型").select_option("AUDIT")
    page.get_by_role("button", name="筛选").click()
    row = page.get_by_role("row").filter(has_text="数据库审计")
    expect(row.get_by_text("已完成")).to_be_visible()
    visitor.checks("desk-jobs")
    row.get_by_role("link").click()
    expect(page.get_by_text("审计通过")).to_be_visible()


def test_an_administrator_is_offered_no_file_of_another_s_job(browser: Browser, desk: Desk) -> None:
    """After the bundle that was exported above, whose file is only for auditors."""
    with visiting(browser, desk.house.url, DESKTOP, False) as visitor:
        visitor.signs_in(desk.house.token(ADMINISTRATOR))
        page = visitor.goes_to("/desk/jobs?kind=EXPORT_BUNDLE")
        page.get_by_role("table").get_by_role("link").first.click()
        expect(page.get_by_text("只供申请人和审计员下载")).to_be_visible()
        expect(page.get_by_role("link", name=CAMPAIGN)).to_have_count(0)


def test_who_read_what_and_what_went_otherwise_is_shown_and_printed(visitor: Visitor, desk: Desk) -> None:
    code = visits(desk.bureau)[0].enterprise
    desk.bureau.do(lambda tx: grades.read_grade(tx, ANALYST, CLOSED_AT, code, "核对分类"))
    page = visitor.goes_to("/desk/deviations")
    expect(page.get_by_role("row").filter(has_text="没有外部见证")).to_be_visible()
    page.get_by_label("查阅目的").fill(PURPOSE)
    page.get_by_role("button", name="填写目的并查阅").click()
    expect(page.get_by_role("row").filter(has_text="已撤回")).to_contain_text("other-analyst")
    assert PURPOSE not in page.url
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="打印本页")).to_be_hidden()
    expect(page.get_by_text(PURPOSE)).to_be_visible()
    page.emulate_media(media="screen")
    visitor.checks("desk-deviations")
    page.get_by_label("类别").select_option("OVERDUE")
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("row").filter(has_text="没有外部见证")).to_have_count(0)

    page.get_by_role("link", name="查阅记录").click()
    expect(page.get_by_role("row").filter(has_text=PURPOSE)).to_contain_text(AUDITOR.subject)
    visitor.checks("desk-readings")
    page.get_by_label("企业代码").fill(code)
    page.get_by_role("button", name="筛选").click()
    expect(page.get_by_role("row").filter(has_text="核对分类")).to_contain_text(ANALYST.subject)
    expect(page.get_by_role("row").filter(has_text=PURPOSE)).to_have_count(0)


def test_a_phone_shows_them_too(browser: Browser, desk: Desk, pictured: bool) -> None:
    with visiting(browser, desk.house.url, PHONE, pictured, has_touch=True) as visitor:
        visitor.signs_in(desk.house.token(AUDITOR))
        page = visitor.goes_to("/desk/draws")
        visitor.checks("desk-draws-phone")
        page.get_by_role("button", name="English").click()
        expect(page).to_have_title("Draws")
        visitor.goes_to(f"/desk/draws/{CAMPAIGN}")
        visitor.checks()
