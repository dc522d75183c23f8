"""An entry of the log, as bytes and as values. Pure.

Canonical JSON (RFC 8785) {"v", "seq", "prev", "time", "kind", "body"}: the version; the place in the log, from 0; the
hex leaf hash (RFC 9162) of the entry before, 64 zeros for the first; an instant; the kind; and a body whose "subject"
says what it is about and whose "documents", where there are any, holds their commitments in hex by name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ledger import merkle
from ledger.calendar import parse_instant
from ledger.canonical import DEEPEST_NESTING, JSON, canonical, parse_canonical
from ledger.errors import Conflict

VERSION = 1
MAX_ENTRY_BYTES = 65_535
EXPIRED = "document.expired"
"""The kind of an entry that says that a document, its subject, is gone for good; `ledger.append_only` repeats it."""
NO_PREVIOUS = "0" * 64
_SHA256 = re.compile("[0-9a-f]{64}")
_KEYS = {"v", "seq", "prev", "time", "kind", "body"}


class Entry(NamedTuple):
    """An entry of the log, as parsed from its canonical bytes."""

    seq: int
    prev: str
    time: str
    kind: str
    body: dict[str, Any]
    data: bytes

    @property
    def subject(self) -> str:
        """What the entry is about."""
        return str(self.body["subject"])

    @property
    def documents(self) -> dict[str, str]:
        """The commitments that the entry carries, in hex, by name."""
        return dict(self.body.get("documents", {}))

    @property
    def files(self) -> list[str]:
        """The public files that the body names: a hex SHA-256 under the key "file", at any depth, in sorted order."""
        return list(_files(self.body))

    @property
    def leaf_hash(self) -> bytes:
        """The entry's leaf hash (RFC 9162), 32 bytes."""
        return merkle.leaf_hash(self.data)


def make_entry(seq: int, prev: str, time: str, kind: str, body: dict[str, Any]) -> Entry:
    """Return an entry with its bytes; raises Conflict("entry_too_long") beyond what a log's format allows.

    `prev` is in hex, `time` as `instant_text` writes it: both are plain text. The members' names stand in the order of
    canonical JSON, so an entry is put together from its members' own bytes.
    """
    members = (canonical(body, DEEPEST_NESTING - 1), _quoted(kind), prev.encode(), seq, time.encode(), VERSION)
    data = b'{"body":%b,"kind":%b,"prev":"%b","seq":%d,"time":"%b","v":%d}' % members
    if len(data) > MAX_ENTRY_BYTES:
        raise Conflict("entry_too_long", kind=kind, bytes=len(data), limit=MAX_ENTRY_BYTES)
    return Entry(seq, prev, time, kind, body, data)


def parse_entry(data: bytes) -> Entry:
    """Read an entry's bytes; raises ValueError unless they are a canonical entry of this version."""
    value = parse_canonical(data)
    if not isinstance(value, dict) or set(value) != _KEYS or not _has_types(value):
        raise ValueError("not an entry of the log")
    if value["v"] != VERSION:
        raise ValueError("not an entry of this version")
    parse_instant(value["time"])
    return Entry(value["seq"], value["prev"], value["time"], value["kind"], value["body"], data)


@lru_cache
def _quoted(kind: str) -> bytes:
    return canonical(kind)


def _files(value: JSON) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key in sorted(value):
            named = value[key]
            if key == "file" and isinstance(named, str) and _SHA256.fullmatch(named):
                yield named
            else:
                yield from _files(named)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _files(each)


def _has_types(value: Mapping[str, Any]) -> bool:
    """Tell whether the parts of an entry, its subject and its commitments are of the types that they are written in."""
    body = value["body"]
    if not isinstance(body, dict) or not isinstance(body.get("documents", {}), dict):
        return False
    texts = [value["prev"], value["time"], value["kind"], body.get("subject"), *body.get("documents", {}).values()]
    return type(value["v"]) is type(value["seq"]) is int and set(map(type, texts)) == {str}
