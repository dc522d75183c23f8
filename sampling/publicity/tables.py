"""The tables of the public's side. All are bound rows but the two that count what callers hand in on a day."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, CivilDate, Instant
from ledger.tables import metadata
from scoring.tables import USCC

# A draft of a notice or an explanation; a row of `notice_step` publishes or withdraws it.
notice = Table(
    "notice",
    metadata,
    *bound_columns(),
    Column("kind", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("department", String(40), nullable=False),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Index(None, "drafted_at"),
)

notice_step = Table(
    "notice_step",
    metadata,
    *bound_columns(),
    Column("notice", String(32), nullable=False),
    Column("step", String(20), nullable=False),
    Column("number", Integer, unique=True),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("notice", "step"),
)

# A question or an objection as it came in. `receipt` is a hash of the receipt number, `same` is equal for objections
# that say the same; `contact` is the document that holds how whoever asked may be reached, and expires before the rest.
submission = Table(
    "submission",
    metadata,
    *bound_columns(),
    Column("kind", String(10), nullable=False),
    Column("receipt", String(64), nullable=False, unique=True),
    Column("same", String(64), unique=True),
    Column("department", String(40), nullable=False),
    Column("campaign", String(20), nullable=False),
    Column("position", Integer),
    Column("disclosure", Integer),
    Column("enterprise", USCC, nullable=False),
    Column("claim", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("consent", Integer, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("contact", String(32), nullable=False),
    Column("received_at", Instant, nullable=False),
    Index(None, "kind", "received_at"),
)

submission_step = Table(
    "submission_step",
    metadata,
    *bound_columns(),
    Column("submission", String(32), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("step", String(20), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("correction", CanonicalJSON),
    Column("number", Integer, unique=True),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("submission", "turn"),
)

# What a day's callers are hashed with; gone with its day, from backups too, so that no hash leads back to an address.
caller_salt = Table(
    "caller_salt",
    metadata,
    Column("day", CivilDate, primary_key=True),
    Column("salt", LargeBinary(32), nullable=False),
    info={"left_out_of_backups": True},
)

# How many came in on a day: in total, at one target, of one caller.
submission_count = Table(
    "submission_count",
    metadata,
    Column("day", CivilDate, primary_key=True),
    Column("scope", String(100), primary_key=True),
    Column("count", Integer, nullable=False),
    info={"left_out_of_backups": True},
)

NOTICE = BoundTable(notice)
NOTICE_STEP = BoundTable(notice_step)
SUBMISSION = BoundTable(submission)
SUBMISSION_STEP = BoundTable(submission_step)

BINDINGS = (NOTICE, NOTICE_STEP, SUBMISSION, SUBMISSION_STEP)
