"""What JSON columns hold, asked of the database: alike on both engines, and ordered by code points.

A value of `ledger.columns.CanonicalJSON` is text, so each condition reads all of it: for lists that are short, or that
something else has made short before.
"""

from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Connection, Text, cast, func, literal, select, type_coerce

from ledger.columns import by_code_points


def member(tx: Connection, column: ColumnElement[Any], *path: str) -> ColumnElement[Any]:
    """Return the text at a path of members; null where there is none."""
    content = type_coerce(column, Text)
    if tx.dialect.name == "sqlite":
        return func.json_extract(content, _path(path), type_=Text)
    return by_code_points(tx, cast(content, sqlalchemy.JSON)[path].as_string())


def lists(tx: Connection, column: ColumnElement[Any], value: str, *path: str) -> ColumnElement[bool]:
    """Return the condition that the list at a path, or the whole value, has a text; one that is not there has none."""
    content = type_coerce(column, Text)
    if tx.dialect.name == "sqlite":
        each = func.json_each(content, _path(path)).table_valued("value")
    else:
        found: Any = cast(content, sqlalchemy.JSON)
        each = func.json_array_elements_text(found[path] if path else found).table_valued("value")
    return select(literal(1)).select_from(each).where(each.c.value == value).exists()


def _path(names: tuple[str, ...]) -> str:
    return "$" + "".join(f'."{name}"' for name in names)
