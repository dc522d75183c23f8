"""The log's entries under one index instead of three: on SQLite their number becomes the rowid."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.drop_index(op.f("ix_log_entry_kind_seq"), "log_entry")
    op.drop_index(op.f("ix_log_entry_subject_kind"), "log_entry")
    if op.get_bind().dialect.name == "sqlite":
        # Other tables' triggers name this one, and would keep its copy from being given its name.
        op.execute("PRAGMA legacy_alter_table = ON")
        with op.batch_alter_table("log_entry", recreate="always") as table:
            table.alter_column("seq", type_=sa.Integer())
        op.execute("PRAGMA legacy_alter_table = OFF")
        for statement in append_only.triggers("sqlite", ["log_entry"], []):
            op.execute(statement)
    op.create_index(op.f("ix_log_entry_kind_subject"), "log_entry", ["kind", "subject"])
