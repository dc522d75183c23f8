"""Following somebody's log: each signed tree must begin with the one that was seen before. Pure.

A follower remembers the newest checkpoint that it has verified (`Known`). At each step it proves that the checkpoint
served now continues it, and reads the new entries: they must follow each other, and they name the keys that sign. Two
signed trees of which neither begins with the other prove to everybody that the log has lied: `LogForked` holds both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from ledger import merkle
from ledger.canonical import JSON, canonical, parse_canonical
from ledger.chain import Chain, verify_checkpoint
from ledger.errors import Refusal
from ledger.log_reader import LogFault, LogReader, Read, read_checkpoint
from ledger.merkle import ProofError
from ledger.note import Checkpoint, NoteError, Verifier, open_checkpoint, parse_checkpoint
from ledger.rotation import RotationError, SigningKey, signing_keys


@dataclass(frozen=True)
class Known:
    """What a follower remembers: the newest verified note, and the keys that the entries so far name."""

    note: str
    keys: tuple[SigningKey, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says."""
        return parse_checkpoint(self.note.partition("\n\n")[0] + "\n")

    def to_bytes(self) -> bytes:
        """Return canonical JSON {"checkpoint", "keys": [{"since", "vkey"}]}."""
        keys: list[JSON] = [{"since": key.since, "vkey": key.verifier.vkey} for key in self.keys]
        return canonical({"checkpoint": self.note, "keys": keys})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` writes; raises ValueError for anything else."""
        value: Any = parse_canonical(data)
        try:
            keys = tuple(SigningKey(Verifier.from_vkey(key["vkey"]), key["since"]) for key in value["keys"])
            known = cls(value["checkpoint"], keys)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not what a follower remembers") from error
        whole = all(type(key.since) is int for key in known.keys) and [key.since for key in known.keys[:1]] == [1]
        if known.to_bytes() != data or not whole or known.checkpoint.size == 0:
            raise ValueError("not what a follower remembers")
        return known


class LogForked(Refusal):
    """The log signed trees that contradict each other.

    `known` and `served` are the signed notes, and among the parameters their sizes. `proof` leads to the served root
    and to another root than the known one (RFC 9162, section 2.1.4), so with the notes it convinces everybody; it is
    empty where none is needed, since the sizes are equal, or none can be, since the served tree is smaller.
    """

    def __init__(
        self, code: str, /, *, notes: tuple[str, str], origin: str, known: int, served: int, proof: Sequence[bytes] = ()
    ) -> None:
        super().__init__(code, origin=origin, known=known, served=served)
        self.known, self.served = notes
        self.proof = tuple(proof)


def follow(read: Read, known: Known | None, pinned: Sequence[Verifier]) -> Known:
    """Return what is known after one step; without `known`, the first, the whole log is read.

    Raises LogForked("log_forked"), or LogForked("log_rolled_back") where a smaller tree is served than before;
    LogFault where what is served is not sound, or not signed by a key that is pinned or came after one.
    """
    note, checkpoint = read_checkpoint(read)
    if known is None:
        keys = _followed(LogReader(read, checkpoint)).keys()
        verify_checkpoint(note, checkpoint.size, keys, pinned)
        return Known(note, tuple(keys))
    old = known.checkpoint
    verify_checkpoint(known.note, old.size, known.keys, pinned)
    if checkpoint == old:
        verify_checkpoint(note, old.size, known.keys, pinned)
        return Known(note, known.keys)
    if checkpoint.size <= old.size:
        _require_signature(note, known.keys)
        notes = (known.note, note)
        if checkpoint.size < old.size:
            raise LogForked("log_rolled_back", notes=notes, origin=old.origin, known=old.size, served=checkpoint.size)
        raise LogForked("log_forked", notes=notes, origin=old.origin, known=old.size, served=checkpoint.size)
    reader = LogReader(read, checkpoint)
    proof = reader.consistency_proof(old.size)
    try:
        merkle.verify_consistency(old.size, checkpoint.size, old.root, checkpoint.root, proof)
    except ProofError:
        _require_signature(note, known.keys)
        raise LogForked(
            "log_forked",
            notes=(known.note, note),
            origin=old.origin,
            known=old.size,
            served=checkpoint.size,
            proof=proof,
        ) from None
    keys = _extended(known.keys, old.size, _followed(reader, old.size - 1))
    verify_checkpoint(note, checkpoint.size, keys, pinned)
    return Known(note, tuple(keys))


def _followed(reader: LogReader, start: int = 0) -> Chain:
    """Return the chain of the entries from `start` on; raises its first LogFault."""
    chain = Chain()
    if start:
        chain.go_on_after(None)
    for seq, data in enumerate(reader.entries(start), start):
        for fault in chain.follow(seq, data):
            raise fault
    return chain


def _extended(keys: Sequence[SigningKey], size: int, chain: Chain) -> list[SigningKey]:
    """Return the keys of the first `size` entries and those that the entries after them name."""
    later = [entry for entry in chain.key_entries if entry.seq >= size]
    try:
        new = signing_keys(keys[-1].verifier, later)[1:]
    except RotationError as error:
        raise LogFault("log_keys_broken", reason=str(error)) from None
    if {each.verifier for each in keys} & {each.verifier for each in new}:
        raise LogFault("log_keys_broken", reason="a key comes back")
    return [*keys, *new]


def _require_signature(note: str, keys: Sequence[SigningKey]) -> None:
    """Any key that the log ever named convicts it; what nobody known signed convicts nobody."""
    try:
        open_checkpoint(note, [key.verifier for key in keys])
    except NoteError:
        raise LogFault("log_checkpoint_unsigned", key=keys[-1].verifier.vkey) from None
