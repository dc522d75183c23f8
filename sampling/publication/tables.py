"""The tables of what follows an approved finding.

All but `publication` and `disclosure_text` are bound rows: inserted, never changed.
"""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.full_text import indexed, text_columns
from ledger.tables import metadata
from scoring.tables import USCC

CAMPAIGN = String(20)

# What is published, in which version, and what is shown no more. It holds neither name nor result, so it stays when
# they are gone; the audit compares it with the rows that the log binds. `changed_at` is when it was corrected or ended.
publication = Table(
    "publication",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("document", String(32), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("changed_at", Instant, index=True),
    Column("end_number", Integer, unique=True),
    UniqueConstraint("campaign", "position"),
    Index(None, "campaign", "state", "number"),
    Index(None, "state", "number"),
)

# What shown findings are searched and ordered by, as they are shown: name and day. Gone once they are shown no more.
disclosure_text = indexed(
    Table(
        "disclosure_text",
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("visited", CivilDate, nullable=False),
        *text_columns(),
        Index(None, "visited", "number"),
    )
)

# What the public may read of a finding since it was corrected; version 1 is the row of `disclosure`.
disclosure_version = Table(
    "disclosure_version",
    metadata,
    *bound_columns(),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("enterprise", USCC, nullable=False, index=True),
    Column("visited", CivilDate, nullable=False),
    Column("results", CanonicalJSON, nullable=False),
    Column("follow_up", String(20), nullable=False),
    Column("corrected_at", Instant, nullable=False),
    UniqueConstraint("number", "version"),
)

# A published finding that is shown no more, and why: retention or repair.
display_end = Table(
    "display_end",
    metadata,
    *bound_columns(),
    Column("number", Integer, nullable=False, unique=True),
    Column("cause", String(20), nullable=False),
)

# What somebody began about a finding: a correction, a repair, a re-check, a transfer, a punishment.
proceeding = Table(
    "proceeding",
    metadata,
    *bound_columns(),
    Column("kind", String(20), nullable=False),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("content", CanonicalJSON, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Index(None, "campaign", "position", "kind"),
)

# What came of it. `proceeding` is the document that holds it; the unique place keeps two from the same step.
proceeding_step = Table(
    "proceeding_step",
    metadata,
    *bound_columns(),
    Column("proceeding", String(32), nullable=False),
    Column("place", Integer, nullable=False),
    Column("step", String(20), nullable=False),
    Column("content", CanonicalJSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("proceeding", "place"),
)

# The holidays and make-up working days of a year, as an administrator entered them; the newest version holds.
calendar_year = Table(
    "calendar_year",
    metadata,
    *bound_columns(),
    Column("year", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("holidays", CanonicalJSON, nullable=False),
    Column("workdays", CanonicalJSON, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("year", "version"),
)

DISCLOSURE_VERSION = BoundTable(disclosure_version)
DISPLAY_END = BoundTable(display_end)
PROCEEDING = BoundTable(proceeding)
PROCEEDING_STEP = BoundTable(proceeding_step)
CALENDAR_YEAR = BoundTable(calendar_year)

BINDINGS = (DISCLOSURE_VERSION, DISPLAY_END, PROCEEDING, PROCEEDING_STEP, CALENDAR_YEAR)
