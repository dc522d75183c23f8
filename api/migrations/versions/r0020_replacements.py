"""Drawn positions that reserves replace."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0020"
down_revision = "0017"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "replacement",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_replacement")),
        sa.UniqueConstraint("campaign", "position", name=op.f("uq_replacement_campaign_position")),
        sa.UniqueConstraint("campaign", "reserve", name=op.f("uq_replacement_campaign_reserve")),
    )
    dialect, tables = op.get_bind().dialect.name, ["replacement"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
