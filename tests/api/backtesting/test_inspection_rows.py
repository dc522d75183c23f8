"""What a file of past inspections must be, and what becomes of a fault in it."""

from datetime import date

import pytest

from api.backtesting.inspection_rows import NEEDED, read_inspections
from ledger.errors import Invalid
from tests.api.backtesting.past_inspections import rows, text


def read(of: list[dict[str, str]]) -> object:
    return read_inspections(text(of).splitlines(keepends=True))


def refused(of: list[dict[str, str]]) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(of)
    return caught.value


def test_a_row_is_read_as_it_stands() -> None:
    row = {**rows()[0], "critical": "2.0", "violated_items": "3 33 3", "inspector_group": "blue", "in_model_table": "1"}
    [found] = read_inspections(text([row]).splitlines()).rows
    assert (found.day, found.critical, found.items) == (date.fromisoformat(row["date"]), 2, ("3", "33"))
    assert (found.group, found.listed, found.on_premises) == ("blue", True, False)


def test_rows_may_stand_in_any_order() -> None:
    made = rows()
    assert read(made[::-1]) == read(made)


def test_columns_that_nobody_asked_for_are_named_and_not_read() -> None:
    made = [{**row, "max_temperature_3d": "87"} for row in rows()[:3]]
    assert read_inspections(text(made).splitlines()).unread == ("max_temperature_3d",)


@pytest.mark.parametrize("column", NEEDED)
def test_a_needed_column_that_is_missing_refuses_the_file(column: str) -> None:
    made = [{name: value for name, value in row.items() if name != column} for row in rows()[:3]]
    error = refused(made)
    assert (error.code, error.parameters["columns"]) == ("backtest_columns_missing", [column])


def test_what_knows_of_inspectors_and_licences_may_be_missing() -> None:
    made = [{name: row[name] for name in NEEDED} for row in rows()[:3]]
    assert {row.group for row in read_inspections(text(made).splitlines()).rows} == {""}


def test_a_file_without_rows_is_refused() -> None:
    assert refused([]).code == "backtest_no_rows"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date", "2012-02-30"),
        ("date", ""),
        ("licence", " "),
        ("critical", ""),
        ("critical", "1.5"),
        ("critical", "-1"),
        ("critical", "nan"),
        ("violated_items", "3,33"),
        ("in_model_table", "2"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_line(column: str, value: str) -> None:
    made = rows()[:3]
    made[1] = {**made[1], column: value}
    error = refused(made)
    assert (error.code, error.parameters["line"], error.parameters["column"]) == ("backtest_value", 3, column)


def test_the_same_inspection_twice_is_refused_with_both_lines() -> None:
    made = rows()[:3]
    error = refused([*made, made[1]])
    assert (error.code, error.parameters["first"], error.parameters["line"]) == ("backtest_inspection_twice", 3, 5)


def test_two_inspections_of_one_day_are_two() -> None:
    made = rows()[:1]
    assert len(read_inspections(text([*made, {**made[0], "inspection_id": "9"}]).splitlines()).rows) == 2
