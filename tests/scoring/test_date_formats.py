"""How a source writes its dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.date_formats import date_parts, date_pattern

FORMS = (
    "YYYY-MM-DD",
    "YYYY-M-D",
    "YYYY/M/D",
    "YYYY年M月D日",
    "YYYYMMDD",
    "YYYYMMDDhhmmss",
    "DD.MM.YYYY",
    "M/D/YYYY hh:mm:ss",
    "YYYY-MM-DDThh:mm:ss",
)
STRFTIME = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}


def written(day: date, form: str) -> str:
    text = form
    for part, directive in STRFTIME.items():
        text = text.replace(part, day.strftime(directive))
    return text.replace("M", str(day.month)).replace("D", str(day.day))


@given(st.sampled_from(FORMS), st.dates(date(1949, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_as_it_was_written(form: str, day: date) -> None:
    assert date_parts(written(day, form), [form]) == (day.year, day.month, day.day)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("YYYY-MM-DD", "2026-1-05"),
        ("YYYY-MM-DD", "2026-01-05 00:00:00"),
        ("YYYY-MM-DD hh:mm:ss", "2026-01-05 24:00:00"),
        ("YYYY-MM-DD hh:mm:ss", "2026-01-05 23:60:00"),
        ("YYYYMMDD", "2026015"),
        ("YYYY.M.D", "2026x1x5"),
        ("YYYY-MM-DD", "２０２６-01-05"),
    ],
)
def test_a_text_of_another_form_is_none(form: str, text: str) -> None:
    assert date_parts(text, [form]) is None


def test_the_first_form_that_fits_holds() -> None:
    assert date_parts("03/04/2026", ["DD/MM/YYYY", "MM/DD/YYYY"]) == (2026, 4, 3)


@pytest.mark.parametrize(
    "form",
    [
        "",
        "YYYY-MM",
        "YY-MM-DD",
        "YYYY-DD-MM",
        "MM-YYYY-DD",
        "YYYYMD",
        "YYYY-M2-D",
        "YYYY-MM-DD-MM",
        "YYYY-MM-DD hh:hh",
        "%Y-%m-%d",
        "yyyy-mm-dd",
        "DD MMM YYYY",
        "YYYY-MM-DDZ",
    ],
)
def test_a_form_that_could_be_read_in_two_ways_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="no form of a date"):
        date_pattern(form)
