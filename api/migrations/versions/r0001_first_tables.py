"""The first tables."""

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0001"
down_revision = None

APPEND_ONLY = ("log_entry", "log_tile", "log_checkpoint", "public_file")
"""Nothing is changed or lost."""

UNCHANGEABLE = (
    "document",
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
    "grade_reading",
)
"""Nothing is changed; what retention ends may vanish."""


def upgrade() -> None:
    """Bring the tables to this version; there is no way back, since nothing that the log binds may be dropped."""
    op.create_table(
        "assignment",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("inspector", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "campaign", "position", "inspector", name=op.f("uq_assignment_campaign_position_inspector")
        ),
    )
    op.create_index(op.f("ix_assignment_inspector_campaign"), "assignment", ["inspector", "campaign"])
    op.create_table(
        "batch",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_same", sa.Integer(), nullable=False),
        sa.Column("rows_superseding", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_batch")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "department",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_department")),
    )
    op.create_index(op.f("ix_department_code"), "department", ["code"])
    op.create_table(
        "design_member",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("uniform", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_design_member")),
    )
    op.create_index(op.f("ix_design_member_campaign"), "design_member", ["campaign"])
    op.create_table(
        "design_stratum",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("uniform", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_design_stratum")),
    )
    op.create_table(
        "disclosure",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("visited", sa.String(length=10), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.String(length=20), nullable=False),
        sa.Column("published_at", sa.String(length=20), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("campaign", "position", name=op.f("uq_disclosure_campaign_position")),
        sa.UniqueConstraint("number", name=op.f("uq_disclosure_number")),
    )
    op.create_index(op.f("ix_disclosure_enterprise"), "disclosure", ["enterprise"])
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("commitment", name=op.f("uq_document_commitment")),
    )
    op.create_table(
        "drawn",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("uniform", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_drawn")),
        sa.UniqueConstraint("campaign", "position", name=op.f("uq_drawn_campaign_position")),
    )
    op.create_table(
        "enterprise",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("established", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("registered_in", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_enterprise")),
    )
    op.create_table(
        "finding",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("visited", sa.String(length=10), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_finding")),
        sa.UniqueConstraint("campaign", "position", "version", name=op.f("uq_finding_campaign_position_version")),
    )
    op.create_table(
        "finding_review",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_finding_review")),
        sa.UniqueConstraint(
            "campaign", "position", "version", name=op.f("uq_finding_review_campaign_position_version")
        ),
    )
    op.create_table(
        "grade",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_grade")),
    )
    op.create_index(op.f("ix_grade_enterprise"), "grade", ["enterprise"])
    op.create_table(
        "grade_reading",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_reading")),
    )
    op.create_table(
        "grade_run",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("model", sa.String(length=32), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("enterprises", sa.Integer(), nullable=False),
        sa.Column("results", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_grade_run")),
    )
    op.create_table(
        "inspector",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_inspector")),
    )
    op.create_index(op.f("ix_inspector_code"), "inspector", ["code"])
    op.create_table(
        "item",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_code"), "item", ["code"])
    op.create_table(
        "job",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=True),
        sa.Column("finished_at", sa.String(length=20), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("leased_until", sa.String(length=20), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Integer(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_job")),
        sa.UniqueConstraint("id", name=op.f("uq_job_id")),
    )
    op.create_index(op.f("ix_job_state_number"), "job", ["state", "number"])
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_entry")),
    )
    op.create_index(op.f("ix_log_entry_kind_seq"), "log_entry", ["kind", "seq"])
    op.create_index(op.f("ix_log_entry_subject_kind"), "log_entry", ["subject", "kind"])
    op.create_table(
        "log_tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=8192), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_log_tile")),
    )
    op.create_table(
        "model",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_model")),
    )
    op.create_table(
        "public_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_public_file")),
    )
    op.create_table(
        "record",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("date", sa.String(length=10), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_record")),
        sa.UniqueConstraint("identity", "version", name=op.f("uq_record_identity_version")),
    )
    op.create_index(op.f("ix_record_enterprise_kind_date"), "record", ["enterprise", "kind", "date"])
    op.create_table(
        "sighting",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_identity_version"), "sighting", ["identity", "version"])
    op.create_table(
        "slot",
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column("ticket_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("identity_salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stratum_salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_salt", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("document", "line", name=op.f("pk_slot")),
        sa.UniqueConstraint("campaign", "enterprise", name=op.f("uq_slot_campaign_enterprise")),
        sa.UniqueConstraint("campaign", "position", name=op.f("uq_slot_campaign_position")),
    )
    op.create_table(
        "job_file",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("fk_job_file_job")),
        sa.PrimaryKeyConstraint("job", "role", "name", name=op.f("pk_job_file")),
    )
    for statement in append_only.statements(op.get_bind().dialect.name, APPEND_ONLY, UNCHANGEABLE):
        op.execute(statement)
