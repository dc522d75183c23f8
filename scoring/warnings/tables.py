"""The tables of warnings. All but `warning_step` are bound rows: inserted, never changed."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, Instant
from ledger.tables import metadata

CODE = String(18)
REFERENCE = String(32)

# `reference` is random and names the warning to everybody; `thing` and `basis` tell what must not be raised again.
warning = Table(
    "warning",
    metadata,
    *bound_columns(),
    Column("reference", REFERENCE, nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("subject", CanonicalJSON, nullable=False),
    Column("thing", String(64), nullable=False, index=True),
    Column("basis", String(64), nullable=False, index=True),
    Column("evidence", CanonicalJSON, nullable=False),
    Column("raised_at", Instant, nullable=False),
)

# The enterprises that a warning would send to a special check.
warning_member = Table(
    "warning_member",
    metadata,
    *bound_columns(),
    Column("warning", REFERENCE, nullable=False, index=True),
    Column("enterprise", CODE, nullable=False, index=True),
)

# What somebody did with a warning. The next run seals it, so that the log does not tell when, nor whether anything was.
warning_step = Table(
    "warning_step",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("warning", REFERENCE, nullable=False, index=True),
    Column("step", String(12), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
    Column("campaign", String(20), nullable=False),
)

# The steps that a run found, each by the SHA-256 over its row.
warning_step_seal = Table(
    "warning_step_seal",
    metadata,
    *bound_columns(),
    Column("step", BigInteger, nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
)

WARNING = BoundTable(warning)
WARNING_MEMBER = BoundTable(warning_member)
WARNING_STEP_SEAL = BoundTable(warning_step_seal)

BINDINGS = (WARNING, WARNING_MEMBER, WARNING_STEP_SEAL)
