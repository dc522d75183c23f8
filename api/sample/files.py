"""Write rows as files whose bytes depend on nothing but the rows: CSV, JSON Lines and a smallest XLSX."""

import io
import json
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

Rows = Sequence[dict[str, str]]

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_XLSX_PARTS = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_HEAD}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def csv_bytes(rows: Rows, encoding: str) -> bytes:
    """Return the rows as CSV (RFC 4180) in an encoding such as `utf-8-sig` or `gb18030`."""
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in lines).encode(encoding)


def json_lines_bytes(rows: Rows) -> bytes:
    """Return the rows as JSON Lines; an empty value is left out."""
    kept = ({column: value for column, value in row.items() if value} for row in rows)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept).encode()


def xlsx_bytes(rows: Rows) -> bytes:
    """Return the rows as a workbook of one sheet of texts (ECMA-376, inline strings).

    Its parts are stored, not deflated, and dated 1980-01-01: compressors differ between machines.
    """
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    sheet = "".join(
        f'<row r="{number}">' + "".join(_xlsx_cell(number, column, text) for column, text in enumerate(line)) + "</row>"
        for number, line in enumerate(lines, start=1)
    )
    parts = _XLSX_PARTS | {
        "xl/worksheets/sheet1.xml": f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetData>{sheet}</sheetData></worksheet>'
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # else it names the machine's own
            archive.writestr(entry, text.encode())
    return buffer.getvalue()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\r\n') else text


def _xlsx_cell(number: int, column: int, text: str) -> str:
    if not text:
        return ""
    return f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
