"""The log in the database: append, checkpoints and proofs.

Entries are chained canonical JSON; the tree over them is kept as its full tiles, so an append touches at most
one row a level and a proof reads O(log n) of them. An append is the last thing that a use case does: it takes the
log's lock, and the commit that follows releases it.

A log that was restored from a backup is held: it appends and signs nothing until `ledger.hold` has shown that it is
complete, since one that went on from an older state would fork what outsiders have seen.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select, text

from ledger import merkle, note, tree
from ledger.calendar import instant_text, parse_instant
from ledger.canonical import JSON
from ledger.documents import Sealed
from ledger.entries import NO_PREVIOUS, Entry, make_entry, parse_entry
from ledger.errors import Conflict, Missing
from ledger.tables import log_checkpoint, log_entry

# Long work takes its time when it begins, and others append before it ends.
CLOCK_TOLERANCE = timedelta(hours=1)
ROWS_AT_ONCE = 1000
_DIGEST = re.compile(rb'(?<=")[0-9a-f]{64}(?=")')
_INSERT_SQLITE = "INSERT INTO log_entry (seq, time, kind, subject, leaf_hash, data) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_POSTGRESQL = (
    "INSERT INTO log_entry (seq, time, kind, subject, leaf_hash, data) "
    "SELECT * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[])"
)
_LAST = "SELECT seq, time, leaf_hash, (SELECT max(size) FROM log_hold) FROM log_entry ORDER BY seq DESC LIMIT 1"
_LOCK = int.from_bytes(hashlib.sha256(b"qian/log-lock/v1").digest()[:7], "big")


class _Last(NamedTuple):
    """Number, time and leaf hash of the last entry, and the largest size at which the log was held, if it ever was."""

    seq: int
    time: datetime
    leaf_hash: bytes
    held_size: int | None


@dataclass(frozen=True)
class NewEntry:
    """What a use case appends: its kind, what it is about (a public id), the documents it binds, public fields."""

    kind: str
    subject: str
    documents: Mapping[str, Sealed] = field(default_factory=dict)
    body: Mapping[str, JSON] = field(default_factory=dict)


def append(tx: Connection, now: datetime, entries: Sequence[NewEntry]) -> list[Entry]:
    """Append entries in order and return them; the caller's commit makes them durable.

    Their time is that of `moment`. Raises what `moment` raises, and Conflict("entry_too_long").
    """
    if not entries:
        return []
    lock(tx)
    last = _last(tx)
    _refuse_held(last)
    return _append(tx, last, now, entries)


def append_after_hold(tx: Connection, now: datetime, entry: NewEntry) -> Entry:
    """Append the entry with which a held log goes on; raises Conflict("log_not_held")."""
    lock(tx)
    last = _last(tx)
    if not _is_held(last):
        raise Conflict("log_not_held")
    return _append(tx, last, now, [entry])[0]


def _append(tx: Connection, last: _Last | None, now: datetime, entries: Sequence[NewEntry]) -> list[Entry]:
    seq, prev = (last.seq + 1, last.leaf_hash.hex()) if last else (0, NO_PREVIOUS)
    time = instant_text(_not_before(last, now))
    appended: list[Entry] = []
    leaves: list[bytes] = []
    rows: list[tuple[int, str, str, str, bytes, bytes]] = []
    for new in entries:
        body: dict[str, JSON] = {**new.body, "subject": new.subject}
        if new.documents:
            body["documents"] = {name: sealed.commitment for name, sealed in new.documents.items()}
        entry = make_entry(seq, prev, time, new.kind, body)
        leaf = merkle.leaf_hash(entry.data)
        appended.append(entry)
        leaves.append(leaf)
        rows.append((seq, time, new.kind, new.subject, leaf, entry.data))
        seq, prev = seq + 1, leaf.hex()
    # By the driver alone: for thousands of rows, SQLAlchemy's work on each takes longer than the insert itself.
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql(_INSERT_SQLITE, rows)
    else:
        tx.exec_driver_sql(_INSERT_POSTGRESQL, tuple(map(list, zip(*rows, strict=True))))
    tree.complete_tiles(tx, appended[0].seq, leaves)
    return appended


def size(tx: Connection) -> int:
    """Return the number of entries."""
    last = tx.execute(select(func.max(log_entry.c.seq))).scalar()
    return 0 if last is None else int(last) + 1


def is_held(tx: Connection) -> bool:
    """Tell whether the log was restored from a backup, and nothing has shown yet that it is complete."""
    return _is_held(_last(tx))


def require_unheld(tx: Connection) -> None:
    """Raise Conflict("log_held") where it is."""
    _refuse_held(_last(tx))


def read(tx: Connection, seq: int) -> Entry:
    """Return one entry; raises Missing."""
    data = tx.execute(select(log_entry.c.data).where(log_entry.c.seq == seq)).scalar_one_or_none()
    if data is None:
        raise Missing("entry_missing", seq=seq)
    return parse_entry(data)


def scan(tx: Connection, start: int = 0, end: int | None = None) -> Iterator[Entry]:
    """Yield the entries start..end−1 in order."""
    query = select(log_entry.c.data).where(log_entry.c.seq >= start).order_by(log_entry.c.seq)
    if end is not None:
        query = query.where(log_entry.c.seq < end)
    for data in tx.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).scalars():
        yield parse_entry(data)


def about(tx: Connection, subject: str, kind: str | None = None) -> list[Entry]:
    """Return a subject's entries in order, of one kind or of all."""
    of_kinds = log_entry.c.kind.in_(_kinds()) if kind is None else log_entry.c.kind == kind
    query = select(log_entry.c.data).where(of_kinds, log_entry.c.subject == subject).order_by(log_entry.c.seq)
    return [parse_entry(data) for data in tx.execute(query).scalars()]


def about_several(
    tx: Connection, subjects: Collection[str], kinds: Collection[str] | None = None
) -> dict[str, list[Entry]]:
    """Return the entries about each of several subjects in order, of some kinds or of all."""
    of_kinds = log_entry.c.kind.in_(_kinds() if kinds is None else kinds)
    query = select(log_entry.c.data).where(of_kinds, log_entry.c.subject.in_(subjects)).order_by(log_entry.c.seq)
    found: dict[str, list[Entry]] = {subject: [] for subject in subjects}
    for entry in map(parse_entry, tx.execute(query).scalars()):
        found[entry.subject].append(entry)
    return found


def last_about(tx: Connection, subjects: Collection[str]) -> dict[str, Entry]:
    """Return the last entry about each of several subjects that has one."""
    last = select(func.max(log_entry.c.seq)).where(log_entry.c.kind.in_(_kinds()), log_entry.c.subject.in_(subjects))
    query = select(log_entry.c.data).where(log_entry.c.seq.in_(last.group_by(log_entry.c.subject)))
    return {entry.subject: entry for entry in map(parse_entry, tx.execute(query).scalars())}


def of_kind(tx: Connection, kind: str) -> list[Entry]:
    """Return all entries of a kind in order."""
    query = select(log_entry.c.data).where(log_entry.c.kind == kind).order_by(log_entry.c.seq)
    return [parse_entry(data) for data in tx.execute(query).scalars()]


def binding(tx: Connection, commitments: Collection[str], before: datetime | None = None) -> dict[str, Entry]:
    """Return the first entry that binds each of these documents' commitments (hex), of all or of those before a time.

    It reads the log once, however many they are, until all are found; only entries that name one are parsed.
    """
    wanted = {each.encode() for each in commitments}
    found: dict[str, Entry] = {}
    query = select(log_entry.c.time, log_entry.c.data).order_by(log_entry.c.seq)
    for time, data in tx.execute(query.execution_options(yield_per=ROWS_AT_ONCE)) if wanted else ():
        if before is not None and time >= before:
            break
        if wanted.isdisjoint(_DIGEST.findall(data)):
            continue
        entry = parse_entry(data)
        for commitment in entry.documents.values():
            if commitment.encode() in wanted:
                found.setdefault(commitment, entry)
        if len(found) == len(wanted):
            break
    return found


def sign_checkpoint(tx: Connection, signer: note.Signer, tree_size: int | None = None) -> str | None:
    """Sign the log's present size, or a given one, unless that or a later one is signed; return the new signed note.

    It takes the log's lock; call it in a transaction of its own, so that it signs only what is committed.
    `key_rotation.sign_checkpoints` knows which key is due. Raises Conflict("log_held").
    """
    lock(tx)
    require_unheld(tx)
    if tree_size is None:
        tree_size = size(tx)
    latest = tx.execute(select(func.max(log_checkpoint.c.size))).scalar()
    if tree_size == 0 or (latest is not None and latest >= tree_size):
        return None
    checkpoint = note.Checkpoint(signer.name, tree_size, tree.root(tx, tree_size))
    signed = note.sign_note(checkpoint.body(), [signer])
    tx.execute(log_checkpoint.insert().values(size=tree_size, note=signed))
    return signed


def checkpoint(tx: Connection) -> str:
    """Return the newest signed checkpoint; raises Missing before the first."""
    signed = tx.execute(
        select(log_checkpoint.c.note).order_by(log_checkpoint.c.size.desc()).limit(1)
    ).scalar_one_or_none()
    if signed is None:
        raise Missing("checkpoint_missing")
    return str(signed)


def lock(tx: Connection) -> None:
    """Take the log's lock until the transaction ends; on SQLite every writer holds it already."""
    if tx.dialect.name != "sqlite":
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def moment(tx: Connection, now: datetime) -> datetime:
    """Take the log's lock and return `now`, or the last entry's time where that is a little later.

    Raises Conflict: log_held, and clock_behind_log where the last entry is more than an hour ahead.
    """
    lock(tx)
    last = _last(tx)
    _refuse_held(last)
    return _not_before(last, now)


def _kinds() -> Select[tuple[str]]:
    """Return the query of all kinds that there are, which steps over the index from one to the next."""
    kinds = select(func.min(log_entry.c.kind).label("kind")).cte("kinds", recursive=True)
    following = select(func.min(log_entry.c.kind)).where(log_entry.c.kind > kinds.c.kind).scalar_subquery()
    kinds = kinds.union_all(select(following).where(kinds.c.kind.is_not(None)))
    return select(kinds.c.kind)


def _is_held(last: _Last | None) -> bool:
    return last is not None and last.held_size is not None and last.held_size > last.seq


def _refuse_held(last: _Last | None) -> None:
    if last is not None and _is_held(last):
        raise Conflict("log_held", size=last.seq + 1)


def _last(tx: Connection) -> _Last | None:
    found = tx.exec_driver_sql(_LAST).one_or_none()
    return None if found is None else _Last(found.seq, parse_instant(found.time), found.leaf_hash, found[3])


def _not_before(last: _Last | None, now: datetime) -> datetime:
    if last is None or last.time <= now:
        return now
    if last.time - now > CLOCK_TOLERANCE:
        raise Conflict("clock_behind_log", now=instant_text(now), last=instant_text(last.time))
    return last.time
