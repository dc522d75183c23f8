"""Revocations, records kept apart, grades from outside, former codes and names, and more counts of a batch."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Bring the tables to this version; what was added to a bound row is absent from the digests of earlier rows."""
    op.add_column("record", sa.Column("revoked", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_record_later_version",
        "record",
        ["identity", "version"],
        sqlite_where=sa.text("version > 1"),
        postgresql_where=sa.text("version > 1"),
    )
    op.add_column("batch", sa.Column("rows_revoking", sa.Integer(), server_default="0", nullable=False))
    op.add_column("batch", sa.Column("rows_kept_apart", sa.Integer(), server_default="0", nullable=False))
    op.add_column("batch", sa.Column("refusals", sa.Text(), server_default="{}", nullable=False))
    op.create_table(
        "kept_apart",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_kept_apart")),
    )
    op.create_index(op.f("ix_kept_apart_enterprise"), "kept_apart", ["enterprise"])
    op.create_index(op.f("ix_kept_apart_identity"), "kept_apart", ["identity"])
    op.create_table(
        "outside_grade",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_outside_grade")),
    )
    op.create_index(op.f("ix_outside_grade_enterprise_system_date"), "outside_grade", ["enterprise", "system", "date"])
    op.create_table(
        "former_code",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("successor", sa.String(length=18), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_former_code")),
    )
    op.create_index(op.f("ix_former_code_enterprise"), "former_code", ["enterprise"])
    op.create_table(
        "former_name",
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("enterprise", "name", name=op.f("pk_former_name")),
    )
    op.create_index(op.f("ix_former_name_name"), "former_name", ["name"])
    dialect, tables = op.get_bind().dialect.name, ["kept_apart", "outside_grade"]
    for statement in (*append_only.triggers(dialect, [], tables), *append_only.expiring_rows(dialect, tables)):
        op.execute(statement)
