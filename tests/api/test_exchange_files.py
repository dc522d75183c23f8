"""Files of deliveries as workbooks: every cell is the text that it was given, and none is a formula."""

import io

from python_calamine import CalamineWorkbook

from api.exchange_files import WRITERS, write_workbook
from sampling.exchange.platform import FORMS

ROWS = [["=HYPERLINK(1)", "0012", "https://a.invalid/"], ["＠x", "", "样例\n甲"]]


def read(content: bytes) -> list[list[object]]:
    return [list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()]


def test_every_form_that_a_platform_may_ask_for_has_its_writer() -> None:
    assert set(WRITERS) == set(FORMS)


def test_cells_are_texts_and_no_formulas() -> None:
    content = write_workbook(["甲", "乙", "丙"], ROWS)
    assert read(content) == [
        ["甲", "乙", "丙"],
        ["'=HYPERLINK(1)", "0012", "https://a.invalid/"],
        ["'＠x", "", "样例\n甲"],
    ]
    assert b"<f>" not in content


def test_the_same_contents_give_the_same_bytes() -> None:
    assert write_workbook(["甲"], [["乙"]]) == write_workbook(["甲"], [["乙"]])
