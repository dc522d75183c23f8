"""Of which department a reading of grades is; those that were made before tell none."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("grade_reading", sa.Column("department", sa.String(length=40), server_default="", nullable=False))
