"""Column types that hold the same text on both engines, so that a row's bytes can be bound."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from ledger.canonical import JSON, canonical


def instant_text(moment: datetime) -> str:
    """Return an aware instant as "2026-11-23T02:16:04Z" (RFC 3339, UTC, whole seconds)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Read what `instant_text` writes; raises ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as `instant_text`."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read."""
        return None if value is None else parse_instant(value)


class CivilDate(TypeDecorator[date]):
    """A date of the civil calendar as ISO 8601 text."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """Write."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Read."""
        return None if value is None else date.fromisoformat(value)


class CanonicalJSON(TypeDecorator[Any]):
    """A JSON value as its canonical text (RFC 8785)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JSON, dialect: Dialect) -> str | None:
        """Write."""
        return None if value is None else canonical(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> JSON:
        """Read."""
        return None if value is None else orjson.loads(value)
