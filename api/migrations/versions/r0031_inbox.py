"""What staff are told, and who has read it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0026"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "inbox_message",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("told_at", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_inbox_message")),
        sa.UniqueConstraint("id", name=op.f("uq_inbox_message_id")),
        sa.UniqueConstraint("once", name=op.f("uq_inbox_message_once")),
    )
    op.create_index(op.f("ix_inbox_message_subject"), "inbox_message", ["subject"])
    op.create_index(op.f("ix_inbox_message_role"), "inbox_message", ["role"])
    op.create_table(
        "inbox_reading",
        sa.Column("message", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("read_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("message", "subject", name=op.f("pk_inbox_reading")),
    )
    op.create_table(
        "inbox_mail",
        sa.Column("message", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("message", "subject", name=op.f("pk_inbox_mail")),
    )
    op.create_table(
        "inbox_address",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "role", name=op.f("pk_inbox_address")),
    )
