"""The scalars of both schemas, each strict in what it takes and canonical in what it gives."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from math import isfinite
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from ledger.calendar import instant_text
from ledger.errors import Invalid
from scoring.codes import check_former_code, check_uscc

USCC = NewType("USCC", str)
FormerCode = NewType("FormerCode", str)
BigInt = NewType("BigInt", int)
Digest = NewType("Digest", bytes)
Money = NewType("Money", int)
JSON = NewType("JSON", object)

DIGEST_BYTES = 32
_BIG_INT = re.compile(r"0|-?[1-9][0-9]{0,18}")
_LARGEST = 2**63
_CODE = re.compile(r"[0-9A-Z]{15,18}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})")


def _uscc(value: object) -> str:
    return check_uscc(_text(value, "USCC"))


def _former_code(value: object) -> str:
    return check_former_code(_text(value, "FormerCode"))


def _text(value: object, scalar: str) -> str:
    if not isinstance(value, str):
        raise Invalid("scalar_malformed", scalar=scalar, form='"91130304PDY00001XL"')
    return value


def _big_int(value: object) -> int:
    return _integer(value, "BigInt")


def _money(value: object) -> int:
    return _integer(value, "Money")


def _integer(value: object, scalar: str) -> int:
    if type(value) is int and -_LARGEST <= value < _LARGEST:
        return value
    if not isinstance(value, str) or not _BIG_INT.fullmatch(value) or not -_LARGEST <= int(value) < _LARGEST:
        raise Invalid("scalar_malformed", scalar=scalar, form='"12345"')
    return int(value)


def _digest(value: object) -> bytes:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise Invalid("scalar_malformed", scalar="Digest", form="64 × 0-9a-f")
    return bytes.fromhex(value)


def _date(value: object) -> date:
    try:
        day = date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise Invalid("scalar_malformed", scalar="Date", form="2026-11-23")
    return day


def _instant(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) and _INSTANT.fullmatch(value) else "")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # such as an instant that in UTC lies before the year 1
        raise Invalid("scalar_malformed", scalar="DateTime", form="2026-11-23T02:16:04Z") from None


def _as_it_is(value: object) -> object:
    return value


def _json(value: object) -> object:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as fields:
                waiting += fields.values()
            case list() as items:
                waiting += items
            case float() as number if isfinite(number):
                pass
            case str() | int() | None:
                pass
            case _:  # an uploaded file, or a number without end
                raise Invalid("scalar_malformed", scalar="JSON", form='{"a": 1}')
    return value


def _told_integer(value: object) -> str:
    if type(value) is not int or not -_LARGEST <= value < _LARGEST:
        raise TypeError("no integer of 64 bits")
    return str(value)


def _told_code(value: object) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise TypeError("no code")
    return value


def _told_digest(value: object) -> str:
    if isinstance(value, bytes) and len(value) == DIGEST_BYTES:
        return value.hex()
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise TypeError("no digest")
    return value


def _told_date(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("no date")
    return value.isoformat()


SCALARS: Mapping[object, ScalarDefinition] = {
    USCC: strawberry.scalar(
        name="USCC",
        description="A unified social credit code (统一社会信用代码, GB 32100-2015): 18 digits and capital letters, "
        "the last of them a check character.",
        serialize=_told_code,
        parse_value=_uscc,
    ),
    FormerCode: strawberry.scalar(
        name="FormerCode",
        description="A code that an enterprise has or had: a unified social credit code, or a registration number of "
        "15 digits from before (现用或曾用代码).",
        serialize=_told_code,
        parse_value=_former_code,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer of up to 64 bits as a decimal string, since JSON's numbers end earlier (长整数).",
        serialize=_told_integer,
        parse_value=_big_int,
    ),
    Money: strawberry.scalar(
        name="Money",
        description="An amount in whole fen, 1/100 yuan (金额，单位：分): 64 bits at most, told as a decimal string, "
        "taken as a JSON integer, too.",
        serialize=_told_integer,
        parse_value=_money,
    ),
    Digest: strawberry.scalar(
        name="Digest",
        description="32 bytes, such as a SHA-256, as 64 lower-case hexadecimal digits (摘要).",
        serialize=_told_digest,
        parse_value=_digest,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any value of JSON, just as it is (任意 JSON 值).",
        specified_by_url="https://ecma-international.org/wp-content/uploads/ECMA-404_2nd_edition_december_2017.pdf",
        serialize=_as_it_is,
        parse_value=_json,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A date of the civil calendar in Asia/Shanghai, YYYY-MM-DD (日期).",
        serialize=_told_date,
        parse_value=_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC, whole seconds (RFC 3339), such as 2026-11-23T02:16:04Z (时间).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=instant_text,
        parse_value=_instant,
    ),
}
