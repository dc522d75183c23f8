"""The names of administrative divisions."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "division",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_division")),
    )
    op.create_index(op.f("ix_division_code"), "division", ["code"])
    dialect, tables = op.get_bind().dialect.name, ["division"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
