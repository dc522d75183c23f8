"""How past inspections become registrations, licences and inspections of a bureau."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from api.backtesting.inspection_rows import InspectionRow
from api.backtesting.mapping import bureau_files, codes_of, outcome_of
from ledger.errors import Invalid
from scoring.codes import check_uscc
from scoring.results import Result

ROW = InspectionRow(
    "11", "901", date(2012, 3, 5), "Restaurant", "Risk 1 (High)", "Canvass", "Pass", 0, 0, 0, (), "blue"
)


def table(rows: list[InspectionRow], kind: str) -> list[dict[str, str]]:
    [found] = [each for each in bureau_files(rows) if each.kind == kind]
    return list(csv.DictReader(io.StringIO(found.text)))


def test_licences_are_numbered_in_the_order_of_their_first_inspection() -> None:
    rows = [replace(ROW, licence=licence, inspection=str(place)) for place, licence in enumerate("zazbz")]
    codes = codes_of(rows)
    assert [codes[licence][8:16] for licence in "zab"] == ["PDY00001", "PDY00002", "PDY00003"]
    assert [check_uscc(code) for code in codes.values()] == list(codes.values())


def test_later_inspections_leave_the_codes_as_they_are() -> None:
    rows = [replace(ROW, licence=licence) for licence in "zab"]
    assert codes_of(rows[:2]).items() <= codes_of(rows).items()


def test_more_licences_than_codes_are_refused() -> None:
    with pytest.raises(Invalid, match="backtest_too_many"):
        codes_of([replace(ROW, licence=str(number)) for number in range(100_000)])


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"critical": 1, "serious": 2, "minor": 3}, Result.OTHER_VIOLATION),
        ({"serious": 1}, Result.CORRECTED),
        ({"minor": 1, "result": "Fail"}, Result.CORRECTED),
        ({"items": ("32",)}, Result.CORRECTED),
        ({}, Result.NO_PROBLEM),
        ({"result": "Out of Business"}, Result.CLOSED),
        ({"result": "No Entry"}, Result.NO_SUCH_ACTIVITY),
        ({"result": "Business Not Located"}, Result.UNREACHABLE),
    ],
)
def test_violations_become_results(changes: dict[str, object], result: Result) -> None:
    assert outcome_of(replace(ROW, **changes)) is result  # type: ignore[arg-type]


def test_an_inspection_has_its_matters_and_who_inspected() -> None:
    [found] = table([replace(ROW, items=("3", "33"), critical=1)], "inspection")
    assert (found["number"], found["date"], found["violated"], found["inspectors"]) == (
        "11",
        "2012-03-05",
        "3、33",
        "blue",
    )


def test_an_enterprise_is_registered_and_licensed_by_the_day_before_its_first_inspection() -> None:
    rows = [ROW, replace(ROW, inspection="12", day=date(2013, 1, 1))]
    [registered] = table(rows, "registration")
    [licence] = table(rows, "licence")
    assert registered["established"] == licence["date"] == "2012-03-04"
    assert (licence["category"], licence["matter"]) == ("Restaurant", "Risk 1 (High)")


def test_what_a_later_visit_shows_counts_from_its_own_day() -> None:
    later = replace(ROW, inspection="12", day=date(2013, 1, 1), risk="Risk 2 (Medium)", listed=True, on_premises=True)
    found = table([ROW, later, replace(later, inspection="13", day=date(2014, 1, 1))], "licence")
    assert [(each["category"], each["date"]) for each in found] == [
        ("Restaurant", "2012-03-04"),
        ("Restaurant", "2013-01-01"),
        ("listed", "2013-01-01"),
        ("consumption on premises", "2013-01-01"),
    ]


def test_what_the_first_visit_shows_of_the_register_is_not_known_before_it() -> None:
    found = table([replace(ROW, listed=True)], "licence")
    assert [(each["category"], each["date"]) for each in found] == [
        ("Restaurant", "2012-03-04"),
        ("listed", "2012-03-05"),
    ]
