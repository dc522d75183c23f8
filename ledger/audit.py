"""The audit: whether the database still says what the log bound."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select

from ledger import log, note, tree
from ledger.bindings import BoundTable, raw_columns
from ledger.digests import digests_root, row_digest
from ledger.documents import NO_SALT, kept, opens
from ledger.entries import EXPIRED, NO_PREVIOUS, Entry, parse_entry
from ledger.errors import Refusal
from ledger.growing_tree import FullTile, GrowingTree
from ledger.rotation import CREATED, ROTATED, RotationError, SigningKey, first_key, signing_keys, trusted_key
from ledger.spilled import Spilled
from ledger.tables import document, log_checkpoint, log_entry, log_tile, public_file


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the log bound it: the table, the row's key, and what is wrong (an error code)."""

    table: str
    row: str
    code: str


Check = Callable[[Connection], Iterator[Fault]]


def audit(
    tx: Connection,
    verifier: note.Verifier,
    bound: Sequence[BoundTable],
    checks: Sequence[Check],
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[Fault]:
    """Check log, documents and all bound rows in one snapshot, then the packages' own checks; no faults is sound.

    `verifier` is the log's pinned key: the one that signed the newest checkpoint, or any before it. A log that was cut
    back to a size that it once signed is sound in itself: only who has seen a later checkpoint can tell. `report` is
    told between tables and checks how many are done, of how many.
    """
    said = _Said()
    with _damaged_text_as_text(tx):
        faults = [
            *_entries(tx, said),
            *_tiles(tx, said),
            *_keys(verifier, said),
            *_checkpoints(tx, verifier, said),
            *_public_files(tx, said),
            *_documents(tx, said),
        ]
        total = len(bound) + len(checks)
        for done, table in enumerate(bound):
            report(done, total)
            faults += _rows(tx, table, said)
        faults += _unknown_tables(bound, said)
        for done, check in enumerate(checks, len(bound)):
            report(done, total)
            faults += _checked(tx, check)
    return faults


@dataclass
class _Said:
    """What the log says (its tree, keys, commitments, files, expired documents) and its sound documents bind.

    Memory grows with what is at fault, and not with what is sound.
    """

    tree: GrowingTree = field(default_factory=lambda: GrowingTree(tree.TILE_HEIGHT))
    other_tiles: set[tuple[int, int]] = field(default_factory=set)
    lost_tiles: set[tuple[int, int]] = field(default_factory=set)
    other_roots: set[float] = field(default_factory=set)
    key_entries: list[Entry] = field(default_factory=list)
    keys: list[SigningKey] = field(default_factory=list)
    commitments: Spilled = field(default_factory=Spilled)
    files: Spilled = field(default_factory=Spilled)
    bound: dict[str, Spilled] = field(default_factory=lambda: defaultdict(Spilled))
    unsound: set[object] = field(default_factory=set)
    expired: Spilled = field(default_factory=Spilled)


@contextmanager
def _damaged_text_as_text(tx: Connection) -> Iterator[None]:
    """On SQLite text may hold any bytes, which are to be named and not to stop the audit."""
    if tx.dialect.name != "sqlite":
        yield
        return
    connection: Any = tx.connection.driver_connection
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    try:
        yield
    finally:
        connection.text_factory = str


def _entries(tx: Connection, said: _Said) -> Iterator[Fault]:
    """Read the entries once, and compare the tree over them with its tiles and signed roots as it grows."""
    signed = _signed_roots(tx)
    signed_size, signed_root = next(signed)
    seq, previous = 0, NO_PREVIOUS
    for row in _raw(tx, log_entry):
        key = f"seq={row['seq']}"
        try:
            entry = parse_entry(row["data"])
        except (TypeError, ValueError):
            yield Fault("log_entry", key, "entry_unreadable")
            seq, leaf = seq + 1, _bytes(row["leaf_hash"])  # so that the others are still compared with the tree
        else:
            seq, leaf = yield from _entry(row, entry, (seq, previous), said)
        previous = leaf.hex()
        for full in said.tree.add(leaf):
            _compare_tile(tx, full, said)
        while signed_size <= said.tree.size:
            if (signed_size, signed_root) != (said.tree.size, said.tree.root()):
                said.other_roots.add(signed_size)
            signed_size, signed_root = next(signed)


def _entry(
    row: RowMapping, entry: Entry, due: tuple[int, str], said: _Said
) -> Generator[Fault, None, tuple[int, bytes]]:
    """Note what an entry says; return the number that is due after it, and its leaf hash."""
    key, leaf = f"seq={row['seq']}", entry.leaf_hash
    told = (entry.seq, entry.time, entry.kind, entry.subject, leaf)
    if told != (row["seq"], row["time"], row["kind"], row["subject"], row["leaf_hash"]):
        yield Fault("log_entry", key, "entry_differs_from_its_columns")
    if (entry.seq, entry.prev) != due:
        yield Fault("log_entry", key, "chain_broken")
    if entry.kind in (CREATED, ROTATED):
        said.key_entries.append(entry)
    if entry.kind == EXPIRED:
        gone = entry.body.get("expired")
        said.expired[entry.subject] = [gone.get("commitment"), gone.get("kind")] if isinstance(gone, dict) else []
    for commitment in entry.documents.values():
        said.commitments[commitment] = entry.seq
    for name in _files(entry.body):
        said.files[name] = entry.seq
    return entry.seq + 1, leaf


def _signed_roots(tx: Connection) -> Iterator[tuple[float, bytes | None]]:
    """Yield size and root of each checkpoint as it is told, whoever signed it, and then an end beyond all sizes."""
    for row in _raw(tx, log_checkpoint):
        if isinstance(row["size"], int):
            try:
                yield row["size"], note.parse_checkpoint(str(row["note"]).rpartition("\n\n")[0] + "\n").root
            except note.NoteError:
                yield row["size"], None
    yield math.inf, None


def _compare_tile(tx: Connection, full: FullTile, said: _Said) -> None:
    key = (full.level, full.number)
    query = select(*raw_columns((log_tile.c.hashes, log_tile.c.root)))
    row = tx.execute(query.where(log_tile.c.level == full.level, log_tile.c.number == full.number)).one_or_none()
    if row is None:
        said.lost_tiles.add(key)
    elif tuple(row) != (full.hashes, full.root):
        said.other_tiles.add(key)


def _tiles(tx: Connection, said: _Said) -> Iterator[Fault]:
    query = select(*raw_columns(log_tile.primary_key)).order_by(*log_tile.primary_key)
    for level, number in tx.execute(query.execution_options(yield_per=log.ROWS_AT_ONCE)):
        if (level, number) in said.other_tiles or not _is_full(level, number, said.tree.size):
            yield Fault("log_tile", f"level={level} number={number}", "tile_differs_from_entries")
    for level, number in sorted(said.lost_tiles):
        yield Fault("log_tile", f"level={level} number={number}", "tile_lost")


def _is_full(level: object, number: object, size: int) -> bool:
    """Tell whether a tree has this full tile; on SQLite, level and number may be anything."""
    if not isinstance(level, int) or not isinstance(number, int) or level < 0:
        return False
    return 0 <= number < size >> (tree.TILE_HEIGHT * (level + 1))


def _keys(verifier: note.Verifier, said: _Said) -> Iterator[Fault]:
    """Follow the log's keys; a log that does not name its first one began with the pinned one."""
    created = next((entry for entry in said.key_entries if entry.kind == CREATED), None)
    try:
        said.keys = signing_keys(verifier if created is None else first_key(created), said.key_entries)
    except RotationError:
        said.keys = [SigningKey(verifier, 1)]
        yield Fault("log_entry", f"kind={ROTATED}", "key_not_handed_over")


def _checkpoints(tx: Connection, verifier: note.Verifier, said: _Said) -> Iterator[Fault]:
    count, signed_last = said.tree.size, False
    for row in _raw(tx, log_checkpoint):
        key = f"size={row['size']}"
        newest = row["size"] == count
        signed_last = signed_last or newest
        try:
            # Those before the newest are the beginnings of a tree that it signs.
            pinned = [verifier] if newest else [each.verifier for each in said.keys]
            due = trusted_key(said.keys, row["size"], pinned)
            told = note.parse_checkpoint(note.open_note(str(row["note"]), [due]).text)
        except (TypeError, note.NoteError, RotationError):  # TypeError: the size is none
            yield Fault("log_checkpoint", key, "checkpoint_unsigned")
            continue
        if told.origin != verifier.name:
            yield Fault("log_checkpoint", key, "checkpoint_of_another_log")
        elif told.size != row["size"] or told.size > count or told.size in said.other_roots:
            yield Fault("log_checkpoint", key, "checkpoint_differs_from_entries")
    if count and not signed_last:
        yield Fault("log_checkpoint", f"size={count}", "checkpoint_lost")


def _public_files(tx: Connection, said: _Said) -> Iterator[Fault]:
    for row in _raw(tx, public_file):
        key = f"sha256={row['sha256']}"
        is_named = said.files.pop(row["sha256"]) is not None
        if hashlib.sha256(_bytes(row["content"])).hexdigest() != row["sha256"]:
            yield Fault("public_file", key, "public_file_changed")
        elif not is_named:
            yield Fault("public_file", key, "public_file_not_in_log")
    for name, seq in said.files.items():
        yield Fault("public_file", f"sha256={name} seq={seq}", "public_file_lost")


def _documents(tx: Connection, said: _Said) -> Iterator[Fault]:
    for row in _raw(tx, document):
        key = f"id={row['id']}"
        said.unsound.add(row["id"])
        held = kept(tx, str(row["id"]), row["content"])
        if said.commitments.pop(row["commitment"]) is None:
            yield Fault("document", key, "document_not_in_log")
        elif row["salt"] == NO_SALT or said.expired.get(row["id"]) is not None:
            yield from _tombstone(row, held, key, said)
        elif held is None:
            yield Fault("document", key, "document_lost")
        elif not opens(row["salt"], held, row["commitment"]):
            yield Fault("document", key, "document_changed")
        else:
            content = orjson.loads(held)
            if (content["id"], content["kind"]) != (row["id"], row["kind"]):
                yield Fault("document", key, "document_changed")
            said.unsound.discard(row["id"])
            for table, told in content["tables"].items():
                said.bound[table][content["id"]] = (told["count"], told["root"])
    for commitment, seq in said.commitments.items():
        yield Fault("document", f"commitment={commitment} seq={seq}", "document_lost")


def _tombstone(row: RowMapping, held: bytes | None, key: str, said: _Said) -> Iterator[Fault]:
    """Check what is left of a document that has expired, by its row or by the log; `held` is its content."""
    told = said.expired.get(row["id"])
    if told is None:
        yield Fault("document", key, "document_blanked")
        return
    said.unsound.discard(row["id"])
    if told != [row["commitment"], row["kind"]]:
        yield Fault("document", key, "document_changed")
    if row["salt"] != NO_SALT or held:
        yield Fault("document", key, "expired_document_kept")


def _rows(tx: Connection, bound: BoundTable, said: _Said) -> Iterator[Fault]:
    expected = said.bound[bound.name]
    for name, rows in groupby(_raw(tx, bound.table), lambda row: row["document"]):
        stored, computed = {}, {}
        for row in rows:
            if not isinstance(row["line"], int):
                yield Fault(bound.name, f"document={name} line={row['line']!r}", "row_changed")
                continue
            stored[row["line"]] = row["digest"]
            computed[row["line"]] = row_digest(bound.name, bound.raw(row))
        told = expected.pop(name)
        if told is not None:
            yield from _rows_of_document(bound.name, name, told, stored, computed)
        elif said.expired.get(name) is not None:
            yield from _ranges(bound.name, name, computed, "expired_row_kept")
        elif name not in said.unsound:
            yield from _ranges(bound.name, name, computed, "row_without_document")
    for name, (count, _) in expected.items():
        yield from _ranges(bound.name, name, range(count), "row_lost")


def _rows_of_document(
    table: str, name: str, expected: tuple[int, str], stored: dict[int, bytes], computed: dict[int, bytes]
) -> Iterator[Fault]:
    count, root = expected
    for line, digest in computed.items():
        if digest != stored[line]:
            yield Fault(table, f"document={name} line={line}", "row_changed")
    yield from _ranges(table, name, [line for line in range(count) if line not in computed], "row_lost")
    yield from _ranges(table, name, [line for line in computed if line not in range(count)], "row_added")
    if computed.keys() == set(range(count)):
        roots = [digests_root(_bytes(digests[line]) for line in range(count)) for digests in (stored, computed)]
        if root not in roots:  # where one of them is right, what differs from it has been named
            yield Fault(table, f"document={name}", "rows_differ_from_document")


def _checked(tx: Connection, check: Check) -> Iterator[Fault]:
    try:
        yield from check(tx)
    except (AttributeError, LookupError, Refusal, TypeError, ValueError):  # what it reads was damaged
        yield Fault(check.__name__, "", "check_stopped")


def _unknown_tables(bound: Sequence[BoundTable], said: _Said) -> Iterator[Fault]:
    """A document that binds a table which nobody audits would be a hole in the audit itself."""
    for table in sorted(said.bound.keys() - {each.name for each in bound}):
        for name, _ in said.bound[table].items():
            yield Fault(table, f"document={name}", "table_not_audited")


def _ranges(table: str, name: str, lines: Iterable[int], code: str) -> Iterator[Fault]:
    """Yield one fault for each run of lines that follow one another."""
    for _, run in groupby(enumerate(lines), lambda place: place[1] - place[0]):
        first, *_, last = [line for _, line in run] * 2
        yield Fault(table, f"document={name} line={first}" + (f"-{last}" if last != first else ""), code)


def _raw(tx: Connection, table: Any) -> Iterator[RowMapping]:
    """Yield a table's rows as they are stored, in the order of their keys."""
    query = select(*raw_columns(table.columns)).order_by(*table.primary_key)
    yield from tx.execute(query.execution_options(yield_per=log.ROWS_AT_ONCE)).mappings()


def _files(value: object) -> Iterator[str]:
    """Yield the names of public files in an entry's body."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "file" and isinstance(item, str):
                yield item
            yield from _files(item)
    elif isinstance(value, list):
        for item in value:
            yield from _files(item)


def _bytes(value: object) -> bytes:
    """Return what should be bytes; on SQLite a column can be made to hold anything."""
    return value if isinstance(value, bytes) else repr(value).encode()
