"""Triggers that keep history from being rewritten, as SQL for both engines."""

from collections.abc import Iterator


def statements(dialect: str, table: str, operations: tuple[str, ...]) -> Iterator[str]:
    """Yield the statements that make a table refuse UPDATE, DELETE or (PostgreSQL only) TRUNCATE."""
    for operation in operations:
        name = f"{table}_refuses_{operation.lower()}"
        if dialect == "sqlite":
            if operation != "TRUNCATE":
                yield (
                    f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
            yield (
                f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION qian_refuse_change()"
            )


POSTGRESQL_FUNCTION = """
CREATE FUNCTION qian_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
