"""Which rows of the registers are asked for, and in which order (筛选名录), as queries of the rows that hold."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func

from ledger.json_columns import lists, member
from ledger.search_text import holds, words
from scoring.formats import IN_USE


@dataclass(frozen=True)
class RegisterFilter:
    """What rows of a register must be; what is empty asks for nothing, and a row without a field has none of it.

    `text` are words of its code, name and unit; `tag` is one of an object's, `sector` one of an item or inspector.
    """

    text: str = ""
    department: str = ""
    enterprise: str = ""
    sector: str = ""
    tag: str = ""
    in_use: bool | None = None

    def on(self, tx: Connection, query: Select[Any], table: Table) -> Select[Any]:
        """Return the query of the rows that are asked for, but for the words."""
        content = table.c.content
        for name in ("department", "enterprise"):
            if wanted := getattr(self, name):
                query = query.where(member(tx, content, name) == wanted)
        for name, wanted in (("sectors", self.sector), ("tags", self.tag)):
            if wanted:
                query = query.where(lists(tx, content, wanted, name))
        if self.in_use is not None:
            status = func.coalesce(member(tx, content, "status"), IN_USE)
            query = query.where(status == IN_USE if self.in_use else status != IN_USE)
        return query

    @property
    def words(self) -> Callable[[Row[Any]], bool] | None:
        """What tells of a row with `code` and `content` whether it has all words; None where none are asked for.

        Raises Invalid("search_too_long").
        """
        if not words(self.text):
            return None
        return lambda row: holds(self.text, row.code, row.content.get("name") or "", row.content.get("unit") or "")


class RegisterOrder(StrEnum):
    """What registers go by: their codes, or what their rows say, and then by code."""

    CODE = "code"
    NAME = "name"
    ENTERPRISE = "enterprise"
    VALID_TO = "certificate_valid_to"

    def of(self, tx: Connection, table: Table) -> tuple[ColumnElement[Any], ...]:
        """Return the order's columns."""
        if self is RegisterOrder.CODE:
            return (table.c.code,)
        return func.coalesce(member(tx, table.c.content, self.value), ""), table.c.code


EVERY_ROW = RegisterFilter()
