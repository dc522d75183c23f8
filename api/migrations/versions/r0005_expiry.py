"""Documents that expire: proposals, contents still to be erased, and triggers that let go only what the log names."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0005"
down_revision = "0004"

BOUND = (
    "department",
    "batch",
    "record",
    "sighting",
    "model",
    "grade_run",
    "grade",
    "design_stratum",
    "design_member",
    "item",
    "inspector",
    "slot",
    "drawn",
    "assignment",
    "finding",
    "finding_review",
    "disclosure",
)


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "expiry_proposal",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_expiry_proposal")),
    )
    op.create_table(
        "content_erasure",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_content_erasure")),
    )
    dialect = op.get_bind().dialect.name
    for statement in append_only.expiring(dialect, "document", BOUND):
        op.execute(statement)
    for statement in append_only.kept(dialect, ["grade_reading"]):
        op.execute(statement)
