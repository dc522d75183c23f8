"""Forms as PDF: A4, in a Chinese font of which each file holds what it uses. The same form, the same bytes.

Lengths are points; positions go down from the page's upper left corner.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, TypeAlias

from fpdf import FPDF

from api.printing.fonts import Font, font_at
from api.printing.forms import Fields, Figure, Form, Grid, Heading, Paragraph, Part, Signatures
from api.printing.inert import inert
from api.printing.lines import lines_of
from api.printing.true_type import true_type

_WIDTH, _HEIGHT = 595, 842
_LEFT, _RIGHT, _TOP, _BOTTOM = 57, 538, 62, 780
_ACROSS = _RIGHT - _LEFT
_PADDING = 4
_SIGNED: Final = 4 * 18
_DATED: Final = "日期：        年    月    日"
_FACE: Final = "form"
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Type:
    """A size of type, with the height of its lines."""

    size: int
    line: int


_TITLE, _HEADING, _TEXT, _CELL, _FOOT = _Type(18, 26), _Type(12, 20), _Type(11, 18), _Type(9, 13), _Type(8, 10)


@dataclass(frozen=True)
class _Words:
    left: int
    base: int
    size: int
    text: str


@dataclass(frozen=True)
class _Stroke:
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class _Image:
    left: int
    top: int
    width: int
    height: int
    png: bytes
    alt: str


_Mark: TypeAlias = _Words | _Stroke | _Image


@dataclass(frozen=True)
class _Row:
    cells: Sequence[Sequence[str]]

    @property
    def lines(self) -> int:
        return max((len(cell) for cell in self.cells), default=1)

    def parted(self, lines: int) -> tuple["_Row", "_Row"]:
        """Return what stands in the first lines, and the rest."""
        return _Row([cell[:lines] for cell in self.cells]), _Row([cell[lines:] for cell in self.cells])


def pdf_of(form: Form, *more: Form, font: Path | None = None) -> bytes:
    """Return the PDF of a form, or of several, each from a page of its own and with page numbers of its own.

    Text is printed as it is: nothing in it is markup, and what would control how it is shown, or has no glyph in the
    font, is named by its code. `font` is the font's file; without one the usual places are searched.

    Raises Missing `font_missing`, Invalid `font_unusable`.
    """
    face = font_at(font)
    pages = [page for each in (form, *more) for page in _pages(face, each)]
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_creation_date(_NO_DATE)
    pdf.set_auto_page_break(False)
    pdf.alias_nb_pages("")
    pdf.set_lang("zh-CN")
    pdf.set_title(inert(form.title))
    pdf.set_line_width(0.5)
    used = {character for page in pages for mark in page if isinstance(mark, _Words) for character in mark.text}
    with NamedTemporaryFile(suffix=".ttf") as file:
        file.write(true_type(face, used))
        file.flush()
        pdf.add_font(_FACE, fname=file.name)
    for page in pages:
        _draw(pdf, page)
    return bytes(pdf.output())


def _pages(font: Font, form: Form) -> Iterator[Sequence[_Mark]]:
    laid = _Layout(font).laid(form)
    number = inert(form.number, font.advances)
    for page, marks in enumerate(laid, 1):
        yield [*marks, *_foot(font, number, page, len(laid))]


def _draw(pdf: FPDF, marks: Sequence[_Mark]) -> None:
    pdf.add_page()
    for mark in marks:
        match mark:
            case _Words(left, base, size, text):
                pdf.set_font(_FACE, size=size)
                pdf.text(left, base, text)
            case _Stroke(left, top, right, bottom):
                pdf.line(left, top, right, bottom)
            case _Image(left, top, width, height, png, alt):
                pdf.image(io.BytesIO(png), left, top, width, height, alt_text=alt)


def _foot(font: Font, number: str, page: int, pages: int) -> Iterator[_Words]:
    base = _BOTTOM + 26
    told = f"第 {page} 页 共 {pages} 页"
    yield _Words((_WIDTH - _points(font, told, _FOOT)) // 2, base, _FOOT.size, told)
    if number and page > 1:
        first = lines_of(number, _ACROSS * 1000 // (3 * _FOOT.size), font.width)[0]
        yield _Words(_LEFT, base, _FOOT.size, first)


def _points(font: Font, text: str, kind: _Type) -> int:
    return font.width(text) * kind.size // 1000


@dataclass
class _Layout:
    """Places a form's parts on pages, from top to bottom."""

    font: Font
    pages: list[list[_Mark]] = field(default_factory=lambda: [[]])
    top: int = _TOP

    def laid(self, form: Form) -> list[list[_Mark]]:
        """Return the marks of each page."""
        for line in self.lines(form.title, _ACROSS, _TITLE):
            self.write(line, _TITLE, (_WIDTH - _points(self.font, line, _TITLE)) // 2)
        if form.number:
            for line in self.lines(form.number, _ACROSS, _TEXT):
                self.write(line, _TEXT, _RIGHT - _points(self.font, line, _TEXT))
        for part in form.parts:
            self.top += 6
            self.part(part)
        return self.pages

    def part(self, part: Part) -> None:
        """Place one part."""
        match part:
            case Paragraph(text):
                for line in self.lines(text, _ACROSS, _TEXT):
                    self.write(line, _TEXT, _LEFT)
            case Heading(text):
                lines = self.lines(text, _ACROSS, _HEADING)
                self.need(len(lines) * _HEADING.line + 3 * _TEXT.line)
                for line in lines:
                    self.write(line, _HEADING, _LEFT)
                self.top += 2
            case Fields(rows):
                widest = max((self.wanted(label) for label, _ in rows), default=0)
                label = min(widest + 2 * _PADDING + 1, _ACROSS // 3)
                self.table([label, _ACROSS - label], None, rows)
            case Grid(heads, rows):
                self.table(self.widths(heads, rows), heads, rows)
            case Figure():
                self.figure(part)
            case Signatures(labels):
                self.signatures(labels)

    def lines(self, text: str, width: int, kind: _Type) -> list[str]:
        """Return the lines of a text in points of width."""
        return lines_of(inert(text, self.font.advances), width * 1000 // kind.size, self.font.width)

    def write(self, line: str, kind: _Type, left: int) -> None:
        """Place one line below the last one."""
        self.need(kind.line)
        self.words(left, self.top, kind, line)
        self.top += kind.line

    def words(self, left: int, top: int, kind: _Type, line: str) -> None:
        """Place a line in a strip that begins at `top`."""
        if line:
            self.pages[-1].append(_Words(left, top + (kind.line + kind.size * 3 // 4) // 2, kind.size, line))

    def need(self, height: int) -> bool:
        """Begin a page unless there is this much room, or the page has nothing yet; say whether one was begun."""
        if self.top + height <= _BOTTOM or self.top == _TOP:
            return False
        self.pages.append([])
        self.top = _TOP
        return True

    def wanted(self, text: str) -> int:
        """Return the width of a cell's longest line in points."""
        return max(_points(self.font, line, _CELL) for line in inert(text, self.font.advances).split("\n"))

    def widths(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
        """Return the columns' widths: what they hold, as far as all fit; the wide ones share the rest."""
        wanted = [
            max(map(self.wanted, (head, *(row[column] for row in rows)))) + 2 * _PADDING + 1
            for column, head in enumerate(heads)
        ]
        widths = [0] * len(heads)
        room = _ACROSS
        ordered = sorted(range(len(heads)), key=lambda column: wanted[column])
        for place, column in enumerate(ordered):
            widths[column] = min(wanted[column], room // (len(heads) - place))
            room -= widths[column]
        if ordered:
            widths[ordered[-1]] += room
        return widths

    def table(self, widths: Sequence[int], heads: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> None:
        """Place rows under heads that stand again on each page; a row longer than a page goes on on the next."""
        head = None if heads is None else self.row(widths, heads)
        self.need((self.height(head) if head else 0) + _CELL.line + 2 * _PADDING)
        if head:
            self.strip(widths, head)
        for row in map(partial(self.row, widths), rows):
            left: _Row | None = row
            while left is not None:
                left = self.placed(widths, head, left)

    def row(self, widths: Sequence[int], cells: Sequence[str]) -> _Row:
        """Return a row with the lines of its cells."""
        return _Row([self.lines(cell, width - 2 * _PADDING, _CELL) for cell, width in zip(cells, widths, strict=True)])

    def height(self, row: _Row) -> int:
        """Return a row's height in points."""
        return row.lines * _CELL.line + 2 * _PADDING

    def placed(self, widths: Sequence[int], head: _Row | None, row: _Row) -> _Row | None:
        """Place a row or as much of it as a page has room for; return what is left."""
        above = self.height(head) if head else 0
        if self.height(row) + above <= _BOTTOM - _TOP:
            self.begin(widths, head, self.height(row))
            self.strip(widths, row)
            return None
        self.begin(widths, head, 3 * _CELL.line + 2 * _PADDING)
        lines = max(1, (_BOTTOM - self.top - 2 * _PADDING) // _CELL.line)
        first, rest = row.parted(lines)
        self.strip(widths, first)
        return rest if rest.lines else None

    def begin(self, widths: Sequence[int], head: _Row | None, height: int) -> None:
        """Begin a page, under the heads, unless there is this much room."""
        if self.need(height) and head:
            self.strip(widths, head)

    def strip(self, widths: Sequence[int], row: _Row) -> None:
        """Place a whole row with the lines around it."""
        top, bottom = self.top, self.top + self.height(row)
        left = _LEFT
        page = self.pages[-1]
        page += [_Stroke(_LEFT, top, _RIGHT, top), _Stroke(_LEFT, bottom, _RIGHT, bottom)]
        page.append(_Stroke(_LEFT, top, _LEFT, bottom))
        for width, lines in zip(widths, row.cells, strict=True):
            for number, line in enumerate(lines):
                self.words(left + _PADDING, top + _PADDING + number * _CELL.line, _CELL, line)
            left += width
            page.append(_Stroke(left, top, left, bottom))
        self.top = bottom

    def figure(self, figure: Figure) -> None:
        """Place a picture as wide as the text, with its caption below it on the same page."""
        caption = self.lines(figure.caption, _ACROSS, _CELL)
        height = round(_ACROSS * figure.height / figure.width)
        self.need(height + 4 + len(caption) * _CELL.line)
        alt = inert(figure.alt)
        self.pages[-1].append(_Image(_LEFT, self.top, _ACROSS, height, figure.png, alt))
        self.top += height + 4
        for line in caption:
            self.write(line, _CELL, (_WIDTH - _points(self.font, line, _CELL)) // 2)

    def signatures(self, labels: Sequence[str]) -> None:
        """Place two signatures in a row, each with the room to sign in and the date."""
        half = _ACROSS // 2
        for number, label in enumerate(labels):
            left = _LEFT + number % 2 * half
            lines = self.lines(f"{label}：", half - 2 * _PADDING, _TEXT)
            if number % 2 == 0:
                self.need(_SIGNED)
            for place, line in enumerate(lines[:2]):
                self.words(left, self.top + 6 + place * _TEXT.line, _TEXT, line)
            self.words(left, self.top + 6 + 2 * _TEXT.line, _TEXT, _DATED)
            if number % 2 == 1 or number == len(labels) - 1:
                self.top += _SIGNED
