"""The life of models, and manual judgements."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "model_step",
        *_bound(),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_model_step")),
    )
    op.create_index(op.f("ix_model_step_model"), "model_step", ["model"])
    op.create_table(
        "judgement",
        *_bound(),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("effect", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("expires", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_judgement")),
    )
    op.create_index(op.f("ix_judgement_enterprise"), "judgement", ["enterprise"])
    op.create_table(
        "judgement_step",
        *_bound(),
        sa.Column("judgement", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_judgement_step")),
    )
    op.create_index(op.f("ix_judgement_step_judgement"), "judgement_step", ["judgement"])
    dialect, tables = op.get_bind().dialect.name, ["model_step", "judgement", "judgement_step"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)


def _bound() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    )
