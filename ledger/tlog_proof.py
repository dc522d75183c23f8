"""Proofs in files that an entry is in a log (c2sp.org/tlog-proof@v1). Pure.

A proof holds the entry's index, its inclusion proof (RFC 9162, section 2.1.3) and the signed checkpoint that it leads
to; Qian's also hold the entry's bytes as their extra data, so that one file and the pinned keys are all that a
verifier needs. The extra data is nobody's word until `verify_proof` has shown that it is the entry.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ledger import merkle
from ledger.merkle import ProofError
from ledger.note import OpenedCheckpoint, Verifier, decode_base64, encode_base64, open_checkpoint

FILE_EXTENSION = ".tlog-proof"
LARGEST_FILE = 1_100_000
MOST_HASHES = 63

_HEADER = "c2sp.org/tlog-proof@v1"
_FORM = re.compile(
    rf"{re.escape(_HEADER)}\n"
    r"(?:extra (?P<extra>[A-Za-z0-9+/=]+)\n)?"
    r"index (?P<index>0|[1-9][0-9]{0,18})\n"
    rf"(?P<hashes>(?:[A-Za-z0-9+/]{{43}}=\n){{0,{MOST_HASHES}}})"
    r"\n(?P<checkpoint>.+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class TlogProof:
    """A proof as read, not verified: `hashes` from the leaf upwards, `checkpoint` a signed note, `extra` not empty."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        """Return the file's text."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += map(encode_base64, self.hashes)
        return "\n".join(lines) + "\n\n" + self.checkpoint


def parse_proof(text: str) -> TlogProof:
    """Return the proof that a file's text holds; raises ValueError for every text that `TlogProof.text` does not write.

    The checkpoint is taken as it stands; `verify_proof` opens it.
    """
    found = _FORM.fullmatch(text) if len(text) <= LARGEST_FILE else None
    if found is None:
        raise ProofError("not a tlog-proof")
    extra = None if found["extra"] is None else decode_base64(found["extra"])
    hashes = tuple(decode_base64(line) for line in found["hashes"].splitlines())
    return TlogProof(int(found["index"]), hashes, found["checkpoint"], extra)


def verify_proof(proof: TlogProof, entry: bytes, verifiers: Iterable[Verifier]) -> OpenedCheckpoint:
    """Return the checkpoint that holds the entry at the proof's index, with its verified signatures.

    Raises NoteError where its log did not sign it with a pinned key, ProofError where the entry is not in its tree.
    Whether the cosignatures are enough is the caller's policy.
    """
    opened = open_checkpoint(proof.checkpoint, verifiers)
    checkpoint = opened.checkpoint
    leaf = merkle.leaf_hash(entry)
    merkle.verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return opened
