"""A file of past inspections, one a row: read and checked. Pure.

Its columns are those of the City of Chicago's evaluation of food inspections (Chicago/food-inspections-evaluation,
2014), under the names of `NEEDED` and `OPTIONAL`; others are not read, and told. Rows may stand in any order.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from ledger.errors import Invalid

NEEDED: Final = (
    "inspection_id",
    "licence",
    "date",
    "facility_type",
    "risk_class",
    "inspection_type",
    "result",
    "critical",
    "serious",
    "minor",
    "violated_items",
)
OPTIONAL: Final = ("inspector_group", "in_model_table", "consumption_on_premises")
Field: TypeAlias = tuple[int, str, str]
"""A line, a column and the text there."""


@dataclass(frozen=True)
class InspectionRow:
    """One inspection. `group` is who inspected, '' if unknown; `listed` says that the city's register had the licence.

    `on_premises` says that it had a licence for consumption on the premises, too.
    """

    inspection: str
    licence: str
    day: date
    facility: str
    risk: str
    type: str
    result: str
    critical: int
    serious: int
    minor: int
    items: tuple[str, ...]
    group: str = ""
    listed: bool = False
    on_premises: bool = False


@dataclass(frozen=True)
class InspectionFile:
    """Its rows by day and number of inspection, and the columns that were not read."""

    rows: tuple[InspectionRow, ...]
    unread: tuple[str, ...]


def read_inspections(lines: Iterable[str]) -> InspectionFile:
    """Read CSV with a header.

    Raises Invalid: `backtest_columns_missing`, `backtest_no_rows`, `backtest_value` (line, column, value),
    `backtest_inspection_twice` (lines).
    """
    reader = csv.DictReader(lines, restkey="", restval="")
    columns = reader.fieldnames or ()
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise Invalid("backtest_columns_missing", columns=missing)
    rows, lines_of = [], dict[str, int]()
    for line, values in enumerate(reader, start=2):
        row = _row(line, values)
        if row.inspection in lines_of:
            raise Invalid(
                "backtest_inspection_twice", inspection=row.inspection, line=line, first=lines_of[row.inspection]
            )
        lines_of[row.inspection] = line
        rows.append(row)
    if not rows:
        raise Invalid("backtest_no_rows")
    unread = tuple(name for name in columns if name not in (*NEEDED, *OPTIONAL))
    return InspectionFile(tuple(sorted(rows, key=_order)), unread)


def _order(row: InspectionRow) -> tuple[date, int, str]:
    return row.day, len(row.inspection), row.inspection


def _row(line: int, values: dict[str, str]) -> InspectionRow:
    texts = {name: (values.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
    for name in ("inspection_id", "licence", "facility_type", "risk_class", "inspection_type", "result"):
        if not texts[name]:
            raise _bad(line, name, "")
    return InspectionRow(
        texts["inspection_id"],
        texts["licence"],
        _day((line, "date", texts["date"])),
        texts["facility_type"],
        texts["risk_class"],
        texts["inspection_type"],
        texts["result"],
        _count((line, "critical", texts["critical"])),
        _count((line, "serious", texts["serious"])),
        _count((line, "minor", texts["minor"])),
        _items((line, "violated_items", texts["violated_items"])),
        texts["inspector_group"],
        _truth((line, "in_model_table", texts["in_model_table"])),
        _truth((line, "consumption_on_premises", texts["consumption_on_premises"])),
    )


def _day(field: Field) -> date:
    try:
        return date.fromisoformat(field[2])
    except ValueError:
        raise _bad(*field) from None


def _count(field: Field) -> int:
    """Read a whole number of at least 0, which may be written as 2.0."""
    try:
        value = float(field[2])
    except ValueError:
        raise _bad(*field) from None
    if not (value.is_integer() and 0 <= value < 1000):
        raise _bad(*field)
    return int(value)


def _truth(field: Field) -> bool:
    """Read 0 or 1; nothing is no."""
    if not field[2]:
        return False
    value = _count(field)
    if value > 1:
        raise _bad(*field)
    return bool(value)


def _items(field: Field) -> tuple[str, ...]:
    items: Sequence[str] = field[2].split()
    if not all(item.isascii() and item.isdigit() for item in items):
        raise _bad(*field)
    return tuple(dict.fromkeys(items))


def _bad(line: int, column: str, value: str) -> Invalid:
    return Invalid("backtest_value", line=line, column=column, value=value[:40])
