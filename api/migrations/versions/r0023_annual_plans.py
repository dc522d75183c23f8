"""Annual plans."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "annual_plan",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_annual_plan")),
        sa.UniqueConstraint("department", "year", "version", name=op.f("uq_annual_plan_department_year_version")),
    )
    dialect, tables = op.get_bind().dialect.name, ["annual_plan"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
