"""Forms and tables as a workbook, one sheet each. The same contents, the same bytes."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.printing.forms import Fields, Figure, Form, Grid, Heading, Paragraph, Part, Signatures
from api.printing.inert import inert
from scoring.formula_cells import neutral

Cell: TypeAlias = str | int

_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_LONGEST_NAME = 31
_LONGEST_CELL = 32_767
_GREATEST = 10**15 - 1
"""Up to this a workbook's numbers, which are floats, are exact in every spreadsheet."""
_ROWS = 1_048_576
_NARROWEST, _WIDEST = 8, 60
_UPRIGHT, _ACROSS = 94, 140
"""So many Latin letters a page of A4 holds in a line, upright and across."""
_FONT_SIZE = 11
_LINE = 1.4
"""So many times its font's size a line is high."""
_HIGHEST = 409
"""Points that a row may be high."""


@dataclass(frozen=True)
class Sheet:
    """A table on a sheet of its own; numbers stay numbers. Each row has as many cells as there are heads."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook_of(*sheets: Form | Sheet) -> bytes:
    """Return an XLSX file with a sheet for each form (named by its title) or table, in this order.

    No cell is a formula or a link: a text that a spreadsheet could take for a formula gets an apostrophe before it,
    and what controls how text is shown is named by its code. A text longer than a cell holds is cut, and says so.
    """
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": _NO_DATE})
        styles = _Styles.of(workbook)
        names: set[str] = set()
        for sheet in sheets:
            worksheet = workbook.add_worksheet(_name(sheet.title if isinstance(sheet, Form) else sheet.name, names))
            _write(worksheet, styles, sheet)
    return buffer.getvalue()


@dataclass(frozen=True)
class _Styles:
    title: Format
    text: Format
    head: Format
    cell: Format

    @classmethod
    def of(cls, workbook: Workbook) -> "_Styles":
        """Make the styles of a workbook."""
        wrapped = {"text_wrap": True, "valign": "top", "border": 1}
        return cls(
            workbook.add_format({"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"}),
            workbook.add_format({"text_wrap": True, "valign": "top"}),
            workbook.add_format({**wrapped, "bold": True, "bg_color": "#EEEEEE"}),
            workbook.add_format(wrapped),
        )


def _name(wished: str, taken: set[str]) -> str:
    """Return a name that no sheet of the workbook has, as near to the wished one as is allowed."""
    plain = inert(wished).translate(_NOT_IN_NAMES).replace("\n", " ").strip(" '") or "表"
    name, number = plain[:_LONGEST_NAME].strip(" '"), 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: _LONGEST_NAME - 5]} {number}"
    taken.add(name.lower())
    return name


def _write(worksheet: Worksheet, styles: _Styles, sheet: Form | Sheet) -> None:
    rows = list(_table(sheet.heads, sheet.rows, styles) if isinstance(sheet, Sheet) else _form(sheet, styles))
    columns = max((len(row.cells) for row in rows), default=0)
    widths = [_NARROWEST] * columns
    for row in rows:
        for column, cell in enumerate(row.cells[:-1] if len(row.cells) < columns else row.cells):
            widths[column] = max(widths[column], min(_WIDEST, _reach(cell)))
    if isinstance(sheet, Form):
        widths = _fitted(widths)
    for column, width in enumerate(widths):
        worksheet.set_column(column, column, width)
    for place, row in enumerate(rows):
        if row.cells:
            _put_row(worksheet, place, row, widths)
    if isinstance(sheet, Sheet):
        worksheet.freeze_panes(1, 0)
        worksheet.repeat_rows(0)
    worksheet.set_paper(9)  # A4
    if sum(widths) > _UPRIGHT:
        worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.set_footer("&C第 &P 页 共 &N 页")


@dataclass(frozen=True)
class _Row:
    """Cells from the left on; the last one reaches to the sheet's right edge."""

    cells: Sequence[Cell]
    style: Format


def _table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], styles: _Styles) -> Iterator[_Row]:
    yield _Row(heads, styles.head)
    for row in rows:
        yield _Row(row, styles.cell)


def _form(form: Form, styles: _Styles) -> Iterator[_Row]:
    yield _Row((form.title,), styles.title)
    if form.number:
        yield _Row((form.number,), styles.text)
    for part in form.parts:
        yield _Row((), styles.text)
        yield from _part(part, styles)


def _part(part: Part, styles: _Styles) -> Iterator[_Row]:
    match part:
        case Paragraph(text):
            for line in text.split("\n"):
                yield _Row((line,), styles.text)
        case Heading(text):
            yield _Row((text,), styles.title)
        case Fields(rows):
            for pair in rows:
                yield _Row(pair, styles.cell)
        case Grid(heads, rows):
            yield from _table(heads, rows, styles)
        case Figure(caption, alt):
            yield _Row((caption,), styles.text)
            yield _Row((alt,), styles.text)
        case Signatures(labels):
            for label in labels:
                yield _Row((f"{label}：", "", "日期：        年    月    日"), styles.text)


def _fitted(widths: Sequence[int]) -> list[int]:
    """Return widths of which the widest are cut until a page across holds them all, readably."""
    widest = next(
        (each for each in range(_WIDEST, _NARROWEST, -1) if sum(min(each, width) for width in widths) <= _ACROSS),
        _NARROWEST,
    )
    return [min(widest, width) for width in widths]


def _put_row(worksheet: Worksheet, place: int, row: _Row, widths: Sequence[int]) -> None:
    """Write a row, as high as its longest cell needs: not every spreadsheet finds that by itself."""
    last = len(row.cells) - 1
    if last < len(widths) - 1:
        worksheet.merge_range(place, last, place, len(widths) - 1, "", row.style)
    for column, cell in enumerate(row.cells):
        _put(worksheet, place, column, cell, row.style)
    size = row.style.font_size
    across = [*widths[:last], sum(widths[last:])]
    lines = max(_lines(cell, width * _FONT_SIZE / size) for cell, width in zip(row.cells, across, strict=True))
    worksheet.set_row(place, min(_HIGHEST, lines * size * _LINE))


def _lines(cell: Cell, width: float) -> int:
    return sum(max(1, ceil((_reach(line) - 2) / (width - 1))) for line in str(cell).split("\n"))


def _put(worksheet: Worksheet, row: int, column: int, cell: Cell, style: Format) -> None:
    if isinstance(cell, int) and abs(cell) <= _GREATEST:
        worksheet.write_number(row, column, cell, style)
    else:
        text = inert(neutral(str(cell)))
        cut = text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
        worksheet.write_string(row, column, cut, style)


def _reach(cell: Cell) -> int:
    """Return about how many Latin letters a cell is wide."""
    return max(sum(1 if character < "\u1100" else 2 for character in line) for line in str(cell).split("\n")) + 2
