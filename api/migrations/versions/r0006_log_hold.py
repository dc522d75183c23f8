"""The hold on a log that was restored from a backup."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "log_hold",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("held_at", sa.String(length=20), nullable=False),
        sa.Column("backup_of", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_hold")),
    )
    op.create_table(
        "log_statement",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", "subject", name=op.f("pk_log_statement")),
    )
    for statement in append_only.triggers(op.get_bind().dialect.name, ["log_hold", "log_statement"], []):
        op.execute(statement)
