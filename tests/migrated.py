"""The tables of a new bureau in tests, made by the statements of the first migration and not by its scripts again."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

READ = re.compile(r"\s*(SELECT\b|PRAGMA [^=]*$)")
Migrate = Callable[[Connection], None]
Statement = tuple[str, Any]


def replaying(migrate: Migrate) -> Migrate:
    """Return what migrates an empty database as `migrate` does, which it calls once for each engine."""
    made: dict[str, list[Statement]] = {}

    def replay(tx: Connection) -> None:
        dialect = tx.dialect.name
        if dialect not in made:
            made[dialect] = _recorded(tx, migrate)
            return
        cursor = tx.connection.cursor()
        for statement, parameters in made[dialect]:
            cursor.execute(statement, parameters)
        cursor.close()

    return replay


def _recorded(tx: Connection, migrate: Migrate) -> list[Statement]:
    """Migrate, and return each statement that changed something, with its parameters."""
    found: list[Statement] = []

    def note_down(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not READ.match(statement):
            found.append((statement, parameters))

    event.listen(tx, "before_cursor_execute", note_down)
    try:
        migrate(tx)
    finally:
        event.remove(tx, "before_cursor_execute", note_down)
    return found
