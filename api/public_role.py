"""The PostgreSQL role that the public side signs in as: it reads what anybody may be told, and can read no grade.

What it may is listed here, table by table, so that a table that comes later is closed to it. Of what it hands in,
questions and objections, it adds the sealed documents and cannot read one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Table

from ledger import service_role
from ledger.tables import (
    document,
    idempotency,
    log_checkpoint,
    log_cosignature,
    log_entry,
    log_hold,
    log_tile,
    log_timestamp,
    public_file,
)
from sampling.publication.tables import calendar_year, disclosure_text, disclosure_version, publication
from sampling.publicity.tables import caller_salt, notice, notice_step, submission, submission_count, submission_step
from sampling.tables import disclosure, finding, inbox_message, item, recognition
from scoring.tables import department, division, enterprise

READS: Final[Sequence[Table]] = (
    *(log_entry, log_tile, log_checkpoint, log_cosignature, log_timestamp, log_hold, public_file),
    *(department, division, item, calendar_year),
    idempotency,  # hashes, and answers under keys that only their callers have
    *(publication, disclosure, disclosure_version, disclosure_text),
    *(notice, notice_step, submission, submission_step, submission_count, caller_salt),
)
"""Read as a whole."""

COLUMNS: Final[Sequence[Column[Any]]] = (
    *(finding.c.campaign, finding.c.position, finding.c.version),
    *(getattr(recognition.c, name) for name in ("campaign", "position", "version", "body", "inspected")),
    *(inbox_message.c.number, inbox_message.c.once),
    enterprise.c.code,
)
"""Read alone of their tables: which version of a finding is the newest, and whether it repeats another's inspection."""

ADDS: Final[Sequence[Table]] = (
    *(log_entry, log_tile, log_checkpoint, document, submission, submission_count, caller_salt, inbox_message),
    idempotency,
)
"""Added to by questions and objections."""

FORGETS: Final[Sequence[Table]] = (submission_count, caller_salt)
"""Counted in, and forgotten after a day."""


def grants(tx: Connection, role: str) -> list[str]:
    """Return the SQL that gives a role what the public side needs and takes from it all else.

    Run it after each migration. Raises Conflict("roles_need_postgresql") on SQLite.
    """
    service_role.require_postgresql(tx)
    return service_role.granting(tx, role, _allowed())


def _allowed() -> Mapping[str, str]:
    allowed: dict[str, list[str]] = {"alembic_version": ["SELECT"]}
    for table in READS:
        allowed.setdefault(table.name, []).append("SELECT")
    for name in dict.fromkeys(column.table.name for column in COLUMNS):
        columns = ", ".join(column.name for column in COLUMNS if column.table.name == name)
        allowed.setdefault(name, []).append(f"SELECT ({columns})")
    for table in ADDS:
        allowed.setdefault(table.name, []).append("INSERT")
    allowed[idempotency.name].append(f"UPDATE ({idempotency.c.answer.name})")
    for table in FORGETS:
        allowed[table.name] += ["UPDATE", "DELETE"]
    return {table: ", ".join(rights) for table, rights in allowed.items()}
