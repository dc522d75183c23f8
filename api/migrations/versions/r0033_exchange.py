"""The outbox and its receipts, the platforms that a bureau reports to, and recognised inspections."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0033"
down_revision = "0034"


def upgrade() -> None:
    """Bring the tables to this version."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "outbox",
        sa.Column("number", number, nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("queued_at", sa.String(length=20), nullable=False),
        sa.Column("next_at", sa.String(length=20), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=60), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.String(length=20), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("export", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "channel", "reference", "version", "operation", name=op.f("uq_outbox_channel_reference_version_operation")
        ),
    )
    op.create_index(op.f("ix_outbox_channel_lane_number"), "outbox", ["channel", "lane", "number"])
    op.create_index(op.f("ix_outbox_channel_state_number"), "outbox", ["channel", "state", "number"])
    waiting = sa.text("next_at IS NOT NULL")
    op.create_index("ix_outbox_next", "outbox", ["next_at", "number"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "outbox_receipt",
        sa.Column("id", number, nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_receipt")),
    )
    op.create_index(op.f("ix_outbox_receipt_delivery"), "outbox_receipt", ["delivery"])
    op.create_index(op.f("ix_outbox_receipt_time"), "outbox_receipt", ["time"])
    _create_bound()
    dialect, tables = op.get_bind().dialect.name, ["platform", "receipt_seal", "recognition"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)


def _create_bound() -> None:
    def bound() -> list[sa.Column[object]]:
        return [
            sa.Column("document", sa.String(length=32), nullable=False),
            sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        ]

    op.create_table(
        "platform",
        *bound(),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_platform")),
    )
    op.create_index(op.f("ix_platform_name"), "platform", ["name"])
    op.create_table(
        "receipt_seal",
        *bound(),
        sa.Column("receipt", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_receipt_seal")),
    )
    op.create_index(op.f("ix_receipt_seal_receipt"), "receipt_seal", ["receipt"])
    op.create_table(
        "recognition",
        *bound(),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("inspected", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recognised_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_recognition")),
        sa.UniqueConstraint("campaign", "position", "version", name=op.f("uq_recognition_campaign_position_version")),
    )
