"""The tables of who is inspected. All but `campaign` are bound rows: inserted, never changed."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.tables import metadata
from scoring.tables import USCC

CAMPAIGN = String(20)

item = Table(
    "item",
    metadata,
    *bound_columns(),
    Column("code", String(40), nullable=False, index=True),
    Column("content", CanonicalJSON, nullable=False),
)

# What a department says of one of its objects; `code` is "department/enterprise".
inspection_object = Table(
    "inspection_object",
    metadata,
    *bound_columns(),
    Column("code", String(40), nullable=False, index=True),
    Column("content", CanonicalJSON, nullable=False),
)

inspector = Table(
    "inspector",
    metadata,
    *bound_columns(),
    Column("code", String(40), nullable=False, index=True),
    Column("content", CanonicalJSON, nullable=False),
)

# A version of a department's plan of a year; which version is adopted, the log says.
annual_plan = Table(
    "annual_plan",
    metadata,
    *bound_columns(),
    Column("department", String(40), nullable=False),
    Column("year", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", CanonicalJSON, nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    UniqueConstraint("department", "year", "version"),
)

# A plan may change until it is frozen; from then on the log says what state the campaign is in, and the audit compares.
campaign = Table(
    "campaign",
    metadata,
    Column("id", CAMPAIGN, primary_key=True),
    Column("department", String(40), nullable=False),
    Column("plan", CanonicalJSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("planned_at", Instant, nullable=False),
)

slot = Table(
    "slot",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("enterprise", USCC, nullable=False),
    Column("sector", Text, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("ticket_key", LargeBinary(32), nullable=False),
    Column("identity_salt", LargeBinary(32), nullable=False),
    Column("stratum_salt", LargeBinary(32), nullable=False),
    Column("key_salt", LargeBinary(32), nullable=False),
    UniqueConstraint("campaign", "position"),
    UniqueConstraint("campaign", "enterprise"),
)

# A version of a source that the bureau added to those that Qian ships; `text` is its document.
source = Table(
    "source",
    metadata,
    *bound_columns(),
    Column("name", String(60), nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("added_by", Text, nullable=False),
)

# How the pulls of a source went; `error` is the last refusal, `retry_at` when it is tried again out of schedule.
pull_state = Table(
    "pull_state",
    metadata,
    Column("source", String(60), primary_key=True),
    Column("attempted_at", Instant, nullable=False),
    Column("succeeded_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("error", CanonicalJSON),
    Column("retry_at", Instant),
)

# The last content of each file that a source's pulls took in; `mark` is what its server said of its state then.
pulled_file = Table(
    "pulled_file",
    metadata,
    Column("source", String(60), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source_sha256", String(64), nullable=False),
    Column("mark", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("taken_at", Instant, nullable=False),
)

drawn = Table(
    "drawn",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("uniform", Integer, nullable=False),
    UniqueConstraint("campaign", "position"),
)

assignment = Table(
    "assignment",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("role", String(20), nullable=False),
    Column("inspector", String(40), nullable=False),
    UniqueConstraint("campaign", "position", "inspector"),
    Index(None, "inspector", "campaign"),
)

# An assignment that is matched again, and why: its inspector is replaced there.
reopening = Table(
    "reopening",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("role", String(20), nullable=False),
    Column("inspector", String(40), nullable=False),
    Column("cause", Text, nullable=False),
    UniqueConstraint("campaign", "position", "inspector"),
)

# A position that a reserve of its stratum replaces, and why; `cause` is one of `sampling.reserves.Cause`.
replacement = Table(
    "replacement",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("reserve", Integer, nullable=False),
    Column("cause", String(20), nullable=False),
    Column("explanation", Text, nullable=False),
    UniqueConstraint("campaign", "position"),
    UniqueConstraint("campaign", "reserve"),
)

# A finding that its reviewer returned is recorded anew as the next version.
finding = Table(
    "finding",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("visited", CivilDate, nullable=False),
    Column("results", CanonicalJSON, nullable=False),
    Column("follow_up", String(20), nullable=False),
    Column("facts", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("campaign", "position", "version"),
)

finding_review = Table(
    "finding_review",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("approved", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    UniqueConstraint("campaign", "position", "version"),
)

# What the public may read of a published finding, complete in itself: the result, and the opening of its slot.
disclosure = Table(
    "disclosure",
    metadata,
    *bound_columns(),
    Column("number", Integer, nullable=False, unique=True),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("enterprise", USCC, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("items", CanonicalJSON, nullable=False),
    Column("visited", CivilDate, nullable=False),
    Column("results", CanonicalJSON, nullable=False),
    Column("follow_up", String(20), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("opening", CanonicalJSON, nullable=False),
    UniqueConstraint("campaign", "position"),
)

SOURCE = BoundTable(source)
ITEM = BoundTable(item)
INSPECTION_OBJECT = BoundTable(inspection_object)
INSPECTOR = BoundTable(inspector)
ANNUAL_PLAN = BoundTable(annual_plan)
SLOT = BoundTable(slot)
DRAWN = BoundTable(drawn)
ASSIGNMENT = BoundTable(assignment)
REOPENING = BoundTable(reopening)
REPLACEMENT = BoundTable(replacement)
FINDING = BoundTable(finding)
FINDING_REVIEW = BoundTable(finding_review)
DISCLOSURE = BoundTable(disclosure)

BINDINGS = (
    SOURCE,
    ITEM,
    INSPECTION_OBJECT,
    INSPECTOR,
    ANNUAL_PLAN,
    SLOT,
    DRAWN,
    ASSIGNMENT,
    REOPENING,
    REPLACEMENT,
    FINDING,
    FINDING_REVIEW,
    DISCLOSURE,
)
