"""The PostgreSQL role that the service runs under: it reads and adds, and can rewrite no history.

It owns nothing, so it can neither drop a table nor disable a trigger, and where a trigger refuses updates it may only
SELECT and INSERT. What triggers let go once the log says that it has expired, it may delete or blank. The tables' owner
migrates, restores, and gives this role what it needs.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, inspect, text

from ledger.errors import Conflict
from ledger.tables import metadata

ADDS = "SELECT, INSERT"
LETS_GO = "SELECT, INSERT, DELETE"
BLANKS = "SELECT, INSERT, UPDATE (salt, content)"
CHANGES = "SELECT, INSERT, UPDATE, DELETE"
READS = "SELECT"

_GUARDED = """
SELECT relname, string_agg(proname, ' ') FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE relnamespace = current_schema()::regnamespace AND tgname LIKE relname || '\\_refuses\\_%'
GROUP BY relname
"""

_SEQUENCES = """
SELECT numbering.relname, numbered.relname FROM pg_class AS numbering
JOIN pg_depend ON objid = numbering.oid AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
JOIN pg_class AS numbered ON numbered.oid = refobjid
WHERE numbering.relkind = 'S' AND numbering.relnamespace = current_schema()::regnamespace AND deptype IN ('a', 'i')
ORDER BY numbering.relname
"""

_ROLES = """
SELECT DISTINCT grantee FROM information_schema.role_table_grants
WHERE table_schema = current_schema() AND table_name = 'log_entry' AND grantee NOT IN ('PUBLIC', grantor)
ORDER BY grantee
"""


def roles(tx: Connection) -> list[str]:
    """Return the roles that were given the log's table, and need the grants again after a migration; none on SQLite."""
    return [] if tx.dialect.name != "postgresql" else list(tx.execute(text(_ROLES)).scalars())


def grants(tx: Connection, role: str) -> list[str]:
    """Return the SQL that gives a role what the service needs and takes from it all else; run it after each migration.

    Raises Conflict("roles_need_postgresql") on SQLite, whose file has one owner.
    """
    require_postgresql(tx)
    guarded: dict[str, str] = dict(tx.execute(text(_GUARDED)).all())
    allowed = {
        table: READS if table not in metadata.tables else _allowed(guarded.get(table))
        for table in inspect(tx).get_table_names()
    }
    return granting(tx, role, allowed)


def require_postgresql(tx: Connection) -> None:
    """Raise Conflict("roles_need_postgresql") on SQLite."""
    if tx.dialect.name != "postgresql":
        raise Conflict("roles_need_postgresql")


def granting(tx: Connection, role: str, allowed: Mapping[str, str]) -> list[str]:
    """Return the SQL that gives a role what is allowed to it of tables, by their names, and takes all else from it.

    It may take numbers for the tables that it adds to; for others they would tell how many rows there were.
    """
    quote = tx.dialect.identifier_preparer.quote_identifier
    schema, name = quote(tx.execute(text("SELECT current_schema()")).scalar_one()), quote(role)
    numbering = [name for name, table in tx.execute(text(_SEQUENCES)) if "INSERT" in allowed.get(table, "")]
    return [
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {name}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {name}",
        *(f"GRANT USAGE ON SEQUENCE {schema}.{quote(sequence)} TO {name}" for sequence in numbering),
        *(f"GRANT {each} ON {schema}.{quote(table)} TO {name}" for table, each in sorted(allowed.items())),
    ]


def _allowed(guards: str | None) -> str:
    """Return what the service may do to a table of ours, by the functions of the triggers that guard it."""
    if guards is None:
        return CHANGES
    if "qian_refuse_unless_blanked" in guards:
        return BLANKS
    return LETS_GO if "qian_refuse_unless_expired" in guards else ADDS
