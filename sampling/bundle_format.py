"""An auditor's bundle: one file from which a campaign can be re-computed without the bureau. Pure.

Its first line is canonical JSON {"format", "campaign", "checkpoint", "entries", "documents"}: the signed checkpoint's
text; all entries of the log that it covers, each as its canonical text; and by commitment (hex) the opened documents,
each {"id", "salt" (hex), "content" (canonical text), "rows": {table: {"count", "bytes"}}}. Then come the rows, in the
order of the commitments, of the tables' names and of the lines, each a line as `sampling.bundle_rows` has it.

Nothing else is in it, so every byte is bound: the checkpoint by its signature, the entries by the checkpoint's root,
the documents by the commitments in the entries, the rows by the roots in the documents.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from ledger import merkle, note
from ledger.canonical import JSON, canonical, parse_canonical
from ledger.digests import document_commitment
from ledger.entries import NO_PREVIOUS, Entry, parse_entry
from ledger.long_work import WholeFile
from ledger.rotation import CREATED, ROTATED, RotationError, SigningKey, first_key, signing_keys, trusted_key
from sampling.bundle_rows import BundleRows

FORMAT = "qian/bundle/v2"

RowRoots: TypeAlias = Mapping[str, Mapping[str, str]]
"""By commitment and table the root over the rows, in hex."""


class Mismatch(Exception):
    """Something in a bundle is not what it must be; the text names it."""


@dataclass(frozen=True)
class OpenedDocument:
    """A document of a bundle: its id, its salt and its committed bytes, and the rows that it binds."""

    id: str
    salt: bytes
    content: bytes
    rows: Mapping[str, BundleRows]

    @cached_property
    def value(self) -> dict[str, Any]:
        """The parsed {"id", "kind", "content", "tables"}."""
        value: Any = parse_canonical(self.content)
        if not isinstance(value, dict):
            raise ValueError("not a document")
        return value

    def to_json(self) -> dict[str, JSON]:
        """Return the form that stands in a bundle."""
        return {
            "id": self.id,
            "salt": self.salt.hex(),
            "content": self.content.decode(),
            "rows": {name: {"count": len(rows), "bytes": len(rows.lines)} for name, rows in self.rows.items()},
        }


@dataclass(frozen=True)
class Bundle:
    """A bundle, read but not checked."""

    campaign: str
    checkpoint: str
    entries: Sequence[bytes]
    documents: Mapping[str, OpenedDocument]

    def first_line(self) -> bytes:
        """Return all of the file but its rows."""
        return canonical(
            {
                "format": FORMAT,
                "campaign": self.campaign,
                "checkpoint": self.checkpoint,
                "entries": [entry.decode() for entry in self.entries],
                "documents": {name: document.to_json() for name, document in self.documents.items()},
            }
        )

    def to_bytes(self) -> bytes:
        """Return the bundle's one file."""
        tables = (
            rows.lines for _, document in sorted(self.documents.items()) for _, rows in sorted(document.rows.items())
        )
        return b"".join([self.first_line(), b"\n", *tables])


def parse_bundle(data: WholeFile) -> Bundle:
    """Read a bundle; raises Mismatch where it is cut short or is not exactly what `Bundle.to_bytes` writes.

    The lines of its rows are not looked at: `row_roots` does that.
    """
    end = data.find(b"\n")
    first = data[:end]
    try:
        if end < 0:
            raise ValueError("its first line does not end")
        value: Any = parse_canonical(first)
    except ValueError as error:
        raise Mismatch(f"the file is cut short or altered: {error}") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Mismatch(f"the file is no {FORMAT}")
    try:
        rows = _Lines(memoryview(data), end + 1)
        bundle = Bundle(
            value["campaign"],
            value["checkpoint"],
            [text.encode() for text in value["entries"]],
            {name: rows.document(document) for name, document in value["documents"].items()},
        )
        same = isinstance(bundle.campaign, str) and isinstance(bundle.checkpoint, str) and bundle.first_line() == first
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Mismatch(f"the file is not shaped like a {FORMAT}: {error}") from None
    if not same or rows.at != len(data):
        raise Mismatch(f"the file holds more than a {FORMAT} does, or less")
    return bundle


class _Lines:
    """Takes from a file the lines of one table after the other."""

    def __init__(self, data: memoryview, at: int) -> None:
        self.data = data
        self.at = at

    def document(self, value: Mapping[str, Any]) -> OpenedDocument:
        rows = {name: self._rows(value["id"], name, told) for name, told in value["rows"].items()}
        return OpenedDocument(value["id"], bytes.fromhex(value["salt"]), value["content"].encode(), rows)

    def _rows(self, document: str, table: str, told: Mapping[str, Any]) -> BundleRows:
        end = self.at + told["bytes"]
        if not self.at <= end <= len(self.data):
            raise ValueError("the rows are cut short")
        rows = BundleRows(table, document, told["count"], self.data[self.at : end])
        self.at = end
        return rows


def row_roots(bundle: Bundle) -> RowRoots:
    """Check the lines of all rows, and return by commitment and table the roots over their digests.

    Raises Mismatch where they are not exactly what `Bundle.to_bytes` writes.
    """
    for document in bundle.documents.values():
        for rows in document.rows.values():
            check_lines(rows)
    return {
        commitment: {table: rows.root() for table, rows in document.rows.items()}
        for commitment, document in bundle.documents.items()
    }


def check_lines(rows: BundleRows) -> None:
    """Check the lines of one table, likewise."""
    try:
        rows.check_lines()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Mismatch(f"the file is not shaped like a {FORMAT}: {error}") from None


def check_signature(
    bundle: Bundle, pinned: Sequence[note.Verifier], witnesses: Sequence[note.Verifier]
) -> tuple[note.Checkpoint, note.Verifier]:
    """Check the checkpoint's signature and return it with the key of the log that signed it.

    Which key must have signed follows from the log's rotations; it is pinned or came after one that is. Where no key
    is pinned, it came after the log's first. All other signatures must be by given witnesses, each signing once:
    another line would be bytes that nothing binds.
    """
    try:
        size = note.parse_checkpoint(bundle.checkpoint.partition("\n\n")[0] + "\n").size
        keys = log_keys(bundle)
        due = trusted_key(keys, size, pinned or [keys[0].verifier])
        opened = note.open_checkpoint(bundle.checkpoint, [due, *witnesses])
    except ValueError as error:
        raise Mismatch(f"the checkpoint: {error}") from None
    if bundle.checkpoint.count("\n— ") != len({signature.verifier for signature in opened.signatures}):
        raise Mismatch("the checkpoint has a signature by a key that is not trusted, or by one of them twice")
    return opened.checkpoint, due


def log_keys(bundle: Bundle) -> list[SigningKey]:
    """Return the keys that the log's entries name, in order; raises RotationError."""
    marks = [f'"kind":"{kind}"'.encode() for kind in (CREATED, ROTATED)]
    entries = [parse_entry(data) for data in bundle.entries if any(mark in data for mark in marks)]
    if not entries:
        raise RotationError("no entry names the log's key")
    return signing_keys(first_key(entries[0]), entries)


def check_chain(bundle: Bundle) -> list[Entry]:
    """Check that each entry is canonical, counts on and names the one before, and return them."""
    entries: list[Entry] = []
    previous = NO_PREVIOUS
    for seq, data in enumerate(bundle.entries):
        try:
            entry = parse_entry(data)
        except ValueError as error:
            raise Mismatch(f"entry {seq}: {error}") from None
        if entry.seq != seq or entry.prev != previous:
            raise Mismatch(f"entry {seq} does not follow entry {seq - 1}")
        if entries and entry.time < entries[-1].time:
            raise Mismatch(f"entry {seq} is dated before entry {seq - 1}")
        previous = entry.leaf_hash.hex()
        entries.append(entry)
    return entries


def check_inclusion(checkpoint: note.Checkpoint, entries: Sequence[Entry]) -> None:
    """Check that the signed tree is the tree over exactly these entries."""
    if checkpoint.size != len(entries):
        raise Mismatch(f"the checkpoint covers {checkpoint.size} entries, the bundle has {len(entries)}")
    if merkle.root_of([entry.leaf_hash for entry in entries]) != checkpoint.root:
        raise Mismatch("the root over the entries is not the checkpoint's: an entry was altered")


def check_documents(bundle: Bundle, needed: Mapping[str, str], roots: RowRoots) -> None:
    """Check that the bundle has exactly the needed documents (commitment → what it is), each one opening it.

    `roots` are those of `row_roots`.
    """
    for commitment, what in needed.items():
        if commitment not in bundle.documents:
            raise Mismatch(f"{what} is missing")
    for commitment, document in bundle.documents.items():
        if commitment not in needed:
            raise Mismatch(f"document {document.id} belongs to nothing that is verified")
        what = needed[commitment]
        try:
            opens = document_commitment(document.salt, document.content) == commitment
        except ValueError:
            opens = False
        if not opens:
            raise Mismatch(f"{what} (document {document.id}) does not open its commitment")
        if document.value["id"] != document.id:
            raise Mismatch(f"{what} is said to be document {document.id}, which is another one")
        for fault in _row_faults(document, roots[commitment]):
            raise Mismatch(f"{what}: {fault}")


def _row_faults(document: OpenedDocument, roots: Mapping[str, str]) -> Iterator[str]:
    tables = document.value["tables"]
    if set(tables) != set(document.rows):
        yield f"document {document.id} binds other tables than it comes with"
    for table, bound in tables.items():
        if len(document.rows[table]) != bound["count"] or roots[table] != bound["root"]:
            yield f"a row of table {table} in document {document.id} was altered, lost or added"
