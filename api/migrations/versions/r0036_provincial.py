"""The files of exports of data upward."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "exported_file",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_exported_file")),
    )
    dialect, tables = op.get_bind().dialect.name, ["exported_file"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
