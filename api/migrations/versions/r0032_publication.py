"""What is published and what is shown no more, as a state of its own; corrections, proceedings, years of holidays."""

import json

import sqlalchemy as sa
from alembic import op

from ledger import append_only

revision = "0032"
down_revision = "0030"

BOUND = ("disclosure_version", "display_end", "proceeding", "proceeding_step", "calendar_year")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "publication",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("published_at", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.String(length=20), nullable=True),
        sa.Column("end_number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publication")),
        sa.UniqueConstraint("end_number", name=op.f("uq_publication_end_number")),
        sa.UniqueConstraint("campaign", "position", name=op.f("uq_publication_campaign_position")),
    )
    op.create_index(op.f("ix_publication_document"), "publication", ["document"])
    op.create_index(op.f("ix_publication_changed_at"), "publication", ["changed_at"])
    op.create_index(op.f("ix_publication_campaign_state_number"), "publication", ["campaign", "state", "number"])
    op.create_index(op.f("ix_publication_state_number"), "publication", ["state", "number"])
    _bound(
        "disclosure_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enterprise", sa.String(length=18), nullable=False),
        sa.Column("visited", sa.String(length=10), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.String(length=20), nullable=False),
        sa.Column("corrected_at", sa.String(length=20), nullable=False),
        sa.UniqueConstraint("number", "version", name=op.f("uq_disclosure_version_number_version")),
    )
    op.create_index(op.f("ix_disclosure_version_enterprise"), "disclosure_version", ["enterprise"])
    _bound(
        "display_end",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.UniqueConstraint("number", name=op.f("uq_display_end_number")),
    )
    _bound(
        "proceeding",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("campaign", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.String(length=20), nullable=False),
    )
    op.create_index(op.f("ix_proceeding_campaign_position_kind"), "proceeding", ["campaign", "position", "kind"])
    _bound(
        "proceeding_step",
        sa.Column("proceeding", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.UniqueConstraint("proceeding", "place", name=op.f("uq_proceeding_step_proceeding_place")),
    )
    _bound(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("workdays", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.String(length=20), nullable=False),
        sa.UniqueConstraint("year", "version", name=op.f("uq_calendar_year_year_version")),
    )
    dialect = op.get_bind().dialect.name
    for statement in (*append_only.triggers(dialect, [], BOUND), *append_only.expiring_rows(dialect, BOUND)):
        op.execute(statement)
    op.execute(
        "INSERT INTO publication (number, campaign, position, document, version, state, published_at) "
        "SELECT number, campaign, position, document, 1, 'published', published_at FROM disclosure"
    )
    _keep_the_numbers_of_what_expired()


def _keep_the_numbers_of_what_expired() -> None:
    """Put down what had been published and expired: nobody knows the positions now, so each gets one of its own."""
    connection, last, ended = op.get_bind(), 0, 0
    kept = set(connection.execute(sa.text("SELECT number FROM publication")).scalars())
    entries = sa.text("SELECT time, data FROM log_entry WHERE kind = 'finding.published' ORDER BY seq")
    for time, data in connection.execute(entries).all():
        body = json.loads(bytes(data))["body"]
        document = sa.text("SELECT id FROM document WHERE commitment = :commitment")
        found = connection.execute(document, {"commitment": body["documents"]["disclosure"]}).scalar()
        for number in range(last + 1, last + 1 + body["count"]):
            last = number
            if number not in kept:
                ended += 1
                connection.execute(
                    sa.text(
                        "INSERT INTO publication (number, campaign, position, document, version, state, published_at, "
                        "changed_at, end_number) VALUES (:number, :campaign, :position, :document, 1, 'ended', :time, "
                        ":time, :ended)"
                    ),
                    {
                        "number": number,
                        "campaign": body["subject"],
                        "position": -number,
                        "document": found or "",
                        "time": time,
                        "ended": ended,
                    },
                )


def _bound(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("document", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("document", "line", name=op.f(f"pk_{name}")),
    )
