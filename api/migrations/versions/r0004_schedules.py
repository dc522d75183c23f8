"""Schedules."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("due", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
