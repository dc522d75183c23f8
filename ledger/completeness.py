"""Whether a held log is all that a mirror of it knows."""

from sqlalchemy import Connection

from ledger import log, tree
from ledger.canonical import JSON
from ledger.chain import verify_checkpoint
from ledger.errors import Conflict
from ledger.following import Known, LogForked, follow
from ledger.hold import Evidence
from ledger.key_rotation import log_keys
from ledger.log_reader import Read, read_checkpoint


class LogIncomplete(Conflict):
    """Outsiders know more entries than the log has; `note` is the checkpoint of them, where the log signed one."""

    def __init__(self, code: str, /, *, held: int, known: int, lost: int, note: str = "") -> None:
        super().__init__(code, held=held, known=known, lost=lost)
        self.known, self.note = known, note


def mirror_evidence(tx: Connection, source: str, read: Read) -> Evidence:
    """Return that a mirror knows nothing that the log has not: its newest checkpoint is the log's, or of its beginning.

    Raises Conflict("mirror_of_another_log"); LogIncomplete where the mirror is longer; LogForked where log and mirror
    contradict each other; LogFault where the mirror's checkpoint is not signed, or what it serves is not sound.
    """
    keys, size = log_keys(tx), log.size(tx)
    pinned = [each.verifier for each in keys]
    note, known = read_checkpoint(read)
    if known.origin != pinned[-1].name:
        raise Conflict("mirror_of_another_log", source=source, origin=known.origin)
    ours = log.checkpoint(tx)
    if known.size > size:
        follow(read, Known(ours, tuple(keys)), pinned)
        raise LogIncomplete("log_incomplete", held=size, known=known.size, lost=known.size - size, note=note)
    verify_checkpoint(note, known.size, keys, pinned)
    if tree.root(tx, known.size) != known.root:
        raise LogForked("log_forked", notes=(ours, note), origin=known.origin, known=size, served=known.size)
    shown: dict[str, JSON] = {"kind": "mirror", "size": known.size}
    return Evidence({**shown, "root": known.root.hex()}, {**shown, "source": source})
