"""The log as static files, byte for byte what the service serves, for a mirror or a web server of any kind.

    checkpoint, vkey, tile/…, data/<sha256>

A further run writes what is new; the checkpoint comes last, so that a reader never sees one whose tiles are not there.
The partial tiles of earlier exports stay until their full tile is there (c2sp.org/tlog-tiles, Partial Tiles).
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from api.atomic_files import sync_folder, write_atomically
from api.log_client import FolderLog
from ledger import documents, log, signed, tree
from ledger.errors import Conflict
from ledger.log_reader import CHECKPOINT_PATH, LogFault, read_checkpoint
from ledger.note import Checkpoint, parse_checkpoint
from ledger.tables import public_file
from ledger.tiles import TileName, width_in_tree

VKEY_PATH = "vkey"


@dataclass(frozen=True)
class Exported:
    """What an export did: the signed size that the folder has now, and how many files were new."""

    size: int
    written: int


def export_log(tx: Connection, note: str, vkeys: str, folder: Path) -> Exported:
    """Write the log up to a signed checkpoint into a folder; `vkeys` is the text of the keys, current first.

    Raises Conflict: export_of_another_log where the folder holds a log that this one does not continue,
    export_unreadable where it holds a checkpoint that is none.
    """
    checkpoint = parse_checkpoint(note.partition("\n\n")[0] + "\n")
    _refuse_another_log(tx, checkpoint, folder)
    written = 0
    folders: set[Path] = set()
    outdated: list[Path] = []
    for name, content in _parts(tx, checkpoint.size):
        path = folder / name
        if not path.exists():
            write_atomically(path, content())
            written += 1
            folders.add(path.parent)
        before = path.with_name(f"{path.name}.p")
        if before.exists():
            outdated.append(before)
    for each in sorted(folders):
        _sync_up_to(each, folder)
    write_atomically(folder / VKEY_PATH, vkeys.encode())
    write_atomically(folder / CHECKPOINT_PATH, note.encode())
    sync_folder(folder)
    for before in outdated:
        shutil.rmtree(before)
    return Exported(checkpoint.size, written)


def _parts(tx: Connection, size: int) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the paths of all tiles and public files, each with what reads its content."""
    for level in (None, *range(8)):
        number = 0
        while width := width_in_tree(level, number, size):
            name = TileName(level, number, width)
            yield name.path, partial(signed.tile, tx, name)
            number += 1
    names = select(public_file.c.sha256).order_by(public_file.c.sha256)
    for sha256 in tx.execute(names.execution_options(yield_per=log.ROWS_AT_ONCE)).scalars():
        yield f"data/{sha256}", partial(documents.public_file, tx, sha256)


def _refuse_another_log(tx: Connection, checkpoint: Checkpoint, folder: Path) -> None:
    try:
        _, exported = read_checkpoint(FolderLog(folder).read)
    except LogFault as fault:
        if fault.code == "log_part_missing":
            return
        raise Conflict("export_unreadable", folder=folder) from None
    if (
        exported.origin != checkpoint.origin
        or exported.size > checkpoint.size
        or tree.root(tx, exported.size) != exported.root
    ):
        raise Conflict("export_of_another_log", folder=folder, origin=exported.origin, size=exported.size)


def _sync_up_to(folder: Path, top: Path) -> None:
    while folder != top:
        sync_folder(folder)
        folder = folder.parent
