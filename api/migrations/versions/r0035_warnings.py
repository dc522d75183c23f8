"""Early warnings, whom they are about, and what was done with them."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0035"
down_revision = "0033"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "warning",
        *_bound(),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("thing", sa.String(length=64), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_warning")),
        sa.UniqueConstraint("reference", name=op.f("uq_warning_reference")),
    )
    op.create_index(op.f("ix_warning_thing"), "warning", ["thing"])
    op.create_index(op.f("ix_warning_basis"), "warning", ["basis"])
    op.create_table(
        "warning_member",
        *_bound(),
        sa.Column("warning", sa.String(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_warning_member")),
    )
    op.create_index(op.f("ix_warning_member_warning"), "warning_member", ["warning"])
    op.create_index(op.f("ix_warning_member_enterprise"), "warning_member", ["enterprise"])
    op.create_table(
        "warning_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("warning", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_step")),
    )
    op.create_index(op.f("ix_warning_step_warning"), "warning_step", ["warning"])
    op.create_table(
        "warning_step_seal",
        *_bound(),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_warning_step_seal")),
    )
    op.create_index(op.f("ix_warning_step_seal_step"), "warning_step_seal", ["step"])
    dialect, tables = op.get_bind().dialect.name, ["warning", "warning_member", "warning_step_seal"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)


def _bound() -> list[sa.Column[object]]:
    return [
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    ]
