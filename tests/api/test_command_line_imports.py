"""Bad files through the command line: each gets a clear error, and nothing is changed."""

import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from api.bureau import Bureau, create
from api.settings import Settings
from ledger import log
from scoring.codes import make_uscc
from tests.api.console import ADMINISTRATOR, ANALYST, SCRIPT, Console
from tests.scoring.workbooks import sheet_xml, workbook

CODE, OTHER = "91130304PDY00001XL", "91130304PDY000028L"
HEADERS = ["统一社会信用代码", "企业名称", "行业", "区域", "地址", "成立日期", "登记状态", "登记机关"]
GOOD = [CODE, "样例甲", "物业服务", "示范镇", "虚构路1号", "2010-05-04", "存续", "样例局"]
PENALTY = [
    *("行政相对人名称", "行政相对人代码_1(统一社会信用代码)", "行政处罚决定书文号", "违法行为类型", "处罚类别"),
    *("罚款金额（万元）", "处罚决定日期", "处罚机关", "数据来源单位"),
]
FINED = ["样例甲", CODE, "罚1", "未按图施工", "罚款", "4", "2024-05-06", "样例局", "样例局"]


@pytest.fixture
def console(tmp_path: Path) -> Console:
    settings = Settings(home=tmp_path / "home")
    create(settings, "log.test/qian", "测试单位").close()
    return Console(settings, tmp_path)


def csv(*rows: list[str]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def changed(row: list[str], header: str, value: str, headers: list[str] = HEADERS) -> list[str]:
    return [value if each == header else cell for each, cell in zip(headers, row, strict=True)]


def given(
    console: Console, name: str, content: bytes, *more: str | Path, kind: str = "registration"
) -> list[str | Path]:
    path = console.folder / name
    path.write_bytes(content)
    return ["import", path, "--source", kind, *more]


def log_size(console: Console) -> int:
    bureau = Bureau(console.settings)
    with bureau.read() as tx:
        size = log.size(tx)
    bureau.close()
    return size


WHOLE_FILES = {
    "an empty file": ("甲.csv", b"", "file_empty"),
    "a file without rows": ("甲.csv", csv(HEADERS), "file_without_rows"),
    "an unknown column": ("甲.csv", csv([*HEADERS, "风险等级"], [*GOOD, "A"]), "column_unknown"),
    "a missing column": ("甲.csv", csv(HEADERS[1:], GOOD[1:]), "column_missing"),
    "a column twice": ("甲.csv", csv([*HEADERS, "行业"], [*GOOD, "供热"]), "column_twice"),
    "another encoding": ("甲.csv", "甲,乙\n".encode("utf-16"), "encoding_unknown"),
    "another kind of file": ("甲.pdf", b"%PDF-1.7", "file_type_unknown"),
    "no workbook": ("甲.xlsx", b"PK\x03\x04", "xlsx_malformed"),
    "merged cells": (
        "甲.xlsx",
        workbook(sheet_xml([HEADERS, GOOD], after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')).getvalue(),
        "xlsx_merged_cells",
    ),
    "a formula": (
        "甲.xlsx",
        workbook(sheet_xml([HEADERS, [*GOOD[:-1], "<c><f>A1</f></c>"]])).getvalue(),
        "xlsx_formula",
    ),
}


@pytest.mark.parametrize(("name", "content", "code"), WHOLE_FILES.values(), ids=WHOLE_FILES.keys())
def test_a_file_that_is_doubtful_as_a_whole_is_refused(console: Console, name: str, content: bytes, code: str) -> None:
    size = log_size(console)
    answer = console.json(*given(console, name, content), actor=ADMINISTRATOR)
    assert (answer.code, answer.error) == (1, code)
    assert answer.json["error"]["message"]
    assert answer.json["error"]["remedy"]
    assert log_size(console) == size


def test_a_line_of_200_megabytes_is_refused(console: Console) -> None:
    path = console.folder / "long.csv"
    with path.open("wb") as file:
        file.write(csv(HEADERS))
        for _ in range(200):
            file.write(b"1" * (1 << 20))
    answer = console.json("import", path, "--source", "registration", actor=ADMINISTRATOR)
    assert answer.error == "line_too_long"


ROWS = {
    "a wrong code": (changed(GOOD, "统一社会信用代码", CODE[:-1] + "A"), "统一社会信用代码", "uscc_check_character"),
    "a missing code": (changed(GOOD, "统一社会信用代码", ""), "统一社会信用代码", "value_missing"),
    "an impossible date": (changed(GOOD, "成立日期", "2023-02-30"), "成立日期", "date_impossible"),
    "a year before 1949": (changed(GOOD, "成立日期", "1948-12-31"), "成立日期", "date_year"),
    "a date to come": (changed(GOOD, "成立日期", "2098-12-31"), "成立日期", "date_in_future"),
    "a trade that is not known": (changed(GOOD, "行业", "餐饮"), "行业", "choice_unknown"),
    "a code twice": (GOOD, "统一社会信用代码", "row_twice"),
}


@pytest.mark.parametrize(("row", "column", "code"), ROWS.values(), ids=ROWS.keys())
def test_a_bad_row_is_told_with_file_row_column_value_and_remedy_and_the_good_ones_go_in(
    console: Console, row: list[str], column: str, code: str
) -> None:
    refused = console.folder / "refused.csv"
    content = csv(HEADERS, GOOD, row)
    call = given(console, "甲.csv", content, "--refused", refused)
    answer = console.json(*call, actor=ADMINISTRATOR)
    [fault] = answer.json["refused"]
    assert (fault["file"], fault["line"], fault["column"], fault["code"]) == ("甲.csv", 3, column, code)
    assert (fault["value"], bool(fault["message"]), bool(fault["remedy"])) == (
        dict(zip(HEADERS, row, strict=True))[column],
        True,
        True,
    )
    assert (answer.code, answer.json["files"][0]["new"], answer.json["files"][0]["refused"]) == (1, 1, 1)
    assert stat.S_IMODE(refused.stat().st_mode) == 0o600
    assert len(refused.read_text("utf-8-sig").splitlines()) == 2


def test_a_number_as_text_is_refused(console: Console) -> None:
    console.done(*given(console, "甲.csv", csv(HEADERS, GOOD)), actor=ADMINISTRATOR)
    fined = changed(FINED, "罚款金额（万元）", "四万", PENALTY)
    answer = console.json(*given(console, "罚.csv", csv(PENALTY, fined), kind="penalty"), actor=ADMINISTRATOR)
    assert [(fault["column"], fault["code"]) for fault in answer.json["refused"]] == [
        ("罚款金额（万元）", "amount_form")
    ]


def test_a_record_of_an_enterprise_without_registration_waits_for_it(console: Console) -> None:
    call = given(console, "罚.csv", csv(PENALTY, FINED), kind="penalty")
    strict = console.json(*call, "--strict", actor=ADMINISTRATOR)
    assert [fault["code"] for fault in strict.json["refused"]] == ["enterprise_unknown"]
    [file] = console.done(*call, actor=ADMINISTRATOR)["files"]
    assert (file["new"], file["kept_apart"], file["refused"]) == (0, 1, 0)
    waiting = console.done("reconcile", actor=ADMINISTRATOR)["kept_apart"]
    assert waiting == [{"source": "penalty", "kind": "penalty", "enterprises": 1, "records": 1}]
    console.done(*given(console, "甲.csv", csv(HEADERS, GOOD)), actor=ADMINISTRATOR)
    assert console.done("reconcile", actor=ADMINISTRATOR)["kept_apart"] == []
    shown = console.done("enterprise", "show", CODE, actor=ADMINISTRATOR)
    assert [(each["kind"], each["number"]) for each in shown["records"] if each["kind"] == "penalty"] == [
        ("penalty", "罚1")
    ]


def test_a_fault_of_a_second_file_leaves_nothing_of_the_first(console: Console) -> None:
    size = log_size(console)
    cut = console.folder / "乙.csv"
    cut.write_bytes(csv(HEADERS, changed(GOOD, "统一社会信用代码", OTHER)) + b'"cut off')
    answer = console.json(*given(console, "甲.csv", csv(HEADERS, GOOD), cut), actor=ADMINISTRATOR)
    assert answer.error == "csv_malformed"
    assert log_size(console) == size
    cut.write_bytes(csv(HEADERS, changed(GOOD, "统一社会信用代码", OTHER)))
    again = console.done(*given(console, "甲.csv", csv(HEADERS, GOOD), cut), actor=ADMINISTRATOR)
    assert [file["new"] for file in again["files"]] == [1, 1]


def test_a_complaint_that_names_who_complained_refuses_the_file(console: Console) -> None:
    headers = ["统一社会信用代码", "受理日期", "事项", "办结结果", "编号", "投诉人电话"]
    content = csv(headers, [CODE, "2026-01-05", "噪声", "属实", "诉1", "13800000000"])
    answer = console.json(*given(console, "诉.csv", content, kind="complaint"), actor=ADMINISTRATOR)
    assert answer.error == "column_names_complainant"
    assert "投诉人电话" in answer.json["error"]["message"]
    assert "13800000000" not in answer.stdout


def test_an_import_that_is_killed_leaves_nothing_and_is_resumed_by_handing_the_file_in_again(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path / "home")
    create(settings, "log.test/qian", "测试单位").close()
    console = Console(settings, tmp_path)
    path = tmp_path / "甲.csv"
    with path.open("w") as file:
        file.write(",".join(HEADERS) + "\n")
        for number in range(30_000):
            code = make_uscc(str(130304 + number // 90_000), f"PDY{number + 1:05d}")
            file.write(",".join([code, *GOOD[1:]]) + "\n")
    arguments: list[str | Path] = [SCRIPT, "import", path, "--source", "registration"]
    environment = {**os.environ, "QIAN_HOME": str(settings.home), "QIAN_TOKEN": console.token(ADMINISTRATOR)}
    size = log_size(console)
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL)
    for _ in range(30_000):
        grown = [each for each in settings.home.glob("*-wal") if each.stat().st_size > 1 << 21]
        if grown or process.poll() is not None:
            break
        time.sleep(0.01)
    assert process.poll() is None, "it was to be killed while it wrote"
    process.kill()
    process.wait()
    assert log_size(console) == size
    [told] = console.done(*arguments[1:], actor=ADMINISTRATOR)["files"]
    assert (told["new"], told["refused"]) == (30_000, 0)
    [again] = console.done(*arguments[1:], actor=ADMINISTRATOR)["files"]
    assert (again["new"], again["same"]) == (0, 30_000)


def test_strict_takes_nothing_in_of_any_file_and_hands_the_bad_row_back(console: Console) -> None:
    good = console.folder / "乙.csv"
    good.write_bytes(csv(HEADERS, changed(GOOD, "统一社会信用代码", OTHER)))
    refused = console.folder / "refused.csv"
    bad = csv(HEADERS, changed(GOOD, "行业", "餐饮"))
    size = log_size(console)
    call = given(console, "甲.csv", bad, good, "--strict", "--refused", refused)
    answer = console.json(*call, actor=ADMINISTRATOR)
    assert (answer.code, answer.error) == (1, "import_refused")
    assert "甲.csv" in answer.json["error"]["message"]
    assert [fault["code"] for fault in answer.json["refused"]] == ["choice_unknown"]
    assert "餐饮" in refused.read_text("utf-8-sig")
    assert log_size(console) == size


def test_several_files_go_in_together_or_not_at_all(console: Console) -> None:
    size = log_size(console)
    first = console.folder / "甲.csv"
    first.write_bytes(csv(HEADERS, GOOD))
    answer = console.json(*given(console, "空.csv", b"", first), actor=ADMINISTRATOR)
    assert answer.error == "file_empty"
    assert answer.json["error"]["message"].startswith("空.csv: ")
    assert log_size(console) == size


def test_an_import_that_another_keeps_waiting_says_so(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 0.01)
    bureau = Bureau(console.settings)
    with bureau.database.write():
        answer = console.json(*given(console, "甲.csv", csv(HEADERS, GOOD)), actor=ADMINISTRATOR)
    bureau.close()
    assert answer.error == "database_busy"


def test_the_corrected_refused_file_goes_in_as_it_was_handed_back(console: Console) -> None:
    refused = console.folder / "refused.csv"
    console.json(
        *given(console, "甲.csv", csv(HEADERS, changed(GOOD, "行业", "餐饮")), "--refused", refused),
        actor=ADMINISTRATOR,
    )
    refused.write_text(refused.read_text("utf-8-sig").replace("餐饮", "供热", 1))
    answer = console.done("import", refused, "--source", "registration", actor=ADMINISTRATOR)
    assert answer["files"][0]["new"] == 1


def test_people_are_shown_the_bad_rows_on_stderr_and_the_counts_on_stdout(console: Console) -> None:
    content = csv(HEADERS, GOOD, changed(GOOD, "行业", "餐饮"))
    call = given(console, "甲.csv", content)
    answer = console.run(*call, actor=ADMINISTRATOR, QIAN_LANGUAGE="zh", COLUMNS="200")
    assert answer.code == 1
    assert "导入结果" in answer.stdout
    assert "餐饮" not in answer.stdout
    assert "餐饮" in answer.stderr


def test_an_unknown_source_is_refused_with_those_that_there_are(console: Console) -> None:
    answer = console.json(*given(console, "甲.csv", csv(HEADERS, GOOD), kind="grades"), actor=ADMINISTRATOR)
    assert answer.error == "source_unknown"
    assert "penalty" in answer.json["error"]["parameters"]["known"]


def test_a_model_that_is_none_is_refused(console: Console) -> None:
    console.done(*given(console, "甲.csv", csv(HEADERS, GOOD)), actor=ADMINISTRATOR)
    size = log_size(console)
    model = console.folder / "model.toml"
    model.write_bytes(b"\xff")
    assert console.json("model", "draft", model, actor=ANALYST).error == "model_not_utf8"
    model.write_text("name = 1")
    assert console.json("model", "draft", model, actor=ANALYST).error.startswith("model_")
    assert console.json("grade", "--as-of", "2098-01-01", actor=ANALYST).error == "grade_date_in_future"
    assert log_size(console) == size
