"""The chain of a log's entries, followed one by one, and the keys that they name. Pure."""

from collections.abc import Iterable, Sequence

from ledger import merkle
from ledger.entries import NO_PREVIOUS, Entry, parse_entry
from ledger.log_reader import LogFault
from ledger.note import NoteError, OpenedCheckpoint, Verifier, open_checkpoint
from ledger.rotation import CREATED, ROTATED, RotationError, SigningKey, first_key, signing_keys, trusted_key


class Chain:
    """Remembers of the entries so far what the next one must follow, and those that name the log's keys.

    `last` is the entry last followed, None if it could not be read.
    """

    def __init__(self) -> None:
        self.last: Entry | None = None
        self.key_entries: list[Entry] = []
        self._previous: str | None = NO_PREVIOUS
        self._time = ""

    def go_on_after(self, leaf: bytes | None) -> None:
        """Expect an entry that follows one with this leaf hash, or any entry where that is not known."""
        self._previous = None if leaf is None else leaf.hex()

    def follow(self, seq: int, data: bytes) -> list[LogFault]:
        """Take the entry that stands at `seq`, and return what is wrong with it."""
        previous, self._previous = self._previous, merkle.leaf_hash(data).hex()
        try:
            entry = parse_entry(data)
        except ValueError:
            self.last = None
            return [LogFault("log_entry_unreadable", seq=seq)]
        faults = []
        if entry.seq != seq or previous not in (None, entry.prev):
            faults.append(LogFault("log_chain_broken", seq=seq))
        if entry.time < self._time:
            faults.append(LogFault("log_time_backwards", seq=seq))
        self._time = max(self._time, entry.time)
        if entry.kind in (CREATED, ROTATED):
            self.key_entries.append(entry)
        self.last = entry
        return faults

    def keys(self) -> list[SigningKey]:
        """Return the keys that the entries from the log's first on name; raises LogFault("log_keys_broken")."""
        try:
            if not self.key_entries:
                raise RotationError("no entry names a key")
            return signing_keys(first_key(self.key_entries[0]), self.key_entries)
        except RotationError as error:
            raise LogFault("log_keys_broken", reason=str(error)) from None


def verify_checkpoint(
    signed: str, size: int, keys: Sequence[SigningKey], pinned: Iterable[Verifier]
) -> OpenedCheckpoint:
    """Return the checkpoint of `size` entries if the key that is due signed it, and it is pinned or came after one.

    Raises LogFault: log_key_not_pinned, log_checkpoint_unsigned.
    """
    try:
        due = trusted_key(keys, size, pinned)
    except RotationError:
        raise LogFault("log_key_not_pinned") from None
    try:
        return open_checkpoint(signed, [due])
    except NoteError:
        raise LogFault("log_checkpoint_unsigned", key=due.vkey) from None
