"""The scalars of both schemas, each strict in what it takes and canonical in what it gives."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from ledger.calendar import instant_text
from ledger.errors import Invalid
from scoring.codes import check_former_code, check_uscc

USCC = NewType("USCC", str)
FormerCode = NewType("FormerCode", str)
BigInt = NewType("BigInt", int)
Digest = NewType("Digest", bytes)

DIGEST_BYTES = 32
_BIG_INT = re.compile(r"0|-?[1-9][0-9]{0,18}")
_LARGEST = 2**63
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})")


def _uscc(value: object) -> str:
    return check_uscc(value if isinstance(value, str) else "")


def _former_code(value: object) -> str:
    return check_former_code(value if isinstance(value, str) else "")


def _big_int(value: object) -> int:
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not _BIG_INT.fullmatch(text) or not -_LARGEST <= int(text) < _LARGEST:
        raise Invalid("scalar_malformed", scalar="BigInt", form='"12345"')
    return int(text)


def _digest(value: object) -> bytes:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
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
    except ValueError:
        raise Invalid("scalar_malformed", scalar="DateTime", form="2026-11-23T02:16:04Z") from None
    return moment.astimezone(UTC)


def _hex(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).hex()


SCALARS: Mapping[object, ScalarDefinition] = {
    USCC: strawberry.scalar(
        name="USCC",
        description="A unified social credit code (统一社会信用代码, GB 32100-2015): 18 digits and capital letters, "
        "the last of them a check character.",
        serialize=str,
        parse_value=_uscc,
    ),
    FormerCode: strawberry.scalar(
        name="FormerCode",
        description="A code that an enterprise has or had: a unified social credit code, or a registration number of "
        "15 digits from before (现用或曾用代码).",
        serialize=str,
        parse_value=_former_code,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer of up to 64 bits as a decimal string, since JSON's numbers end earlier (长整数).",
        serialize=str,
        parse_value=_big_int,
    ),
    Digest: strawberry.scalar(
        name="Digest",
        description="32 bytes, such as a SHA-256, as 64 lower-case hexadecimal digits (摘要).",
        serialize=_hex,
        parse_value=_digest,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A date of the civil calendar in Asia/Shanghai, YYYY-MM-DD (日期).",
        serialize=date.isoformat,
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
