"""Files of items and inspectors."""

import io
from datetime import date

import pytest

from sampling.formats import INSPECTOR, ITEM
from scoring.columns import Format, ParsedRow, RefusedRow

TODAY = date(2026, 11, 23)
ITEM_ROW = ["ZJ-01", "资质检查", "ZJ", "《建筑法》第十三条", "住建局", "建筑施工、物业服务", "资质条件", "现场检查"]
INSPECTOR_ROW = ["C001", "张一", "ZJ", "执法大队", "建筑施工", "长期", "在岗", "91130304PDY00001XL；91130304PDY000028L"]


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
    }


@pytest.mark.parametrize(
    ("place", "text", "fault"),
    [
        (4, "餐饮", ("专业", "choice_unknown")),
        (4, "供热、供热", ("专业", "list_twice")),
        (6, "休假", ("在岗状态", "choice_unknown")),
        (7, "91130304PDY00001XM", ("回避企业", "uscc_check_character")),
    ],
)
def test_a_wrong_cell_is_refused(place: int, text: str, fault: tuple[str, str]) -> None:
    assert faults(INSPECTOR, [*INSPECTOR_ROW[:place], text, *INSPECTOR_ROW[place + 1 :]]) == [fault]


def test_a_certificate_or_an_item_stands_once() -> None:
    assert faults(INSPECTOR, INSPECTOR_ROW, INSPECTOR_ROW) == [("证件号", "row_twice")]
    assert faults(ITEM, ITEM_ROW, ITEM_ROW) == [("事项编号", "row_twice")]
