"""The tables of users. `staff_user` is bound rows, of which a subject's newest holds; the others hold what is now."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ledger.bindings import BoundTable, bound_columns
from ledger.columns import CanonicalJSON, Instant
from ledger.tables import metadata

SUBJECT = String(200)

# Every version of every user: what changed, by whom, and what the user is since. `credential` is the digest of what
# `user_credential` held of it then.
staff_user = Table(
    "staff_user",
    metadata,
    *bound_columns(),
    Column("subject", SUBJECT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String(30), nullable=False),
    Column("way", String(10), nullable=False),
    Column("role", String(20), nullable=False),
    Column("department", String(40)),
    Column("state", String(10), nullable=False),
    Column("credential", String(64), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("subject", "version"),
)

# What a user proves himself by. `proof` is the hash of a password or of a client's secret, `invitation` that of what
# lets its bearer choose a password until `invited_until`; the second factors are encrypted, `pending` one that is not
# confirmed yet; `used_step` is the time step of the last code that was taken; `recovery` are hashes of codes.
# A token names `sessions`, so that all of before end when it goes up.
user_credential = Table(
    "user_credential",
    metadata,
    Column("subject", SUBJECT, primary_key=True),
    Column("proof", Text, nullable=False),
    Column("invitation", String(64), nullable=False, index=True),
    Column("invited_until", Instant),
    Column("second_factor", LargeBinary, nullable=False),
    Column("pending", LargeBinary, nullable=False),
    Column("used_step", Integer, nullable=False),
    Column("recovery", CanonicalJSON, nullable=False),
    Column("sessions", Integer, nullable=False),
)

# Failed sign-ins in a row, under keyed hashes of names, of addresses, and of names at addresses.
sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("locked_until", Instant, nullable=False),
)

# From where users signed in of late, under keyed hashes of names at addresses.
known_address = Table(
    "known_address",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("last_at", Instant, nullable=False, index=True),
)

# Sessions of browsers at the desk, under the hashes of their ids, until when they are at the latest. `sealed` is the
# encrypted token; whoever has the provider renew it keeps others from doing so until `renewing_until`. Gone from
# backups, so that a restore brings no ended session back.
desk_session = Table(
    "desk_session",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("until", Instant, nullable=False, index=True),
    Column("renewing_until", Instant, nullable=False),
    info={"left_out_of_backups": True},
)

STAFF_USER = BoundTable(staff_user)

BINDINGS = (STAFF_USER,)
