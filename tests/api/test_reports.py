"""Progress and reports through the doors: GraphQL and the command line say the same, and name nobody."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from ledger.actors import Actor, Role
from tests.api import small_bureau
from tests.api.console import Console
from tests.api.house import AUDITOR, PLANNER, House, served_on
from tests.printing import needs_font, text_of

COUNTS = """due visited recorded approved published settled overdue
  completion { part whole permille } conclusion { part whole permille }"""
PROGRESS = f"""query ($campaign: String!) {{ campaignProgress(campaign: $campaign) {{
  campaignCode state drawn total {{ {COUNTS} }} departments {{ departmentCode counts {{ {COUNTS} }} }}
  inspectors {{ certificate name departmentCode counts {{ {COUNTS} }} }} }} }}"""
JOB = "job { id } refusal { code }"
OF_CAMPAIGN = f"mutation ($campaign: String!) {{ fileCampaignReport(campaign: $campaign) {{ {JOB} }} }}"
OF_YEAR = f"""mutation ($department: String!, $year: Int!) {{
  fileAnnualReport(department: $department, year: $year) {{ {JOB} }} }}"""
STRANGER = Actor("planner-sc", Role.PLANNER, "SC")
SECRETS = [*small_bureau.SIZES, *map(str, small_bureau.SCORES.values()), "PDY"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A bureau with a closed campaign."""
    with served_on("sqlite", tmp_path_factory.mktemp("reports")) as served:
        small_bureau.run_campaign(served, lambda state: None)
        yield served


@pytest.fixture
def console(house: House, tmp_path: Path) -> Console:
    """The command line of the same bureau."""
    return Console(house.bureau.settings, tmp_path)


def campaign_of(house: House) -> str:
    return f"{house.bureau.today.year}-0001"


def sheets_of(workbook: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def snake(value: Any) -> Any:
    """Return an answer of GraphQL under the names of the command line."""
    names = {"campaignCode": "campaign", "departmentCode": "department"}
    if isinstance(value, dict):
        flat = {**value, **value.get("counts", {})}
        return {names.get(name, name): snake(each) for name, each in flat.items() if name != "counts"}
    return [snake(each) for each in value] if isinstance(value, list) else value


def test_both_doors_tell_the_same_progress(house: House, console: Console) -> None:
    campaign = campaign_of(house)
    inspector = small_bureau.leader(small_bureau.visits(house, campaign)[0])
    for actor in (AUDITOR, PLANNER, inspector):
        asked = house.ask(PROGRESS, actor, campaign=campaign)["campaignProgress"]
        told = console.done("campaign", "progress", campaign, actor=actor)["progress"]
        assert {**snake(asked), "state": asked["state"].lower()} == told
        assert "100.0%" in console.run("campaign", "progress", campaign, actor=actor, COLUMNS="200").stdout
    assert asked["total"] is None
    (own,) = asked["inspectors"]
    assert (own["certificate"], own["counts"]["completion"]["permille"]) == (inspector.subject, 1000)
    assert console.json("campaign", "progress", campaign, actor=STRANGER).error == "campaign_missing"
    assert house.errors(PROGRESS, STRANGER, campaign=campaign)[0]["extensions"]["code"] == "campaign_missing"


@needs_font
def test_a_campaign_is_filed_by_a_job_and_by_a_command_alike(house: House, console: Console) -> None:
    campaign = campaign_of(house)
    job = house.work(OF_CAMPAIGN, PLANNER, campaign=campaign)
    assert job["result"] == {"__typename": "ReportResult"}
    pdf, xlsx = (house.fetch(file["path"], PLANNER).content for file in job["files"])
    assert [file["name"] for file in job["files"]] == [f"report-{campaign}.pdf", f"report-{campaign}.xlsx"]

    written = (console.folder / "report.pdf", console.folder / "report.xlsx")
    told = console.done("campaign", "file-report", campaign, "--pdf", written[0], "--xlsx", written[1], actor=PLANNER)
    assert [path.read_bytes() for path in written] == [pdf, xlsx]
    assert told["pdf"]["bytes"] == len(pdf)
    assert written[0].stat().st_mode & 0o777 == 0o600

    text, sheets = text_of(pdf), sheets_of(xlsx)
    visits = len(small_bureau.visits(house, campaign))
    for words in (
        "双随机抽查任务情况报告",
        "测试单位",
        "样例住建局（ZJ）",
        "样例条例第一条",
        "log.test/qian",
        "已结束",
    ):
        assert words in text
    assert f"已抽取（户）{visits}" in text
    assert "单位负责人（签章）" in text
    assert sheets["检查进度"][1:] == [[name, *[visits] * 6, 0] for name in ("样例住建局", "合计")]
    assert ["违反其他管理规定", visits] in sheets["检查结果"]


@needs_font
def test_a_year_is_filed_by_a_job_and_by_a_command_alike(house: House, console: Console) -> None:
    year = house.bureau.today.year
    job = house.work(OF_YEAR, AUDITOR, department="ZJ", year=year)
    pdf, xlsx = (house.fetch(file["path"], AUDITOR).content for file in job["files"])
    paths = (console.folder / "year.pdf", console.folder / "year.xlsx")
    console.done("plan", "report", "ZJ", str(year), "--pdf", paths[0], "--xlsx", paths[1], actor=AUDITOR)
    assert [path.read_bytes() for path in paths] == [pdf, xlsx]
    assert f"{year}年度双随机抽查工作报告" in text_of(pdf)
    assert sheets_of(xlsx)["抽查任务"][1][0] == campaign_of(house)


@needs_font
def test_what_is_filed_names_nobody_and_tells_of_no_grade(house: House, console: Console) -> None:
    campaign, year = campaign_of(house), str(house.bureau.today.year)
    visits = small_bureau.visits(house, campaign)
    people = [member["certificate"] for visit in visits for member in visit["team"]]
    enterprises = [visit["enterpriseName"] for visit in visits]
    for command in (("campaign", "file-report", campaign), ("plan", "report", "ZJ", year)):
        path = console.folder / "report"
        console.done(*command, "--pdf", f"{path}.pdf", "--xlsx", f"{path}.xlsx", actor=AUDITOR)
        told = text_of(Path(f"{path}.pdf").read_bytes()) + str(sheets_of(Path(f"{path}.xlsx").read_bytes()))
        assert [secret for secret in (*SECRETS, *people, *enterprises) if secret in told] == []


def test_what_cannot_be_filed_is_refused_by_both_doors(house: House, console: Console) -> None:
    campaign, year = campaign_of(house), house.bureau.today.year
    planned = small_bureau.plan(house)
    to = ("--xlsx", console.folder / "report.xlsx")
    for code, actor, subject in (
        ("campaign_missing", STRANGER, campaign),
        ("campaign_missing", PLANNER, f"{year}-9999"),
        ("campaign_entry_missing", PLANNER, planned),
    ):
        assert house.refused(OF_CAMPAIGN, actor, campaign=subject) == code
        assert console.json("campaign", "file-report", subject, *to, actor=actor).error == code
    assert house.refused(OF_YEAR, STRANGER, department="ZJ", year=year) == "department_not_allowed"
    assert console.json("plan", "report", "ZJ", str(year), *to, actor=STRANGER).error == "department_not_allowed"
    assert console.json("plan", "report", "ZJ", "2001", *to, actor=PLANNER).error == "annual_report_empty"
    assert console.json("campaign", "file-report", campaign, actor=PLANNER).error == "report_without_file"


def test_without_its_font_a_pdf_is_refused_with_the_remedy_and_a_workbook_is_written(
    house: House, console: Console
) -> None:
    campaign, path = campaign_of(house), console.folder / "report.xlsx"
    command = ("campaign", "file-report", campaign, "--json")
    missing = {"QIAN_FONT": str(console.folder / "none.ttf")}
    answer = console.run(*command, "--pdf", console.folder / "report.pdf", actor=PLANNER, **missing)
    assert answer.error == "font_missing"
    assert "fonts-noto-cjk" in answer.json["error"]["remedy"]
    assert console.run(*command, "--xlsx", path, actor=PLANNER, **missing).code == 0
    assert path.exists()
