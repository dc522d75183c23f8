r"""The keys of a log, one after the other: each was named by the one before, in the log itself. Pure.

A log begins with the key that its first entry names. An entry `key.rotated` about the log's origin has the new "vkey"
and the "signature": base64 of the Ed25519 signature of the key before, over the text

    qian/rotate/v1\n<origin>\n<new vkey>\n

A checkpoint of n entries is signed by the key that entries 0 to n − 2 made current. So the checkpoint that ends with a
rotation is the last one of the old key: it proves the rotation to all who pin that key. Every longer one is signed by
the new key, and which key must have signed a checkpoint follows from the entries alone. No key comes back.

A verifier pins one key or several and follows from any of them to those that came later, never back to earlier ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.canonical import JSON
from ledger.entries import Entry
from ledger.note import ED25519, NoteError, Signer, Verifier, decode_base64, encode_base64

CREATED: Final = "ledger.created"
ROTATED: Final = "key.rotated"


class RotationError(ValueError):
    """A rotation that the key before did not sign, or a key to which no pinned one leads."""


@dataclass(frozen=True)
class SigningKey:
    """A key of a log, and the smallest number of entries whose checkpoint it signs."""

    verifier: Verifier
    since: int


def statement(origin: str, vkey: str) -> bytes:
    """Return what the key before signs of a new key."""
    return f"qian/rotate/v1\n{origin}\n{vkey}\n".encode()


def rotation_body(old: Signer, new: Signer) -> dict[str, JSON]:
    """Return the fields of an entry by which `old` hands over to `new`."""
    signature = old.sign(statement(old.name, new.verifier_key))
    return {"vkey": new.verifier_key, "signature": encode_base64(signature)}


def first_key(created: Entry) -> Verifier:
    """Return the key that a log's first entry names; raises RotationError where it is no such entry."""
    if created.seq != 0 or created.kind != CREATED:
        raise RotationError("not the first entry of a log")
    return _verifier(created.body, created.subject)


def signing_keys(first: Verifier, entries: Iterable[Entry]) -> list[SigningKey]:
    """Return the keys that sign, from `first` on, in order; entries of other kinds are passed over.

    Raises RotationError for a rotation that is not signed as it must be. Whoever reads a log in parts goes on with the
    last key of this list.
    """
    keys = [SigningKey(first, 1)]
    for entry in entries:
        if entry.kind == ROTATED:
            current = keys[-1].verifier
            new = _handed_over(current, entry)
            if any(new == each.verifier for each in keys):
                raise RotationError(f"entry {entry.seq} brings back a key")
            keys.append(SigningKey(new, entry.seq + 2))
    return keys


def signing_key(keys: Sequence[SigningKey], size: int) -> Verifier:
    """Return the key that signs the checkpoint of `size` entries, at least one."""
    return [each.verifier for each in keys if each.since <= size][-1]


def trusted_key(keys: Sequence[SigningKey], size: int, pinned: Iterable[Verifier]) -> Verifier:
    """Return the key that must have signed the checkpoint of `size` entries.

    Raises RotationError unless it is pinned, or came after one that is.
    """
    trusted = set(pinned)
    until = [each.verifier for each in keys if each.since <= size]
    if trusted.isdisjoint(until):
        raise RotationError("no pinned key leads to the one that signs")
    return until[-1]


def _handed_over(current: Verifier, entry: Entry) -> Verifier:
    if entry.subject != current.name:
        raise RotationError(f"entry {entry.seq} rotates the key of another log")
    new = _verifier(entry.body, current.name)
    try:
        current.verify(statement(current.name, new.vkey), decode_base64(str(entry.body.get("signature"))))
    except NoteError:
        raise RotationError(f"entry {entry.seq} is not signed by the key before") from None
    return new


def _verifier(body: dict[str, Any], origin: str) -> Verifier:
    try:
        verifier = Verifier.from_vkey(str(body.get("vkey")))
    except NoteError as error:
        raise RotationError(f"a key of the log cannot be read: {error}") from None
    if verifier.name != origin or verifier.key_type != ED25519:
        raise RotationError("a key of the log is not of its name or kind")
    return verifier
