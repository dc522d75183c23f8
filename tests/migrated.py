"""The tables of a new bureau in tests, made by the statements of the first migration and not by its scripts again."""

import re
from typing import Any, Protocol

from sqlalchemy import Connection, event

from api.migrating import HEAD, newest_version, version_of

READ = re.compile(r"\s*(SELECT\b|PRAGMA [^=]*$)")
Statement = tuple[str, Any]


class Migrate(Protocol):
    """What brings a database to a version."""

    def __call__(self, tx: Connection, version: str = HEAD) -> None:
        """Bring it there."""


def replaying(migrate: Migrate) -> Migrate:
    """Return what migrates as `migrate` does, which it calls once for each engine where no rows are to be moved."""
    made: dict[tuple[str, str, str], list[Statement]] = {}

    def replay(tx: Connection, version: str = HEAD) -> None:
        before = version_of(tx)
        if before not in ("", newest_version()):
            migrate(tx, version)
            return
        key = tx.dialect.name, before, version
        if key not in made:
            made[key] = _recorded(tx, migrate, version)
            return
        cursor = tx.connection.cursor()
        for statement, parameters in made[key]:
            cursor.execute(statement, parameters)
        cursor.close()

    return replay


def _recorded(tx: Connection, migrate: Migrate, version: str) -> list[Statement]:
    """Migrate, and return each statement that changed something, with its parameters."""
    found: list[Statement] = []

    def note_down(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if not READ.match(statement):
            found.append((statement, parameters))

    event.listen(tx, "before_cursor_execute", note_down)
    try:
        migrate(tx, version)
    finally:
        event.remove(tx, "before_cursor_execute", note_down)
    return found
