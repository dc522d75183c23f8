"""The tables of who is how risky.

All are bound rows, inserted and never changed, but for `grade_reading` and the projections `enterprise`, `former_code`,
`former_name`, `enterprise_tie` and `enterprise_text`. Those of warnings stand in `scoring.warnings.tables`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ledger.bindings import BoundTable, added_column, bound_columns
from ledger.columns import CanonicalJSON, CivilDate, Instant, OrderedText
from ledger.full_text import indexed, text_columns
from ledger.tables import metadata
from scoring.warnings.tables import BINDINGS as WARNING_BINDINGS

USCC = String(18)

department = Table(
    "department",
    metadata,
    *bound_columns(),
    Column("code", String(40), nullable=False, index=True),
    Column("content", CanonicalJSON, nullable=False),
)

# Names of administrative divisions, by their codes: GB/T 2260, and of towns GB/T 10114.
division = Table(
    "division",
    metadata,
    *bound_columns(),
    Column("code", String(9), nullable=False, index=True),
    Column("content", CanonicalJSON, nullable=False),
)

batch = Table(
    "batch",
    metadata,
    *bound_columns(),
    Column("kind", String(20), nullable=False),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_new", Integer, nullable=False),
    Column("rows_same", Integer, nullable=False),
    Column("rows_superseding", Integer, nullable=False),
    Column("rows_refused", Integer, nullable=False),
    added_column("rows_revoking", Integer, 0),
    added_column("rows_kept_apart", Integer, 0),
    added_column("refusals", CanonicalJSON, "{}"),  # how many rows by the code of their first fault
)

# A fact about an enterprise. The same identity with another content is a higher version, which supersedes the lower;
# a newest version that revokes what the identity said counts nowhere, and its content says why.
record = Table(
    "record",
    metadata,
    *bound_columns(),
    Column("identity", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("enterprise", USCC, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("date", CivilDate),
    Column("body", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("content", CanonicalJSON, nullable=False),
    added_column("revoked", Integer, 0),
    UniqueConstraint("identity", "version"),
    Index(None, "enterprise", "kind", "date"),
)
Index(
    "ix_record_later_version",
    record.c.identity,
    record.c.version,
    sqlite_where=record.c.version > 1,
    postgresql_where=record.c.version > 1,
)

sighting = Table(
    "sighting",
    metadata,
    *bound_columns(),
    Column("identity", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Index(None, "identity", "version"),
)

# What a source told of an enterprise that was not in the register. It waits until a batch lets it in.
kept_apart = Table(
    "kept_apart",
    metadata,
    *bound_columns(),
    Column("identity", String(64), nullable=False, index=True),
    Column("enterprise", USCC, nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("date", CivilDate),
    Column("body", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("content", CanonicalJSON, nullable=False),
    Column("revoked", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("unit", Text, nullable=False),
)

# That a row which was kept apart waits no more, by its document and line. The batches of earlier versions told it not.
let_in = Table(
    "let_in",
    metadata,
    *bound_columns(),
    Column("kept", String(32), nullable=False),
    Column("place", Integer, nullable=False),
    UniqueConstraint("kept", "place"),
)

# What another system graded an enterprise: as secret as a grade of our own, so it is no record.
outside_grade = Table(
    "outside_grade",
    metadata,
    *bound_columns(),
    Column("enterprise", USCC, nullable=False),
    Column("system", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("date", CivilDate, nullable=False),
    Index(None, "enterprise", "system", "date"),
)

# What the newest registration of each code says: a projection of `record`, which the audit compares with it.
enterprise = Table(
    "enterprise",
    metadata,
    Column("code", USCC, primary_key=True),
    Column("name", OrderedText, nullable=False),
    Column("sector", OrderedText, nullable=False),
    Column("region", OrderedText, nullable=False),
    Column("address", Text, nullable=False),
    Column("established", CivilDate, nullable=False),
    Column("status", Text, nullable=False),
    Column("registered_in", String(32), nullable=False),  # the document that holds the registration
    Index(None, "name", "code"),
    Index(None, "region", "code"),
    Index(None, "sector", "code"),
    Index(None, "established", "code"),
)

# The code that an enterprise has now, by each code or registration number that it, or one that it absorbed, had before:
# a projection of the records of kind "change".
former_code = Table(
    "former_code",
    metadata,
    Column("code", String(18), primary_key=True),
    Column("enterprise", USCC, nullable=False, index=True),
    Column("successor", USCC, nullable=False),  # the next code, which may have changed itself since
    Column("since", CivilDate, nullable=False),
    Column("reason", Text, nullable=False),
)

# The names that an enterprise had before: a projection of records of kind "change" and of superseded registrations.
former_name = Table(
    "former_name",
    metadata,
    Column("enterprise", USCC, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("until", CivilDate),  # none: not known
    Index(None, "name"),
)

# What the newest registrations and relations tie enterprises to, under the codes that they were told of: a projection.
# A person is a keyed pseudonym.
enterprise_tie = Table(
    "enterprise_tie",
    metadata,
    Column("enterprise", USCC, primary_key=True),
    Column("kind", String(20), primary_key=True),  # of the record that tells it
    Column("via", String(20), primary_key=True),
    Column("party", Text, primary_key=True),
    Index(None, "via", "party"),
)

# What enterprises are searched by: name, former names and address.
enterprise_text = indexed(
    Table(
        "enterprise_text",
        metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("enterprise", USCC, nullable=False, unique=True),
        *text_columns(),
    )
)

model = Table(
    "model",
    metadata,
    *bound_columns(),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

# One step in a model's life: drafted, reviewed or returned, enforced, retired. `model` is the document that holds it.
model_step = Table(
    "model_step",
    metadata,
    *bound_columns(),
    Column("model", String(32), nullable=False, index=True),
    Column("step", String(10), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("day", CivilDate),  # from which day on it is in force, or no longer is
    Column("note", Text, nullable=False),
)

# A manual judgement (定性判定) as one person proposes it.
judgement = Table(
    "judgement",
    metadata,
    *bound_columns(),
    Column("enterprise", USCC, nullable=False, index=True),
    Column("effect", String(10), nullable=False),
    Column("grade", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("expires", CivilDate, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
)

# What became of a judgement: confirmed by another person, or withdrawn. `judgement` is the document that holds it.
judgement_step = Table(
    "judgement_step",
    metadata,
    *bound_columns(),
    Column("judgement", String(32), nullable=False, index=True),
    Column("step", String(10), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)

grade_run = Table(
    "grade_run",
    metadata,
    *bound_columns(),
    Column("model", String(32), nullable=False),
    Column("as_of", CivilDate, nullable=False),
    Column("enterprises", Integer, nullable=False),
    Column("results", String(64), nullable=False),
    added_column("models", CanonicalJSON, "[]"),  # the documents of all models that held, by name
    added_column("base", String(32), ""),  # the run whose grades hold where this one has no row
    added_column("stored", Integer, 0),
    added_column("state", String(64), ""),
)

# A row that has no grade takes back the one that an earlier run of the same chain gave.
grade = Table(
    "grade",
    metadata,
    *bound_columns(),
    Column("enterprise", USCC, nullable=False),
    Column("grade", String(20), nullable=False),
    Column("score", Integer, nullable=False),
    Column("reasons", CanonicalJSON, nullable=False),
    added_column("department", String(40), ""),
    added_column("model", String(32), ""),
    added_column("stage", String(20), ""),
    Index(None, "enterprise"),
)

# What the newest run leaves for the next one, in parts: it follows from what is bound, and the run's row has its hash.
grade_state = Table(
    "grade_state",
    metadata,
    Column("run", String(32), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

grade_reading = Table(
    "grade_reading",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("time", Instant, nullable=False),
    Column("subject", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("run", String(32), nullable=False),
    Column("enterprise", USCC),  # none: the whole run
    Column("purpose", Text, nullable=False),
    # whose own grades were read, else whose the reader is; none: of no department, or before readings told it
    Column("department", String(40), nullable=False, server_default=""),
)

# The readings of one civil day as they stood after its end, each by the SHA-256 over its row.
reading_seal = Table(
    "reading_seal",
    metadata,
    *bound_columns(),
    Column("reading", BigInteger, nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
)

design_stratum = Table(
    "design_stratum",
    metadata,
    *bound_columns(),
    Column("campaign", String(20), nullable=False),
    Column("stratum", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("quota", Integer, nullable=False),
    Column("uniform", Integer, nullable=False),
)

# The inclusion probability of a member is its stratum's quota / size.
design_member = Table(
    "design_member",
    metadata,
    *bound_columns(),
    Column("campaign", String(20), nullable=False, index=True),
    Column("enterprise", USCC, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("drawn", Integer, nullable=False),
    Column("uniform", Integer, nullable=False),
)

# The files of an export of data upward, so that it can be shown of each what was handed over.
exported_file = Table(
    "exported_file",
    metadata,
    *bound_columns(),
    Column("name", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
)

DEPARTMENT = BoundTable(department)
DIVISION = BoundTable(division)
BATCH = BoundTable(batch)
RECORD = BoundTable(record)
SIGHTING = BoundTable(sighting)
KEPT_APART = BoundTable(kept_apart)
LET_IN = BoundTable(let_in)
OUTSIDE_GRADE = BoundTable(outside_grade)
MODEL = BoundTable(model)
MODEL_STEP = BoundTable(model_step)
JUDGEMENT = BoundTable(judgement)
JUDGEMENT_STEP = BoundTable(judgement_step)
GRADE_RUN = BoundTable(grade_run)
GRADE = BoundTable(grade)
READING_SEAL = BoundTable(reading_seal)
DESIGN_STRATUM = BoundTable(design_stratum)
DESIGN_MEMBER = BoundTable(design_member)
EXPORTED_FILE = BoundTable(exported_file)

BINDINGS = (
    DEPARTMENT,
    DIVISION,
    BATCH,
    RECORD,
    SIGHTING,
    KEPT_APART,
    LET_IN,
    OUTSIDE_GRADE,
    MODEL,
    MODEL_STEP,
    JUDGEMENT,
    JUDGEMENT_STEP,
    GRADE_RUN,
    GRADE,
    READING_SEAL,
    DESIGN_STRATUM,
    DESIGN_MEMBER,
    EXPORTED_FILE,
    *WARNING_BINDINGS,
)
