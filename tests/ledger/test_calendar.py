"""Instants are UTC, dates are those of Asia/Shanghai, and each is written in one way."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import civil_date, instant_text, parse_date, parse_instant

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)


@given(instants)
def test_an_instant_is_read_as_it_was_written_to_the_second(instant: datetime) -> None:
    assert parse_instant(instant_text(instant)) == instant.replace(microsecond=0)


@given(instants, instants)
def test_written_instants_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (instant_text(one) <= instant_text(other)) or one > other


def test_a_civil_day_begins_at_midnight_in_shanghai() -> None:
    assert civil_date(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert civil_date(datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_an_instant_without_its_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)
    for function in (instant_text, civil_date):
        with pytest.raises(ValueError, match="zone"):
            function(naive)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-23",
        "2026-11-23T02:16:04",
        "2026-11-23T02:16:04+00:00",
        "2026-11-23T2:16:04Z",
        "2026-11-23T02:16:04.5Z",
        "2026-11-23t02:16:04z",
        "２026-11-23T02:16:04Z",
        "2026-02-29T00:00:00Z",
        "2026-W48-1T02:16:04Z",
        "0001-01-01T00:00:00+05:00Z",
        "0001-01-01T00:00:00+05:00",
    ],
)
def test_an_instant_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_instant(text)


@given(st.dates())
def test_a_date_is_read_as_it_was_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "20261123", "2026-W48-1", "2026-1-3", "2026-02-29", "2026-11-23T00:00:00"])
def test_a_date_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_date(text)
