"""Files of items and inspectors."""

import io
from datetime import date

import pytest

from sampling.formats import INSPECTOR, ITEM
from scoring.columns import Format, ParsedRow, RefusedRow

TODAY = date(2026, 11, 23)
ITEM_ROW = ["ZJ-01", "资质检查", "ZJ", "《建筑法》第十三条", "住建局", "建筑施工、物业服务", "资质条件", "现场检查"]
ITEM_ROW += ["在建项目；深基坑", "3%", "每年", "两人", "停用", "是否亮照；是否持证"]
INSPECTOR_ROW = [
    *("C001", "张一", "ZJ", "执法大队", "建筑施工", "长期", "在岗", "91130304PDY00001XL；91130304PDY000028L"),
    *("A类", "示范镇、示范村", "李二、王三", "91130304PDY00001XL至2024/5/31", "2026-11-25；2026-12-01至2026-12-05"),
]


def read(form: Format, *rows: list[str]) -> list[ParsedRow | RefusedRow]:
    lines = [form.headers.known, *rows]
    return list(form.read("甲.csv", io.BytesIO("\n".join(map(",".join, lines)).encode()), TODAY))


def faults(form: Format, *rows: list[str]) -> list[tuple[str | None, str]]:
    refused = [row for row in read(form, *rows) if isinstance(row, RefusedRow)]
    return [(fault.column, fault.code) for row in refused for fault in row.faults]


def test_an_item_names_its_legal_basis_and_its_sectors() -> None:
    [row] = read(ITEM, ITEM_ROW)
    assert isinstance(row, ParsedRow)
    assert row.values == {
        "code": "ZJ-01",
        "name": "资质检查",
        "department": "ZJ",
        "legal_basis": "《建筑法》第十三条",
        "body": "住建局",
        "sectors": ["建筑施工", "物业服务"],
        "content": "资质条件",
        "method": "现场检查",
        "tags": ["在建项目", "深基坑"],
        "share": "3%",
        "frequency": "每年",
        "requirement": "两人",
        "status": "停用",
        "points": ["是否亮照", "是否持证"],
    }


def test_an_item_without_a_legal_basis_is_refused() -> None:
    assert faults(ITEM, [*ITEM_ROW[:3], "", *ITEM_ROW[4:]]) == [("检查依据", "value_missing")]


def test_an_inspector_has_sectors_and_recusals() -> None:
    [row] = read(INSPECTOR, INSPECTOR_ROW)
    assert isinstance(row, ParsedRow)
    assert row.values == {
        "certificate": "C001",
        "name": "张一",
        "department": "ZJ",
        "unit": "执法大队",
        "sectors": ["建筑施工"],
        "certificate_valid_to": "2099-12-31",
        "status": "在岗",
        "recusals": ["91130304PDY00001XL", "91130304PDY000028L"],
        "category": "A类",
        "areas": ["示范镇", "示范村"],
        "household": ["李二", "王三"],
        "former_employers": ["91130304PDY00001XL/2024-05-31"],
        "away": ["2026-11-25/2026-11-25", "2026-12-01/2026-12-05"],
    }


def test_what_a_file_of_inspectors_does_not_tell_is_none() -> None:
    form = io.BytesIO(("\n".join([",".join(INSPECTOR.headers.known[:8]), ",".join(INSPECTOR_ROW[:8])])).encode())
    [row] = INSPECTOR.read("甲.csv", form, TODAY)
    assert isinstance(row, ParsedRow)
    assert [row.values[name] for name in ("category", "areas", "household", "former_employers", "away")] == [None] * 5


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        (4, "餐饮", ("专业", "choice_unknown")),
        (4, "供热、供热", ("专业", "list_twice")),
        (6, "休假", ("在岗状态", "choice_unknown")),
        (7, "91130304PDY00001XM", ("回避企业", "uscc_check_character")),
        (11, "91130304PDY00001XL", ("曾任职企业", "pair_form")),
        (11, "91130304PDY00001XL至", ("曾任职企业", "pair_form")),
        (11, "91130304PDY00001XM至2024-05-31", ("曾任职企业", "uscc_check_character")),
        (12, "2026-12-05至2026-12-01", ("离岗日期", "dates_out_of_order")),
        (12, "十二月", ("离岗日期", "date_form")),
    ],
)
def test_a_wrong_cell_is_refused(place: int, text: str, fault: tuple[str, str]) -> None:
    assert faults(INSPECTOR, [*INSPECTOR_ROW[:place], text, *INSPECTOR_ROW[place + 1 :]]) == [fault]


def test_a_certificate_or_an_item_stands_once() -> None:
    assert faults(INSPECTOR, INSPECTOR_ROW, INSPECTOR_ROW) == [("证件号", "row_twice")]
    assert faults(ITEM, ITEM_ROW, ITEM_ROW) == [("事项编号", "row_twice")]
