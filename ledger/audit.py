"""The audit: whether the database still says what the log bound."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from ledger import log, merkle, note
from ledger.bindings import BoundTable, raw_columns, raw_value
from ledger.commitments import SALT_BYTES
from ledger.digests import digests_root, document_commitment, row_digest
from ledger.entries import NO_PREVIOUS, parse_entry
from ledger.tables import document, log_checkpoint, log_entry, log_tile


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the log bound it: the table, the row's key, and what is wrong (an error code)."""

    table: str
    row: str
    code: str


Check = Callable[[Connection], Iterator[Fault]]


def audit(tx: Connection, verifier: note.Verifier, bound: Sequence[BoundTable], checks: Sequence[Check]) -> list[Fault]:
    """Check log, documents and all bound rows in one snapshot, then the packages' own checks; no faults is sound."""
    if tx.dialect.name == "sqlite":  # damaged text is to be named, not to stop the audit
        connection = tx.connection.driver_connection
        connection.text_factory = lambda data: data.decode("utf-8", "replace")  # type: ignore[union-attr]
    faults = list(_log(tx, verifier))
    faults += _documents(tx)
    for table in bound:
        faults += _rows(tx, table)
    faults += _tables_complete(tx, bound)
    for check in checks:
        faults += check(tx)
    return faults


def _log(tx: Connection, verifier: note.Verifier) -> Iterator[Fault]:
    previous, leaves = NO_PREVIOUS, []
    rows = tx.execute(select(*raw_columns(log_entry.columns)).order_by(log_entry.c.seq))
    for seq, row in enumerate(rows.mappings()):
        key = f"seq={row['seq']}"
        try:
            entry = parse_entry(row["data"])
        except ValueError:
            yield Fault("log_entry", key, "entry_unreadable")
            leaves.append(bytes(row["leaf_hash"]))
            previous = row["leaf_hash"].hex()
            continue
        told = (entry.seq, entry.time, entry.kind, entry.body.get("subject"), entry.leaf_hash)
        if told != (row["seq"], row["time"], row["kind"], row["subject"], row["leaf_hash"]):
            yield Fault("log_entry", key, "entry_differs_from_its_columns")
        if (entry.seq, entry.prev) != (seq, previous):
            yield Fault("log_entry", key, "chain_broken")
        previous = entry.leaf_hash.hex()
        leaves.append(entry.leaf_hash)
    yield from _tiles(tx, leaves)
    yield from _checkpoints(tx, verifier, leaves)


def _tiles(tx: Connection, leaves: Sequence[bytes]) -> Iterator[Fault]:
    expected: dict[tuple[int, int], tuple[bytes, bytes]] = {}
    level, hashes = 0, list(leaves)
    while len(hashes) >= log.TILE_WIDTH:
        roots = []
        for number in range(len(hashes) // log.TILE_WIDTH):
            width = hashes[number * log.TILE_WIDTH : (number + 1) * log.TILE_WIDTH]
            roots.append(merkle.root(log.TILE_WIDTH, merkle.nodes_over(width)))
            expected[level, number] = (b"".join(width), roots[-1])
        level, hashes = level + 1, roots
    for row in tx.execute(select(log_tile).order_by(log_tile.c.level, log_tile.c.number)):
        if expected.pop((row.level, row.number), None) != (row.hashes, row.root):
            yield Fault("log_tile", f"level={row.level} number={row.number}", "tile_differs_from_entries")
    for level, number in expected:
        yield Fault("log_tile", f"level={level} number={number}", "tile_lost")


def _checkpoints(tx: Connection, verifier: note.Verifier, leaves: Sequence[bytes]) -> Iterator[Fault]:
    nodes = merkle.nodes_over(leaves)
    latest = 0
    for row in tx.execute(select(log_checkpoint).order_by(log_checkpoint.c.size)):
        key = f"size={row.size}"
        latest = row.size
        try:
            opened = note.open_note(row.note, [verifier])
            signed = note.parse_checkpoint(opened.text)
        except ValueError:
            yield Fault("log_checkpoint", key, "checkpoint_unsigned")
            continue
        if not opened.verified:
            yield Fault("log_checkpoint", key, "checkpoint_unsigned")
        elif row.size != signed.size or row.size > len(leaves) or merkle.root(row.size, nodes) != signed.root:
            yield Fault("log_checkpoint", key, "checkpoint_differs_from_entries")
    if latest < len(leaves):
        yield Fault("log_checkpoint", f"size={len(leaves)}", "checkpoint_lost")


def _documents(tx: Connection) -> Iterator[Fault]:
    in_log: dict[str, int] = {}
    for row in tx.execute(select(log_entry.c.seq, log_entry.c.data).order_by(log_entry.c.seq)):
        try:
            entry = parse_entry(row.data)
        except ValueError:
            continue
        for commitment in entry.documents.values():
            in_log[commitment] = entry.seq
    for row in tx.execute(select(document).order_by(document.c.id)):
        key = f"id={row.id}"
        if in_log.pop(row.commitment, None) is None:
            yield Fault("document", key, "document_not_in_log")
        elif not _opens(row) or orjson.loads(row.content)["kind"] != row.kind:
            yield Fault("document", key, "document_changed")
    for commitment, seq in in_log.items():
        yield Fault("document", f"seq={seq} commitment={commitment}", "document_lost")


def _rows(tx: Connection, bound: BoundTable) -> Iterator[Fault]:
    expected = _expected(tx, bound.name)
    digests: dict[str, list[bytes]] = {}
    query = select(*raw_columns(bound.table.columns)).order_by(bound.table.c.document, bound.table.c.line)
    for row in tx.execute(query).mappings():
        name = row["document"]
        place = digests.setdefault(name, [])
        key = f"document={name} line={row['line']}"
        if name not in expected:
            yield Fault(bound.name, key, "row_added")
        elif row["line"] != len(place):
            yield Fault(bound.name, f"document={name} line={len(place)}", "row_lost")
            place.extend([b""] * (row["line"] - len(place)))
        stored = {str(column.name): raw_value(row[column.name]) for column in bound.columns}
        digest = row_digest(bound.name, stored)
        if digest != row["digest"]:
            yield Fault(bound.name, key, "row_changed")
        place.append(digest)
    for name, (count, root) in expected.items():
        found = digests.get(name, [])
        if len(found) != count:
            code = "row_added" if len(found) > count else "row_lost"
            yield Fault(bound.name, f"document={name} line={min(len(found), count)}", code)
        elif digests_root(found) != root:
            yield Fault(bound.name, f"document={name}", "rows_differ_from_document")


def _expected(tx: Connection, table: str) -> dict[str, tuple[int, str]]:
    bound = {name: tables[table] for name, tables in _tables(tx) if table in tables}
    return {name: (values["count"], values["root"]) for name, values in bound.items()}


def _tables_complete(tx: Connection, bound: Sequence[BoundTable]) -> Iterator[Fault]:
    """A document that binds a table which nobody audits would be a hole in the audit itself."""
    known = {table.name for table in bound}
    for name, tables in _tables(tx):
        for table in sorted(set(tables) - known):
            yield Fault(table, f"document={name}", "table_not_audited")


def _tables(tx: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each document's id and the tables it binds; a damaged document is named elsewhere and binds nothing."""
    for row in tx.execute(select(document.c.id, document.c.commitment, document.c.salt, document.c.content)):
        if _opens(row):
            yield row.id, orjson.loads(row.content)["tables"]


def _opens(row: Row[*tuple[Any, ...]]) -> bool:
    return len(row.salt) == SALT_BYTES and document_commitment(row.salt, row.content) == row.commitment
