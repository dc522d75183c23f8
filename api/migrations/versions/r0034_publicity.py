"""Notices, questions and objections."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0034"
down_revision = "0032"


def bound_columns() -> list[sa.Column[Any]]:
    """Return the columns that each bound table begins with."""
    return [
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
    ]


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "notice",
        *bound_columns(),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_drafted_at"), "notice", ["drafted_at"])
    op.create_table(
        "notice_step",
        *bound_columns(),
        sa.Column("notice", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_notice_step")),
        sa.UniqueConstraint("number", name=op.f("uq_notice_step_number")),
        sa.UniqueConstraint("notice", "step", name=op.f("uq_notice_step_notice_step")),
    )
    op.create_table(
        "submission",
        *bound_columns(),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("same", sa.String(length=64), nullable=True),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("disclosure", sa.Integer(), nullable=True),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("claim", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("consent", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("contact", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_submission")),
        sa.UniqueConstraint("receipt", name=op.f("uq_submission_receipt")),
        sa.UniqueConstraint("same", name=op.f("uq_submission_same")),
    )
    op.create_index(op.f("ix_submission_kind_received_at"), "submission", ["kind", "received_at"])
    op.create_table(
        "submission_step",
        *bound_columns(),
        sa.Column("submission", sa.String(length=32), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_submission_step")),
        sa.UniqueConstraint("number", name=op.f("uq_submission_step_number")),
        sa.UniqueConstraint("submission", "turn", name=op.f("uq_submission_step_submission_turn")),
    )
    op.create_table(
        "caller_salt",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_caller_salt")),
    )
    op.create_table(
        "submission_count",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "scope", name=op.f("pk_submission_count")),
    )
    dialect, tables = op.get_bind().dialect.name, ["notice", "notice_step", "submission", "submission_step"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
