"""Runs that stand on others, grades by department, what a run leaves for the next, and seals over readings."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Bring the tables to this version; what was added to a bound row is absent from the digests of earlier rows."""
    op.add_column("grade_run", sa.Column("models", sa.Text(), server_default="[]", nullable=False))
    op.add_column("grade_run", sa.Column("base", sa.String(length=32), server_default="", nullable=False))
    op.add_column("grade_run", sa.Column("stored", sa.Integer(), server_default="0", nullable=False))
    op.add_column("grade_run", sa.Column("state", sa.String(length=64), server_default="", nullable=False))
    op.add_column("grade", sa.Column("department", sa.String(length=40), server_default="", nullable=False))
    op.add_column("grade", sa.Column("model", sa.String(length=32), server_default="", nullable=False))
    op.add_column("grade", sa.Column("stage", sa.String(length=20), server_default="", nullable=False))
    op.create_table(
        "grade_state",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run", "part", name=op.f("pk_grade_state")),
    )
    op.create_table(
        "reading_seal",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reading", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_reading_seal")),
    )
    op.create_index(op.f("ix_reading_seal_reading"), "reading_seal", ["reading"])
    dialect, tables = op.get_bind().dialect.name, ["reading_seal"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
