"""A look into a workbook's parts (ECMA-376) for what a reader of its cells would drop without a word.

Readers leave out formulas without a kept result, give merged cells as empty, and errors as nothing; they also trust
sizes that a hostile file can choose. So the parts are unpacked under a limit, looked through, and packed anew: what was
looked at is what is read.
"""

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO
from xml.parsers import expat

from ledger.errors import Invalid

UNPACKED_BYTES = 128 << 20
PARTS = 1000
SHEET_CELLS = 2_000_000
"""Rows times columns of a sheet, empty cells included."""

_CHUNK = 1 << 16
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def unpacked(stream: BinaryIO) -> IO[bytes]:
    """Return a workbook with the same XML parts, uncompressed; the caller closes it.

    Raises Invalid `xlsx_malformed` or `xlsx_too_large`.
    """
    result: IO[bytes] = SpooledTemporaryFile(max_size=_CHUNK << 6)  # noqa: SIM115
    try:
        with zipfile.ZipFile(stream) as source, zipfile.ZipFile(result, "w") as target:
            _copy(source, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise Invalid("xlsx_malformed") from error
    result.seek(0)
    return result


def look_through(workbook: IO[bytes], name: str | None = None) -> None:
    """Refuse a workbook whose cells would not be read as they are seen: of its only filled sheet, or of a named one.

    Raises Invalid `xlsx_several_sheets`, `xlsx_sheet_missing`, `xlsx_formula`, `xlsx_merged_cells`, `xlsx_error_cell`
    (each of the three naming the cell), `xlsx_too_large` or `xlsx_malformed`.
    """
    with zipfile.ZipFile(workbook) as archive:
        parts = archive.namelist() if name is None else [_part_of(archive, name)]
        sheets = [sheet for part in parts if (sheet := _look(archive, part)).filled]
    workbook.seek(0)
    if len(sheets) > 1:
        raise Invalid("xlsx_several_sheets", count=len(sheets))
    for sheet in sheets:
        if sheet.formula:
            raise Invalid("xlsx_formula", cell=sheet.formula)
        if sheet.merged:
            raise Invalid("xlsx_merged_cells", cell=sheet.merged)
        if sheet.error:
            raise Invalid("xlsx_error_cell", cell=sheet.error)
        if sheet.rows * sheet.columns > SHEET_CELLS:
            raise Invalid("xlsx_too_large")


def _part_of(archive: zipfile.ZipFile, name: str) -> str:
    """Return the part that holds the sheet of a name."""
    sheets = _elements(archive, "xl/workbook.xml", "sheet")
    named = [sheet for sheet in sheets if sheet.get("name") == name]
    if len(named) != 1:
        known = [sheet.get("name", "") for sheet in sheets]
        raise Invalid("xlsx_sheet_missing", sheet=name, known=known)
    relation = next((value for key, value in named[0].items() if key.endswith("relationships id")), None)
    related = _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    targets = [each.get("Target", "") for each in related if relation is not None and each.get("Id") == relation]
    part = posixpath.normpath(posixpath.join("/xl", targets[0])).lstrip("/") if targets else ""
    if part not in archive.namelist():
        raise Invalid("xlsx_malformed")
    return part


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> list[dict[str, str]]:
    """Return the attributes of all elements of a local name in a part, with their namespaces before them."""
    found: list[dict[str, str]] = []

    def start(qualified: str, attributes: dict[str, str]) -> None:
        if qualified.rpartition(" ")[2] == name:
            found.append(attributes)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(part) as file:
            parser.ParseFile(file)
    except (KeyError, expat.ExpatError) as error:
        raise Invalid("xlsx_malformed") from error
    return found


def _copy(source: zipfile.ZipFile, target: zipfile.ZipFile) -> None:
    parts = [part for part in source.infolist() if part.filename.endswith((".xml", ".rels"))]
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise Invalid("xlsx_malformed")
    if len(parts) > PARTS:
        raise Invalid("xlsx_too_large")
    size = 0
    for part in parts:
        with source.open(part) as packed, target.open(part.filename, "w") as plain:
            while chunk := packed.read(_CHUNK):
                size += len(chunk)
                if size > UNPACKED_BYTES:
                    raise Invalid("xlsx_too_large")
                plain.write(chunk)


def _refuse_doctype(*_: object) -> None:
    raise Invalid("xlsx_malformed")


class _NoWorksheet(Exception):
    pass


@dataclass
class _Sheet:
    """What one part holds; a part that is no worksheet is not filled."""

    filled: bool = False
    formula: str = ""
    merged: str = ""
    error: str = ""
    rows: int = 0
    columns: int = 0


class _Scanner:
    """Reads one part by its elements' local names."""

    def __init__(self) -> None:
        self.sheet = _Sheet()
        self._depth = 0
        self._row = 0
        self._column = 0
        self._type = ""

    def end(self, _: str) -> None:
        self._depth -= 1

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        self._depth += 1
        if self._depth == 1 and name != "worksheet":
            raise _NoWorksheet
        if name == "row":
            self._row, self._column = self._row_number(attributes), 0
        elif name == "c":
            self._row, self._column = self._position(attributes)
            self._type = attributes.get("t", "")
        elif name in ("v", "is", "f"):
            self._content(name)
        elif name == "mergeCell":
            self.sheet.merged = self.sheet.merged or attributes.get("ref", "?")

    def _content(self, name: str) -> None:
        cell = _cell_name(self._row, self._column)
        sheet = self.sheet
        sheet.filled = True
        sheet.rows, sheet.columns = max(sheet.rows, self._row), max(sheet.columns, self._column)
        if name == "f":
            sheet.formula = sheet.formula or cell
        elif self._type == "e":
            sheet.error = sheet.error or cell

    def _row_number(self, attributes: dict[str, str]) -> int:
        number = attributes.get("r", str(self._row + 1))
        if not (number.isascii() and number.isdigit() and len(number) <= 7):
            raise Invalid("xlsx_malformed")
        return int(number)

    def _position(self, attributes: dict[str, str]) -> tuple[int, int]:
        if "r" not in attributes:
            return self._row, self._column + 1
        match = _CELL.fullmatch(attributes["r"])
        if match is None:
            raise Invalid("xlsx_malformed")
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(match[2]), column


def _look(archive: zipfile.ZipFile, name: str) -> _Sheet:
    scanner = _Scanner()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(name) as part:
            parser.ParseFile(part)
    except _NoWorksheet:
        return _Sheet()
    except expat.ExpatError as error:
        raise Invalid("xlsx_malformed") from error
    return scanner.sheet


def _cell_name(row: int, column: int) -> str:
    letters = ""
    while column:
        column, remainder = divmod(column - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return f"{letters}{row}"
