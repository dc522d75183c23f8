"""The quarterly report through the doors: both make the same files, for those who may read grades, on both engines."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from pypdf import PdfReader

from ledger.actors import Actor, Role
from ledger.windows import Window
from sampling.reports.quarterly_report import quarterly_report
from sampling.reports.quarters import Quarter
from scoring import grades
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import ANALYST, AUDITOR, PLANNER, House, served_on
from tests.engines import ENGINES
from tests.printing import needs_font, text_of

FILE = """mutation ($quarter: String!, $purpose: String!) {
  fileQuarterlyReport(quarter: $quarter, purpose: $purpose) { job { id } refusal { code } } }"""
PURPOSE = "季度评估"


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with a closed campaign."""
    with served_on(request.param, tmp_path_factory.mktemp("quarterly")) as served:
        small_bureau.run_campaign(served, lambda state: None)
        yield served


@pytest.fixture(scope="module")
def filed(house: House) -> tuple[bytes, bytes]:
    """The files of the present quarter's report, made by a job: HTML and PDF."""
    quarter = quarter_of(house)
    job = house.work(FILE, ANALYST, quarter=quarter, purpose=PURPOSE)
    assert job["result"] == {"__typename": "ReportResult"}
    assert [file["name"] for file in job["files"]] == [f"quarterly-{quarter}.html", f"quarterly-{quarter}.pdf"]
    html, pdf = (house.fetch(file["path"], ANALYST).content for file in job["files"])
    return html, pdf


@pytest.fixture
def console(house: House, tmp_path: Path) -> Console:
    """The command line of the same bureau."""
    return Console(house.bureau.settings, tmp_path)


def quarter_of(house: House) -> str:
    today = house.bureau.today
    return f"{today.year}Q{(today.month + 2) // 3}"


@needs_font
def test_it_tells_what_there_is(house: House, filed: tuple[bytes, bytes]) -> None:
    html, text = "".join(filed[0].decode().split()), text_of(filed[1])
    visits = len(small_bureau.visits(house, f"{house.bureau.today.year}-0001"))
    for words in (
        "季度信用风险分类与抽查评估报告",
        "内部资料",
        "测试单位",
        "示例抽查",
        "多方见证仪式",
        "Larch",
        "方法说明",
    ):
        assert words in text
        assert words in html
    assert f"纳入评估的检查{visits}户次" in text


@needs_font
def test_it_names_no_enterprise_and_no_inspector_and_reaches_for_nothing(
    house: House, filed: tuple[bytes, bytes]
) -> None:
    html, pdf = filed
    visits = small_bureau.visits(house, f"{house.bureau.today.year}-0001")
    people = [member["certificate"] for visit in visits for member in visit["team"]]
    for told in (html.decode(), text_of(pdf)):
        assert [name for name in ("PDY", *people, *(each["enterpriseName"] for each in visits)) if name in told] == []
    assert set(re.findall(r"https?://[^\"<]*", html.decode())) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<script|<img|<link|src=|javascript:", html.decode())
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 3


@needs_font
def test_a_command_makes_the_same_files_and_the_data_of_the_plots(
    house: House, console: Console, filed: tuple[bytes, bytes]
) -> None:
    if house.bureau.settings.database_url is not None:
        pytest.skip("one engine is enough for what reads the same report")
    folder = console.folder / "report"
    command = ("evaluate", "report", "--quarter", quarter_of(house), "--to", folder, "--purpose", PURPOSE)
    told = console.done(*command, actor=ANALYST)
    assert (Path(told["html"]).read_bytes(), Path(told["pdf"]).read_bytes()) == filed
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    data = orjson.loads(Path(told["data"][0]).read_bytes())
    assert data["notice"] == grades.NOTICE
    assert {plot["name"] for plot in data["plots"]} >= {"rate-by-grade", "grades", "funnel"}
    assert len(told["data"]) == len(data["plots"]) + 1


def test_making_it_is_a_reading(house: House) -> None:
    now = house.bureau.now
    with house.bureau.read() as tx:
        before = {row["id"] for row in grades.readings(tx, AUDITOR, Window(500))}
        withheld = quarterly_report(tx, AUDITOR, now, Quarter.parse(quarter_of(house)), "核对用途")
    with house.bureau.write() as tx:
        withheld.tell(tx, now)
        new = [row for row in grades.readings(tx, AUDITOR, Window(500)) if row["id"] not in before]
    assert {row["run"] for row in new} >= {"evaluation", "warning"}
    assert {(row["subject"], row["purpose"]) for row in new} == {("auditor", "核对用途")}


@needs_font
def test_a_quarter_without_anything_says_so(house: House, console: Console) -> None:
    folder = console.folder / "empty"
    command = ("evaluate", "report", "--quarter", "2021Q1", "--to", folder, "--purpose", PURPOSE)
    text = text_of(Path(console.done(*command, actor=ANALYST)["pdf"]).read_bytes())
    assert "本季度没有抽查任务，也没有可用于评估的检查" in text
    assert "问题率无法估计（没有检查可供估计）" in text


def test_both_doors_refuse_alike(house: House, console: Console) -> None:
    to = ("--to", console.folder / "refused")
    now = quarter_of(house)
    for code, actor, quarter, purpose in (
        ("role_not_allowed", PLANNER, now, PURPOSE),
        ("role_not_allowed", Actor("inspector", Role.INSPECTOR, "ZJ"), now, PURPOSE),
        ("quarter_unusable", ANALYST, "2026-3", PURPOSE),
        ("quarter_not_begun", ANALYST, "2199Q4", PURPOSE),
        ("purpose_missing", ANALYST, now, " "),
    ):
        assert house.refused(FILE, actor, quarter=quarter, purpose=purpose) == code
        command = ("evaluate", "report", "--quarter", quarter, *to, "--purpose", purpose)
        assert console.json(*command, actor=actor).error == code


def test_without_its_font_it_is_refused_with_the_remedy(house: House, console: Console) -> None:
    command = ("evaluate", "report", "--quarter", quarter_of(house), "--to", console.folder / "x", "--purpose", PURPOSE)
    answer = console.run(*command, "--json", actor=ANALYST, QIAN_FONT=str(console.folder / "none.ttf"))
    assert answer.error == "font_missing"


@needs_font
def test_an_evaluation_writes_its_plots(house: House, console: Console) -> None:
    if house.bureau.settings.database_url is not None:
        pytest.skip("one engine is enough for what draws the same evaluation")
    folder, today = console.folder / "plots", house.bureau.today.isoformat()
    command = ("evaluate", "campaign", f"{house.bureau.today.year}-0001", "--purpose", PURPOSE, "--plots", folder)
    told = console.done(*command, actor=ANALYST)["plots"]
    assert {Path(each).name for each in told} >= {"rate-by-grade.svg", "rate-by-grade.png", "rate-by-grade.csv"}
    assert all(Path(each).read_bytes() for each in told)
    assert "Larch" in (folder / "rate-by-grade.csv").read_text("utf-8-sig")
    days = ("--from", today, "--to", today, "--purpose", PURPOSE, "--plots", folder)
    assert console.done("evaluate", "indicators", "trees@1", *days, actor=ANALYST)["plots"] == []
