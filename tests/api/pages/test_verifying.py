"""Anybody verifies a draw in the browser: the verdict of `qian verify`, and a tampered log refused at its step."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, Route, expect

from api.public_reading import read_public
from api.settings import Settings
from ledger.tiles import encode_bundle, entries_path
from sampling import public_checks, verification
from sampling.public_checks import PublicSide
from sampling.verification import Trust
from tests.api.console import Console
from tests.api.pages.browsing import DESKTOP, Visitor, needs_browser, visiting
from tests.api.pages.verdicts import PASSED, REFUSED, drop, pin, shown, shown_in_english
from tests.api.states.publishing import Desk, desk_at
from tests.drand_network import Network
from tests.sampling import beacon_bureau as beacons
from tests.sampling import bureau as steps
from tests.sampling import test_witnessing as witnessed
from tests.sampling.bureau import CAMPAIGN, CLOSED_AT, ORIGIN, TRUST, Bureau, Templates
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture
from tests.sampling.published_round import RANDOMNESS, under_published_round

pytestmark = needs_browser
PATH = f"/campaigns/{CAMPAIGN}/verify"


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with a closed campaign."""
    folder, now = tmp_path_factory.mktemp("verifying"), CLOSED_AT + timedelta(hours=1)
    with desk_at(sqlite_states.of("closed"), folder, now) as desk:
        yield desk


@pytest.fixture
def visitor(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        yield visitor


def in_english(texts: list[str]) -> list[str]:
    """Return those of some texts that are not in Chinese."""
    return [text for text in texts if not re.search("[\u4e00-\u9fff]", text)]


def test_the_browser_says_what_the_command_says(visitor: Visitor, desk: Desk) -> None:
    page = visitor.goes_to(PATH)
    expect(page.get_by_text(PASSED)).to_be_visible()
    assert in_english(shown(page)) == []
    checks = public_checks.verify_public(read_public(desk.house.url, CAMPAIGN), None)
    assert shown_in_english(page)[1:-1] == [check.compared for check in checks]
    expect(page.get_by_text("只有取得全部底数的审计员才能证明")).to_be_visible()
    expect(page.locator(".notice.good")).to_contain_text(f"任务 {CAMPAIGN}，日志 {ORIGIN}")
    page.get_by_text("查看原始数据：已公示的名称").click()
    visitor.checks("verify-campaign")


def test_what_this_browser_saw_before_must_be_the_beginning_of_what_is_there(visitor: Visitor) -> None:
    page = visitor.goes_to(PATH)
    assert "本浏览器此前没有见过该日志的检查点" in shown(page)[-1]
    page.reload()
    assert re.fullmatch("前 \\d+ 条与本浏览器 .+ 所见一致", shown(page)[-1])
    page.evaluate("""() => {
        const seen = JSON.parse(localStorage.getItem("qian.seen"));
        localStorage.setItem("qian.seen", JSON.stringify({ ...seen, root: "0".repeat(64) }));
    }""")
    page.reload()
    expect(page.get_by_text(REFUSED)).to_contain_text("与上次所见一致")


def test_a_log_of_another_name_is_not_taken_for_a_log_never_seen(visitor: Visitor) -> None:
    page = visitor.goes_to(PATH)
    expect(page.get_by_text(PASSED)).to_be_visible()
    page.evaluate("""() => {
        const seen = JSON.parse(localStorage.getItem("qian.seen"));
        localStorage.setItem("qian.seen", JSON.stringify({ ...seen, origin: "other.test/log" }));
    }""")
    page.reload()
    expect(page.get_by_text(REFUSED)).to_contain_text("与上次所见一致")
    expect(page.locator(".notice.bad .compared")).to_contain_text("other.test/log")


def test_what_another_tab_saw_meanwhile_is_not_forgotten(visitor: Visitor) -> None:
    page = visitor.goes_to("/verify")
    held: list[Route] = []
    visitor.context.route("**/log/checkpoint", lambda route: held.append(route))
    with visitor.context.expect_event("request", lambda request: request.url.endswith("/log/checkpoint")):
        visitor.goes_to(PATH)
    other = json.dumps({"origin": "o", "size": 999, "root": "", "vkey": "", "at": "2026-01-01T00:00:00Z"})
    page.evaluate("seen => localStorage.setItem('qian.seen', seen)", other)
    held[0].continue_()
    expect(page.get_by_text(PASSED)).to_be_visible()
    assert page.evaluate("localStorage.getItem('qian.seen')") == other


def test_what_this_browser_keeps_may_be_unreadable(visitor: Visitor) -> None:
    visitor.context.add_init_script("localStorage.setItem('qian.seen', '{')")
    page = visitor.goes_to(PATH)
    expect(page.get_by_text(PASSED)).to_be_visible()


def test_a_browser_that_takes_no_worker_for_a_module_verifies_too(visitor: Visitor) -> None:
    visitor.context.add_init_script("""window.Worker = class extends Worker {
        constructor(url, { type, ...others } = {}) { super(url, others); }
    }""")
    page = visitor.goes_to(PATH)
    expect(page.get_by_text(PASSED)).to_be_visible()


def altered_entries(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.body().replace(b'"to_draw":', b'"to_drav":'))


def other_positions(route: Route) -> None:
    answer = route.fetch()
    positions = json.loads(answer.body())
    route.fulfill(response=answer, body=json.dumps([positions[0] + 1, *positions[1:]], separators=(",", ":")))


def name_of_another(route: Route) -> None:
    answer = route.fetch()
    told = answer.json()
    if "findings" in told["data"].get("campaign", {}):
        first, second, *_ = told["data"]["campaign"]["findings"]["nodes"]
        first["enterpriseCode"] = second["enterpriseCode"]
    route.fulfill(response=answer, json=told)


def another_checkpoint(route: Route) -> None:
    answer = route.fetch()
    lines = answer.text().split("\n")
    lines[2] = "A" * 43 + "="
    route.fulfill(response=answer, body="\n".join(lines))


@pytest.mark.parametrize(
    ("where", "how", "step"),
    [
        ("**/log/tile/entries/**", altered_entries, "条目相连"),
        ("**/log/data/**", other_positions, "抽中位置"),
        ("**/log/checkpoint", another_checkpoint, "日志签名"),
        ("**/graphql", name_of_another, "已公示的名称"),
    ],
    ids=["an entry", "the drawn positions", "the checkpoint", "a published name"],
)
def test_what_was_tampered_with_is_refused_at_its_step(visitor: Visitor, where: str, how: object, step: str) -> None:
    visitor.context.route(where, how)  # type: ignore[arg-type]
    page = visitor.goes_to(PATH)
    expect(page.get_by_text(REFUSED)).to_contain_text(step)
    expect(page.locator(".checks .failed")).to_have_count(1)
    texts = shown(page)
    assert in_english(texts) == []
    expect(page.locator(".notice.bad .compared")).to_have_text(texts[-1])
    assert in_english(shown_in_english(page)[-1:]) != []
    visitor.checks("verify-refused" if step == "抽中位置" else None)


def test_a_bureau_that_does_not_answer_is_no_verdict(visitor: Visitor) -> None:
    visitor.context.route("**/log/checkpoint", lambda route: route.abort())
    page = visitor.goes_to(PATH)
    expect(page.get_by_text("未能核验")).to_be_visible()
    expect(page.get_by_text("无法连接服务")).to_be_visible()


def test_a_verifier_that_does_not_come_is_no_verdict_and_is_asked_for_again(visitor: Visitor) -> None:
    visitor.context.route("**/assets/worker-*.js", lambda route: route.abort())
    page = visitor.goes_to(PATH)
    expect(page.locator(".notice.bad")).to_contain_text("未能核验")
    expect(page.locator(".notice.bad .compared")).to_have_count(0)
    visitor.context.unroute_all()
    page.get_by_role("button", name="重新核验").click()
    expect(page.get_by_text(PASSED)).to_be_visible()


def test_a_verification_that_hangs_is_stopped_and_begun_again(visitor: Visitor) -> None:
    visitor.context.route("**/log/checkpoint", lambda route: None)  # no answer, and no end of it
    page = visitor.goes_to(PATH)
    page.get_by_role("button", name="停止核验").click()
    expect(page.get_by_text("未能核验")).to_be_visible()
    expect(page.get_by_text("核验已停止")).to_be_visible()
    visitor.context.unroute_all()
    page.get_by_role("button", name="重新核验").click()
    expect(page.get_by_text(PASSED)).to_be_visible()


IMPATIENT = "{ const wait = self.setTimeout; self.setTimeout = (then, ms) => wait(then, ms / 200); }\n"
"""So that nobody waits a minute for what a worker gives a minute."""


def test_a_service_that_falls_silent_is_no_verdict_and_is_asked_again(visitor: Visitor) -> None:
    def impatient(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=IMPATIENT + answer.text())

    visitor.context.route("**/assets/worker-*.js", impatient)
    visitor.context.route("**/log/checkpoint", lambda route: None)  # no answer, and no end of it
    page = visitor.goes_to(PATH)
    expect(page.get_by_text("未能核验")).to_be_visible()
    expect(page.get_by_text("服务已有 60 秒没有发来任何数据")).to_be_visible()
    visitor.context.unroute_all()
    page.get_by_role("button", name="重新核验").click()
    expect(page.get_by_text(PASSED)).to_be_visible()


def many_names(route: Route) -> None:
    answer = route.fetch()
    told = answer.json()
    if "findings" in told["data"].get("campaign", {}):
        findings = told["data"]["campaign"]["findings"]
        findings["nodes"] = (findings["nodes"] * 300)[:300]
        findings["pageInfo"]["hasNextPage"] = False
    route.fulfill(response=answer, json=told)


def test_the_bytes_that_a_page_does_not_show_are_counted_and_downloaded(visitor: Visitor) -> None:
    visitor.context.route("**/graphql", many_names)
    page = visitor.goes_to(PATH)
    count = int(re.findall(r"\d+", shown(page)[0])[0])
    page.get_by_text("查看原始数据：条目相连").click()
    chain = page.locator(".checks li", has=page.get_by_text("条目相连", exact=True))
    assert len(chain.locator("pre").inner_text().splitlines()) == min(count, 200)
    page.get_by_text("查看原始数据：已公示的名称").click()
    expect(page.get_by_text("共 300 条，此处只显示前 200 条，其余 100 条请下载查看")).to_be_visible()
    names = page.locator(".checks li", has=page.get_by_text("已公示的名称", exact=True))
    with page.expect_download() as download:
        names.get_by_role("button", name="下载全部原始数据").click()
    assert download.value.path().read_text("utf-8").count('"enterprise":') == 300


def test_a_campaign_that_there_is_not_is_said_in_the_language_of_the_page(visitor: Visitor) -> None:
    page = visitor.goes_to("/campaigns/9999-0001/verify")
    refused = page.locator(".notice.bad .compared")
    expect(refused).to_contain_text("服务拒绝")
    assert not re.search("[a-z]{3}", refused.inner_text())


def test_a_pinned_key_of_another_log_refuses_it(visitor: Visitor) -> None:
    page = visitor.goes_to(PATH)
    expect(page.get_by_text(PASSED)).to_be_visible()
    page.get_by_text("使用自己保存的公钥核验").click()
    other = "other.test/log+0a4c3a3f+AcXRVW+p6sAG2PZ9tP9JB6bxcqx1ySrBq5JrKjXDuq3M"
    page.get_by_label("密钥文件内容").fill(f'log = ["{other}"]')
    page.get_by_role("button", name="重新核验").click()
    expect(page.locator(".notice.bad")).to_be_visible()


def test_an_auditor_drops_a_bundle_and_it_is_verified_in_full(visitor: Visitor, desk: Desk, tmp_path: Path) -> None:
    bundle = bundle_of(desk)
    (tmp_path / "good.bundle").write_bytes(bundle)
    page = visitor.goes_to("/verify")
    page.locator("input[type=file]").set_input_files(tmp_path / "good.bundle")
    expect(page.get_by_text("完整核验通过")).to_be_visible()
    expect(page.locator(".notice.good")).to_contain_text("已证明：由卷宗中的全部底数重新计算")
    expect(page.locator(".notice.good")).to_contain_text(f"任务 {CAMPAIGN}，日志 {ORIGIN}")
    assert page.locator(".notice.good time").get_attribute("datetime")
    assert in_english(shown(page)) == []
    assert shown_in_english(page) == [check.compared for check in verification.verify_bundle(bundle, None)]
    visitor.checks("verify-bundle")
    bad = bundle.replace(b"to_draw", b"to_drav", 1)
    (tmp_path / "bad.bundle").write_bytes(bad)
    drop(page, tmp_path / "bad.bundle")
    expect(page.get_by_text(REFUSED)).to_be_visible()
    assert len(shown(page)) == len(verification.verify_bundle(bad, None))


def test_a_file_that_is_no_whole_bundle_accuses_nobody(visitor: Visitor, desk: Desk, tmp_path: Path) -> None:
    page = visitor.goes_to("/verify")
    bundle = bundle_of(desk)
    for name, content in (("empty", b""), ("photo.jpg", b"\xff\xd8\xff"), ("broken off.bundle", bundle[:-1])):
        (tmp_path / name).write_bytes(content)
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(page.get_by_text("这个文件不是完整的卷宗")).to_be_visible()
        assert shown(page) != []
    (tmp_path / "good.bundle").write_bytes(bundle)
    page.locator("input[type=file]").set_input_files(tmp_path / "good.bundle")
    expect(page.get_by_text("完整核验通过")).to_be_visible()


def test_the_verdict_is_of_the_file_that_was_given_last(visitor: Visitor, desk: Desk, tmp_path: Path) -> None:
    bundle = bundle_of(desk)
    (tmp_path / "bad.bundle").write_bytes(bundle.replace(b"to_draw", b"to_drav", 1))
    (tmp_path / "good.bundle").write_bytes(bundle)
    page = visitor.goes_to("/verify")
    page.evaluate(SLOWLY)
    page.locator("input[type=file]").set_input_files(tmp_path / "bad.bundle")
    page.locator("input[type=file]").set_input_files(tmp_path / "good.bundle")
    expect(page.get_by_text("完整核验通过")).to_be_visible()
    page.evaluate("slow.then(() => new Promise((resolve) => setTimeout(resolve, 500)))")
    expect(page.get_by_text("good.bundle")).to_be_visible()
    expect(page.get_by_text("完整核验通过")).to_be_visible()


SLOWLY = """() => {
  const read = File.prototype.arrayBuffer;
  window.slow = new Promise((resolve) => setTimeout(resolve, 5000));
  File.prototype.arrayBuffer = async function () {
    if (this.name === "bad.bundle") await window.slow;
    return read.call(this);
  };
}"""
"""Has the page read one file slowly."""


def bundle_of(desk: Desk) -> bytes:
    return desk.bureau.bundle(now=desk.clock.now)


def draw_before_witnesses(bureau: Bureau) -> None:
    """Freeze, have two of three witnesses cosign in time, and draw."""
    witnessed.freeze(bureau)
    witnessed.cosign(bureau, ["w1", "w3"])
    steps.reveal(bureau)
    steps.draw(bureau)


PINNED_CHAIN = replace(TRUST, drand=(beacons.NETWORK.chain,))
OTHER_CHAIN = Network(name="another network").chain
DRAWS: dict[str, tuple[Callable[[Bureau], None], Trust, Trust | None, str]] = {
    "a round of drand": (
        beacons.draw_by_drand,
        PINNED_CHAIN,
        replace(TRUST, drand=(OTHER_CHAIN,)),
        "随机数",
    ),
    "public numbers": (beacons.draw_by_sources, TRUST, None, ""),
    "a ceremony with dice": (beacons.draw_by_dice, PINNED_CHAIN, None, ""),
    "a quorum of witnesses": (
        draw_before_witnesses,
        replace(TRUST, witnesses=tuple(witnessed.PINNED)),
        replace(TRUST, witnesses=(witnessed.STRANGER.verifier,)),
        "外部见证",
    ),
}
"""How a campaign was drawn, the keys that show it, others that do not, and at which step those are refused."""


def served(side: PublicSide) -> Callable[[Route], None]:
    """Return what answers as the log of a public side would."""
    log = {"checkpoint": side.checkpoint.encode(), entries_path(0, len(side.entries)): encode_bundle(side.entries)}
    log |= {f"data/{name}": file for name, file in side.files.items()}
    return lambda route: route.fulfill(body=log[route.request.url.partition("/log/")[2]])


def test_the_browser_verifies_a_round_that_quicknet_published_under_the_chain_that_it_pins(
    browser: Browser,
    sqlite_states: Templates,  # noqa: F811
    tmp_path: Path,
    pictured: bool,
) -> None:
    with (
        desk_at(sqlite_states.of("planned"), tmp_path, CLOSED_AT) as desk,
        visiting(browser, desk.house.url, DESKTOP, pictured) as visitor,
    ):
        beacons.draw_by_drand(desk.bureau)
        desk.bureau.sign()
        side = under_published_round(read_public(desk.house.url, CAMPAIGN))
        visitor.context.route("**/log/**", served(side))
        page = visitor.goes_to(PATH)
        expect(page.get_by_text(PASSED)).to_be_visible()
        with patch("api.command_line.verifying.read_public", return_value=side):
            passer_by = Console(Settings(home=tmp_path / "nothing"), tmp_path)
            told = passer_by.done("verify", CAMPAIGN, "--public", desk.house.url)
        assert told["passed"]
        compared = {each["name"]: each["compared"] for each in told["checks"]}
        assert (
            compared["beacon"] == f"beacon drand (signed by its chain, which is pinned; 256 bits), output {RANDOMNESS}"
        )
        assert shown_in_english(page)[1:-1] == list(compared.values())


@pytest.mark.parametrize("how", DRAWS)
def test_whatever_decided_a_draw_the_browser_says_what_the_command_says(
    browser: Browser,
    sqlite_states: Templates,  # noqa: F811
    tmp_path: Path,
    pictured: bool,
    how: str,
) -> None:
    draw, trust, others, step = DRAWS[how]
    with (
        desk_at(sqlite_states.of("planned"), tmp_path, CLOSED_AT) as desk,
        visiting(browser, desk.house.url, DESKTOP, pictured) as visitor,
    ):
        draw(desk.bureau)
        desk.bureau.sign()
        page = visitor.goes_to(PATH)
        shown(page)
        if others is not None:
            pin(page, others)
            page.get_by_role("button", name="重新核验").click()
            expect(page.get_by_text(f"“{step}”不成立")).to_be_visible()
            assert in_english(shown(page)) == []
            page.reload()
        pin(page, trust)
        page.get_by_role("button", name="重新核验").click()
        expect(page.get_by_text(PASSED)).to_be_visible()
        expect(page.get_by_text("要完全独立地核验")).to_be_hidden()
        checks = public_checks.verify_public(read_public(desk.house.url, CAMPAIGN), trust)
        assert shown_in_english(page)[1:-1] == [check.compared for check in checks]
        visitor.checks()
        visitor.goes_to("/verify")
        bundle = bundle_of(desk)
        (tmp_path / "whole.bundle").write_bytes(bundle)
        drop(page, tmp_path / "whole.bundle")
        expect(page.get_by_text("完整核验通过")).to_be_visible()
        assert shown_in_english(page) == [check.compared for check in verification.verify_bundle(bundle, trust)]
