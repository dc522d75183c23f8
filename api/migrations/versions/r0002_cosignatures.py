"""Cosignatures of witnesses."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "log_cosignature",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", "verifier", name=op.f("pk_log_cosignature")),
    )
    op.create_index(op.f("ix_log_cosignature_verifier_size"), "log_cosignature", ["verifier", "size"])
    for statement in append_only.triggers(op.get_bind().dialect.name, ["log_cosignature"], []):
        op.execute(statement)
