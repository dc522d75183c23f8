"""Bundles taken apart, changed, and put together so that every hash fits again: what a forger can do."""

import copy
from dataclasses import dataclass, field
from typing import Any

from ledger.canonical import JSON, canonical, parse_canonical
from ledger.digests import digests_root, document_commitment, row_digest
from ledger.entries import NO_PREVIOUS, make_entry
from ledger.keys import Ed25519Signer
from ledger.merkle import root_of
from ledger.note import Checkpoint, sign_note
from sampling.bundle_format import Bundle, OpenedDocument, parse_bundle
from sampling.bundle_rows import written_rows


@dataclass
class ForgedDocument:
    """An opened document, parsed: `value` is {"id", "kind", "content", "tables"}."""

    id: str
    salt: bytes
    value: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]

    @property
    def content(self) -> dict[str, Any]:
        """What the document says beside its tables."""
        content: dict[str, Any] = self.value["content"]
        return content


@dataclass
class Forgery:
    """A bundle whose parts may be changed at will: `entries` are parsed entries, `documents` stand by commitment.

    `made(signer)` computes the digests of rows, the roots, the commitments and the chain anew, and signs the tree; a
    commitment that no document opens any more stays as it is.
    """

    campaign: str
    checkpoint: str
    entries: list[dict[str, Any]]
    documents: dict[str, ForgedDocument] = field(default_factory=dict)

    def of(self, kind: str, number: int = 0) -> dict[str, Any]:
        """Return the campaign's entry of a kind: the first, or another by its number."""
        found = [each for each in self.entries if each["kind"] == kind and each["body"]["subject"] == self.campaign]
        return found[number]

    def document(self, kind: str, name: str, number: int = 0) -> ForgedDocument:
        """Return a document of one of the campaign's entries."""
        return self.documents[self.of(kind, number)["body"]["documents"][name]]

    def rows(self, kind: str, name: str, table: str, number: int = 0) -> list[dict[str, Any]]:
        """Return the rows of a table that a document of one of the campaign's entries binds."""
        return self.document(kind, name, number).rows[table]

    def imported(self, kind: str) -> ForgedDocument:
        """Return the batch of a kind that the bundle opens."""
        (entry,) = [each for each in self.entries if each["body"].get("kind") == kind]
        return self.documents[entry["body"]["documents"]["batch"]]

    def graded(self) -> ForgedDocument:
        """Return the grade run that the bundle opens."""
        (found,) = [each for each in self.documents.values() if each.value["kind"] == "grades"]
        return found

    def made(self, signer: Ed25519Signer | None) -> bytes:
        """Return the bundle's bytes; without a signer under the checkpoint that it had."""
        documents = {commitment: _sealed(each) for commitment, each in self.documents.items()}
        renamed = {old: document_commitment(each.salt, each.content) for old, each in documents.items()}
        entries = []
        previous = NO_PREVIOUS
        for seq, value in enumerate(self.entries):
            body = copy.deepcopy(value["body"])
            for name, commitment in body.get("documents", {}).items():
                body["documents"][name] = renamed.get(commitment, commitment)
            entry = make_entry(seq, previous, value["time"], value["kind"], body)
            entries.append(entry)
            previous = entry.leaf_hash.hex()
        checkpoint = self.checkpoint
        if signer is not None:
            root = root_of([entry.leaf_hash for entry in entries])
            checkpoint = sign_note(Checkpoint(signer.name, len(entries), root).body(), [signer])
        opened = {renamed[old]: each for old, each in documents.items()}
        return Bundle(self.campaign, checkpoint, [entry.data for entry in entries], opened).to_bytes()


def taken_apart(data: bytes) -> Forgery:
    """Return the parts of a sound bundle."""
    bundle = parse_bundle(data)
    forgery = Forgery(bundle.campaign, bundle.checkpoint, [_object(entry) for entry in bundle.entries])
    for commitment, document in bundle.documents.items():
        rows = {table: [dict(row) for row in rows] for table, rows in document.rows.items()}
        forgery.documents[commitment] = ForgedDocument(document.id, document.salt, _object(document.content), rows)
    return forgery


def _object(data: bytes) -> dict[str, Any]:
    value: Any = parse_canonical(data)
    assert isinstance(value, dict)
    return value


def _sealed(document: ForgedDocument) -> OpenedDocument:
    tables: dict[str, JSON] = {}
    for table, rows in document.rows.items():
        places = ({**row, "document": document.id, "line": line} for line, row in enumerate(rows))
        digests = [row_digest(table, place) for place in places]
        tables[table] = {"count": len(digests), "root": digests_root(digests)}
    content = canonical({**document.value, "tables": tables})
    written = {table: written_rows(table, document.id, rows) for table, rows in document.rows.items()}
    return OpenedDocument(document.id, document.salt, content, written)
