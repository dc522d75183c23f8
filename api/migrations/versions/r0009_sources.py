"""Sources, and how their pulls go."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0009"
down_revision = "0006"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "source",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_name"), "source", ["name"])
    op.create_table(
        "pull_state",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("attempted_at", sa.String(length=20), nullable=False),
        sa.Column("succeeded_at", sa.String(length=20), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("retry_at", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_pull_state")),
    )
    op.create_table(
        "pulled_file",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("source", "name", name=op.f("pk_pulled_file")),
    )
    dialect, tables = op.get_bind().dialect.name, ["source"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
