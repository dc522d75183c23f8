"""Triggers that keep history from being rewritten, as SQL for both engines."""

from collections.abc import Iterable, Iterator

_FUNCTION = """
CREATE FUNCTION qian_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$
"""

# The log is named with its schema: a temporary table of its name, which anybody may make, would come before it.
_UNLESS_EXPIRED = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE expired boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.log_entry WHERE subject = $1 AND kind = ''document.expired'')',
                 TG_TABLE_SCHEMA) INTO expired USING OLD.{key};
  IF expired{further} THEN RETURN {row}; END IF;
  RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' is append-only';
END $$
"""
_BLANKED = (
    "NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.commitment = OLD.commitment "
    "AND length(NEW.salt) = 0 AND length(NEW.content) = 0"
)
_IN_LOG = "EXISTS (SELECT 1 FROM log_entry WHERE subject = OLD.{key} AND kind = 'document.expired')"


def statements(dialect: str, append_only: Iterable[str], unchangeable: Iterable[str]) -> Iterator[str]:
    """Yield all statements that protect a new database's tables, for "sqlite" or "postgresql".

    A table that is append-only refuses UPDATE, DELETE and TRUNCATE (which SQLite has not); an unchangeable one refuses
    UPDATE only. What is refused raises the driver's IntegrityError.
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


def kept(dialect: str, unchangeable: Iterable[str]) -> Iterator[str]:
    """Yield the statements that make unchangeable tables append-only."""
    for table in unchangeable:
        for operation in ("DELETE", "TRUNCATE"):
            yield from _trigger(dialect, table, operation)


def expiring(dialect: str, document: str, rows: Iterable[str]) -> Iterator[str]:
    """Yield the statements by which documents and their rows, unchangeable before, go only where the log says so.

    A document loses its salt and its content, and nothing else, once an entry `document.expired` is about it.
    """
    if dialect == "postgresql":
        yield _UNLESS_EXPIRED.format(function="qian_refuse_unless_expired", key="document", further="", row="OLD")
        yield _UNLESS_EXPIRED.format(
            function="qian_refuse_unless_blanked", key="id", further=f" AND {_BLANKED}", row="NEW"
        )
        yield f"DROP TRIGGER {document}_refuses_update ON {document}"
    else:
        yield f"DROP TRIGGER {document}_refuses_update"
    blanked = f"{_BLANKED} AND {_IN_LOG.format(key='id')}"
    yield from _trigger(dialect, document, "UPDATE", "qian_refuse_unless_blanked", blanked)
    yield from kept(dialect, [document])
    yield from expiring_rows(dialect, rows)


def expiring_rows(dialect: str, tables: Iterable[str]) -> Iterator[str]:
    """Yield the statements by which rows of documents are deleted only once an entry says that they have expired."""
    for table in tables:
        yield from _trigger(dialect, table, "DELETE", "qian_refuse_unless_expired", _IN_LOG.format(key="document"))
        yield from _trigger(dialect, table, "TRUNCATE")


def _trigger(
    dialect: str, table: str, operation: str, function: str = "qian_refuse_change", allowed: str = ""
) -> Iterator[str]:
    """Yield the trigger that refuses an operation: by a function on PostgreSQL, but for a condition on SQLite."""
    name = f"{table}_refuses_{operation.lower()}"
    if dialect == "postgresql":
        each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
        yield f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()"
    elif operation != "TRUNCATE":
        unless = f"WHEN NOT ({allowed}) " if allowed else ""
        yield (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} {unless}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
