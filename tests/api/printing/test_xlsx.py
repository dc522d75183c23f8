"""Workbooks, read by the reader that takes files in: text stays text, numbers numbers, and nothing is a formula."""

import io
import time
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from api.printing.forms import Fields, Figure, Form, Grid, Heading, Paragraph, Signatures
from api.printing.xlsx import Sheet, workbook_of

FORM = Form(
    "双随机抽查任务报告",
    "第 1 号",
    [
        Heading("一、结果"),
        Paragraph("共 3 家。"),
        Fields([("部门", "住建局")]),
        Grid(["结果", "数"], [["未发现问题", "2"]]),
        Figure("图 1", "说明", "<svg/>", b"", 2, 1),
        Signatures(["负责人"]),
    ],
)


def rows_of(workbook: bytes, sheet: int = 0) -> Sequence[Sequence[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(sheet).to_python()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "－1", "=cmd|' /C calc'!A0"])
def test_what_could_be_a_formula_is_neutralised(text: str) -> None:
    workbook = workbook_of(Sheet("表", [text], [[text]]), Form(text, text, [Fields([(text, text)]), Paragraph(text)]))
    cells = [cell for sheet in (0, 1) for row in rows_of(workbook, sheet) for cell in row if cell != ""]
    assert cells == ["'" + text] * 7
    assert b"<f>" not in part(workbook, "xl/worksheets/sheet1.xml")


def test_a_tabulator_or_a_line_end_before_it_does_not_hide_a_formula() -> None:
    rows = rows_of(workbook_of(Sheet("表", ["甲"], [["\t=1"], ["\r=1"], ["\n=1"]])))
    assert rows[1:] == [["' =1"], ["'[U+000D]=1"], ["'\n=1"]]


def test_numbers_stay_numbers_as_far_as_they_are_exact() -> None:
    assert rows_of(workbook_of(Sheet("表", ["数"], [[12], [10**15 - 1], [10**15], [-3]])))[1:] == [
        [12],
        [10**15 - 1],
        ["1000000000000000"],
        [-3],
    ]


def test_addresses_are_no_links_and_digits_no_numbers() -> None:
    workbook = workbook_of(Sheet("表", ["甲"], [["https://example.gov.cn"], ["0123"]]))
    assert rows_of(workbook)[1:] == [["https://example.gov.cn"], ["0123"]]
    assert b"hyperlink" not in part(workbook, "xl/worksheets/sheet1.xml")


def test_a_form_stands_on_a_sheet_from_top_to_bottom() -> None:
    rows = [[cell for cell in row if cell != ""] for row in rows_of(workbook_of(FORM))]
    assert [row for row in rows if row] == [
        ["双随机抽查任务报告"],
        ["第 1 号"],
        ["一、结果"],
        ["共 3 家。"],
        ["部门", "住建局"],
        ["结果", "数"],
        ["未发现问题", "2"],
        ["图 1"],
        ["说明"],
        ["负责人：", "日期：        年    月    日"],
    ]


def test_sheets_have_names_that_are_allowed_and_differ() -> None:
    workbook = workbook_of(*[Sheet(name, ["甲"], []) for name in ("甲/乙:[丙]", "长" * 40, "长" * 40, "", "'")])
    names = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).sheet_names
    assert names == ["甲 乙  丙", "长" * 31, "长" * 26 + " 2", "表", "表 2"]


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    (cell,) = rows_of(workbook_of(Sheet("表", ["甲"], [["长" * 40_000]])))[1]
    assert isinstance(cell, str)
    assert len(cell) == 32_767
    assert cell.endswith("长…")


def test_marks_that_turn_text_are_named() -> None:
    assert rows_of(workbook_of(Sheet("表", ["甲"], [["a\u202eb\x00"]])))[1] == ["a[U+202E]b[U+0000]"]


def test_the_same_contents_give_the_same_bytes_at_another_time() -> None:
    first = workbook_of(FORM)
    time.sleep(2.1)
    assert workbook_of(FORM) == first


def test_a_form_is_printed_as_large_as_it_is_read() -> None:
    """Its columns are no wider than a page across, what is running text has all of it, and pages have numbers."""
    long = "样例区住房和城乡建设局" * 12
    grid = Grid([long[:30]] * 6, [[long] * 6])
    workbook = workbook_of(Form("报告", "", [Fields([("依据", long)]), Paragraph(long), grid]))
    sheet = ElementTree.fromstring(part(workbook, "xl/worksheets/sheet1.xml"))
    columns = [{name: float(value) for name, value in each.attrib.items()} for each in sheet.iterfind(".//{*}col")]
    assert sum(each["width"] * (each["max"] - each["min"] + 1) for each in columns) < 146
    setup = sheet.find("{*}pageSetup")
    assert setup is not None
    assert (setup.attrib["orientation"], setup.attrib["fitToHeight"]) == ("landscape", "0")
    assert sorted(each.attrib["ref"] for each in sheet.iterfind(".//{*}mergeCell")) == ["A1:F1", "A5:F5", "B3:F3"]
    heights = {each.attrib["r"]: float(each.attrib.get("ht", 0)) for each in sheet.iterfind(".//{*}row")}
    assert heights["3"] > 2 * 15
    assert heights["5"] > 15
    assert heights["8"] > 5 * 15
    assert sheet.findtext(".//{*}oddFooter") == "&C第 &P 页 共 &N 页"


def part(workbook: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read(name)
