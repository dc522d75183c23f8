"""The tables of who is inspected. All but `campaign` are bound rows: inserted, never changed."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.tables import metadata
from sampling.publication.tables import BINDINGS as PUBLICATION_BINDINGS
from sampling.publicity.tables import BINDINGS as PUBLICITY_BINDINGS
from sampling.users.tables import BINDINGS as USER_BINDINGS
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
    Column("version", Integer, nullable=False),  # of the plan, from 1: each change before the freeze counts
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

# What the team says of a visit beyond the result. A finding that has it is confirmed by a second inspector; earlier
# ones have it not. `hand_in` is the client's own id of what it handed in later, entered at its own time.
finding_detail = Table(
    "finding_detail",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("measures", Text, nullable=False),
    Column("correct_by", CivilDate),
    Column("signature", CanonicalJSON, nullable=False),
    Column("answers", CanonicalJSON, nullable=False),
    Column("hand_in", String(64)),
    Column("entered_at", Instant),
    Column("based_on", Integer),
    UniqueConstraint("campaign", "position", "version"),
)

# The numbers of printed forms, by department and year without a gap: inspection notices, and on-site records.
visit_form = Table(
    "visit_form",
    metadata,
    *bound_columns(),
    Column("kind", String(20), nullable=False),
    Column("department", String(40), nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("day", CivilDate),
    Column("remark", Text, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    UniqueConstraint("department", "year", "kind", "number"),
    UniqueConstraint("campaign", "position", "kind"),
)

# A file that shows what was found; its document's content holds the bytes, of which `sha256` is the plain hash.
evidence_file = Table(
    "evidence_file",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Index(None, "campaign", "position"),
)

finding_confirmation = Table(
    "finding_confirmation",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("agreed", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("confirmed_by", Text, nullable=False),
    UniqueConstraint("campaign", "position", "version"),
)

# What was handed in later although another version stood by then; `account` is what it says.
finding_conflict = Table(
    "finding_conflict",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("stood", Integer, nullable=False),
    Column("account", CanonicalJSON, nullable=False),
    Column("handed_in_by", Text, nullable=False),
    Column("hand_in", String(64), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("based_on", Integer, nullable=False),
    UniqueConstraint("campaign", "position", "number"),
)

conflict_settlement = Table(
    "conflict_settlement",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("choice", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("settled_by", Text, nullable=False),
    UniqueConstraint("campaign", "position", "number"),
)

# What the public may read of a published finding, complete in itself: the result, and the opening of its slot.
disclosure = Table(
    "disclosure",
    metadata,
    *bound_columns(),
    Column("number", Integer, nullable=False, unique=True),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("enterprise", USCC, nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("items", CanonicalJSON, nullable=False),
    Column("visited", CivilDate, nullable=False),
    Column("results", CanonicalJSON, nullable=False),
    Column("follow_up", String(20), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("opening", CanonicalJSON, nullable=False),
    UniqueConstraint("campaign", "position"),
    Index(None, "enterprise", "number"),
)

# What staff are told: one person by subject, or everybody of a role, of one department or of all.
inbox_message = Table(
    "inbox_message",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("told_at", Instant, nullable=False),
    Column("subject", String(200), index=True),
    Column("role", String(20), index=True),
    Column("department", String(40)),
    Column("code", String(60), nullable=False),
    Column("parameters", CanonicalJSON, nullable=False),
    Column("about", String(64), nullable=False),
    Column("due", CivilDate),
    Column("once", String(200), unique=True),
)

inbox_reading = Table(
    "inbox_reading",
    metadata,
    Column("message", String(32), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("read_at", Instant, nullable=False),
)

# Of which messages somebody was told by e-mail.
inbox_mail = Table(
    "inbox_mail",
    metadata,
    Column("message", String(32), primary_key=True),
    Column("subject", String(200), primary_key=True),
)

inbox_address = Table(
    "inbox_address",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("role", String(20), primary_key=True),
    Column("department", String(40)),
    Column("address", Text, nullable=False),
)

# A version of a platform to which the bureau reports what it issues; `text` is its document.
platform = Table(
    "platform",
    metadata,
    *bound_columns(),
    Column("name", String(60), nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("added_by", Text, nullable=False),
)

# The receipts of one civil day as they stood after its end, each by the SHA-256 over its row.
receipt_seal = Table(
    "receipt_seal",
    metadata,
    *bound_columns(),
    Column("receipt", BigInteger, nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
)

# A version of a finding for which nobody went there: it repeats what another department's inspection found before.
recognition = Table(
    "recognition",
    metadata,
    *bound_columns(),
    Column("campaign", CAMPAIGN, nullable=False),
    Column("position", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reference", String(64), nullable=False),  # the identity of the record
    Column("record_version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("inspected", CivilDate, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recognised_by", Text, nullable=False),
    UniqueConstraint("campaign", "position", "version"),
)

SOURCE = BoundTable(source)
PLATFORM = BoundTable(platform)
RECEIPT_SEAL = BoundTable(receipt_seal)
RECOGNITION = BoundTable(recognition)
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
FINDING_DETAIL = BoundTable(finding_detail)
VISIT_FORM = BoundTable(visit_form)
EVIDENCE_FILE = BoundTable(evidence_file)
FINDING_CONFIRMATION = BoundTable(finding_confirmation)
FINDING_CONFLICT = BoundTable(finding_conflict)
CONFLICT_SETTLEMENT = BoundTable(conflict_settlement)
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
    FINDING_DETAIL,
    VISIT_FORM,
    EVIDENCE_FILE,
    FINDING_CONFIRMATION,
    FINDING_CONFLICT,
    CONFLICT_SETTLEMENT,
    FINDING_REVIEW,
    DISCLOSURE,
    *PUBLICATION_BINDINGS,
    *PUBLICITY_BINDINGS,
    *USER_BINDINGS,
    PLATFORM,
    RECEIPT_SEAL,
    RECOGNITION,
)
