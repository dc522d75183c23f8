"""What a witness remembers: its key's name, the logs it knows, and the latest head that it cosigned of each.

It has a small SQLite file of its own (`ledger.database.Database`), which keeps a trigger's watch as well: a latest head
never goes back, and never becomes another one of the same size. A transaction that writes is BEGIN IMMEDIATE and
durable once committed, so that reading the latest head and storing the next is one step among all processes.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, MetaData, String, Table, Text, select, text
from sqlalchemy.dialects.sqlite import insert

from ledger.errors import Conflict
from ledger.note import Verifier
from ledger.witness import NEVER_COSIGNED, Head, SignedHead

_metadata = MetaData()

_witness = Table("witness", _metadata, Column("vkey", Text, primary_key=True))

_known_log = Table(
    "known_log",
    _metadata,
    Column("vkey", Text, primary_key=True),
    Column("origin", Text, nullable=False, index=True),
)

_latest = Table(
    "latest",
    _metadata,
    Column("origin", Text, primary_key=True),
    Column("origin_hash", String(64), nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)

_GUARDS = (
    "CREATE TRIGGER latest_never_goes_back BEFORE UPDATE ON latest"
    " WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root) OR NEW.origin <> OLD.origin"
    " BEGIN SELECT RAISE(ABORT, 'a head that was cosigned is not taken back'); END",
    "CREATE TRIGGER latest_is_never_forgotten BEFORE DELETE ON latest"
    " BEGIN SELECT RAISE(ABORT, 'a head that was cosigned is not taken back'); END",
)


@dataclass(frozen=True)
class Latest:
    """The latest head that was cosigned of a log, and when, in Unix seconds; 0 for none."""

    head: Head
    time: int


def create(tx: Connection, vkey: str) -> None:
    """Make the tables of a new witness with this verifier key."""
    _metadata.create_all(tx)
    for guard in _GUARDS:
        tx.execute(text(guard))
    tx.execute(_witness.insert().values(vkey=vkey))


def vkey(tx: Connection) -> str:
    """Return the witness's own verifier key."""
    return str(tx.execute(select(_witness.c.vkey)).scalar_one())


def add_log(tx: Connection, verifier: Verifier) -> None:
    """Trust a key for the log that it is named after; raises Conflict("witness_log_known")."""
    if verifier in trusted(tx, verifier.name):
        raise Conflict("witness_log_known", vkey=verifier.vkey)
    tx.execute(_known_log.insert().values(vkey=verifier.vkey, origin=verifier.name))


def logs(tx: Connection) -> list[tuple[str, int | None]]:
    """Return the known logs' verifier keys in order, each with the size cosigned latest of its log."""
    query = select(_known_log.c.vkey, _latest.c.size).outerjoin(_latest, _latest.c.origin == _known_log.c.origin)
    return [(key, size) for key, size in tx.execute(query.order_by(_known_log.c.vkey))]


def trusted(tx: Connection, origin: str) -> list[Verifier]:
    """Return the keys that are trusted for a log."""
    keys = tx.execute(select(_known_log.c.vkey).where(_known_log.c.origin == origin).order_by(_known_log.c.vkey))
    return [Verifier.from_vkey(key) for key in keys.scalars()]


def latest(tx: Connection, origin: str) -> Latest:
    """Return what was cosigned latest of a log."""
    row = tx.execute(select(_latest).where(_latest.c.origin == origin)).one_or_none()
    return Latest(NEVER_COSIGNED, 0) if row is None else Latest(Head(row.size, row.root), row.time)


def remember(tx: Connection, cosigned: SignedHead, time: int, line: str) -> None:
    """Store the head that is cosigned at a time by a signature line, in the place of the one before."""
    values = {
        "size": cosigned.head.size,
        "root": cosigned.head.root,
        "time": time,
        "note": cosigned.note + line,
    }
    origin = cosigned.origin
    row = {"origin": origin, "origin_hash": hashlib.sha256(origin.encode()).hexdigest(), **values}
    tx.execute(insert(_latest).values(row).on_conflict_do_update(index_elements=["origin"], set_=values))


def cosigned_note(tx: Connection, origin_hash: str) -> str | None:
    """Return the latest cosigned checkpoint of the log whose origin has this SHA-256, in hex."""
    return tx.execute(select(_latest.c.note).where(_latest.c.origin_hash == origin_hash)).scalar_one_or_none()
