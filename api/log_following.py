"""What a follower of somebody's log keeps in files: the state between two steps, and the evidence of a lie."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from api.atomic_files import sync_folder, write_atomically
from api.log_export import VKEY_PATH
from ledger.errors import Invalid
from ledger.following import Known, LogForked
from ledger.log_reader import LogFault, Read
from ledger.note import NoteError, Verifier, encode_base64

KNOWN_NOTE: Final = "known.checkpoint"
SERVED_NOTE: Final = "served.checkpoint"
PROOF: Final = "consistency-proof"


def load_known(path: Path) -> Known | None:
    """Return what was known after the last step, None before the first; raises Invalid("follow_state_unreadable")."""
    try:
        return Known.from_bytes(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        raise Invalid("follow_state_unreadable", path=path) from None


def save_known(path: Path, known: Known) -> None:
    """Remember what is known, durably; raises Invalid("file_unwritable")."""
    _write(path.parent, {path.name: known.to_bytes()})


def keep_evidence(state: Path, forked: LogForked) -> Path:
    """Write both signed notes, and the proof if there is one, into a folder beside the state, and return it.

    The proof is a line of base64 a hash. Each lie has a folder of its own. Raises Invalid("file_unwritable").
    """
    notes = {KNOWN_NOTE: forked.known.encode(), SERVED_NOTE: forked.served.encode()}
    digest = hashlib.sha256(b"\0".join(notes.values())).hexdigest()
    folder = state.with_name(f"{state.name}.{forked.code}.{digest[:16]}")
    proof = "".join(f"{encode_base64(each)}\n" for each in forked.proof)
    _write(folder, {**notes, **({PROOF: proof.encode()} if proof else {})})
    return folder


def told_keys(read: Read) -> list[Verifier]:
    """Return the keys that a log tells of itself: nobody's word but its own.

    Raises LogFault("log_part_missing"), Invalid("vkey_malformed").
    """
    content = read(VKEY_PATH)
    if content is None:
        raise LogFault("log_part_missing", path=VKEY_PATH)
    try:
        return [Verifier.from_vkey(line) for line in content.decode().splitlines()]
    except (NoteError, UnicodeDecodeError) as error:
        raise Invalid("vkey_malformed", reason=str(error)) from None


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            write_atomically(folder / name, content)
        sync_folder(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise Invalid("file_unwritable", path=folder, reason=error.strerror) from None
