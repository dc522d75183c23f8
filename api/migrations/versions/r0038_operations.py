"""Requests under a caller's own key, and versions of plans, and the steps of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "idempotency",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("request", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_idempotency")),
    )
    op.add_column("campaign", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("job", sa.Column("step", sa.String(length=20), server_default="", nullable=False))
    op.create_index(op.f("ix_idempotency_created_at"), "idempotency", ["created_at"])
