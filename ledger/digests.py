"""The digests that bind documents and rows. Pure."""

import hashlib
from collections.abc import Iterable, Mapping

from ledger.canonical import JSON, canonical
from ledger.commitments import commit
from ledger.merkle import leaf_hashes, root_of

DOCUMENT_TAG = "qian/document/v1"
ROW_TAG = b"qian/row/v1"


def document_commitment(salt: bytes, content: bytes) -> str:
    """Return the hex commitment to a document's canonical bytes; the salt has 32 bytes, else ValueError."""
    return commit(DOCUMENT_TAG, salt, content).hex()


def row_digest(table_name: str, stored: Mapping[str, JSON]) -> bytes:
    """Return SHA-256("qian/row/v1" ‖ canonical [table name, stored values]), document and line among the values."""
    return hashlib.sha256(ROW_TAG + canonical([table_name, stored])).digest()


def digests_root(digests: Iterable[bytes]) -> str:
    """Return the hex root of the Merkle tree (RFC 9162) whose leaves are the digests in the order of their lines."""
    return root_of(leaf_hashes(digests)).hex()
