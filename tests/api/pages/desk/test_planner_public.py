"""Planners at the desk: what the public asks and objects to, and the plans of a year, which are published."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from sampling.publication import proceedings
from tests.api.pages.browsing import DESKTOP, PAPER, PHONE, Visitor, confirms, needs_browser, visiting
from tests.api.states.publishing import SECOND, Desk, desk_at
from tests.sampling.bureau import CAMPAIGN, PLANNER, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture
from tests.sampling.publicity.desk import NOW, QUESTION, TEXT, ask, object_to, target

pytestmark = needs_browser

ANSWER = "自公示之日起公开展示五年。"
REASON = "经复核现场照片，消防通道畅通，情况属实。"


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with published findings, a question and an objection."""
    with desk_at(sqlite_states.of("published"), tmp_path_factory.mktemp("public"), NOW) as desk:
        ask(desk.bureau)
        object_to(desk.bureau)
        yield desk


@pytest.fixture
def visitor(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(desk.house.token(PLANNER))
        yield visitor


def test_two_planners_answer_a_question_and_take_it_back(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    page = visitor.goes_to("/desk")
    page.get_by_role("link", name="1 件公众咨询待答复").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("公众咨询")
    visitor.checks("desk-questions")
    page.get_by_role("link", name=QUESTION).click()
    page.get_by_label("答复内容").fill(f"{target(desk.bureau).name}：{ANSWER}")
    page.reload()
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_role("alert")).to_contain_text("企业")
    page.get_by_label("答复内容").fill(ANSWER)
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("由您拟定，须由另一人复核。")).to_be_visible()
    expect(page.get_by_label("答复内容")).to_have_value("")
    visitor.checks("desk-question-proposed")

    with _second(browser, desk, pictured) as second:
        other = second.goes_to(page.url.removeprefix(desk.house.url))
        other.get_by_role("checkbox", name="连同咨询内容向社会公开").check()
        confirms(other, "复核并答复")
        expect(other.get_by_role("heading", name="撤下答复")).to_be_visible()
        second.checks("desk-question-phone")
        assert _answers(desk) == [ANSWER]
        other.get_by_label("撤下原因").fill("表述不够准确")
        confirms(other, "撤下答复")
        expect(other.get_by_role("listitem").filter(has_text="表述不够准确")).to_be_visible()
    assert _answers(desk) == []


def test_an_objection_is_upheld_by_two_and_leads_to_a_correction(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    finding = target(desk.bureau)
    page = visitor.goes_to("/desk/objections")
    page.get_by_role("link", name=TEXT).click()
    expect(page.get_by_role("link", name=f"{CAMPAIGN}-{finding.position}")).to_be_visible()
    page.get_by_role("radio", name="成立", exact=True).check()
    page.get_by_label("理由", exact=False).first.fill(REASON)
    page.get_by_role("checkbox", name="同时拟定更正内容").check()
    page.get_by_label("检查日期").fill("2026-11-25")
    page.get_by_role("checkbox", name="发现问题经责令已改正").check()
    page.reload()
    expect(page.get_by_role("radio", name="成立", exact=True)).to_be_checked()
    expect(page.get_by_label("理由", exact=False).first).to_have_value(REASON)
    expect(page.get_by_label("检查日期")).to_have_value("2026-11-25")
    expect(page.get_by_role("checkbox", name="发现问题经责令已改正")).to_be_checked()
    visitor.checks("desk-objection")
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("由您拟定，须由另一人复核。")).to_be_visible()
    with _second(browser, desk, pictured) as second:
        other = second.goes_to(page.url.removeprefix(desk.house.url))
        expect(other.get_by_role("listitem").filter(has_text=REASON)).to_contain_text("发现问题经责令已改正")
        confirms(other, "复核并决定")
        expect(other.get_by_role("heading", name="拟定决定")).to_be_hidden()
        expect(other.get_by_role("listitem").filter(has_text="复核通过")).to_contain_text("异议成立")
        second.checks("desk-objection-phone")
        other.goto(f"{desk.house.url}/desk/objections")
        expect(other.get_by_text("没有符合条件的来件。")).to_be_visible()
    (found,) = desk.bureau.ask(lambda tx: proceedings.of_position(tx, CAMPAIGN, finding.position))
    assert (found.kind.value, found.state) == ("correction", "open")


def test_a_notice_is_drafted_by_one_published_by_another_and_withdrawn(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    page = visitor.goes_to("/desk")
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="公告解读").click()
    page.get_by_text("拟稿", exact=True).click()
    page.get_by_label("标题").fill("抽查结果公示期限的说明")
    page.get_by_label("正文").fill(f"{target(desk.bureau).name}：{ANSWER}")
    page.get_by_role("button", name="提交拟稿").click()
    expect(page.get_by_role("alert")).to_contain_text("企业")
    page.reload()
    expect(page.get_by_label("标题")).to_have_value("抽查结果公示期限的说明")
    page.get_by_label("正文").fill(ANSWER)
    visitor.checks("desk-notices")
    page.get_by_role("button", name="提交拟稿").click()
    expect(page.get_by_text("由您拟稿，须由另一名管理员发布。")).to_be_visible()
    with _second(browser, desk, pictured) as second:
        other = second.goes_to(page.url.removeprefix(desk.house.url))
        confirms(other, "发布")
        expect(other.get_by_role("link", name="查看公示")).to_be_visible()
        second.checks("desk-notice-phone")
        assert _notices(desk) == ["抽查结果公示期限的说明"]
        other.get_by_label("撤下原因").fill("表述有误")
        confirms(other, "撤下")
        expect(other.get_by_text("已撤下")).to_be_visible()
    assert _notices(desk) == []


def test_a_plan_of_a_year_is_drafted_by_one_and_adopted_by_another(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    page = visitor.goes_to("/desk/plans?year=2027")
    expect(page.get_by_role("heading", level=1)).to_have_text("样例住建局2027 年度抽查计划")
    page.get_by_role("link", name="起草计划").click()
    page.get_by_label("任务名称").fill("燃气安全年度抽查")
    page.get_by_label("开始月份").select_option("3")
    page.get_by_label("结束月份").select_option("11")
    page.get_by_label("责任人").fill("张三、李四")
    expect(page.get_by_role("button", name="提交此版本")).to_be_disabled()
    page.get_by_label("计划检查户数").fill("40")
    page.get_by_role("button", name="提交此版本").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.get_by_text("已恢复上次未提交的填写内容。")).to_be_visible()
    page.get_by_role("group", name="抽查事项").get_by_role("checkbox").first.check()
    visitor.checks("desk-plans-draft")
    page.get_by_role("button", name="提交此版本").click()
    expect(page.get_by_text("最近一版由您起草，须由本部门另一人通过。")).to_be_visible()
    line = page.get_by_role("table", name="计划任务").get_by_role("row").filter(has_text="燃气安全年度抽查")
    expect(line).to_contain_text("3 月至 11 月")
    visitor.checks("desk-plans")

    with _second(browser, desk, pictured) as second:
        other = second.goes_to("/desk/plans?year=2027")
        confirms(other, "通过并公示第 1 版")
        expect(other.get_by_text("已通过并公示", exact=True)).to_be_visible()
        expect(other.get_by_role("table", name="执行进度").get_by_role("row")).to_have_count(2)
        second.checks("desk-plans-phone")
        second.fits_also(PAPER, media="print")
    told = desk.house.ask("{ programmes(first: 9) { nodes { year enterprises lines { title } } } }")["programmes"]
    assert {"year": 2027, "enterprises": 40, "lines": [{"title": "燃气安全年度抽查"}]} in told["nodes"]


@contextmanager
def _second(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    """Another planner of the department, on a phone."""
    with visiting(browser, desk.house.url, PHONE, pictured) as second:
        second.signs_in(desk.house.token(SECOND))
        yield second


def _notices(desk: Desk) -> list[str]:
    """The titles of what everybody may read."""
    return [each["title"] for each in desk.house.ask("{ notices(first: 9) { nodes { title } } }")["notices"]["nodes"]]


def _answers(desk: Desk) -> list[str]:
    """What everybody may read."""
    told = desk.house.ask("{ answers(first: 9) { nodes { answer } } }")["answers"]["nodes"]
    return [each["answer"] for each in told]
