"""From where users signed in of late."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "known_address",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("last_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_known_address")),
    )
    op.create_index(op.f("ix_known_address_last_at"), "known_address", ["last_at"])
