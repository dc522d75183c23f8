"""Refused rows come back as a file that a spreadsheet opens without harm."""

import csv
import io
from collections.abc import Mapping
from datetime import date

import pytest

from ledger.canonical import JSON
from scoring.columns import ParsedRow, RefusedRow
from scoring.formats import DEPARTMENT, RELATION
from scoring.refused import write_refused
from scoring.rows import RowFault, SourceRow


def words(code: str, parameters: Mapping[str, JSON]) -> tuple[str, str]:
    return f"{code}!", f"{len(parameters)}?"


def written(headers: tuple[str, ...], *rows: RefusedRow) -> list[dict[str, str]]:
    content = b"".join(write_refused(headers, rows, words))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_refused_row_comes_back_with_its_cells_and_what_is_wrong() -> None:
    content = "部门代码,部门名称\nZJ,住建\n住建,\n".encode()
    refused = [
        row for row in DEPARTMENT.read("甲.csv", io.BytesIO(content), date(2026, 1, 1)) if isinstance(row, RefusedRow)
    ]
    assert written(DEPARTMENT.headers.known, *refused) == [
        {
            "部门代码": "住建",
            "部门名称": "",
            "部门状态": "",
            "行号": "3",
            "列": "部门代码\n部门名称",
            "值": "住建\n",
            "原因": "department_code_form!\nvalue_missing!",
            "处理办法": "1?\n0?",
        }
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "－1", '=HYPERLINK("http://x")'])
def test_a_cell_like_a_formula_is_made_harmless(text: str) -> None:
    source = SourceRow("甲.csv", 2, {"甲": text})
    fault = RowFault("甲.csv", 2, "甲", text, "x", {})
    [row] = written(("甲",), RefusedRow(source, (fault,)))
    assert row["甲"] == "'" + text
    assert row["值"].startswith("'")


def test_a_file_handed_back_is_read_without_its_apostrophes() -> None:
    source = SourceRow("甲.csv", 2, {"部门代码": "住建", "部门名称": "=住建局"})
    fault = RowFault("甲.csv", 2, "部门代码", "住建", "x", {})
    back = b"".join(write_refused(DEPARTMENT.headers.known, [RefusedRow(source, (fault,))], words))
    assert "'=住建局" in back.decode()
    corrected = back.replace("住建,".encode(), b"ZJ,")
    [row] = DEPARTMENT.read("乙.csv", io.BytesIO(corrected), date(2026, 1, 1))
    assert isinstance(row, ParsedRow)
    assert row.values == {"code": "ZJ", "name": "=住建局", "status": None}


def test_a_row_that_could_not_be_read_comes_back_with_its_line_alone() -> None:
    refused = list(RELATION.read("甲.jsonl", io.BytesIO(b"{"), date(2026, 1, 1)))
    assert isinstance(refused[0], RefusedRow)
    [row] = written(RELATION.headers.known, refused[0])
    assert (row["行号"], row["值"], row["统一社会信用代码"]) == ("1", "{", "")


def test_a_file_handed_back_can_be_corrected_and_read_again() -> None:
    refused = list(DEPARTMENT.read("甲.csv", io.BytesIO("部门代码,部门名称\n住建,住建局\n".encode()), date(2026, 1, 1)))
    back = b"".join(
        write_refused(DEPARTMENT.headers.known, [row for row in refused if isinstance(row, RefusedRow)], words)
    )
    corrected = back.replace("住建,住建局".encode(), "ZJ,住建局".encode())
    [row] = DEPARTMENT.read("乙.csv", io.BytesIO(corrected), date(2026, 1, 1))
    assert isinstance(row, ParsedRow)
    assert row.values == {"code": "ZJ", "name": "住建局", "status": None}
