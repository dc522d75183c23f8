"""The log in the database: append, checkpoints and proofs.

Entries are chained canonical JSON; the tree over them is kept as its full tiles, so an append touches at most
one row a level and a proof reads O(log n) of them. An append is the last thing that a use case does: it takes the
log's lock, and the commit that follows releases it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from ledger import merkle, note
from ledger.calendar import instant_text
from ledger.canonical import JSON
from ledger.documents import Sealed
from ledger.entries import NO_PREVIOUS, Entry, make_entry, parse_entry
from ledger.errors import Conflict, Missing
from ledger.tables import log_checkpoint, log_entry, log_tile

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
# Long work takes its time when it begins, and others append before it ends.
CLOCK_TOLERANCE = timedelta(hours=1)
ROWS_AT_ONCE = 1000
_LOCK = int.from_bytes(hashlib.sha256(b"qian/log").digest()[:7], "big")


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
    now = moment(tx, now)
    last = tx.execute(select(log_entry).order_by(log_entry.c.seq.desc()).limit(1)).one_or_none()
    seq, prev = (last.seq + 1, last.leaf_hash.hex()) if last else (0, NO_PREVIOUS)
    appended: list[Entry] = []
    for new in entries:
        body: dict[str, JSON] = {**new.body, "subject": new.subject}
        if new.documents:
            body["documents"] = {name: sealed.commitment for name, sealed in new.documents.items()}
        entry = make_entry(seq, prev, instant_text(now), new.kind, body)
        appended.append(entry)
        seq, prev = seq + 1, entry.leaf_hash.hex()
    tx.execute(
        log_entry.insert(),
        [
            {
                "seq": entry.seq,
                "time": now,
                "kind": entry.kind,
                "subject": entry.subject,
                "leaf_hash": entry.leaf_hash,
                "data": entry.data,
            }
            for entry in appended
        ],
    )
    _complete_tiles(tx, appended[0].seq, seq)
    return appended


def size(tx: Connection) -> int:
    """Return the number of entries."""
    last = tx.execute(select(func.max(log_entry.c.seq))).scalar()
    return 0 if last is None else int(last) + 1


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
    query = select(log_entry.c.data).where(log_entry.c.subject == subject).order_by(log_entry.c.seq)
    if kind is not None:
        query = query.where(log_entry.c.kind == kind)
    return [parse_entry(data) for data in tx.execute(query).scalars()]


def of_kind(tx: Connection, kind: str) -> list[Entry]:
    """Return all entries of a kind in order."""
    query = select(log_entry.c.data).where(log_entry.c.kind == kind).order_by(log_entry.c.seq)
    return [parse_entry(data) for data in tx.execute(query).scalars()]


def tile(tx: Connection, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
    """Return a tile's first `width` hashes (C2SP tlog-tiles); raises Missing where the log is shorter."""
    if width == TILE_WIDTH:
        full = tx.execute(
            select(log_tile.c.hashes).where(log_tile.c.level == level, log_tile.c.number == number)
        ).scalar_one_or_none()
        if full is not None:
            return bytes(full)
    hashes = _hashes(tx, level, number * TILE_WIDTH, width)
    if len(hashes) != width * merkle.HASH_BYTES:
        raise Missing("tile_missing", level=level, number=number, width=width)
    return hashes


def node_reader(tx: Connection) -> merkle.NodeReader:
    """Return the reader of complete subtrees that `merkle` builds roots and proofs from; IndexError beyond the log."""
    cache: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        key = (level, index)
        if key not in cache:
            tile_level, height = divmod(level, TILE_HEIGHT)
            cache[key] = _fold(_complete(_hashes(tx, tile_level, index << height, 1 << height), 1 << height))
        return cache[key]

    return node


def root(tx: Connection, tree_size: int) -> bytes:
    """Return the root over the first `tree_size` entries."""
    return merkle.root(tree_size, node_reader(tx))


def sign_checkpoint(tx: Connection, signer: note.Signer, tree_size: int | None = None) -> str | None:
    """Sign the log's present size, or a given one, unless that or a later one is signed; return the new signed note.

    It takes the log's lock; call it in a transaction of its own, so that it signs only what is committed.
    `key_rotation.sign_checkpoints` knows which key is due.
    """
    lock(tx)
    if tree_size is None:
        tree_size = size(tx)
    latest = tx.execute(select(func.max(log_checkpoint.c.size))).scalar()
    if tree_size == 0 or (latest is not None and latest >= tree_size):
        return None
    checkpoint = note.Checkpoint(signer.name, tree_size, root(tx, tree_size))
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

    Raises Conflict("clock_behind_log") where the last entry is more than an hour ahead.
    """
    lock(tx)
    newest = select(log_entry.c.time).order_by(log_entry.c.seq.desc()).limit(1)
    last: datetime | None = tx.execute(newest).scalar_one_or_none()
    if last is None or last <= now:
        return now
    if last - now > CLOCK_TOLERANCE:
        raise Conflict("clock_behind_log", now=instant_text(now), last=instant_text(last))
    return last


def _complete_tiles(tx: Connection, start: int, end: int) -> None:
    level = 0
    while True:
        first, past = start // TILE_WIDTH, end // TILE_WIDTH
        for number in range(first, past):
            hashes = _complete(_hashes(tx, level, number * TILE_WIDTH, TILE_WIDTH), TILE_WIDTH)
            tx.execute(log_tile.insert().values(level=level, number=number, hashes=hashes, root=_fold(hashes)))
        if first == past:
            return
        level, start, end = level + 1, first, past


def _hashes(tx: Connection, level: int, start: int, count: int) -> bytes:
    """Return hashes start..start+count−1 of a tile level, fewer where the log is shorter."""
    if level == 0:
        column, place = log_entry.c.leaf_hash, log_entry.c.seq
        query = select(column).where(place >= start, place < start + count).order_by(place)
    else:
        column, place = log_tile.c.root, log_tile.c.number
        query = select(column).where(log_tile.c.level == level - 1, place >= start, place < start + count)
        query = query.order_by(place)
    return b"".join(tx.execute(query).scalars())


def _complete(hashes: bytes, count: int) -> bytes:
    if len(hashes) != count * merkle.HASH_BYTES:
        raise IndexError(f"the log has not these {count} hashes")
    return hashes


def _fold(hashes: bytes) -> bytes:
    level = [hashes[place : place + 32] for place in range(0, len(hashes), 32)]
    while len(level) > 1:
        level = [merkle.node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]
