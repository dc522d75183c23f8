"""The register of objects of inspection."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0022"
down_revision = "0020"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "inspection_object",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_inspection_object")),
    )
    op.create_index(op.f("ix_inspection_object_code"), "inspection_object", ["code"])
    dialect, tables = op.get_bind().dialect.name, ["inspection_object"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
