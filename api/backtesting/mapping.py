"""From rows of past inspections to files that a bureau takes in by its sources beside this module. Pure.

- Each licence is an enterprise. Licences are numbered in the order of their first inspection (day, then number of the
  inspection), from 1 on; number n has the code of the body PDY0000n of region 130304. So a longer file of the same
  inspections leaves the codes as they are.
- Registration: from the day before the first inspection. The file tells neither name, place nor trade; the trade is the
  same for all, and no model of a backtest asks for it.
- Licences: facility and class of risk, granted by the day before the first inspection that shows them, if it is the
  enterprise's first, else on its day, as a visit may have changed them. That the city's register had the licence, and
  one for consumption on the premises, is dated on the day of the first inspection that says so: later ones see it.
- Inspections: `outcome_of`; a critical violation is the finding that backtests ask for. Items are the matters in which
  a problem was found, the inspectors' group is who inspected.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api.backtesting.inspection_rows import InspectionRow
from ledger.errors import Invalid
from scoring.codes import make_uscc
from scoring.results import Result

REGION: Final = "130304"
MOST_LICENCES: Final = 99_999
TARGET: Final = (Result.OTHER_VIOLATION,)
"""A critical violation."""

FACILITY, LISTED, ON_PREMISES = "facility", "listed", "consumption on premises"
NOT_MET: Final = {"Out of Business": Result.CLOSED, "Business Not Located": Result.UNREACHABLE}
NOTHING_SEEN: Final = ("No Entry", "Not Ready")
LICENCE_HEADS: Final = ("code", "name", "number", "category", "matter", "date", "valid_from")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class BureauFile:
    """A file for one of the sources: its name and its text."""

    kind: str
    text: str


def codes_of(rows: Sequence[InspectionRow]) -> dict[str, str]:
    """Return the code of each licence; `rows` stand by day. Raises Invalid("backtest_too_many")."""
    licences = list(dict.fromkeys(row.licence for row in rows))
    if len(licences) > MOST_LICENCES:
        raise Invalid("backtest_too_many", licences=len(licences), most=MOST_LICENCES)
    return {licence: make_uscc(REGION, f"PDY{number:05d}") for number, licence in enumerate(licences, start=1)}


def outcome_of(row: InspectionRow) -> Result:
    """Return the result of an inspection: critical, only serious or minor violations, none, or nobody to inspect."""
    if row.critical:
        return Result.OTHER_VIOLATION
    if row.serious or row.minor or row.items:
        return Result.CORRECTED
    if row.result in NOTHING_SEEN:
        return Result.NO_SUCH_ACTIVITY
    return NOT_MET.get(row.result, Result.NO_PROBLEM)


def bureau_files(rows: Sequence[InspectionRow]) -> tuple[BureauFile, ...]:
    """Return the files of the sources, in the order in which they go in."""
    codes = codes_of(rows)
    return (
        BureauFile("registration", _table(("code", "name", "established"), _registrations(rows, codes))),
        BureauFile("licence", _table(LICENCE_HEADS, _licences(rows, codes))),
        BureauFile(
            "inspection",
            _table(
                ("code", "name", "number", "date", "type", "results", "violated", "inspectors"),
                (
                    (
                        codes[row.licence],
                        _name(codes[row.licence]),
                        row.inspection,
                        row.day.isoformat(),
                        row.type,
                        outcome_of(row).text,
                        "、".join(row.items),
                        row.group,
                    )
                    for row in rows
                ),
            ),
        ),
    )


def _registrations(rows: Sequence[InspectionRow], codes: dict[str, str]) -> Iterable[tuple[str, ...]]:
    first: dict[str, date] = {}
    for row in rows:
        first.setdefault(row.licence, row.day)
    return ((codes[licence], _name(codes[licence]), (day - _DAY).isoformat()) for licence, day in first.items())


def _licences(rows: Sequence[InspectionRow], codes: dict[str, str]) -> Iterable[tuple[str, ...]]:
    """Give each fact of an enterprise once, on the day from which it is known."""
    known: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        held = known.get(row.licence)
        facts = [(row.facility, row.risk, row.day if held else row.day - _DAY)]
        facts += [(LISTED, LISTED, row.day)] if row.listed else []
        facts += [(ON_PREMISES, ON_PREMISES, row.day)] if row.on_premises else []
        held = known.setdefault(row.licence, set())
        code = codes[row.licence]
        for category, matter, day in facts:
            if (category, matter) not in held:
                held.add((category, matter))
                yield (
                    code,
                    _name(code),
                    f"{row.licence}-{len(held)}",
                    category,
                    matter,
                    day.isoformat(),
                    day.isoformat(),
                )


def _name(code: str) -> str:
    return f"经营单位 {code[8:16]}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue()
