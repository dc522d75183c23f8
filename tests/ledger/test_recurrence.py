"""When something is due again and again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.calendar import parse_instant
from ledger.errors import Invalid
from ledger.recurrence import Recurrence

TEXTS = ("every 30m", "every 6h", "every 3d", "daily 02:30", "daily 23:59", "monthly 1 03:00", "monthly 28 00:00")
INSTANTS = st.datetimes(datetime(2018, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "now", "last"),
    [
        ("every 30m", "2026-11-26T08:31:00Z", "2026-11-26T08:30:00Z"),
        ("every 1d", "2026-11-26T08:31:00Z", "2026-11-26T00:00:00Z"),
        ("daily 02:30", "2026-11-25T18:29:59Z", "2026-11-24T18:30:00Z"),
        ("daily 02:30", "2026-11-25T18:30:00Z", "2026-11-25T18:30:00Z"),
        ("monthly 1 03:00", "2026-11-26T08:31:00Z", "2026-10-31T19:00:00Z"),
        ("monthly 1 03:00", "2026-12-31T18:59:59Z", "2026-11-30T19:00:00Z"),
        ("monthly 28 00:00", "2026-03-01T00:00:00Z", "2026-02-27T16:00:00Z"),
        ("monthly 5 00:00", "2026-01-02T00:00:00Z", "2025-12-04T16:00:00Z"),
    ],
)
def test_times_are_those_of_the_civil_day(text: str, now: str, last: str) -> None:
    assert Recurrence.parse(text).last(parse_instant(now)) == parse_instant(last)


@given(st.sampled_from(TEXTS), INSTANTS, st.timedeltas(timedelta(), timedelta(days=90)))
def test_what_is_due_is_never_ahead_never_goes_back_and_stays_due(text: str, now: datetime, later: timedelta) -> None:
    recurrence = Recurrence.parse(text)
    last = recurrence.last(now)
    assert last <= now < last + timedelta(days=32)
    assert recurrence.last(last) == last
    assert last <= recurrence.last(now + later)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every 0m",
        "every 1.5h",
        "every 5w",
        "every 100000m",
        "daily",
        "daily 24:00",
        "daily 2:30",
        "monthly 29 03:00",
        "monthly 0 03:00",
        "monthly 03:00",
        "Daily 02:30",
        "daily 02:30 ",
        "每日 02:30",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Recurrence.parse(text)
    assert refused.value.code == "recurrence_unreadable"
