"""What a platform's template makes of a record: texts by header, and files of them. Pure.

In a file, a cell that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sampling.exchange.platform import UNITS, Column, Platform, amounts_of, days_of
from scoring.formats import FORMATS
from scoring.formula_cells import neutral
from scoring.results import FollowUp, Result

WITHDRAWN: Final = ("统一社会信用代码", "类别", "唯一标识", "版本")
"""The columns of the file of what is to be withdrawn."""


@dataclass(frozen=True)
class Issued:
    """A version of a record that the bureau issued. `values` are its content's, by field, as records hold them."""

    kind: str
    reference: str
    version: int
    enterprise: str
    name: str
    date: str
    body: str
    number: str
    values: Mapping[str, Any]


def cells(platform: Platform, issued: Issued) -> dict[str, str]:
    """Return the texts of a record by header, "" where it says nothing."""
    told = {
        "enterprise": issued.enterprise,
        "name": issued.name,
        "date": issued.date,
        "body": issued.body,
        "number": issued.number,
        "kind": FORMATS[issued.kind].title,
        "reference": issued.reference,
        "version": str(issued.version),
    }
    values = {**issued.values, **told}
    return {column.header: _text(platform, issued.kind, column, values) for column in platform.templates[issued.kind]}


def missing(platform: Platform, issued: Issued, told: Mapping[str, str]) -> list[str]:
    """Return the headers of required columns that say nothing."""
    return [each.header for each in platform.templates[issued.kind] if each.required and not told[each.header].strip()]


def write_file(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file with a byte order mark, in which no cell is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([neutral(header) for header in headers])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _text(platform: Platform, kind: str, column: Column, values: Mapping[str, Any]) -> str:
    if not column.field:
        return column.value
    value = values.get(column.field)
    if value is None:
        return ""
    if column.field in amounts_of(kind):
        return _amount(int(value), UNITS[column.unit])
    if column.field == "results" and kind == "inspection":
        return "、".join(Result(each).text for each in value)
    if column.field == "follow_up" and kind == "inspection":
        return FollowUp(value).text
    if column.field in {*days_of(kind), "date"}:
        return str(value).replace("-", "/") if platform.slashes else str(value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _amount(fen: int, places: int) -> str:
    """Return an amount as a decimal number of a unit, without zeros at its end."""
    whole, rest = divmod(abs(fen), 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0")
    return f"{'-' if fen < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"
