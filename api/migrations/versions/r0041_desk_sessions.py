"""Sessions of browsers at the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "desk_session",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.String(length=20), nullable=False),
        sa.Column("renewing_until", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_desk_session")),
    )
    op.create_index(op.f("ix_desk_session_until"), "desk_session", ["until"])
