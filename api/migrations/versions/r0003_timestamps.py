"""Time-stamps on checkpoints."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "log_timestamp",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_timestamp")),
    )
    for statement in append_only.triggers(op.get_bind().dialect.name, ["log_timestamp"], []):
        op.execute(statement)
