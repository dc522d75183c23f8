"""Signed notes, verifier keys and checkpoints (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature).

A verifier pins its keys; it never learns them from a note. The rules of opening one:

- The whole note is UTF-8 without control characters but newline, and within the limits below.
- A signature whose key name and key id are not pinned is ignored.
- A signature by a pinned key that does not verify refuses the whole note, and so does a note without any that verifies.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.merkle import HASH_BYTES

LARGEST_NOTE = 1_000_000
MOST_SIGNATURES = 100
LARGEST_SIZE = 2**63 - 1
LARGEST_TIME = 2**63 - 1

ED25519 = 0x01
COSIGNATURE = 0x04

_PUBLIC_KEY_BYTES = 32
_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")


class NoteError(ValueError):
    """A note, a verifier key or a checkpoint that must not be believed, or cannot be written."""


class SignatureError(NoteError):
    """No pinned key signed the note, or a signature by a pinned key is bad."""


class Signer(Protocol):
    """Signs notes under a name with the key that `verifier_key`, a vkey, verifies."""

    @property
    def name(self) -> str:
        """The key's name; for the key of a log its origin."""

    @property
    def verifier_key(self) -> str:
        """The vkey text that verifiers pin."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a note's text as it follows the key id in the signature line."""


@dataclass(frozen=True)
class Verifier:
    """A pinned public key: type 01 verifies Ed25519 signatures of notes, type 04 cosignatures of checkpoints."""

    name: str
    key_type: int
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.key_type not in (ED25519, COSIGNATURE):
            raise NoteError(f"key type {self.key_type:02x} is not known")
        if len(self.public_key) != _PUBLIC_KEY_BYTES:
            raise NoteError(f"an Ed25519 public key has {_PUBLIC_KEY_BYTES} bytes")

    @classmethod
    def from_vkey(cls, text: str) -> Self:
        """Return the verifier of a vkey, name+hex(key id)+base64(type ‖ public key); raises NoteError."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise NoteError("a vkey has three parts")
        typed_key = decode_base64(parts[2])
        if not typed_key:
            raise NoteError("a vkey has a key")
        verifier = cls(parts[0], typed_key[0], typed_key[1:])
        if parts[1] != verifier.key_id.hex():
            raise NoteError("a vkey's id is not that of its key")
        return verifier

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ 0A ‖ type ‖ public key)[:4]."""
        typed_key = bytes([self.key_type]) + self.public_key
        return hashlib.sha256(self.name.encode() + b"\n" + typed_key).digest()[:_KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The text that `from_vkey` reads."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.key_type]) + self.public_key)}"

    def verify(self, message: bytes, signature: bytes) -> int | None:
        """Return a cosignature's time in Unix seconds, None for an Ed25519 signature; raises NoteError if it is bad."""
        time = None
        if self.key_type == COSIGNATURE:
            time = int.from_bytes(signature[:_TIME_BYTES], "big")
            if time > LARGEST_TIME:
                raise SignatureError(f"the signature by {self.name} is bad: it is dated beyond all times")
            message, signature = cosigned_message(time, message), signature[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature as error:
            raise SignatureError(f"the signature by {self.name} is bad") from error
        return time


@dataclass(frozen=True)
class Signature:
    """A signature that was verified; `time` is a cosignature's, in Unix seconds, `line` stands for it in the note."""

    verifier: Verifier
    time: int | None
    line: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class OpenedNote:
    """A note's text and those of its signatures that were verified, at least one, in the note's order.

    One key can have signed more than once: a quorum counts distinct keys.
    """

    text: str
    signatures: tuple[Signature, ...]

    @property
    def verified(self) -> frozenset[str]:
        """The names of the keys that signed."""
        return frozenset(signature.verifier.name for signature in self.signatures)

    @property
    def verified_note(self) -> str:
        """The note with the verified signatures alone."""
        return self.text + "\n" + "".join(f"{signature.line}\n" for signature in self.signatures)


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log's tree: `root` is 32 bytes. Checkpoints with extension lines are none of ours."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not _checked(self.origin) or "\n" in self.origin:
            raise NoteError("a checkpoint's origin is one line")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise NoteError("a checkpoint's size is 0 to 2^63 - 1")
        if len(self.root) != HASH_BYTES:
            raise NoteError(f"a checkpoint's root has {HASH_BYTES} bytes")

    def body(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


@dataclass(frozen=True)
class OpenedCheckpoint:
    """A checkpoint that its log signed, with all its verified signatures, cosignatures among them."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...]


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint of a note's text; raises NoteError for every text that `Checkpoint.body` does not write."""
    found = _BODY.fullmatch(text)
    if found is None:
        raise NoteError("not the body of a checkpoint")
    return Checkpoint(found[1], int(found[2]), decode_base64(found[3]))


def cosigned_message(time: int, body: bytes) -> bytes:
    """Return what a cosignature/v1 of a checkpoint's whole body signs; `time` in Unix seconds."""
    return b"cosignature/v1\ntime %d\n" % time + body


def sign_note(text: str, signers: Sequence[Signer]) -> str:
    """Return the note of a text that ends in newline; raises NoteError if it is none or a signer's key does not fit."""
    message = _checked(text)
    if not text.endswith("\n"):
        raise NoteError("a note's text ends in newline")
    if not 1 <= len(signers) <= MOST_SIGNATURES:
        raise NoteError(f"a note has 1 to {MOST_SIGNATURES} signatures")
    note = text + "\n"
    for signer in signers:
        verifier = Verifier.from_vkey(signer.verifier_key)
        signature = signer.sign(message)
        verifier.verify(message, signature)
        note += f"— {verifier.name} {encode_base64(verifier.key_id + signature)}\n"
    return note


def open_note(note: str, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Return the text and the verified signatures of a note; raises NoteError after the rules of this module."""
    pinned: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if pinned.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise NoteError("two pinned keys share name and id")
    _checked(note)
    text, separator, lines = note.rpartition("\n\n")
    text += "\n"
    if not separator or not lines.endswith("\n"):
        raise NoteError("not a signed note")
    signature_lines = lines[:-1].split("\n")
    if len(signature_lines) > MOST_SIGNATURES:
        raise NoteError(f"a note has at most {MOST_SIGNATURES} signatures")
    signatures = []
    for line, (name, key_id, signature) in [(line, _parse_line(line)) for line in signature_lines]:
        signed_by = pinned.get((name, key_id))
        if signed_by is not None:
            signatures.append(Signature(signed_by, signed_by.verify(text.encode(), signature), line))
    if not signatures:
        raise SignatureError("no pinned key signed the note")
    return OpenedNote(text, tuple(signatures))


def open_checkpoint(note: str, verifiers: Iterable[Verifier]) -> OpenedCheckpoint:
    """Return the checkpoint of a note that a pinned key (type 01) named as its origin signed; raises NoteError."""
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    signers = [signature.verifier for signature in opened.signatures]
    if not any(signer.key_type == ED25519 and signer.name == checkpoint.origin for signer in signers):
        raise NoteError("the log itself did not sign its checkpoint")
    return OpenedCheckpoint(checkpoint, opened.signatures)


def _parse_line(line: str) -> tuple[str, bytes, bytes]:
    """Return name, key id and signature of a signature line."""
    match line.split(" "):
        case ["—", name, blob]:
            _check_name(name)
            data = decode_base64(blob)
        case _:
            raise NoteError("not a signature line")
    if len(data) <= _KEY_ID_BYTES:
        raise NoteError("a signature line has a signature")
    return name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:]


def _checked(text: str) -> bytes:
    """Return the UTF-8 of a text within the limits of a note."""
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise NoteError("a note is UTF-8") from error
    if len(data) > LARGEST_NOTE:
        raise NoteError(f"a note has at most {LARGEST_NOTE} bytes")
    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise NoteError("a note has no control characters")
    return data


def _check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError("a key's name has no spaces and no plus, and is not empty")


def encode_base64(data: bytes) -> str:
    """Return standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode()


def decode_base64(text: str) -> bytes:
    """Return the bytes of canonical base64: padded, without stray characters or stray bits; else raises NoteError."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise NoteError("not base64") from error
    if encode_base64(data) != text:
        raise NoteError("not canonical base64")
    return data
