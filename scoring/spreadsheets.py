"""XLSX workbooks: one sheet, cell by cell as text."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import BinaryIO, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from ledger.errors import Invalid
from scoring.rows import Columns, Layout, Record, SourceRow, rows_under_header
from scoring.workbook_parts import look_through, unpacked

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta

EXACT_NUMBERS = 10**15
"""Spreadsheets keep fifteen digits of a number; a longer one has lost its end."""


def read_xlsx(name: str, stream: BinaryIO, columns: Columns, layout: Layout) -> Iterator[SourceRow]:
    """Read the sheet that the layout names, or the first of a workbook that has no other filled one.

    Whole numbers and dates become their exact text, other numbers the decimal text of fifteen digits that people see.
    A number of more than fifteen digits is a fault of its cell (`code_stored_as_number`), so is a cell that is neither
    text, number nor date (`xlsx_cell_type`).
    Raises Invalid with the codes of `workbook_parts` and what `rows_under_header` raises.
    """
    return rows_under_header(name, _records(stream, layout.sheet), columns)


def _records(stream: BinaryIO, name: str | None) -> Iterator[Record]:
    with unpacked(stream) as workbook:
        look_through(workbook, name)
        try:
            opened = CalamineWorkbook.from_filelike(workbook)
            sheet = opened.get_sheet_by_index(0) if name is None else opened.get_sheet_by_name(name)
        except CalamineError as error:
            raise Invalid("xlsx_malformed") from error
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            faults = {position: fault for position, cell in enumerate(cells) if (fault := _fault(cell)) is not None}
            yield Record(line, [_text(cell) for cell in cells], faults)


def _fault(cell: Cell) -> Invalid | None:
    match cell:
        case bool() | time() | timedelta():
            return Invalid("xlsx_cell_type")
        case float() if not isfinite(cell):
            return Invalid("xlsx_cell_type")
        case int() | float() if abs(cell) >= EXACT_NUMBERS:
            return Invalid("code_stored_as_number")
        case _:
            return None


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return str(cell)
        case int() | float() if isfinite(cell):
            number = Decimal(f"{cell:.15g}")
            whole = number.to_integral_value()
            return format(whole if number == whole else number, "f")
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case _:
            return str(cell)
