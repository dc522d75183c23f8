"""An administrator at the desk: departments, people, sources, platforms, keys and settings; and everybody's own."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from api.serving import working
from api.worker import Worker
from ledger.actors import Actor, Role
from sampling.users import one_time_codes
from tests.api.pages.browsing import DESKTOP, PHONE, Visitor, needs_browser, visiting
from tests.api.states.publishing import ADMINISTRATOR, Desk, desk_at
from tests.sampling.auditing import ZHANG
from tests.sampling.bureau import AUDITOR, CLOSED_AT, PLANNER, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser
SMALL_PHONE = {"width": 360, "height": 640}
PASSWORD = "correct horse battery staple"  # noqa: S105


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with departments and a worker."""
    folder, now = tmp_path_factory.mktemp("administrator"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("imported"), folder, now) as desk, working(desk.house.bureau):
        yield desk


@pytest.fixture
def visitor(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(desk.house.token(ADMINISTRATOR))
        yield visitor


def menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="菜单").get_by_role("link", name=name, exact=True).click()


def test_departments_come_one_by_one_or_by_a_file(visitor: Visitor) -> None:
    page = visitor.goes_to("/desk/departments")
    page.get_by_role("textbox", name="代码").fill("HB")
    page.get_by_role("textbox", name="名称").fill("生态环境局")
    page.get_by_role("button", name="添加部门").click()
    expect(page.get_by_text("已添加“生态环境局”。")).to_be_visible()
    page.get_by_role("button", name="更改“生态环境局”").click()
    page.get_by_role("textbox", name="名称").first.fill("市生态环境局")
    page.get_by_role("button", name="更改名称").click()
    expect(page.get_by_role("row").filter(has_text="市生态环境局")).to_contain_text("启用")
    page.get_by_role("button", name="更改“市生态环境局”").click()
    visitor.checks("desk-departments")
    page.get_by_role("button", name="关闭部门").click()
    expect(page.get_by_role("row").filter(has_text="市生态环境局")).to_contain_text("已关闭")

    rows = "department,name\nWJ,卫生健康局\n".encode()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择文件").click()
    chooser.value.set_files({"name": "departments.csv", "mimeType": "text/csv", "buffer": rows})
    expect(page.get_by_text("已完成").or_(page.get_by_text("未完成"))).to_be_visible()
    menu(page, "后台任务")
    page.get_by_role("row").filter(has_text="数据归集").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("数据归集")
    visitor.checks("desk-job-import")


def test_a_job_is_left_found_again_and_cancelled(
    browser: Browser,
    sqlite_states: Templates,  # noqa: F811
    tmp_path: Path,
) -> None:
    with (
        desk_at(sqlite_states.of("imported"), tmp_path, CLOSED_AT + timedelta(hours=1)) as desk,
        visiting(browser, desk.house.url, SMALL_PHONE, pictured=False, has_touch=True) as visitor,
    ):
        visitor.signs_in(desk.house.token(ADMINISTRATOR))
        page = visitor.goes_to("/desk/departments")
        rows = "department,name\nWJ,卫生健康局\n".encode()
        file: FilePayload = {"name": "departments.csv", "mimeType": "text/csv", "buffer": rows}
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_text("等待处理")).to_be_visible()
        began = page.url
        page = visitor.goes_to("/desk/jobs?state=unfinished")
        row = page.get_by_role("row").filter(has_text="数据归集")
        expect(row).to_contain_text("等待处理")
        row.get_by_role("link").first.click()
        page.get_by_role("button", name="取消任务").click()
        expect(page.get_by_text("已取消")).to_be_visible()
        visitor.checks()
        page.goto(began)
        expect(page.get_by_text("已取消")).to_be_visible()
        assert not Worker(desk.house.bureau).work_one()
        assert "WJ" not in [
            each["code"] for each in desk.house.ask("{ departments { code } }", ADMINISTRATOR)["departments"]
        ]


def test_a_page_does_nothing_in_the_name_of_whoever_signed_in_since(visitor: Visitor, desk: Desk) -> None:
    page = visitor.goes_to("/desk/departments")
    page.get_by_role("textbox", name="代码").fill("QX")
    page.get_by_role("textbox", name="名称").fill("气象局")
    visitor.signs_in(desk.house.token(Actor("another", Role.ADMINISTRATOR)))
    page.get_by_role("button", name="添加部门").click()
    expect(page).to_have_url(f"{visitor.url}/desk")
    expect(page.get_by_role("banner").get_by_text("another")).to_be_visible()
    visitor.goes_to("/desk/departments")
    expect(page.get_by_text("气象局")).to_have_count(0)


def test_a_user_is_invited_changed_and_let_in_no_more(
    visitor: Visitor, browser: Browser, desk: Desk, pictured: bool
) -> None:
    page = visitor.goes_to("/desk/people")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("角色").select_option("PLANNER")
    page.get_by_label("部门", exact=True).select_option("ZJ")
    page.get_by_role("button", name="生成邀请").click()
    expect(page.get_by_text("wang 的邀请码")).to_be_visible()
    invitation = page.locator(".notice .digest code").get_attribute("title")
    visitor.checks("desk-people")
    page.reload()
    expect(page.get_by_text("wang 的邀请码")).to_have_count(0)
    assert str(invitation) not in page.content()

    page.get_by_label("用户名").fill("wang")
    page.get_by_role("button", name="生成邀请").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("用户名")).to_have_value("wang")

    with visiting(browser, desk.house.url, PHONE, pictured, has_touch=True) as invited:
        _owns(invited, desk, str(invitation))

    page.get_by_role("link", name="wang").click()
    with visiting(browser, desk.house.url, DESKTOP, pictured) as other:
        other.signs_in(desk.house.token(ADMINISTRATOR))
        other.goes_to("/desk/people/wang").get_by_label("角色").select_option("INSPECTOR")
        other.page.get_by_role("button", name="调整角色与部门").click()
        expect(other.page.get_by_role("row").filter(has_text="执法检查人员")).to_be_visible()
    page.get_by_label("角色").select_option("ANALYST")
    page.get_by_role("button", name="调整角色与部门").click()
    again = page.get_by_role("button", name="重新读取")
    expect(again).to_be_visible()
    again.click()
    expect(page.get_by_label("角色")).to_have_value("INSPECTOR")
    page.get_by_role("button", name="停用", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="停用").first).to_contain_text(ADMINISTRATOR.subject)
    visitor.checks("desk-person")


def _owns(invited: Visitor, desk: Desk, invitation: str) -> None:
    """Accept an invitation on a phone, set a second factor, and sign out everywhere."""
    page = invited.goes_to("/desk/welcome?to=/desk/me")
    page.get_by_label("登录方式").select_option("invitation")
    page.get_by_label("邀请码").fill(invitation)
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("个人设置")
    page.get_by_label("邮箱地址").fill("wang@example.invalid")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    factor = page.locator("section").filter(has=page.get_by_role("heading", name="动态验证码（双因素）"))
    factor.get_by_label("当前密码").fill(PASSWORD)
    factor.get_by_role("button", name="启用或更换").click()
    key = str(factor.locator(".digest code").first.get_attribute("title"))
    invited.checks("desk-me-phone")
    secret = base64.b32decode(key.replace(" ", ""))
    code = one_time_codes.code_at(secret, one_time_codes.step_of(desk.clock.now))
    factor.get_by_label("验证器显示的六位数字").fill(code)
    factor.get_by_role("button", name="确认启用").click()
    expect(factor.get_by_text("以下恢复码只显示这一次")).to_be_visible()
    assert factor.locator(".recovery code").count() > 0
    page.get_by_role("button", name="退出所有设备").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录工作台")


def test_an_administrator_of_one_department_is_offered_it_alone(browser: Browser, desk: Desk, pictured: bool) -> None:
    with visiting(browser, desk.house.url, SMALL_PHONE, pictured, has_touch=True) as visitor:
        visitor.signs_in(desk.house.token(Actor("admin-zj", Role.ADMINISTRATOR, "ZJ")))
        page = visitor.goes_to("/desk/departments")
        expect(page.get_by_role("button", name="更改")).to_have_count(1)
        expect(page.get_by_role("button", name="添加部门")).to_have_count(0)
        visitor.checks()
        page = visitor.goes_to("/desk/people")
        expect(page.get_by_label("部门", exact=True).locator("option")).to_have_text(["样例住建局"])
        page.get_by_label("用户名").fill("zhao")
        page.get_by_role("button", name="生成邀请").click()
        expect(page.get_by_text("zhao 的邀请码")).to_be_visible()
        page.get_by_role("link", name="zhao").click()
        expect(page.get_by_label("部门", exact=True).locator("option")).to_have_text(["样例住建局"])
        visitor.checks()


def test_a_source_is_written_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    page = visitor.goes_to("/desk/sources")
    visitor.checks("desk-sources")
    page.get_by_role("link", name="行政处罚（自有格式）").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("行政处罚（自有格式）")
    text = page.get_by_label("来源文档（TOML）")
    shipped = text.input_value()
    text.fill(shipped.replace('name = "penalty"', 'name = "市处罚"') + "nonsense = 1\n")
    page.reload()
    expect(text).to_have_value(shipped.replace('name = "penalty"', 'name = "市处罚"') + "nonsense = 1\n")
    page.get_by_role("button", name="登记新版本").click()
    expect(page.get_by_role("alert")).to_be_visible()
    visitor.checks("desk-source")
    text.fill(shipped)
    menu(page, "数据来源")
    expect(page.get_by_role("heading", level=1)).to_have_text("数据来源")
    text.fill(shipped.replace('name = "penalty"', 'name = "市处罚"'))
    page.get_by_role("button", name="登记新来源").click()
    expect(page.get_by_text("“市处罚”已登记")).to_be_visible()
    menu(page, "对接平台")
    expect(page.get_by_role("heading", level=1)).to_have_text("对接平台")
    visitor.checks("desk-platforms")


def test_others_are_led_to_what_they_may_read_of_it_and_offered_nothing(
    browser: Browser, desk: Desk, pictured: bool
) -> None:
    for actor, pages in ((PLANNER, ("对接平台",)), (AUDITOR, ("人员", "系统"))):
        with visiting(browser, desk.house.url, DESKTOP, pictured) as other:
            other.signs_in(desk.house.token(actor))
            page = other.goes_to("/desk")
            for name in pages:
                menu(page, name)
                expect(page.get_by_role("heading", level=1)).to_contain_text(name)
                expect(page.locator("form.form")).to_have_count(0)
                other.checks()


def test_a_year_s_holidays_are_entered_once_they_are_announced(visitor: Visitor, desk: Desk) -> None:
    next_year = desk.clock.now.year + 1
    page = visitor.goes_to("/desk/system")
    page.get_by_role("link", name="工作日历").click()
    page.get_by_label("文件").fill("关于节假日安排的通知")
    page.get_by_label("休息日").fill(f"{next_year}-01-01，{next_year - 1}-01-02")
    page.get_by_role("button", name="录入年度安排").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("休息日").fill(f"{next_year}-01-01\n{next_year}-05-03")
    page.get_by_role("button", name="录入年度安排").click()
    expect(page.get_by_text(f"{next_year} 年的安排已录入")).to_be_visible()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=str(next_year)))
    expect(row).to_contain_text("本单位录入")
    row.get_by_text("2 天").click()
    expect(row).to_contain_text(f"{next_year}-05-03")
    visitor.checks("desk-working-days")
    page.get_by_role("button", name="English").click()
    expect(page).to_have_title("Working days")
    visitor.fits_also(PHONE)


def test_keys_auditors_and_settings_are_shown_without_secrets(visitor: Visitor, desk: Desk) -> None:
    page = visitor.goes_to("/desk/system")
    expect(page.get_by_text(desk.house.bureau.verifier.vkey).first).to_be_visible()
    expect(page.get_by_text("没有指定外部见证方")).to_be_visible()
    page.get_by_label("审计员公钥（vkey）").fill("不是公钥")
    page.get_by_role("button", name="登记公钥").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("审计员公钥（vkey）").fill(ZHANG.verifier_key)
    page.get_by_role("button", name="登记公钥").click()
    row = page.get_by_role("row").filter(has_text=ZHANG.name)
    expect(row).to_contain_text("有效")
    expect(page.get_by_role("row").filter(has_text="QIAN_DATABASE_URL")).to_contain_text("未设置")
    expect(page.get_by_role("row").filter(has_text="QIAN_PORT")).to_contain_text("监听端口。")
    visitor.checks("desk-system")
    row.get_by_role("button", name="停用").click()
    page.get_by_role("button", name="停用", exact=True).last.click()
    expect(row).to_contain_text("已停用")
    page.get_by_role("link", name="到期文档").click()
    expect(page.get_by_text("没有到期的文档。")).to_be_visible()
    visitor.checks()
