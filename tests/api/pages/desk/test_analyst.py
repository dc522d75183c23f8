"""The analyst's pages: enterprises' files, intake, models and their trial, grades, evaluation and warnings."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from api.worker import Worker
from ledger.actors import Actor
from sampling import registers, sources
from tests import bureau_files as files
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, needs_browser, visiting
from tests.api.states.publishing import Desk, desk_at
from tests.printing import needs_font
from tests.sampling.bureau import (
    ADMINISTRATOR,
    ANALYST,
    AUDITOR,
    CAMPAIGN,
    CLOSED_AT,
    OTHER_ANALYST,
    PLANNER,
    Templates,
)
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture
from tests.scoring.source_text import PULLED

pytestmark = needs_browser

PURPOSE = "季度分级复核"
CODE = "91130304PDY000028L"
NAME = "样例甲00002有限公司"
TODAY = "2026-11-30"
AFTER_THE_CORRECTIONS = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)

SignedIn = Callable[..., Visitor]


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign and a worker."""
    folder, now = tmp_path_factory.mktemp("analyst"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("closed"), folder, now) as desk, at_work(desk):
        yield desk


@contextmanager
def at_work(desk: Desk) -> Iterator[None]:
    """Have a worker, under the clock of the tests."""
    stop = Event()
    worker = Thread(target=Worker(desk.house.bureau, lambda: desk.clock.now).run, args=(stop,), daemon=True)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


@pytest.fixture
def signed_in(browser: Browser, desk: Desk, pictured: bool) -> Iterator[SignedIn]:
    """Give visitors who are signed in, each with a browser of his own."""
    with ExitStack() as open_ones:

        def sign_in(actor: Actor = ANALYST, viewport: dict[str, int] = DESKTOP) -> Visitor:
            visitor = open_ones.enter_context(visiting(browser, desk.house.url, viewport, pictured))
            visitor.signs_in(desk.house.token(actor))
            return visitor

        yield sign_in


def give_purpose(page: Page) -> None:
    """Tell what a reading is for."""
    page.get_by_label("查阅目的").fill(PURPOSE)
    page.get_by_role("button", name="填写目的并查阅").click()


def test_an_enterprise_is_found_and_its_grade_read_for_a_purpose_that_is_recorded(
    signed_in: SignedIn, desk: Desk
) -> None:
    visitor = signed_in()
    page = visitor.goes_to("/desk/enterprises")
    visitor.checks("desk-enterprises")
    page.get_by_role("searchbox").fill("样例甲00002")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.locator(".grade")).to_have_count(0)
    give_purpose(page)
    expect(page.locator(".grade strong")).to_have_text("A")
    expect(page.get_by_text("本次查阅已留痕")).to_be_visible()
    expect(page.get_by_role("table", name="关联关系")).to_contain_text("股东")
    page.locator(".records summary").first.click()
    visitor.checks("desk-enterprise")
    assert PURPOSE in str(desk.house.ask("{ gradeReadings(first: 20) { nodes { purpose } } }", AUDITOR))
    assert "purpose" not in page.url


def test_who_may_read_no_grade_is_offered_none_and_days_are_told_as_everywhere(signed_in: SignedIn) -> None:
    visitor = signed_in(PLANNER)
    page = visitor.goes_to(f"/desk/enterprises/{CODE}")
    expect(page.get_by_role("heading", name="信用记录")).to_be_visible()
    expect(page.get_by_role("heading", name="信用风险分级")).to_have_count(0)
    page.locator(".records summary").last.click()
    record = page.locator(".records details").last
    expect(record.locator("dd", has_text="2010年5月4日")).to_be_visible()
    page = visitor.goes_to("/desk/me")
    expect(page.locator(".facts")).to_contain_text("样例住建局")


def test_enterprises_that_share_a_party_are_listed_with_what_they_share(signed_in: SignedIn) -> None:
    visitor = signed_in()
    page = visitor.goes_to(f"/desk/enterprises/{CODE}")
    related = page.get_by_role("table", name="关联企业")
    row = related.get_by_role("row").nth(1)
    expect(row).to_contain_text("同一")
    name = row.get_by_role("link").inner_text()
    visitor.checks("desk-enterprise-related")
    page.get_by_label("关联内容").select_option("PROJECT")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("没有关联企业。")).to_be_visible()
    page.go_back()
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.get_by_role("table", name="关联企业")).to_contain_text(NAME)


def test_an_analyst_reads_a_campaigns_pages_and_is_offered_nothing_of_a_planners(signed_in: SignedIn) -> None:
    visitor = signed_in()
    for path, shown in (("", "进度与下一步"), ("/visits", "检查任务"), ("/findings", "检查结果")):
        page = visitor.goes_to(f"/desk/campaigns/{CAMPAIGN}{path}")
        expect(page.get_by_role("link", name=shown, exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="重演并查看")).to_have_count(0)
        expect(page.locator(".next")).to_have_count(0)
        visitor.checks()


def test_a_pseudonym_is_called_one_and_no_address_a_person(signed_in: SignedIn) -> None:
    page = signed_in().goes_to(f"/desk/enterprises/{CODE}")
    relations = page.get_by_role("table", name="关联关系")
    expect(relations).to_contain_text("化名")
    expect(relations).not_to_contain_text("自然人")


def test_what_is_folded_on_a_screen_is_told_on_paper(signed_in: SignedIn) -> None:
    page = signed_in().goes_to(f"/desk/enterprises/{CODE}")
    give_purpose(page)
    expect(page.locator(".grade strong")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".letterhead")).to_contain_text(ANALYST.subject)
    expect(page.get_by_text(PURPOSE)).to_be_visible()
    records = page.locator(".records summary")
    assert records.count() > 1
    for record in records.all():
        expect(record).to_be_visible()
    expect(page.get_by_text("项指标没有得分")).to_be_visible()


def test_records_are_told_apart_by_kind_and_a_code_leads_to_its_enterprise_on_a_phone(signed_in: SignedIn) -> None:
    visitor = signed_in(viewport=PHONE)
    page = visitor.goes_to(f"/desk/enterprises?q={CODE.lower()}")
    expect(page).to_have_url(f"{visitor.url}/desk/enterprises/{CODE}")
    page.get_by_label("类别").select_option("INSPECTION")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator(".records > li").first).to_contain_text("监督检查")
    expect(page.locator(".records > li").filter(has_text="行政许可")).to_have_count(0)
    visitor.checks("desk-enterprise-phone")


def test_a_judgement_takes_two_persons_and_what_was_typed_outlives_a_reload(signed_in: SignedIn) -> None:
    first = signed_in()
    page = first.goes_to(f"/desk/enterprises/{CODE}")
    give_purpose(page)
    page.get_by_text("提出定性判定", exact=True).first.click()
    page.get_by_label("理由").fill("连续两年被投诉安全隐患")
    page.reload()
    give_purpose(page)
    page.get_by_text("提出定性判定", exact=True).first.click()
    expect(page.get_by_label("理由")).to_have_value("连续两年被投诉安全隐患")
    page.get_by_label("等级", exact=True).select_option("C")
    page.get_by_label("依据").fill("《样例管理办法》第三条")
    page.get_by_role("button", name="提出定性判定").click()
    expect(
        page.get_by_label("有效期至")
    ).to_be_focused()  # a day is asked for here, and the service not asked without one
    page.get_by_label("有效期至").fill("2027-06-30")
    page.reload()
    give_purpose(page)
    page.get_by_text("提出定性判定", exact=True).first.click()
    expect(page.get_by_label("有效期至")).to_have_value("2027-06-30")
    page.get_by_label("等级", exact=True).select_option("C")
    page.get_by_role("button", name="提出定性判定").click()
    expect(page.get_by_text("由您提出，须由另一人确认。")).to_be_visible()
    first.checks("desk-judgement")

    second = signed_in(OTHER_ANALYST)
    page = second.goes_to(f"/desk/enterprises/{CODE}")
    give_purpose(page)
    page.get_by_role("button", name="确认", exact=True).click()
    card = page.locator(".cards > li").first
    expect(card.locator(".badge")).to_have_text("有效")
    card.get_by_label("撤回说明").fill("样例")
    page.reload()
    give_purpose(page)
    expect(card.get_by_label("撤回说明")).to_have_value("样例")
    card.get_by_role("button", name="撤回").click()
    expect(card.locator(".badge")).to_have_text("已撤回")


def test_a_file_is_taken_in_as_a_job_and_bad_rows_come_back(signed_in: SignedIn, tmp_path: Path) -> None:
    path = tmp_path / "投诉.csv"
    rows = ["统一社会信用代码,受理日期,事项,办结结果,编号,数据来源单位"]
    rows += [f"{CODE},2026-11-02,电梯故障,属实,T-1,热线", f"{CODE},2026-13-02,电梯故障,属实,T-2,热线"]
    path.write_text("\n".join(rows), encoding="utf-8")
    visitor = signed_in()
    page = visitor.goes_to("/desk/reconciliation")
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("请先选择文件。")).to_be_visible()
    page.get_by_label("数据来源", exact=True).select_option("complaint")
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="导入", exact=True).click()
    done = page.locator(".job-here")
    expect(done.get_by_role("row").nth(1)).to_contain_text("投诉.csv")
    assert "job=" in page.url
    page.reload()
    expect(done.get_by_role("row").nth(1)).to_contain_text("投诉.csv")
    with page.expect_download() as download:
        done.get_by_role("listitem").get_by_role("link").first.click()
    assert "2026-13-02" in download.value.path().read_text(encoding="utf-8-sig")
    visitor.checks("desk-reconciliation")


def test_a_file_that_was_changed_since_it_was_chosen_is_asked_for_anew(signed_in: SignedIn, tmp_path: Path) -> None:
    path, rows = tmp_path / "更正.csv", "统一社会信用代码,受理日期,事项,办结结果,编号,数据来源单位\n"
    path.write_text(rows, encoding="utf-8")
    page = signed_in().goes_to("/desk/reconciliation")
    page.get_by_label("数据来源", exact=True).select_option("complaint")
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(
        page.locator(".job-here").get_by_text("未完成").or_(page.locator(".job-here").get_by_text("已完成"))
    ).to_be_visible()
    path.write_text(f"{rows}{CODE},2026-11-03,电梯故障,属实,T-3,热线\n", encoding="utf-8")
    os.utime(path, (changed := path.stat().st_mtime + 5, changed))  # a browser tells changes by whole seconds
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="所选文件在选定之后被修改")).to_be_visible()
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".job-here").get_by_role("row").nth(1)).to_contain_text("更正.csv")


def test_after_a_lost_answer_another_file_is_another_import(signed_in: SignedIn) -> None:
    page = signed_in().goes_to("/desk/reconciliation")
    lost: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if not route.request.headers["content-type"].startswith("multipart") or lost:
            return route.continue_()
        lost.append(route)
        route.fetch()
        return route.abort()

    page.route("**/staff/graphql", lose_the_first)
    page.get_by_label("数据来源", exact=True).select_option("complaint")
    for number in (4, 5):
        row = f"{CODE},2026-11-0{number},电梯故障,属实,T-{number},热线"
        content = f"统一社会信用代码,受理日期,事项,办结结果,编号,数据来源单位\n{row}\n".encode()
        chosen: FilePayload = {"name": f"第{number}个.csv", "mimeType": "text/csv", "buffer": content}
        page.get_by_label("文件", exact=True).set_input_files(chosen)
        page.get_by_role("button", name="导入", exact=True).click()
        if number == 4:
            expect(page.get_by_role("alert").filter(has_text="暂时连接不上")).to_be_visible()
    expect(page.locator(".job-here").get_by_role("row").nth(1)).to_contain_text("第5个.csv")


def test_a_table_that_larger_text_makes_too_wide_scrolls_alone(signed_in: SignedIn) -> None:
    """After the imports above."""
    visitor = signed_in()
    page = visitor.goes_to("/desk/reconciliation")
    months = page.get_by_role("region", name="各渠道每月的数据")
    expect(page.get_by_role("table", name="各渠道每月的数据")).to_be_visible()
    expect(months).to_have_count(0)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    months.focus()
    expect(months).to_be_focused()
    visitor.checks()


def test_channels_and_reasons_are_told_in_words_and_a_campaign_is_led_to(signed_in: SignedIn) -> None:
    """After the import above, and the publication of a campaign's findings."""
    page = signed_in().goes_to("/desk/reconciliation")
    months = page.get_by_role("table", name="各渠道每月的数据")
    complaints = months.get_by_role("row").filter(has_text="投诉举报")
    expect(complaints).to_contain_text("日期 … 不存在。 1 行")
    expect(months).not_to_contain_text("complaint")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name=f"Campaign {CAMPAIGN}")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    page.get_by_role("link", name=f"抽查 {CAMPAIGN}").click()
    expect(page.get_by_role("link", name="进度与下一步", exact=True)).to_be_visible()


def test_a_fetched_file_that_was_refused_is_told_with_what_to_do(signed_in: SignedIn, desk: Desk) -> None:
    bureau = desk.house.bureau
    path = bureau.settings.inbox_folder / "platform" / "空.csv"
    path.parent.mkdir(parents=True)
    path.touch()
    os.utime(path, (0, 0))
    place = '[pull]\nschedule = "daily 02:30"\nfolder = "platform"\nfiles = "*.csv"\n'
    with bureau.write() as tx:
        sources.add(tx, ADMINISTRATOR, desk.clock.now, PULLED + place)
    page = signed_in().goes_to("/desk/reconciliation")
    page.get_by_role("button", name="立即获取").click()
    for told in page.locator(".job-here"), page.get_by_role("row").filter(has_text="信用平台"):
        expect(told).to_contain_text("文件为空")
        expect(told).to_contain_text("请提供含表头和至少一行数据的文件")


def test_a_model_is_written_checked_and_compared_live_and_reviewed_by_another(signed_in: SignedIn) -> None:
    first = signed_in()
    page = first.goes_to("/desk/models")
    first.checks("desk-models")
    page.get_by_role("link", name="起草新版本").click()
    editor = page.get_by_role("textbox", name="模型文本（TOML）")
    text = editor.input_value()
    give_purpose(page)
    editor.fill(text.replace("points = 6 }", 'points = "x" }', 1))
    page.get_by_role("button", name="检查").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("模型文本有误（第")
    alert.get_by_role("button", name="转到该行").click()
    expect(editor).to_be_focused()
    expect(page.locator(".line-numbers .faulty")).to_have_count(1)
    other = text.replace('version = "2"', 'version = "3"').replace("from = 11\n", "from = 1\n")
    editor.fill(other)
    expect(page.get_by_role("heading", name="等级迁移")).to_be_visible()
    expect(page.get_by_text("户企业的等级会变动。")).to_be_visible()
    page.get_by_role("button", name="检查").click()
    expect(page.get_by_role("heading", name="检查结果")).to_be_visible()
    first.checks("desk-model-editor")
    page.reload()
    expect(editor).to_have_value(other)
    page.get_by_role("button", name="提交草稿").click()
    page.get_by_role("link", name="打开").click()
    expect(page.locator(".page-head .badge")).to_have_text("草稿，待审核")
    expect(page.get_by_role("button", name="审核通过")).to_have_count(0)

    second = signed_in(OTHER_ANALYST)
    page = second.goes_to("/desk/models/qian-example/3")
    give_purpose(page)
    page.get_by_role("button", name="立即比较").click()
    expect(page.get_by_role("heading", name="等级迁移")).to_be_visible()
    second.checks("desk-model")
    page.get_by_label("审核意见").fill("同意")
    page.reload()
    expect(page.get_by_label("审核意见")).to_have_value("同意")
    page.get_by_role("button", name="审核通过").click()
    page.get_by_label("启用日期").fill(TODAY)
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".page-head .badge")).to_have_text("启用中")
    page.get_by_text("停用", exact=True).first.click()
    expect(page.get_by_text(f"{TODAY} 至 长期")).to_be_visible()
    page.get_by_label("停用日期").fill(TODAY)
    page.get_by_label("停用原因").fill("样例")
    page.get_by_role("button", name="停用").click()
    expect(page.locator(".page-head .badge")).to_have_text("已停用")


def test_a_comparison_says_when_it_is_of_an_earlier_text_and_a_lost_network_is_no_fault_of_the_text(
    signed_in: SignedIn,
) -> None:
    page = signed_in().goes_to("/desk/models/new?name=qian-example&version=2")
    editor = page.get_by_role("textbox", name="模型文本（TOML）")
    text = editor.input_value()
    give_purpose(page)
    editor.fill(text.replace("from = 11\n", "from = 1\n"))
    expect(page.get_by_role("heading", name="等级迁移")).to_be_visible()
    outdated = page.get_by_text("以下是改动之前的比较")
    expect(outdated).to_have_count(0)
    page.context.set_offline(True)
    editor.fill(text.replace("from = 11\n", "from = 2\n"))
    expect(outdated).to_be_visible()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("暂时连接不上")
    expect(alert).not_to_contain_text("模型文本有误")
    page.context.set_offline(False)
    page.get_by_role("button", name="立即比较").click()
    expect(outdated).to_have_count(0)
    page.reload()
    give_purpose(page)
    expect(page.get_by_role("heading", name="等级迁移")).to_be_visible()  # of the text that was kept
    page.get_by_role("button", name="放弃修改，恢复原文").click()


def test_grades_are_counted_moved_and_given_anew(signed_in: SignedIn) -> None:
    visitor = signed_in()
    page = visitor.goes_to("/desk/grades")
    page.get_by_role("button", name="开始分级").click()
    expect(page.get_by_text("户企业有等级")).to_be_visible()
    give_purpose(page)
    expect(page.get_by_text("数据表")).to_be_visible()
    page.get_by_label("起始月末").fill("2026-11")
    page.get_by_label("截止月末").fill("2026-11")
    page.get_by_role("button", name="查看迁移").click()
    expect(page.get_by_role("columnheader", name="D")).to_be_visible()
    visitor.checks("desk-grades")


def test_a_campaign_and_a_model_are_evaluated_in_plots_that_are_found_again(signed_in: SignedIn) -> None:
    visitor = signed_in()
    page = visitor.goes_to("/desk/evaluation")
    give_purpose(page)
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("heading", name="各等级的问题发生率")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="ROC 曲线")).to_be_visible()
    visitor.checks("desk-evaluation")
    page.get_by_label("评估什么").select_option("indicators")
    give_purpose(page)
    page.get_by_label("检查首日").fill("2026-01-01")
    page.get_by_label("检查末日").fill(TODAY)
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("heading", name="各指标")).to_be_visible()
    visitor.checks("desk-indicators")
    page.emulate_media(media="print")
    for name in page.get_by_role("table", name="指标的实证结果").locator("summary").all():
        expect(name).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_label("评估什么").select_option("learning")
    page.get_by_label("检查末日").fill(TODAY)
    page.get_by_role("button", name="开始").click()
    expect(page.locator(".job .notice.bad")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evaluation and learning")
    visitor.checks()


@needs_font
def test_a_quarter_s_report_is_filed_and_found_again(signed_in: SignedIn) -> None:
    visitor = signed_in()
    page = visitor.goes_to("/desk/evaluation?of=quarter")
    give_purpose(page)
    quarter = page.get_by_label("季度", exact=True)
    assert quarter.locator("option").count() == 9
    quarter.select_option(index=8)  # the one that runs
    page.get_by_role("button", name="开始").click()
    link = page.locator(".job").get_by_role("link", name=".pdf")
    expect(link).to_be_visible()
    page.reload()
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    visitor.checks()


def test_warnings_are_acknowledged_and_become_a_special_check(signed_in: SignedIn, desk: Desk) -> None:
    desk.move_on(AFTER_THE_CORRECTIONS)
    visitor = signed_in()
    page = visitor.goes_to("/desk/warnings")
    page.get_by_role("button", name="立即运行预警").click()
    expect(page.get_by_text("条预警。")).to_be_visible()
    rates = page.get_by_role("table", name="预警准确率")
    told = {
        "等级骤升": "0.9259 % 占得分上升",
        "异常增多": "0.2075 % 占每个序列",
        "风险点": "5 % 占",
        "整改逾期": "不会误报",
    }
    for kind, rate in told.items():
        expect(rates.get_by_role("row").filter(has_text=kind)).to_contain_text(rate)
    give_purpose(page)
    card = page.locator(".board .cards > li").first
    card.get_by_role("button").click()
    expect(card.get_by_role("heading", name="依据")).to_be_visible()
    visitor.checks("desk-warnings")
    page.emulate_media(media="print")
    expect(page.locator(".board").get_by_role("button")).to_have_count(0)
    page.emulate_media(media="screen")
    page.get_by_label("排除理由").fill("已现场核实")
    page.reload()
    give_purpose(page)
    expect(page.get_by_label("排除理由")).to_have_value("已现场核实")
    card.get_by_role("checkbox").check()
    page.get_by_role("button", name="确认所选").click()
    expect(page.get_by_text("已选 0 条")).to_be_visible()

    auditor = signed_in(AUDITOR)
    page = auditor.goes_to("/desk/warnings?state=ACKNOWLEDGED")
    give_purpose(page)
    expect(page.locator(".board .cards > li")).to_have_count(1)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page = auditor.goes_to("/desk/readings")
    expect(page.get_by_role("row").filter(has_text="分级结果").first).to_contain_text("风险预警")
    expect(page.get_by_text("early warning")).to_have_count(0)

    planner = signed_in(PLANNER)
    page = planner.goes_to("/desk/warnings")
    give_purpose(page)
    page.get_by_role("table").get_by_role("checkbox").first.check()
    page.get_by_label("名称").fill("许可到期专项检查")
    page.get_by_label("公开的理由").fill("许可集中到期，须核查是否仍具备经营条件")
    page.get_by_role("group", name="抽查事项").get_by_role("checkbox").first.check()
    page.get_by_label("开始日期").fill("2026-12-22")
    page.get_by_label("结束日期").fill("2026-12-31")
    planner.checks("desk-special-check")
    page.reload()
    give_purpose(page)
    page.get_by_role("table").get_by_role("checkbox").first.check()
    expect(page.get_by_label("名称")).to_have_value("许可到期专项检查")
    expect(page.get_by_label("结束日期")).to_have_value("2026-12-31")
    page.get_by_role("group", name="抽查事项").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="转为专项检查").click()
    expect(page.get_by_text("已编制专项检查 2026-")).to_be_visible()


def test_a_region_that_is_a_division_s_code_is_shown_with_its_name(signed_in: SignedIn, desk: Desk) -> None:
    bureau = desk.house.bureau
    for kind, row in (
        ("division", files.division("130304", "样例区")),
        ("registration", files.registration(977, 区域="130304")),
        ("registration", files.registration(978, 区域="130305")),
    ):
        with bureau.write() as tx:
            registers.take_in(tx, ADMINISTRATOR, bureau.now, files.file_of(kind, [row]), True, bureau.pseudonym_key)
    visitor = signed_in()
    page = visitor.goes_to("/desk/enterprises?region=1303")
    register = page.get_by_role("table")
    expect(register.get_by_role("cell", name="130304 样例区")).to_be_visible()
    expect(register.get_by_role("cell", name="130305", exact=True)).to_be_visible()
    visitor.checks()
    page = visitor.goes_to(f"/desk/enterprises/{files.code(977)}")
    expect(page.locator(".facts").first).to_contain_text("130304 样例区")
    page = visitor.goes_to("/desk/reconciliation?by=REGION")
    expect(page.get_by_role("rowheader", name="130304 样例区").first).to_be_visible()
