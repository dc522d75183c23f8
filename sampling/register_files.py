"""Registers as files, written as they are read: what is exported can be taken in again and changes nothing. Pure.

In CSV a cell that a spreadsheet would take for a formula has an apostrophe before it, which is left out again when the
file is read (`scoring.formula_cells`); JSON Lines are exact.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from scoring.columns import Format
from scoring.formula_cells import neutral

JOINED = "、"
PAIRED = ("former_employers", "away")
"""Fields whose values are "first/second", written with 至 between the two."""


class Form(StrEnum):
    """How a register is written; the value is the ending of a file's name."""

    CSV = "csv"
    JSON_LINES = "jsonl"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return "text/csv; charset=utf-8" if self is Form.CSV else "application/jsonl"


def write_register(form: Format, rows: Iterable[Mapping[str, Any]], how: Form) -> bytes:
    """Return the file of a register's rows, given as their values by field: CSV with a byte order mark, or JSON Lines.

    A value that a row does not have is an empty cell, or no member.
    """
    told = [_cells(form, row) for row in rows]
    if how is Form.JSON_LINES:
        return "".join(json.dumps(_filled(cells), ensure_ascii=False) + "\n" for cells in told).encode()
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [column.header for column in form.columns])
    writer.writeheader()
    writer.writerows({header: neutral(text) for header, text in cells.items()} for cells in told)
    return buffer.getvalue().encode("utf-8-sig")


def _cells(form: Format, row: Mapping[str, Any]) -> dict[str, str]:
    return {column.header: _text(column.field, row.get(column.field)) for column in form.columns}


def _filled(cells: Mapping[str, str]) -> dict[str, str]:
    return {header: text for header, text in cells.items() if text}


def _text(field: str, value: Any) -> str:
    if isinstance(value, list):
        return JOINED.join(each.replace("/", "至") if field in PAIRED else each for each in value)
    return "" if value is None else str(value)
