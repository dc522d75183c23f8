"""Scalars are strict in what they take, and take what they give."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as some
from strawberry.schema.config import StrawberryConfig

from ledger.errors import Invalid
from schema.scalars import SCALARS, USCC, BigInt, Digest, FormerCode, Money


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
        *((Money, value) for value in ("", "1.00", "01", "¥1", "1,000", "٣", "-0", 2**63, 1.0, True, None, [1])),
        *((BigInt, value) for value in ("", "1.0", "01", "+1", " 1", "1e3", "٣", 2**63, str(2**63), 1.0, True, None)),
        *((date, value) for value in ("2026-02-30", "20261123", "2026-W48-1", "2026-11-23T00:00:00Z", "", 20261123)),
        *((datetime, value) for value in ("2026-11-23", "2026-11-23T02:16:04", "2026-11-23 02:16:04Z", "", 1.5)),
        *((datetime, value) for value in ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00")),
        *(
            (datetime, value)
            for value in ("2026-11-23T02:16:04.5Z", "2026-11-23T25:16:04Z", "2026-11-23T02:16:04+99:00")
        ),
        *((USCC, value) for value in (91350100, None, ["91130304PDY00001XL"])),
        *((FormerCode, value) for value in (130304000000001, None, True)),
        *((Digest, value) for value in ("0" * 63, "0" * 65, "A" * 64, "g" * 64, b"0" * 32, 7)),
    ],
)
def test_other_forms_are_refused(scalar: object, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        take(scalar, value)
    assert refused.value.code == "scalar_malformed"


@pytest.mark.parametrize("value", ["", "12345", "91350100M000100Y4Z"])
def test_a_wrong_code_is_refused(value: object) -> None:
    with pytest.raises(Invalid, match="uscc_"):
        take(USCC, value)


@strawberry.type
class Query:
    """What takes each scalar."""

    @strawberry.field
    def big(self, value: BigInt) -> str:
        """Take an integer."""
        return str(value)

    @strawberry.field
    def money(self, value: Money) -> str:
        """Take an amount."""
        return str(value)

    @strawberry.field
    def day(self, value: date) -> str:
        """Take a date."""
        return str(value)

    @strawberry.field
    def instant(self, value: datetime) -> str:
        """Take an instant."""
        return str(value)

    @strawberry.field
    def digest(self, value: Digest) -> str:
        """Take a digest."""
        return value.hex()

    @strawberry.field
    def code(self, value: USCC) -> str:
        """Take a code."""
        return value


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=dict(SCALARS)))
TYPES = {
    "big": "BigInt", "money": "Money", "day": "Date", "instant": "DateTime", "digest": "Digest", "code": "USCC",
}  # fmt: skip
BAD: list[Any] = ["", "x", "١", "1" * 5000, 1.5, True, False, None, [], ["1"], {}, {"a": 1}, 2**63, -(2**63) - 1]
LITERALS = ["1.5", "true", "null", "x", '""', '"x"', "[[1]]", "{a: 1}", "9" * 30, "1" * 5000, '"١"', "1e5", '"\\u0000"']


@pytest.mark.parametrize("field", TYPES)
@pytest.mark.parametrize("value", BAD, ids=lambda value: repr(value)[:20])
def test_a_bad_variable_is_refused(field: str, value: Any) -> None:
    query = f"query ($value: {TYPES[field]}!) {{ {field}(value: $value) }}"
    answer = SCHEMA.execute_sync(query, {"value": value})
    assert answer.data is None
    assert answer.errors is not None
    assert isinstance(root(answer.errors[0]), Invalid | None), root(answer.errors[0])


@pytest.mark.parametrize("field", TYPES)
@pytest.mark.parametrize("literal", LITERALS, ids=lambda literal: literal[:20])
def test_a_bad_literal_is_refused(field: str, literal: str) -> None:
    answer = SCHEMA.execute_sync(f"{{ {field}(value: {literal}) }}")
    assert answer.data is None
    assert answer.errors is not None
    assert isinstance(root(answer.errors[0]), Invalid | None), root(answer.errors[0])


def root(error: BaseException | None) -> BaseException | None:
    """Return what an error comes of, where that is none of GraphQL's own."""
    while isinstance(error, GraphQLError):
        error = error.original_error
    return error


@pytest.mark.parametrize("literal", ["7", '"7"', "-7", '"9223372036854775807"', "9223372036854775807"])
def test_integers_are_taken_as_numbers_and_as_text(literal: str) -> None:
    for field in ("big", "money"):
        answer = SCHEMA.execute_sync(f"{{ {field}(value: {literal}) }}")
        assert answer.data == {field: literal.strip('"')}


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        *((scalar, value) for scalar in (BigInt, Money) for value in ("7", True, 1.0, 2**63, None)),
        *((date, value) for value in ("2026-11-26", datetime(2026, 11, 26, tzinfo=UTC), None)),
        *((Digest, value) for value in (b"", b"x" * 31, "A" * 64, 7, None)),
        *((USCC, value) for value in ("", "x", 7, "91130304pdy00001xl", None)),
        *((datetime, value) for value in ("2026-11-26T00:00:00Z", date(2026, 11, 26), 7)),
    ],
)
def test_what_is_none_of_a_scalar_s_values_is_not_told(scalar: object, value: object) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)):
        give(scalar, value)
