"""The ledger's tables: the log, its documents and public files, the jobs and the outbox."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ledger.columns import CanonicalJSON, CivilDate, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

log_entry = Table(
    "log_entry",
    metadata,
    # As an INTEGER it is SQLite's own rowid, and needs no index.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("time", Instant, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index(None, "kind", "subject"),  # the only one: each costs as much as the row itself
)

# A full tile is written once; the rest of a level follows from the tiles below it, so no row ever changes.
log_tile = Table(
    "log_tile",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary(8192), nullable=False),
    Column("root", LargeBinary(32), nullable=False),
)

log_checkpoint = Table(
    "log_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

# One cosignature of each witness for a checkpoint that was signed; `verifier` is its vkey, `time` in Unix seconds.
log_cosignature = Table(
    "log_cosignature",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("verifier", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Index(None, "verifier", "size"),
)

# What a time-stamping authority answered (TimeStampResp, RFC 3161, in DER) for the note that the log signed of a size.
log_timestamp = Table(
    "log_timestamp",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("token", LargeBinary, nullable=False),
)

# The log was restored from a backup with so many entries: it is held until an entry stands behind them.
log_hold = Table(
    "log_hold",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("held_at", Instant, nullable=False),
    Column("backup_of", Instant, nullable=False),
)

# An administrator's word that the log which is held at a size is complete.
log_statement = Table(
    "log_statement",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", String(200), primary_key=True),
    Column("time", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

# What an outsider showed of a log that is held at a size: `known` entries that go on after it, or contradict it. The
# source is a mirror, with the checkpoint that the log signed (`note`), or a witness by its vkey, whose word it is.
log_counterevidence = Table(
    "log_counterevidence",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),
    Column("known", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("time", Instant, nullable=False),
)

public_file = Table(
    "public_file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("commitment", String(64), nullable=False, unique=True),
    Column("salt", LargeBinary(32), nullable=False),  # empty: it has expired, and its content and rows are gone
    Column("content", LargeBinary, nullable=False),  # empty: it lies in the storage, which has it by the id
)

# Documents that one person wants to expire, until another confirms it.
expiry_proposal = Table(
    "expiry_proposal",
    metadata,
    Column("document", String(32), primary_key=True),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)

# Documents that have expired and whose contents may still lie in the storage.
content_erasure = Table("content_erasure", metadata, Column("document", String(32), primary_key=True))

job = Table(
    "job",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # the order of claiming
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("department", String(40)),
    Column("parameters", CanonicalJSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("worker", String(64)),
    Column("leased_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("cancel_requested", Integer, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("step", String(20), nullable=False),
    Column("result", CanonicalJSON),
    Column("refusal", CanonicalJSON),
    Index(None, "state", "number"),
)

job_file = Table(
    "job_file",
    metadata,
    Column("job", String(32), ForeignKey("job.id"), primary_key=True),
    Column("role", String(6), primary_key=True),  # input or result
    Column("name", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# The last time due that each schedule has been asked for.
schedule = Table(
    "schedule",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("due", Instant, nullable=False),
)

# What was asked under a caller's own key, for a day: hashes, and the answer under a key that only the caller has; it is
# empty where the work was done and its answer is not kept yet.
idempotency = Table(
    "idempotency",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("request", LargeBinary(32), nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
    Column("answer", LargeBinary, nullable=False),
)

# What is to be sent elsewhere: a row for each version of a thing and channel, which names the thing but holds it not.
# `next_at` is when a worker looks at it again, none: never by itself; while one holds it, that is when its lease ends.
outbox = Table(
    "outbox",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),  # the order of a lane
    Column("channel", String(60), nullable=False),
    Column("topic", String(20), nullable=False),
    Column("lane", String(64), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("operation", String(8), nullable=False),
    Column("due", CivilDate, nullable=False),
    Column("state", String(10), nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("worker", String(64)),
    Column("attempts", Integer, nullable=False),
    Column("fault", String(60), nullable=False),
    Column("details", CanonicalJSON, nullable=False),
    Column("delivered_at", Instant),
    Column("receipt", Text, nullable=False),
    Column("export", String(32), nullable=False),
    UniqueConstraint("channel", "reference", "version", "operation"),
    Index(None, "channel", "lane", "number"),
    Index(None, "channel", "state", "number"),
)
Index(
    "ix_outbox_next",
    outbox.c.next_at,
    outbox.c.number,
    sqlite_where=outbox.c.next_at.is_not(None),
    postgresql_where=outbox.c.next_at.is_not(None),
)

# Every answer that was received for a delivery, and every one that somebody entered; never changed.
outbox_receipt = Table(
    "outbox_receipt",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("time", Instant, nullable=False, index=True),
    Column("delivery", BigInteger, nullable=False, index=True),
    Column("channel", String(60), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("operation", String(8), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("receipt", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

LOG_TABLES = (
    log_entry,
    log_tile,
    log_checkpoint,
    log_cosignature,
    log_timestamp,
    log_hold,
    log_statement,
    log_counterevidence,
    public_file,
)
