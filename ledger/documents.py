"""Sealed documents: confidential contents beside the log, each bound to it by a salted commitment."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from ledger import tables
from ledger.bindings import BoundInsert, BoundTable
from ledger.canonical import JSON, canonical, parse_canonical
from ledger.commitments import new_salt
from ledger.digests import document_commitment
from ledger.errors import Conflict, Missing, Refusal
from ledger.storage import Storage

NO_SALT = b""
"""In the place of a salt: the document has expired."""


@dataclass(frozen=True)
class Sealed:
    """A document's id, which tells nothing of it, and its commitment in hex, which may stand in the log."""

    id: str
    commitment: str


@dataclass(frozen=True)
class Document:
    """A document opened: `content` is canonical JSON bytes, `salt` 32 bytes."""

    id: str
    kind: str
    commitment: str
    salt: bytes
    content: bytes

    @property
    def value(self) -> dict[str, Any]:
        """The parsed {"id", "kind", "content", "tables"}."""
        value = parse_canonical(self.content)
        assert isinstance(value, dict)  # noqa: S101  - seal() writes nothing else
        return value


class Sealing:
    """A document that is about to be sealed: rows that it binds go in, some at a time, and then its content."""

    def __init__(self, tx: Connection, kind: str) -> None:
        """Give it an id; nothing is stored yet."""
        self.id = secrets.token_hex(16)
        self._tx = tx
        self._kind = kind
        self._inserts: dict[str, BoundInsert] = {}

    def rows(self, bound: BoundTable) -> BoundInsert:
        """Return the way in for a table's rows; the document binds the table from then on, even if there are none."""
        if bound.name not in self._inserts:
            self._inserts[bound.name] = BoundInsert(self._tx, bound, self.id)
        return self._inserts[bound.name]

    def seal(self, content: Mapping[str, JSON]) -> Sealed:
        """Store the document, and return its commitment for the log.

        The committed bytes are canonical {"id", "kind", "content", "tables": {name: {"count", "root"}}}. Raises
        Conflict("storage_failed").
        """
        bound = {name: insert.bound().to_json() for name, insert in self._inserts.items()}
        data = canonical({"id": self.id, "kind": self._kind, "content": dict(content), "tables": bound})
        salt = new_salt()
        commitment = document_commitment(salt, data)
        row = {"id": self.id, "kind": self._kind, "commitment": commitment, "salt": salt}
        self._tx.execute(tables.document.insert().values(**row, content=keep(self._tx, self.id, data)))
        return Sealed(self.id, commitment)


def seal(
    tx: Connection,
    kind: str,
    content: Mapping[str, JSON],
    rows: Sequence[tuple[BoundTable, Iterable[Mapping[str, object]]]] = (),
) -> Sealed:
    """Store a document with the rows it binds, and return its commitment for the log; raises what `Sealing` raises."""
    sealing = Sealing(tx, kind)
    for table, values in rows:
        sealing.rows(table).add(values)
    return sealing.seal(content)


def keep(tx: Connection, identifier: str, content: bytes) -> bytes:
    """Put a document's content where the database's storage is, and return what its row holds of it."""
    storage = storage_of(tx)
    if storage is None:
        return content
    storage.put(identifier, content)
    return b""


def kept(tx: Connection, identifier: str, held: bytes) -> bytes | None:
    """Return a document's content, of which its row holds what `keep` returned; None where the storage lost it."""
    storage = storage_of(tx)
    return held if held or storage is None else storage.get(identifier)


def storage_of(tx: Connection) -> Storage | None:
    """Return the storage that the database was opened with; None: contents are in the rows."""
    found: Storage | None = tx.get_execution_options().get("qian_storage")
    return found


def read(tx: Connection, identifier: str) -> Document:
    """Return a document by id; raises Missing, or Conflict where it has expired or the storage lost or refuses it."""
    row = tx.execute(select(tables.document).where(tables.document.c.id == identifier)).one_or_none()
    if row is None:
        raise Missing("document_missing", document=identifier)
    return _document(tx, row)


def read_several(tx: Connection, identifiers: Collection[str]) -> dict[str, Document | Refusal]:
    """Return documents by id, or what `read` would raise instead of each, by one statement."""
    query = select(tables.document).where(tables.document.c.id.in_(identifiers))
    rows = {row.id: row for row in tx.execute(query)}
    found: dict[str, Document | Refusal] = {}
    for identifier in identifiers:
        row = rows.get(identifier)
        try:
            found[identifier] = Missing("document_missing", document=identifier) if row is None else _document(tx, row)
        except Refusal as refusal:
            found[identifier] = refusal
    return found


def public_files(tx: Connection, names: Collection[str]) -> dict[str, bytes]:
    """Return public files by their SHA-256 in hex; raises Missing."""
    query = select(tables.public_file).where(tables.public_file.c.sha256.in_(names))
    found = {row.sha256: bytes(row.content) for row in tx.execute(query)}
    for name in names:
        if name not in found:
            raise Missing("public_file_missing", name=name)
    return found


def opened(tx: Connection, commitment: str) -> Document:
    """Return the document that opens a commitment of the log; raises what `read` raises, Conflict if it was altered."""
    return opened_several(tx, [commitment])[commitment]


def opened_several(tx: Connection, commitments: Collection[str]) -> dict[str, Document]:
    """Return the documents that open commitments of the log, read by one statement; raises what `opened` raises."""
    query = select(tables.document).where(tables.document.c.commitment.in_(commitments))
    rows = {row.commitment: row for row in tx.execute(query)}
    found: dict[str, Document] = {}
    for commitment in commitments:
        row = rows.get(commitment)
        if row is None:
            raise Missing("document_missing", document=commitment)
        document = _document(tx, row)
        if not opens(document.salt, document.content, commitment):
            raise Conflict("document_altered", document=row.id)
        found[commitment] = document
    return found


def opens(salt: bytes, content: bytes, commitment: str) -> bool:
    """Tell whether a salt and a document's bytes open a commitment, whatever has become of them."""
    try:
        return document_commitment(salt, content) == commitment
    except (TypeError, ValueError):  # the salt is no 32 bytes
        return False


def publish_file(tx: Connection, content: bytes) -> str:
    """Store a public file, served under /log/data/, and return its name: its SHA-256 in hex.

    The entry that publishes it names it by the key "file", anywhere in its body.
    """
    name = hashlib.sha256(content).hexdigest()
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(tables.public_file).values(sha256=name, content=content).on_conflict_do_nothing())
    return name


def public_file(tx: Connection, name: str) -> bytes:
    """Return a public file by its SHA-256 in hex; raises Missing."""
    content = tx.execute(
        select(tables.public_file.c.content).where(tables.public_file.c.sha256 == name)
    ).scalar_one_or_none()
    if content is None:
        raise Missing("public_file_missing", name=name)
    return bytes(content)


def _document(tx: Connection, row: Row[*tuple[Any, ...]]) -> Document:
    if row.salt == NO_SALT:
        raise Conflict("document_expired", document=row.id)
    content = kept(tx, row.id, row.content)
    if content is None:
        raise Conflict("document_lost", document=row.id)
    return Document(row.id, row.kind, row.commitment, row.salt, content)
