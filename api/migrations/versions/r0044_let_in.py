"""Which rows that were kept apart a batch let in."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "let_in",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kept", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_let_in")),
        sa.UniqueConstraint("kept", "place", name=op.f("uq_let_in_kept_place")),
    )
    dialect, tables = op.get_bind().dialect.name, ["let_in"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
