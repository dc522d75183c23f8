"""Scalars are strict in what they take, and take what they give."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.errors import Invalid
from schema.scalars import SCALARS, USCC, BigInt, Digest


def take(scalar: object, value: object) -> Any:
    parse = SCALARS[scalar].parse_value
    assert parse is not None
    return parse(value)


def give(scalar: object, value: object) -> Any:
    serialize = SCALARS[scalar].serialize
    assert serialize is not None
    return serialize(value)


@given(some.integers(-(2**63), 2**63 - 1))
def test_a_big_integer_is_a_decimal_string(value: int) -> None:
    assert give(BigInt, value) == str(value)
    assert take(BigInt, str(value)) == take(BigInt, value) == value


@given(some.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_a_date_is_written_one_way(value: date) -> None:
    assert take(date, give(date, value)) == value


@given(some.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 30)))
def test_an_instant_is_given_in_utc(value: datetime) -> None:
    moment = value.replace(microsecond=0, tzinfo=UTC)
    assert give(datetime, moment).endswith("Z")
    assert take(datetime, give(datetime, moment)) == moment


def test_an_instant_is_taken_with_its_offset() -> None:
    moment = datetime(2026, 11, 23, 10, 16, 4, tzinfo=timezone(timedelta(hours=8)))
    assert take(datetime, "2026-11-23T10:16:04+08:00") == moment


@given(some.binary(min_size=32, max_size=32))
def test_a_digest_is_hexadecimal(value: bytes) -> None:
    assert take(Digest, give(Digest, value)) == value


def test_a_code_is_trimmed_and_in_capitals() -> None:
    assert take(USCC, " 91130304pdy00001xl ") == "91130304PDY00001XL"


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        *((BigInt, value) for value in ("", "1.0", "01", "+1", " 1", "1e3", "٣", 2**63, str(2**63), 1.0, True, None)),
        *((date, value) for value in ("2026-02-30", "20261123", "2026-W48-1", "2026-11-23T00:00:00Z", "", 20261123)),
        *((datetime, value) for value in ("2026-11-23", "2026-11-23T02:16:04", "2026-11-23 02:16:04Z", "", 1.5)),
        *(
            (datetime, value)
            for value in ("2026-11-23T02:16:04.5Z", "2026-11-23T25:16:04Z", "2026-11-23T02:16:04+99:00")
        ),
        *((Digest, value) for value in ("0" * 63, "0" * 65, "A" * 64, "g" * 64, b"0" * 32, 7)),
    ],
)
def test_other_forms_are_refused(scalar: object, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        take(scalar, value)
    assert refused.value.code == "scalar_malformed"


@pytest.mark.parametrize("value", ["", "12345", "91350100M000100Y4Z", 91350100, None])
def test_a_wrong_code_is_refused(value: object) -> None:
    with pytest.raises(Invalid, match="uscc_"):
        take(USCC, value)
