"""Visits: notices and on-site records, evidence, what a team confirms, and what was handed in later."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0030"
down_revision = "0031"

TABLES = [
    "finding_detail",
    "visit_form",
    "evidence_file",
    "finding_confirmation",
    "finding_conflict",
    "conflict_settlement",
]


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "finding_detail",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("correct_by", sa.String(length=10), nullable=True),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("hand_in", sa.String(length=64), nullable=True),
        sa.Column("entered_at", sa.String(length=20), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_finding_detail")),
        sa.UniqueConstraint(
            "campaign", "position", "version", name=op.f("uq_finding_detail_campaign_position_version")
        ),
    )
    op.create_table(
        "visit_form",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_visit_form")),
        sa.UniqueConstraint(
            "department", "year", "kind", "number", name=op.f("uq_visit_form_department_year_kind_number")
        ),
        sa.UniqueConstraint("campaign", "position", "kind", name=op.f("uq_visit_form_campaign_position_kind")),
    )
    op.create_table(
        "evidence_file",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_evidence_file")),
    )
    op.create_index(op.f("ix_evidence_file_campaign_position"), "evidence_file", ["campaign", "position"])
    op.create_table(
        "finding_confirmation",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_finding_confirmation")),
        sa.UniqueConstraint(
            "campaign", "position", "version", name=op.f("uq_finding_confirmation_campaign_position_version")
        ),
    )
    op.create_table(
        "finding_conflict",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stood", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("handed_in_by", sa.Text(), nullable=False),
        sa.Column("hand_in", sa.String(length=64), nullable=False),
        sa.Column("entered_at", sa.String(length=20), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_finding_conflict")),
        sa.UniqueConstraint(
            "campaign", "position", "number", name=op.f("uq_finding_conflict_campaign_position_number")
        ),
    )
    op.create_table(
        "conflict_settlement",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_conflict_settlement")),
        sa.UniqueConstraint(
            "campaign", "position", "number", name=op.f("uq_conflict_settlement_campaign_position_number")
        ),
    )
    dialect = op.get_bind().dialect.name
    for statement in (*append_only.triggers(dialect, [], TABLES), *append_only.expiring_rows(dialect, TABLES)):
        op.execute(statement)
