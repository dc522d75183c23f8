"""The rules of a witness (c2sp.org/tlog-witness: add-checkpoint) and its cosignatures (tlog-cosignature). Pure.

A witness remembers of each log the latest head that it cosigned, and cosigns a checkpoint only if that head is its
beginning. What it refuses, in this order, with the HTTP status of its answer:

- 400: a body that is not an old size, up to 63 hashes, an empty line and a checkpoint
- 404: a log that it does not know
- 403: a checkpoint without a signature by a key that it trusts for that log, or with a bad one by such a key
- 400: an old size beyond the checkpoint's
- 409: an old size that is not that of the latest head, which the answer tells
- 422: an empty tree with another root than that of the empty tree; a proof that does not lead from the latest head to
  the checkpoint, or any proof from size 0; another root at the size of the latest head

Whoever keeps the latest heads reads one, asks `check_consistency` and stores the new one in one transaction, and
answers only after it is durable: else two requests at once could make it cosign a rollback.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from ledger import merkle, note
from ledger.note import COSIGNATURE, Checkpoint, NoteError, SignatureError, Verifier

MOST_HASHES: Final = 63
LARGEST_SUBMISSION: Final = 256 * 1024  # sixteen of the largest signatures that are known, twice over
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"

_HEADER = re.compile(r"old (0|[1-9][0-9]{0,18})((?:\n[A-Za-z0-9+/]{43}=)*)")


class Refused(Exception):
    """The witness does not cosign; `status`, `content_type` and `body` are its answer."""

    def __init__(self, status: int, body: str, content_type: str = TEXT_TYPE) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.content_type = content_type


@dataclass(frozen=True)
class Head:
    """What a witness cosigned latest of a log: the size of the tree and its root, 32 bytes."""

    size: int
    root: bytes


NEVER_COSIGNED: Final = Head(0, merkle.EMPTY_ROOT)


@dataclass(frozen=True)
class Submission:
    """What `add-checkpoint` is asked: to go from `old_size` by `proof`, hashes of 32 bytes, to a signed checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def origin(self) -> str:
        """The log that the checkpoint says it is of."""
        return self.note.partition("\n")[0]

    def to_bytes(self) -> bytes:
        """Return the body of the request."""
        hashes = "".join(f"{note.encode_base64(each)}\n" for each in self.proof)
        return f"old {self.old_size}\n{hashes}\n{self.note}".encode()


@dataclass(frozen=True)
class SignedHead:
    """A head that a log signed.

    `text` is all that was signed, which may go on after the root; `note` is the text with the log's own signatures.
    """

    origin: str
    head: Head
    text: str
    note: str


def cosignature_in(answer: str, text: str, witness: Verifier) -> note.Signature | None:
    """Return a witness's cosignature of a checkpoint's text from the lines that it answered, the earliest of several.

    Every line is tried by itself: a bad one beside a good one, or one by another key, is passed over.
    """
    found: list[note.Signature] = []
    for line in answer.split("\n"):
        try:
            found += note.open_note(f"{text}\n{line}\n", [witness]).signatures
        except NoteError:
            continue
    return min(found, key=lambda each: each.time or 0, default=None)


def parse_submission(body: bytes) -> Submission:
    """Read the body of a request; raises Refused. The checkpoint is not looked into."""
    if len(body) > LARGEST_SUBMISSION:
        raise _malformed(f"the body has more than {LARGEST_SUBMISSION} bytes")
    try:
        header, separator, signed = body.decode().partition("\n\n")
        found = _HEADER.fullmatch(header)
        if found is None or not separator:
            raise _malformed("the body is not: old size, hashes, an empty line, a checkpoint")
        proof = tuple(note.decode_base64(line) for line in found[2].split("\n")[1:])
    except ValueError as error:  # neither UTF-8 nor base64
        raise _malformed(str(error)) from None
    if len(proof) > MOST_HASHES:
        raise _malformed(f"a proof has at most {MOST_HASHES} hashes")
    return Submission(int(found[1]), proof, signed)


def check_signature(submission: Submission, trusted: Collection[Verifier]) -> SignedHead:
    """Return the head that a log signed with one of the keys that are trusted for it; raises Refused.

    `trusted` are the keys known for the submission's origin.
    """
    if not trusted:
        raise Refused(404, "this log is not known here\n")
    try:
        opened = note.open_note(submission.note, trusted)
        checkpoint = _read_head(opened.text)
    except SignatureError as error:
        raise Refused(403, f"{error}\n") from None
    except NoteError as error:
        raise _malformed(str(error)) from None
    if submission.old_size > checkpoint.size:
        raise _malformed(f"the old size {submission.old_size} is beyond the checkpoint's {checkpoint.size}")
    head = Head(checkpoint.size, checkpoint.root)
    return SignedHead(checkpoint.origin, head, opened.text, opened.verified_note)


def check_consistency(submission: Submission, head: Head, latest: Head) -> None:
    """Raise Refused unless the head follows from the latest one that was cosigned of its log."""
    if submission.old_size != latest.size:
        raise Refused(409, f"{latest.size}\n", SIZE_TYPE)
    if head.size == 0 and head.root != merkle.EMPTY_ROOT:
        raise _inconsistent("the root is not that of an empty tree")
    if latest.size == 0:
        if submission.proof:
            raise _inconsistent("there is no proof from an empty tree")
        return
    try:
        merkle.verify_consistency(latest.size, head.size, latest.root, head.root, submission.proof)
    except merkle.ProofError as error:
        raise _inconsistent(str(error)) from None


class Cosigner:
    """A witness's name and Ed25519 key; `sign` gives the 64 bytes of the key's signature."""

    def __init__(self, name: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> None:
        """Raise NoteError where `name` cannot be a key's name."""
        self.verifier = Verifier(name, COSIGNATURE, public_key)
        self._sign = sign

    def cosign(self, text: str, time: int) -> str:
        """Return the signature line (cosignature/v1) of a checkpoint's whole text at a time in Unix seconds."""
        return note.sign_note(text, [_AtTime(self.verifier, self._sign, time)]).removeprefix(text + "\n")


@dataclass(frozen=True)
class _AtTime:
    """A signer of notes whose clock stands still."""

    verifier: Verifier
    raw_sign: Callable[[bytes], bytes]
    time: int

    @property
    def name(self) -> str:
        return self.verifier.name

    @property
    def verifier_key(self) -> str:
        return self.verifier.vkey

    def sign(self, message: bytes) -> bytes:
        return self.time.to_bytes(8, "big") + self.raw_sign(note.cosigned_message(self.time, message))


def _read_head(text: str) -> Checkpoint:
    """Return the checkpoint in a signed text, whose lines after the root (extensions) are not looked into."""
    lines = text.split("\n")
    if "" in lines[3:-1]:
        raise NoteError("an extension line is empty")
    return note.parse_checkpoint("\n".join(lines[:3]) + "\n")


def _malformed(reason: str) -> Refused:
    return Refused(400, f"{reason}\n")


def _inconsistent(reason: str) -> Refused:
    return Refused(422, f"{reason}\n")
