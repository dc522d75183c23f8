"""Planners at the desk: what decides a draw and who witnesses it, who is replaced, and lists that are not drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.actors import Actor
from sampling import announcing, freezing, rematching
from sampling.beacons import Beacon, Drand, Local, ceremony_commitment
from tests import bureau_files as files
from tests.api.pages.browsing import DESKTOP, Visitor, needs_browser, visiting
from tests.api.states.publishing import SECOND, Desk, desk_at
from tests.api.test_beacons import CHAINED, JUDGE, NETWORK
from tests.api.test_drand import chains_text
from tests.drand_network import node_of, served
from tests.sampling import bureau as steps
from tests.sampling import test_witnessing as witnessed
from tests.sampling.bureau import BOUND, LIMITS, MARGIN, PLAN, PLANNED_AT, PLANNER, Templates, flat
from tests.sampling.conftest import sqlite_states  # noqa: F401  - a fixture

pytestmark = needs_browser

SIGNED = "drand 轮次签名写入"
SHANGHAI = timezone(timedelta(hours=8))
ROUND = "query ($code: String!) { campaign(code: $code) { beacon { round { number } } } }"


@pytest.fixture(scope="module")
def desk(sqlite_states: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: F811
    """A served bureau with graded enterprises, which gets rounds of drand from a node."""
    folder = tmp_path_factory.mktemp("draws")
    chains = folder / "chains.toml"
    chains.write_text(chains_text(province=NETWORK.chain, pairs=CHAINED.chain))

    def node(path: str) -> tuple[int, dict[str, str], bytes]:
        return node_of((NETWORK.chain, NETWORK.round(int(path.rpartition("/")[2]))))(path)

    with (
        served(node) as url,
        desk_at(
            sqlite_states.of("graded"), folder, PLANNED_AT, worker=True, drand_urls=url, drand_chains=chains
        ) as desk,
    ):
        yield desk


@pytest.fixture
def planner(browser: Browser, desk: Desk, pictured: bool) -> Iterator[Visitor]:
    with visiting(browser, desk.house.url, DESKTOP, pictured) as visitor:
        visitor.signs_in(desk.house.token(PLANNER))
        yield visitor


@contextmanager
def second(browser: Browser, desk: Desk, path: str, actor: Actor = SECOND) -> Iterator[Page]:
    """Another planner of the department, or somebody else, at a page."""
    with visiting(browser, desk.house.url, DESKTOP, pictured=False) as visitor:
        visitor.signs_in(desk.house.token(actor))
        yield visitor.goes_to(path)


def planned(desk: Desk, item: str) -> str:
    """Plan a campaign on an item that no other campaign is about."""
    return steps.plan(desk.bureau, replace(flat(PLAN), items=(item,)))


def frozen(desk: Desk, item: str, beacon: Beacon, *witnesses: object) -> str:
    """Plan and freeze a campaign, under witnesses where some are given."""
    code = planned(desk, item)
    now = desk.clock.now
    desk.bureau.do(lambda tx: freezing.freeze(tx, PLANNER, now, code, beacon, LIMITS, BOUND, *witnesses))  # type: ignore[arg-type]
    return code


def matched(desk: Desk, item: str) -> str:
    """Plan, freeze, draw and match a campaign."""
    code = frozen(desk, item, Local(desk.clock.now + MARGIN))
    desk.move_on(desk.clock.now + MARGIN)
    steps.draw(desk.bureau, code, desk.clock.now)
    steps.match(desk.bureau, code, desk.clock.now)
    return code


def goes_back_to(planner: Visitor, desk: Desk, path: str) -> Page:
    """Sign in anew, since much time went by, and open a page."""
    planner.signs_in(desk.house.token(PLANNER))
    return planner.goes_to(path)


def confirms(page: Page, what: str) -> None:
    page.get_by_role("button", name=what).click()
    page.get_by_role("alertdialog").get_by_role("button", name=what).click()


def civil(instant: datetime) -> str:
    """Return an instant as it is typed."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def test_a_round_of_drand_decides_that_the_service_gets_by_itself(
    planner: Visitor, browser: Browser, desk: Desk
) -> None:
    code = planned(desk, "ZJ-01")
    page = planner.goes_to(f"/desk/campaigns/{code}")
    page.get_by_label("drand 链").fill("nowhere")
    confirms(page, "冻结名单")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("drand 链").fill("province")
    confirms(page, "冻结名单")
    expect(page.get_by_text("名单已封存").first).to_be_visible()
    number = int(desk.house.ask(ROUND, code=code)["campaign"]["beacon"]["round"]["number"])
    expect(page.get_by_text(str(number)).first).to_be_visible()
    page.get_by_role("button", name="抽取", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    desk.move_on(NETWORK.chain.time_of(number))
    expect(page.get_by_text(SIGNED)).to_be_visible()
    with second(browser, desk, f"/desk/campaigns/{code}/ceremony") as wall:
        expect(wall.get_by_text(NETWORK.round(number).signature.hex())).to_be_visible()
    page.get_by_role("button", name="抽取", exact=True).click()
    expect(page.get_by_text("抽中位置已公布")).to_be_visible()
    planner.checks(follows=True)


def test_on_a_closed_network_a_round_is_entered_by_hand(planner: Visitor, desk: Desk) -> None:
    beacon = Drand(CHAINED.chain, CHAINED.chain.first_round(desk.clock.now + MARGIN))
    code = frozen(desk, "ZJ-02", beacon)
    desk.move_on(beacon.not_before)
    page = planner.goes_to(f"/desk/campaigns/{code}")
    page.locator("summary", has_text="手工录入 drand 轮次").click()
    signed = CHAINED.round(beacon.round)
    assert signed.previous is not None
    page.get_by_label("上一轮签名").fill(signed.previous.hex())
    page.get_by_label("轮次签名").fill(signed.signature.hex()[::-1])
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("上一轮签名")).to_have_value(signed.previous.hex())
    page.get_by_label("轮次签名").fill(signed.signature.hex())
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_text(SIGNED)).to_be_visible()


def test_public_numbers_are_read_by_two_persons(planner: Visitor, browser: Browser, desk: Desk) -> None:
    code = planned(desk, "ZJ-03")
    path = f"/desk/campaigns/{code}"
    published = desk.clock.now + timedelta(hours=2)
    page = goes_back_to(planner, desk, path)
    page.get_by_role("radio", name="事先指定的公开数").check()
    page.get_by_label("公开数种类").select_option("ssq")
    page.get_by_label("期号或日期").fill("2026310")
    page.get_by_label("公布时间").fill(civil(published))
    confirms(page, "冻结名单")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("公开数种类").select_option("kl8")
    confirms(page, "冻结名单")
    expect(page.get_by_text("名单已封存").first).to_be_visible()

    desk.move_on(published + timedelta(minutes=1))
    page = goes_back_to(planner, desk, path)
    expect(page.get_by_text("随机数应已出现，可以抽取。")).to_be_hidden()
    numbers = page.get_by_label("投掷结果或公布的号码")
    numbers.fill("1 2 3")
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    read = " ".join(map(str, range(61, 81)))
    numbers.fill(read)
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.get_by_text("已录入，须由另一人复核。")).to_be_visible()
    page.get_by_role("button", name="复核", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    with second(browser, desk, path) as other:
        other.get_by_label("投掷结果或公布的号码").fill(read)
        other.get_by_role("button", name="复核", exact=True).click()
        expect(other.get_by_text("已复核。")).to_be_visible()
    expect(page.get_by_text("随机数应已出现，可以抽取。")).to_be_visible()
    page.get_by_role("button", name="抽取", exact=True).click()
    expect(page.get_by_text("抽中位置已公布")).to_be_visible()


@pytest.mark.parametrize(
    ("item", "what", "count", "of", "fell"),
    [
        ("ZJ-04", "掷骰子", "20", "6", "3 1 4 1 5 2 6 5 3 5 6 2 1 3 2 4 6 1 1 2"),
        ("SC-03", "抽签", "6", "45", "3 12 7 45 30 21"),
    ],
    ids=["dice", "lots"],
)
def test_what_falls_before_two_persons_is_on_the_wall(
    planner: Visitor, browser: Browser, desk: Desk, item: str, what: str, count: str, of: str, fell: str
) -> None:
    code = planned(desk, item)
    path, begun = f"/desk/campaigns/{code}", desk.clock.now
    secrets = steps.secrets_at(begun)
    page = goes_back_to(planner, desk, path)
    page.get_by_role("radio", name="多方见证仪式").check()
    for place, (name, secret) in enumerate(secrets.items()):
        page.get_by_label("参与方名称").nth(place).fill(name)
        page.get_by_label("承诺（64 位十六进制）").nth(place).fill(ceremony_commitment(name, *secret).hex())
    page.get_by_label("揭示期限").fill(civil(begun + timedelta(hours=1)))
    page.get_by_label("揭示后是否投掷或抽签").select_option(label=what)
    page.get_by_label("数量").fill(count)
    page.get_by_label("面数或签数").fill(of)
    page.get_by_label("录入期限").fill(civil(begun + timedelta(hours=2)))
    page.get_by_label("两名录入人").fill(PLANNER.subject)
    confirms(page, "冻结名单")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("两名录入人").fill(f"{PLANNER.subject}、{JUDGE.subject}")
    confirms(page, "冻结名单")
    expect(page.get_by_text("名单已封存").first).to_be_visible()

    desk.move_on(begun + timedelta(minutes=20))
    for name, secret in secrets.items():
        with desk.bureau.database.write() as tx:
            announcing.reveal(tx, PLANNER, desk.clock.now, code, name, *secret)
    with second(browser, desk, f"{path}/ceremony") as wall:
        expect(wall.get_by_text(f"{what}：{count} 次，每次 1 至 {of}")).to_be_visible()
        page.get_by_label("投掷结果或公布的号码").fill(fell)
        page.get_by_role("button", name="录入", exact=True).click()
        expect(page.get_by_text("已录入，须由另一人复核。")).to_be_visible()
        with second(browser, desk, "/desk", JUDGE) as other:
            told = other.locator("ul.news")
            expect(told.get_by_role("link", name=f"{code}：各方均已揭示随机值")).to_be_visible()
            told.get_by_role("link", name=f"{code}：已有一人录入").click()
            other.get_by_label("投掷结果或公布的号码").fill(fell)
            other.get_by_role("button", name="复核", exact=True).click()
            expect(other.get_by_text("已复核。")).to_be_visible()
        expect(wall.get_by_text(fell.replace(" ", "."))).to_be_visible()


def test_witnesses_are_awaited_at_the_page_and_on_the_wall(planner: Visitor, browser: Browser, desk: Desk) -> None:
    code = frozen(desk, "SC-01", Local(desk.clock.now + MARGIN), witnessed.POLICY, witnessed.MARGIN)
    desk.bureau.sign()
    path = f"/desk/campaigns/{code}"
    page = goes_back_to(planner, desk, path)
    expect(page.get_by_role("status").get_by_text("见证期限")).to_be_visible()
    page.get_by_role("button", name="抽取", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    planner.checks(follows=True)
    with second(browser, desk, f"{path}/ceremony") as wall:
        steps_shown = wall.get_by_role("list", name="抽取步骤")
        expect(steps_shown.get_by_text("等待联署")).to_have_count(3)
        witnessed.cosign(desk.bureau, ["w1"], desk.clock.now)
        expect(steps_shown.get_by_text("已联署")).to_have_count(1)
        witnessed.cosign(desk.bureau, ["w3"], desk.clock.now)
        expect(steps_shown.get_by_text("已达到法定数")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("见证已到齐")).to_be_visible()


def test_an_inspector_who_fell_ill_is_replaced_and_a_reserve_takes_a_place(
    planner: Visitor, browser: Browser, desk: Desk
) -> None:
    code = matched(desk, "SC-02")
    path = f"/desk/campaigns/{code}/visits"
    before = steps.visits(desk.bureau, code)
    ill, gone = before[0].team[0][1], before[-1].enterprise
    page = goes_back_to(planner, desk, path)
    page.locator("summary", has_text="登记更换").click()
    page.get_by_label("被更换人员的证件号").fill("没有此人")
    page.get_by_label("原因（封存）").fill("突发疾病")
    page.get_by_role("radio", name="本机随机数").check()
    page.get_by_role("button", name="登记更换").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("被更换人员的证件号").fill(ill)
    page.get_by_role("button", name="登记更换").click()
    expect(page.get_by_text("已登记。")).to_be_visible()
    planner.checks()
    page.get_by_role("button", name="重新匹配").click()
    expect(page.get_by_role("row").filter(has_text=ill)).to_have_count(0)
    assert [each for each in steps.visits(desk.bureau, code) if ill in dict(each.team).values()] == []

    page.locator("summary", has_text="提议替补").click()
    page.get_by_label("被替换的企业").fill(gone)
    page.get_by_label("说明（封存）").fill("冻结前已注销")
    page.get_by_role("button", name="提议替补").click()
    expect(page.locator(".notice", has_text="已提议替补")).to_be_visible()
    with second(browser, desk, path) as other:
        expect(other.locator(".notice", has_text="已提议替补")).to_contain_text("冻结前已注销")
        other.locator("summary", has_text="确认替补").click()
        other.get_by_role("radio", name="本机随机数").check()
        other.get_by_role("button", name="确认替补").click()
        expect(other.locator(".notice", has_text="已提议替补")).to_be_hidden()
        other.get_by_role("button", name="重新匹配").click()
        expect(other.get_by_role("row").filter(has_text=gone)).to_have_count(0)
    codes = [each.enterprise for each in steps.visits(desk.bureau, code)]
    assert (len(codes), gone in codes) == (len(before), False)


def test_parties_reveal_at_the_page_what_decides_a_match_anew(planner: Visitor, desk: Desk) -> None:
    code, begun = matched(desk, "SC-04"), desk.clock.now
    ill = steps.visits(desk.bureau, code)[0].team[0][1]
    named = steps.ceremony(begun)
    desk.bureau.do(lambda tx: rematching.reopen(tx, PLANNER, begun, code, ill, None, "突发疾病", named))
    desk.move_on(begun + timedelta(minutes=20))
    page = goes_back_to(planner, desk, f"/desk/campaigns/{code}")
    reveal = page.get_by_role("button", name="录入揭示的随机值")
    for left, (name, (salt, value)) in zip((1, 0), steps.secrets_at(begun).items(), strict=True):
        page.get_by_label("参与方名称").select_option(name)
        page.get_by_label("盐（64 位十六进制）").fill(salt.hex())
        page.get_by_label("随机值（64 位十六进制）").fill(value.hex())
        reveal.click()
        expect(reveal).to_have_count(left)
        expect(page.locator("#party option", has_text=name)).to_have_count(0)
    page = planner.goes_to(f"/desk/campaigns/{code}/visits")
    page.get_by_role("button", name="重新匹配").click()
    expect(page.get_by_role("row").filter(has_text=ill)).to_have_count(0)


def test_a_list_with_a_file_is_fixed_and_matched_without_a_draw(planner: Visitor, desk: Desk) -> None:
    listed = [files.code(number) for number in range(1, 41)]
    page = goes_back_to(planner, desk, "/desk/campaigns/new")
    page.get_by_label("任务名称").fill("群众举报专项检查")
    page.get_by_label("开始日期").fill("2026-11-24")
    page.get_by_label("结束日期").fill("2026-12-31")
    page.get_by_role("radio", name="专项检查").check()
    page.get_by_label("专项检查的理由").fill("群众举报集中")
    given = ("统一社会信用代码\n" + "\n".join([*listed, "没有此户"])).encode()
    page.get_by_label("名单文件").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": given})
    page.get_by_role("link", name="下一步").click()
    page.get_by_role("group", name="样例住建局").get_by_role("checkbox").last.check()
    page.get_by_role("link", name="下一步").click()
    expect(page.get_by_text("没有比例")).to_be_visible()
    page.get_by_role("link", name="下一步").click()
    page.get_by_role("button", name="保存计划").click()
    expect(page.get_by_role("alert")).to_be_visible()
    planner.checks()
    page.get_by_role("link", name="参加方与范围").click()
    good = "\n".join(["统一社会信用代码", *listed]).encode()
    page.get_by_label("名单文件").set_input_files({"name": "名单.csv", "mimeType": "text/csv", "buffer": good})
    page.get_by_role("link", name="核对并保存").click()
    page.get_by_role("button", name="保存计划").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("群众举报专项检查")
    code = page.url.rsplit("/", 1)[1]
    page.get_by_role("radio", name="本机随机数").check()
    confirms(page, "冻结名单")
    expect(page.get_by_text("名单已固定。")).to_be_visible()
    planner.checks(follows=True)
    desk.move_on(desk.clock.now + timedelta(minutes=20))
    page.get_by_role("button", name="匹配检查人员").click()
    expect(page.get_by_role("link", name="检查任务", exact=True)).to_be_visible()
    assert {each.enterprise for each in steps.visits(desk.bureau, code)} == set(listed)
