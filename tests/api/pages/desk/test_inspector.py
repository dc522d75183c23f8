"""An inspector's pages on a phone, with a network and without one."""

from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.api import small_bureau
from tests.api.pages.browsing import needs_browser
from tests.api.pages.desk.phones import (
    SignedIn,
    address,
    answer,
    is_reached_again,
    line,  # noqa: F401  - a fixture
    on_phone,  # noqa: F401  - a fixture
    takes_along,
    writes_down,
)
from tests.api.pages.lines import Line
from tests.api.states.conftest import site, sites  # noqa: F401  - fixtures
from tests.api.states.pictures import photograph
from tests.api.states.visit_sites import Site

pytestmark = needs_browser

LARGE = 50 * 1024 * 1024


def sign(pad: Locator, height: int) -> None:
    """Draw a signature, of some height: the same picture twice would be one file."""
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    mouse = pad.page.mouse
    mouse.move(box["x"] + 20, box["y"] + 20)
    mouse.down()
    mouse.move(box["x"] + 120, box["y"] + height, steps=5)
    mouse.move(box["x"] + 200, box["y"] + 30, steps=5)
    mouse.up()


def test_an_inspector_records_a_visit_and_another_one_confirms_it(on_phone: SignedIn, site: Site) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to("/desk/visits")
    expect(page).to_have_title("我的检查")
    visitor.checks("desk-visits")
    page.get_by_role("searchbox").fill(site.visit["enterpriseName"])
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name=site.visit["enterpriseName"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(site.visit["enterpriseName"])
    assert site.visit["enterpriseName"] not in page.title()

    page.locator("summary", has_text="签发检查通知书").click()
    page.get_by_label("需准备的材料").fill("营业执照")
    page.get_by_role("button", name="签发检查通知书").click()
    expect(page.get_by_text("检通〔")).to_be_visible()

    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_role("alert")).to_contain_text("选择检查结果")
    answer(page)
    page.get_by_label("发现问题经责令已改正").check()
    page.get_by_label("未发现问题").check()
    expect(page.get_by_label("发现问题经责令已改正")).not_to_be_checked()
    page.get_by_label("后续处理", exact=True).select_option("NONE")
    page.get_by_label("检查情况").fill("亮照经营，明码标价。")
    page.get_by_label("签字人姓名").fill("样例负责人")
    sign(page.get_by_role("img", name="被检查单位手写签名"), 90)
    sign(page.get_by_role("img", name="检查人员手写签名"), 70)
    page.get_by_label("拍照").set_input_files({"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    page.get_by_role("group", name="门头.jpg").get_by_label("说明").fill("门头")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    visitor.checks("desk-visit")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()
    assert site.state() == "RECORDED"
    evidence = page.get_by_role("region", name="证据材料")
    expect(evidence.get_by_role("link")).to_have_count(3)
    assert set(evidence.get_by_role("link").all_text_contents()) == {
        "手写签名：被检查单位手写签名 样例负责人",
        f"手写签名：检查人员手写签名 {site.leader.subject}",
        "门头",
    }
    with page.expect_download() as downloading:
        page.get_by_role("link", name="打开笔录 PDF").click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-")
    visitor.checks("desk-visit-recorded")

    other = on_phone(site, site.second)
    page = other.goes_to(address(site))
    expect(page.get_by_text("待我确认")).to_be_visible()
    other.checks("desk-visit-confirm")
    page.get_by_role("button", name="确认无误").click()
    expect(page.get_by_text("待审核")).to_be_visible()
    assert site.state() == "CONFIRMED"


def test_a_visit_is_written_down_without_a_network_and_what_stood_by_then_is_a_conflict(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
    line: Line,  # noqa: F811
    tmp_path: Path,
) -> None:
    visitor = on_phone(site, site.leader, line.url)
    page = takes_along(visitor, line)
    visitor.checks("desk-visits-offline")
    page.get_by_role("link", name=site.visit["enterpriseName"]).click()
    answer(page)
    writes_down(page, "现场没有信号。")
    picture = photograph()
    for name, head in (("大图.jpg", picture), ("大.pdf", b"%PDF-1.7")):
        (tmp_path / name).write_bytes(head + bytes(LARGE - len(head)))
    page.get_by_label("拍照").set_input_files(tmp_path / "大图.jpg")
    expect(page.get_by_text("大图.jpg 较大，已在本机缩小")).to_be_visible()
    page.get_by_label("选择文件").set_input_files(tmp_path / "大.pdf")
    expect(page.get_by_text("大.pdf 太大，没有收下")).to_be_visible()
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    page.goto(visitor.url + address(site))
    expect(page.get_by_label("检查情况")).to_have_value("现场没有信号。")
    expect(page.get_by_role("img", name="大图.jpg")).to_be_visible()
    visitor.checks("desk-visit-offline")
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("1 份检查记录等待提交")).to_be_visible()
    assert site.state() is None

    site.house.do(small_bureau.RECORD, site.second, **site.found(facts="另一位检查人员先录入。"))
    is_reached_again(visitor, line)
    conflict = page.get_by_role("region", name="离线录入冲突")
    expect(conflict.get_by_text("另一位检查人员先录入。")).to_be_visible()
    expect(conflict.get_by_text("现场没有信号。")).to_be_visible()
    visitor.checks("desk-visit-conflict")
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 1
    conflict.get_by_label("处理说明").fill("以现场为准")
    conflict.get_by_role("button", name="采用离线录入").click()
    expect(conflict.get_by_text("采用了离线录入")).to_be_visible()
    assert site.state() == "RECORDED"


def test_nobody_else_on_a_phone_sees_a_draft_and_signing_out_takes_it_away_after_a_word(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
) -> None:
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    page.get_by_label("检查情况").fill("写到一半")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    visitor.signs_in(site.house.token(site.second))
    page.reload()
    expect(page.get_by_role("banner").get_by_text("样例住建局")).to_be_visible()
    expect(page.get_by_label("检查情况")).to_have_value("")
    visitor.signs_in(site.house.token(site.leader))
    page.reload()
    expect(page.get_by_label("检查情况")).to_have_value("写到一半")
    page.get_by_role("button", name="退出").click()
    leaving = page.get_by_role("dialog")
    expect(leaving.get_by_text("还有 1 份检查记录没有提交")).to_be_visible()
    visitor.checks()
    leaving.get_by_role("button", name="取消").click()
    expect(page.get_by_label("检查情况")).to_have_value("写到一半")
    page.get_by_role("button", name="退出").click()
    leaving.get_by_role("button", name="删除并退出").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录工作台")
    visitor.signs_in(site.house.token(site.leader))
    page = visitor.goes_to(address(site))
    expect(page.get_by_label("检查情况")).to_have_value("")


def test_what_the_service_refuses_is_told_where_it_is_wrong_though_the_session_ended_meanwhile(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
) -> None:
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    answer(page)
    page.get_by_label("检查日期").last.fill("2020-01-01")
    writes_down(page, "日期写错了。")
    page.get_by_label("拍照").set_input_files({"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    visitor.context.clear_cookies()
    page.get_by_role("button", name="提交检查结果").click()
    dialog = page.get_by_role("dialog", name="登录已过期")
    dialog.get_by_label("令牌 必填").fill(site.house.token(site.leader))
    dialog.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_text("提交未成功")).to_be_visible()
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(page.get_by_label("检查情况")).to_have_value("日期写错了。")
    assert site.state() is None
    visitor.checks()
    page.reload()
    expect(alert).to_be_visible()
    page.get_by_label("检查日期").last.fill(site.today)
    page.get_by_role("button", name="提交检查结果").click()
    expect(page.get_by_text("等待同组另一位检查人员确认")).to_be_visible()
    assert site.state() == "RECORDED"
    expect(page.get_by_role("region", name="证据材料").get_by_role("link")).to_have_count(1)


def test_a_photograph_that_a_full_phone_did_not_keep_is_kept_as_soon_as_there_is_room(
    on_phone: SignedIn,  # noqa: F811
    site: Site,  # noqa: F811
) -> None:
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    full = {"origin": visitor.url, "quotaSize": 1}
    phone = visitor.context.new_cdp_session(page)
    phone.send("Storage.overrideQuotaForOrigin", full)
    page.get_by_label("拍照").set_input_files({"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    expect(page.get_by_text("未能保存在本机")).to_be_visible()
    phone.send("Storage.overrideQuotaForOrigin", {"origin": visitor.url})
    page.get_by_label("检查情况").fill("腾出了空间。")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    page.reload()
    expect(page.get_by_role("img", name="门头.jpg")).to_be_visible()


def test_a_draft_is_deleted_by_the_keyboard_alone_and_nothing_of_it_stays(on_phone: SignedIn, site: Site) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    page.get_by_label("检查情况").fill("写错了企业")
    page.get_by_label("拍照").set_input_files({"name": "门头.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    delete, dialog = page.get_by_role("button", name="删除草稿"), page.get_by_role("dialog")
    delete.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(delete).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="确定删除").press("Enter")
    expect(dialog).to_be_hidden()
    expect(delete).to_be_hidden()
    expect(page.locator(".form[tabindex]")).to_be_focused()
    expect(page.get_by_label("检查情况")).to_have_value("")
    expect(page.get_by_role("img", name="门头.jpg")).to_have_count(0)
    page.get_by_label("检查情况").fill("重新填写")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    page.reload()
    expect(page.get_by_label("检查情况")).to_have_value("重新填写")
    visitor.checks()


def test_what_is_no_picture_is_refused_while_the_inspector_is_there(on_phone: SignedIn, site: Site) -> None:  # noqa: F811
    page = on_phone(site, site.leader).goes_to(address(site))
    for name, kind in (("坏.jpg", "image/jpeg"), ("手机.heic", "image/heic")):
        page.get_by_label("拍照").set_input_files(
            {"name": name, "mimeType": kind, "buffer": b"\xff\xd8\xff no picture"}
        )
        expect(page.get_by_text(f"{name} 打不开")).to_be_visible()
    expect(page.get_by_role("button", name="移除")).to_have_count(0)


def test_two_tabs_of_one_phone_write_one_draft(on_phone: SignedIn, site: Site) -> None:  # noqa: F811
    visitor = on_phone(site, site.leader)
    page = visitor.goes_to(address(site))
    page.get_by_label("检查情况").fill("第一个标签页")
    expect(page.get_by_text("已保存在本机")).to_be_visible()
    other = visitor.context.new_page()
    other.goto(visitor.url + address(site))
    expect(other.get_by_label("检查情况")).to_have_value("第一个标签页")
    other.get_by_label("检查情况").fill("第二个标签页")
    expect(other.get_by_text("已保存在本机")).to_be_visible()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_label("检查情况")).to_have_value("第二个标签页")
