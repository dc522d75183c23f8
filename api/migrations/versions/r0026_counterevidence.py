"""What outsiders showed of a held log that it has not."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0026"
down_revision = "0023"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "log_counterevidence",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("size", "source", name=op.f("pk_log_counterevidence")),
    )
    for statement in append_only.triggers(op.get_bind().dialect.name, ["log_counterevidence"], []):
        op.execute(statement)
