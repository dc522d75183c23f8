"""Column types that hold the same text on both engines, so that a row's bytes can be bound."""

from datetime import date, datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Connection, Dialect, String, Text, collate
from sqlalchemy.types import TypeDecorator

from ledger.calendar import instant_text, parse_date, parse_instant
from ledger.canonical import JSON, canonical

OrderedText: Final = Text().with_variant(Text(collation="C"), "postgresql")
"""Text by which rows are ordered: by code points on both engines, whatever the database's language."""


def by_code_points(tx: Connection, text: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text of a query, to be ordered by code points on both engines."""
    return text if tx.dialect.name == "sqlite" else collate(text, "C")


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
        """Write; raises ValueError for an instant, whose date depends on a zone."""
        if isinstance(value, datetime):
            raise ValueError("an instant is no date")
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Read."""
        return None if value is None else parse_date(value)


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
