"""Sources through the command line: checked, added, used, shown, and fetched from, on both engines."""

import os
import time
from pathlib import Path

import pytest

from api.bureau import Bureau
from tests import bureau_files as files
from tests.api.console import ADMINISTRATOR, ANALYST, AUDITOR, PLANNER, Answer, Console
from tests.bureau_files import csv_bytes
from tests.scoring.source_text import PLATFORM, PULLED
from tests.scoring.test_source import ROW, WRONG
from tests.unreadable_source import UNREADABLE, add_unreadable

FOLDER = PULLED + '[pull]\nschedule = "daily 02:30"\nfolder = "platform"\nfiles = "*.csv"\n'


@pytest.fixture
def console(bureau: Bureau, tmp_path: Path) -> Console:
    return Console(bureau.settings, tmp_path)


def document(console: Console, text: str, name: str = "platform.toml") -> Path:
    path = console.folder / name
    path.write_text(text, "utf-8")
    return path


def data(console: Console, name: str, content: bytes) -> Path:
    path = console.folder / name
    path.write_bytes(content)
    return path


def test_a_source_is_added_and_its_files_go_in(console: Console) -> None:
    added = console.done("source", "add", document(console, PLATFORM), actor=ADMINISTRATOR)
    assert (added["name"], added["version"], added["added_by"]) == ("信用平台", "1", "administrator")
    registration = data(console, "册.csv", csv_bytes([files.registration(1)]))
    console.done("import", registration, "--source", "registration", actor=ANALYST)
    penalties = data(console, "罚.csv", csv_bytes([ROW]).decode().encode("gb18030"))
    answer = console.done("import", penalties, "--source", "信用平台", actor=ANALYST)
    assert (answer["files"][0]["kind"], answer["files"][0]["new"]) == ("penalty", 1)
    again = console.done("import", penalties, "--source", "信用平台", actor=ANALYST)["files"][0]
    assert (again["new"], again["same"]) == (0, 1)
    assert console.done("audit", actor=AUDITOR)["faults"] == []


def test_a_decision_is_one_record_where_sources_call_its_body_otherwise(console: Console) -> None:
    data(console, "册.csv", csv_bytes([files.registration(1)]))
    console.done("import", console.folder / "册.csv", "--source", "registration", actor=ANALYST)
    other = document(console, f'{PULLED.replace("department", "penalty")}[bodies]\n"市住建局" = "{files.BODY}"\n')
    console.done("source", "add", other, actor=ADMINISTRATOR)
    for name, body, source in (("甲.csv", files.BODY, "penalty"), ("乙.csv", "市 住建局", "信用平台")):
        row = files.penalty(1, "罚1号", "2026-01-05", 处罚机关=body)
        console.done("import", data(console, name, csv_bytes([row])), "--source", source, actor=ANALYST)
    [penalty] = [
        each
        for each in console.done("enterprise", "show", files.code(1), actor=ANALYST)["records"]
        if each["kind"] == "penalty"
    ]
    assert penalty["sources"] == ["penalty", "信用平台"]


def test_a_source_that_this_release_cannot_read_is_named_with_why_beside_the_others(console: Console) -> None:
    bureau = Bureau(console.settings)
    add_unreadable(bureau.database, bureau.now)
    bureau.close()
    listed = console.done("source", "list", actor=PLANNER)
    assert "national-penalty" in [each["name"] for each in listed["sources"]]
    [bad] = listed["unreadable"]
    assert (bad["name"], bad["version"], bad["code"]) == ("信用平台", "0", "source_unit_missing")
    shown = console.run("source", "list", actor=PLANNER, COLUMNS="250").stdout
    assert "Sources that this release cannot read" in shown
    assert bad["error"] in shown
    assert console.done("source", "status", actor=PLANNER)["pulls"] == []
    answer = console.run("source", "show", "信用平台", actor=PLANNER, COLUMNS="250")
    assert (answer.stdout, bad["remedy"] in answer.stderr) == (UNREADABLE, True)
    penalties = data(console, "罚.csv", csv_bytes([ROW]))
    assert console.json("import", penalties, "--source", "信用平台", actor=ANALYST).error == "source_unit_missing"
    console.done("source", "add", document(console, PLATFORM), actor=ADMINISTRATOR)
    assert console.done("source", "list", actor=PLANNER)["unreadable"] == []


def test_all_sources_are_listed_with_what_they_rest_on(console: Console) -> None:
    console.done("source", "add", document(console, PLATFORM), actor=ADMINISTRATOR)
    listed = {each["name"]: each for each in console.done("source", "list", actor=PLANNER)["sources"]}
    assert all(each["legal_basis"] and each["catalogue"] for each in listed.values())
    assert (listed["信用平台"]["added_by"], listed["national-penalty"]["added_by"]) == ("administrator", None)
    shown = console.run("source", "list", actor=PLANNER, COLUMNS="250", QIAN_LANGUAGE="zh").stdout
    assert "信用平台行政处罚" in shown
    assert "法律依据" in shown


def test_a_document_is_shown_as_it_was_added_in_any_version(console: Console) -> None:
    console.done("source", "add", document(console, PLATFORM), actor=ADMINISTRATOR)
    console.done("source", "add", document(console, PLATFORM.replace('"1"', '"2"')), actor=ADMINISTRATOR)
    assert console.run("source", "show", "信用平台", "--version", "1", actor=AUDITOR).stdout == PLATFORM
    assert console.done("source", "show", "信用平台", actor=AUDITOR)["version"] == "2"
    begun = console.run("source", "show", "national-penalty", actor=PLANNER).stdout
    assert console.done("source", "check", document(console, begun))["name"] == "national-penalty"


def test_a_document_is_checked_and_tried_on_files_and_nothing_goes_in(console: Console) -> None:
    good, bad = ROW, {**ROW, "罚款（元）": "多"}
    path = data(console, "罚.csv", csv_bytes([good, bad]))
    answer = console.json("source", "check", document(console, PLATFORM), path)
    assert answer.code == 1
    given = {each["field"]: each["given_by"] for each in answer.json["fields"]}
    assert given["enterprise"] == "信用代码 / 统一社会信用代码"
    assert (given["number"], given["body"], given["facts"]) == ("{字号}〔{年份}〕{序}号", "样例市住房和城乡建设局", "")
    assert answer.json["files"] == [{"file": "罚.csv", "read": 2, "refused": 1}]
    assert [(each["line"], each["column"], each["code"]) for each in answer.json["refused"]] == [
        (3, "罚款（元）", "amount_form")
    ]
    assert console.json("import", path, "--source", "信用平台", actor=ANALYST).error == "source_unknown"
    assert console.run("source", "check", document(console, PLATFORM)).code == 0


@pytest.mark.parametrize(
    "case", ["no legal basis", "an unknown field", "a field that two ways give", "an unknown unit"]
)
def test_a_wrong_document_is_refused_with_its_place_and_a_remedy(console: Console, case: str) -> None:
    text, code = WRONG[case]
    path = document(console, text)
    for answer in (
        console.json("source", "check", path),
        console.json("source", "add", path, actor=ADMINISTRATOR),
    ):
        assert (answer.code, answer.error) == (1, code)
        error = answer.json["error"]
        assert error["parameters"]["place"] in error["message"]
        assert error["remedy"]


def test_a_document_that_is_not_utf8_is_refused(console: Console) -> None:
    path = data(console, "platform.toml", PLATFORM.encode("gb18030"))
    assert console.json("source", "check", path).error == "source_not_utf8"


def test_only_an_administrator_adds(console: Console) -> None:
    assert console.json("source", "add", document(console, PLATFORM), actor=ANALYST).error == "role_not_allowed"


def test_a_source_that_does_not_hold_yet_takes_nothing_in(console: Console) -> None:
    later = PLATFORM.replace("2020-01-01", "2199-01-01")
    console.done("source", "add", document(console, later), actor=ADMINISTRATOR)
    path = data(console, "罚.csv", csv_bytes([ROW]))
    assert console.json("import", path, "--source", "信用平台", actor=ANALYST).error == "source_not_in_force"


def pull(console: Console) -> Answer:
    return console.json("source", "pull", "信用平台", actor=ADMINISTRATOR)


def test_files_are_fetched_and_how_that_went_is_told(console: Console) -> None:
    console.done("source", "add", document(console, FOLDER), actor=ADMINISTRATOR)
    [before] = console.done("source", "status", actor=ANALYST)["pulls"]
    assert (before["name"], before["schedule"], before["attempted_at"]) == ("信用平台", "daily 02:30", None)
    assert pull(console).error == "pull_folder_missing"
    answer = console.json("source", "status", actor=ANALYST)
    assert answer.code == 1
    assert "platform" in answer.json["pulls"][0]["error"]

    folder = console.settings.inbox_folder / "platform"
    folder.mkdir(parents=True)
    for name, content in (("a.csv", b""), ("b.csv", "部门代码,部门名称\nZJ,住建局\n".encode())):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (time.time() - 3600,) * 2)
    answer = pull(console)
    assert (answer.code, [each["file"] for each in answer.json["files"]]) == (1, ["b.csv"])
    [failed] = answer.json["failed"]
    assert (failed["file"], failed["code"], bool(failed["remedy"])) == ("a.csv", "file_empty", True)
    people = console.run("source", "pull", "信用平台", actor=ADMINISTRATOR, QIAN_LANGUAGE="zh").stderr
    assert "未导入：a.csv：文件为空" in people
    assert "请提供含表头和至少一行数据的文件" in people
    shown = console.run("source", "status", actor=ANALYST, COLUMNS="200", QIAN_LANGUAGE="zh")
    assert shown.code == 1
    assert "a.csv" in shown.stdout

    (folder / "a.csv").unlink()
    answer = pull(console)
    assert (answer.code, answer.json["unchanged"]) == (0, 1)
    [state] = console.done("source", "status", actor=ANALYST)["pulls"]
    assert (state["failures"], state["error"], state["succeeded_at"]) == (0, None, state["attempted_at"])


def test_a_source_without_a_place_is_not_fetched(console: Console) -> None:
    assert console.json("source", "pull", "penalty", actor=ANALYST).error == "source_without_pull"
    assert console.json("source", "pull", "省平台", actor=ANALYST).error == "source_unknown"
    assert console.json("source", "pull", "penalty", actor=AUDITOR).error == "role_not_allowed"
