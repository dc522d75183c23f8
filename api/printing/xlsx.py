"""Forms and tables as a workbook, one sheet each. The same contents, the same bytes."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
    head: Format
    cell: Format

    @classmethod
    def of(cls, workbook: Workbook) -> "_Styles":
        """Make the styles of a workbook."""
        wrapped = {"text_wrap": True, "valign": "top", "border": 1}
        return cls(
            workbook.add_format({"bold": True, "font_size": 14}),
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
    worksheet.set_paper(9)  # A4
    worksheet.fit_to_pages(1, 0)
    if isinstance(sheet, Sheet):
        worksheet.freeze_panes(1, 0)
        worksheet.repeat_rows(0)
        rows: Iterator[tuple[Sequence[Cell], Format | None]] = _table(sheet.heads, sheet.rows, styles)
    else:
        rows = _form(sheet, styles)
    widths: dict[int, int] = {}
    for place, (cells, style) in enumerate(rows):
        for column, cell in enumerate(cells):
            _put(worksheet, place, column, cell, style)
            if len(cells) > 1:
                widths[column] = max(widths.get(column, _NARROWEST), min(_WIDEST, _reach(cell)))
    for column, width in widths.items():
        worksheet.set_column(column, column, width)


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[Cell]], styles: _Styles
) -> Iterator[tuple[Sequence[Cell], Format | None]]:
    yield heads, styles.head
    for row in rows:
        yield row, styles.cell


def _form(form: Form, styles: _Styles) -> Iterator[tuple[Sequence[Cell], Format | None]]:
    yield (form.title,), styles.title
    if form.number:
        yield (form.number,), None
    for part in form.parts:
        yield (), None
        yield from _part(part, styles)


def _part(part: Part, styles: _Styles) -> Iterator[tuple[Sequence[Cell], Format | None]]:
    match part:
        case Paragraph(text):
            for line in text.split("\n"):
                yield (line,), None
        case Heading(text):
            yield (text,), styles.title
        case Fields(rows):
            for pair in rows:
                yield pair, styles.cell
        case Grid(heads, rows):
            yield from _table(heads, rows, styles)
        case Figure(caption, alt):
            yield (caption,), None
            yield (alt,), None
        case Signatures(labels):
            for label in labels:
                yield (f"{label}：", "", "日期：        年    月    日"), None


def _put(worksheet: Worksheet, row: int, column: int, cell: Cell, style: Format | None) -> None:
    if isinstance(cell, int) and abs(cell) <= _GREATEST:
        worksheet.write_number(row, column, cell, style)
    elif cell != "" or style is not None:
        text = inert(neutral(str(cell)))
        cut = text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
        worksheet.write_string(row, column, cut, style)


def _reach(cell: Cell) -> int:
    """Return about how many Latin letters a cell is wide."""
    return max(sum(1 if character < "\u1100" else 2 for character in line) for line in str(cell).split("\n")) + 2
