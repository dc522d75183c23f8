"""The audit: whether the database still says what the log bound."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select

from ledger import log, merkle, note, tree
from ledger.bindings import BoundTable, raw_columns
from ledger.digests import digests_root, row_digest
from ledger.documents import kept, opens
from ledger.entries import NO_PREVIOUS, Entry, parse_entry
from ledger.errors import Refusal
from ledger.rotation import CREATED, ROTATED, RotationError, SigningKey, first_key, signing_keys, trusted_key
from ledger.tables import document, log_checkpoint, log_entry, log_tile, public_file


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the log bound it: the table, the row's key, and what is wrong (an error code)."""

    table: str
    row: str
    code: str


Check = Callable[[Connection], Iterator[Fault]]


def audit(tx: Connection, verifier: note.Verifier, bound: Sequence[BoundTable], checks: Sequence[Check]) -> list[Fault]:
    """Check log, documents and all bound rows in one snapshot, then the packages' own checks; no faults is sound.

    `verifier` is the log's pinned key: the one that signed the newest checkpoint, or any before it. A log that was cut
    back to a size that it once signed is sound in itself: only who has seen a later checkpoint can tell.
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
        for table in bound:
            faults += _rows(tx, table, said)
        faults += _unknown_tables(bound, said)
        for check in checks:
            faults += _checked(tx, check)
    return faults


@dataclass
class _Said:
    """What the log says: its leaves, keys, commitments and named files; and what its sound documents bind."""

    leaves: list[bytes] = field(default_factory=list)
    key_entries: list[Entry] = field(default_factory=list)
    keys: list[SigningKey] = field(default_factory=list)
    commitments: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    bound: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    unsound: set[str] = field(default_factory=set)


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
    seq, previous = 0, NO_PREVIOUS
    for row in _raw(tx, log_entry):
        key = f"seq={row['seq']}"
        try:
            entry = parse_entry(row["data"])
        except (TypeError, ValueError):
            yield Fault("log_entry", key, "entry_unreadable")
            said.leaves.append(_bytes(row["leaf_hash"]))  # so that the others are still compared with the tree
            seq, previous = seq + 1, said.leaves[-1].hex()
            continue
        told = (entry.seq, entry.time, entry.kind, entry.subject, entry.leaf_hash)
        if told != (row["seq"], row["time"], row["kind"], row["subject"], row["leaf_hash"]):
            yield Fault("log_entry", key, "entry_differs_from_its_columns")
        if (entry.seq, entry.prev) != (seq, previous):
            yield Fault("log_entry", key, "chain_broken")
        said.leaves.append(entry.leaf_hash)
        if entry.kind in (CREATED, ROTATED):
            said.key_entries.append(entry)
        said.commitments.update(dict.fromkeys(entry.documents.values(), entry.seq))
        said.files.update(dict.fromkeys(_files(entry.body), entry.seq))
        seq, previous = entry.seq + 1, entry.leaf_hash.hex()


def _tiles(tx: Connection, said: _Said) -> Iterator[Fault]:
    expected: dict[tuple[int, int], tuple[bytes, bytes]] = {}
    level, hashes = 0, said.leaves
    while len(hashes) >= tree.TILE_WIDTH:
        roots = []
        for number in range(len(hashes) // tree.TILE_WIDTH):
            tile = hashes[number * tree.TILE_WIDTH : (number + 1) * tree.TILE_WIDTH]
            roots.append(merkle.root_of(tile))
            expected[level, number] = (b"".join(tile), roots[-1])
        level, hashes = level + 1, roots
    for row in _raw(tx, log_tile):
        if expected.pop((row["level"], row["number"]), None) != (row["hashes"], row["root"]):
            yield Fault("log_tile", f"level={row['level']} number={row['number']}", "tile_differs_from_entries")
    for level, number in expected:
        yield Fault("log_tile", f"level={level} number={number}", "tile_lost")


def _keys(verifier: note.Verifier, said: _Said) -> Iterator[Fault]:
    """Follow the log's keys; a log that does not name its first one began with the pinned one."""
    created = next((entry for entry in said.key_entries if entry.kind == CREATED), None)
    try:
        said.keys = signing_keys(verifier if created is None else first_key(created), said.key_entries)
    except RotationError:
        said.keys = [SigningKey(verifier, 1)]
        yield Fault("log_entry", f"kind={ROTATED}", "key_not_handed_over")


def _checkpoints(tx: Connection, verifier: note.Verifier, said: _Said) -> Iterator[Fault]:
    nodes = merkle.nodes_over(said.leaves)
    signed_last = False
    for row in _raw(tx, log_checkpoint):
        key = f"size={row['size']}"
        newest = row["size"] == len(said.leaves)
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
        elif told.size != row["size"] or told.size > len(said.leaves) or told.root != merkle.root(told.size, nodes):
            yield Fault("log_checkpoint", key, "checkpoint_differs_from_entries")
    if said.leaves and not signed_last:
        yield Fault("log_checkpoint", f"size={len(said.leaves)}", "checkpoint_lost")


def _public_files(tx: Connection, said: _Said) -> Iterator[Fault]:
    named = dict(said.files)
    for row in _raw(tx, public_file):
        key = f"sha256={row['sha256']}"
        is_named = named.pop(row["sha256"], None) is not None
        if hashlib.sha256(_bytes(row["content"])).hexdigest() != row["sha256"]:
            yield Fault("public_file", key, "public_file_changed")
        elif not is_named:
            yield Fault("public_file", key, "public_file_not_in_log")
    for name, seq in named.items():
        yield Fault("public_file", f"sha256={name} seq={seq}", "public_file_lost")


def _documents(tx: Connection, said: _Said) -> Iterator[Fault]:
    in_log = dict(said.commitments)
    for row in _raw(tx, document):
        key = f"id={row['id']}"
        said.unsound.add(row["id"])
        held = kept(tx, str(row["id"]), row["content"])
        if in_log.pop(row["commitment"], None) is None:
            yield Fault("document", key, "document_not_in_log")
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
                said.bound.setdefault(table, {})[content["id"]] = (told["count"], told["root"])
    for commitment, seq in in_log.items():
        yield Fault("document", f"commitment={commitment} seq={seq}", "document_lost")


def _rows(tx: Connection, bound: BoundTable, said: _Said) -> Iterator[Fault]:
    expected = dict(said.bound.get(bound.name, {}))
    for name, rows in groupby(_raw(tx, bound.table), lambda row: row["document"]):
        stored, computed = {}, {}
        for row in rows:
            if not isinstance(row["line"], int):
                yield Fault(bound.name, f"document={name} line={row['line']!r}", "row_changed")
                continue
            stored[row["line"]] = row["digest"]
            computed[row["line"]] = row_digest(bound.name, bound.raw(row))
        if name in expected:
            yield from _rows_of_document(bound.name, name, expected.pop(name), stored, computed)
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
        for name in said.bound[table]:
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
