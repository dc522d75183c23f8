"""The province at the desk: its system's grades and its models come in, and pseudonyms of what went up are resolved."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.provincial.pseudonyms import Named, Pseudonyms
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, confirms, needs_browser, visiting
from tests.api.states.publishing import Desk, desk_at
from tests.sampling.bureau import ANALYST, AUDITOR, CLOSED_AT, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture
from tests.scoring.provincial.test_taking_back import TEXT

pytestmark = needs_browser

PURPOSE = "省级模型启用前核对"
CODE = "91130304PDY000028L"
ROWS = ["统一社会信用代码,分类系统,分类等级,评定日期", f"{CODE},省平台,B,2026-10-31", f"{CODE},省平台,B,2026-13-31"]


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign and a worker."""
    folder, now = tmp_path_factory.mktemp("provincial"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("closed"), folder, now, worker=True) as desk:
        yield desk


@pytest.fixture
def analyst(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(desk.house.token(ANALYST))
        yield visitor


def give_purpose(page: Page) -> None:
    page.get_by_label("查阅目的").fill(PURPOSE)
    page.get_by_role("button", name="填写目的并查阅").click()


def test_provincial_grades_come_in_and_bad_rows_are_told_one_by_one(analyst: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "省级分级.csv"
    path.write_text("\n".join(ROWS), encoding="utf-8")
    page = analyst.goes_to("/desk")
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="省级数据").click()
    expect(page.get_by_label("数据来源", exact=True).get_by_role("option")).to_have_count(1)
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="导入", exact=True).click()
    refused = page.get_by_role("table", name="退回的行（1 行）").get_by_role("row").nth(1)
    expect(refused).to_contain_text("评定日期")
    expect(refused.get_by_role("rowheader")).to_have_text("3")
    address = page.url
    assert "job=" in address
    analyst.checks("desk-provincial-import")
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="后台任务").click()
    expect(page.get_by_role("row").filter(has_text="数据归集").first).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("table", name="处理情况").get_by_role("row").nth(1)).to_contain_text("省级分级.csv")
    page.goto(f"{analyst.url}/desk/enterprises/{CODE}")
    expect(page.get_by_text("省平台")).to_have_count(0)
    give_purpose(page)
    expect(page.get_by_text("省平台").first).to_be_visible()


def test_a_provincial_model_is_held_against_local_findings_and_drafted(analyst: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "provincial.toml"
    path.write_text(TEXT, encoding="utf-8")
    page = analyst.goes_to("/desk/provincial")
    text = page.get_by_label("模型文本（TOML）")
    check = page.get_by_role("button", name="用本地检查结果核对")
    expect(check).to_be_disabled()
    give_purpose(page)
    text.fill(TEXT.split("[origin]")[0])
    check.click()
    expect(page.get_by_role("alert")).to_contain_text("origin")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择模型文件").click()
    chooser.value.set_files(path)
    expect(text).to_have_value(TEXT)
    page.get_by_label("检查首日").fill("2026-11-01")
    page.get_by_label("检查末日").fill("2026-11-30")
    check.click()
    expect(page.get_by_role("heading", name="核对结果")).to_be_visible()
    expect(page.get_by_text("某省市场监督管理部门").first).to_be_visible()
    expect(page.get_by_role("table", name="各等级").get_by_role("row")).to_have_count(4 + 1)
    analyst.checks("desk-provincial-check")
    address = page.url
    page.goto(f"{analyst.url}/desk")
    page.goto(address)
    expect(page.get_by_role("heading", name="核对结果")).to_be_visible()
    expect(text).to_have_value(TEXT)
    confirms(page, "导入为草稿")
    page.get_by_role("link", name="打开 provincial 1").click()
    expect(page.locator(".page-head .badge")).to_have_text("草稿，待审核")


def test_pseudonyms_of_what_went_up_are_resolved_and_the_reading_is_recorded(analyst: Visitor, desk: Desk) -> None:
    pseudonym = Pseudonyms(desk.house.bureau.pseudonym_key).of(Named.ENTERPRISE, CODE)
    page = analyst.goes_to("/desk/provincial")
    give_purpose(page)
    page.get_by_label("假名").fill(f"{pseudonym}\n{'0' * 32}")
    page.get_by_role("button", name="还原").click()
    found = page.get_by_role("table", name="还原结果")
    expect(found.get_by_role("row").filter(has_text=pseudonym)).to_contain_text(CODE)
    expect(found.get_by_role("row").filter(has_text="0" * 32)).to_contain_text("不是本单位的假名")
    assert PURPOSE in str(desk.house.ask("{ gradeReadings(first: 20) { nodes { purpose } } }", AUDITOR))
    assert "purpose" not in page.url


def test_an_auditor_checks_a_model_and_takes_nothing_in_on_a_phone(
    browser: Browser, desk: Desk, pictured: bool
) -> None:
    with visiting(browser, desk.house.url, PHONE, pictured) as visitor:
        visitor.signs_in(desk.house.token(AUDITOR))
        page = visitor.goes_to("/desk/provincial")
        expect(page.get_by_role("heading", name="省级模型")).to_be_visible()
        expect(page.get_by_role("button", name="导入为草稿")).to_have_count(0)
        expect(page.get_by_role("heading", name="还原假名")).to_have_count(0)
        visitor.checks("desk-provincial-phone")
