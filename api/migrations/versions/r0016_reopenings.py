"""Assignments that are matched again."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0016"
down_revision = "0012"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "reopening",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("inspector", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_reopening")),
        sa.UniqueConstraint("campaign", "position", "inspector", name=op.f("uq_reopening_campaign_position_inspector")),
    )
    dialect, tables = op.get_bind().dialect.name, ["reopening"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
