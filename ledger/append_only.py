"""Triggers that keep history from being rewritten, as SQL for both engines."""

from collections.abc import Iterable, Iterator

_FUNCTION = """
CREATE FUNCTION qian_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$
"""


def statements(dialect: str, append_only: Iterable[str], unchangeable: Iterable[str]) -> Iterator[str]:
    """Yield all statements that protect a new database's tables, for "sqlite" or "postgresql".

    A table that is append-only refuses UPDATE, DELETE and TRUNCATE (which SQLite has not); an unchangeable one refuses
    UPDATE only: its rows may expire. What is refused raises the driver's IntegrityError.
    """
    if dialect == "postgresql":
        yield _FUNCTION
    yield from triggers(dialect, append_only, unchangeable)


def triggers(dialect: str, append_only: Iterable[str], unchangeable: Iterable[str]) -> Iterator[str]:
    """Yield the statements that protect further tables of a database that is protected already."""
    for table in append_only:
        for operation in ("UPDATE", "DELETE", "TRUNCATE"):
            yield from _trigger(dialect, table, operation)
    for table in unchangeable:
        yield from _trigger(dialect, table, "UPDATE")


def _trigger(dialect: str, table: str, operation: str) -> Iterator[str]:
    name = f"{table}_refuses_{operation.lower()}"
    if dialect == "postgresql":
        each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
        yield (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH {each} EXECUTE FUNCTION qian_refuse_change()"
        )
    elif operation != "TRUNCATE":
        yield (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
