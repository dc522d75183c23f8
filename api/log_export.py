"""The log as static files, byte for byte what the service serves, for a mirror or a web server of any kind.

    checkpoint, vkey, tile/…, data/<sha256>

A further run writes what is new; the checkpoint comes last, so that a reader never sees one whose tiles are not there.
The partial tiles of earlier exports stay until their full tile is there (c2sp.org/tlog-tiles, Partial Tiles).
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from api.atomic_files import sync_folder, write_atomically
from api.log_client import FolderLog
from ledger import documents, signed, tree
from ledger.errors import Conflict
from ledger.log_reader import CHECKPOINT_PATH, LogFault, read_checkpoint
from ledger.note import Checkpoint, parse_checkpoint
from ledger.tables import public_file
from ledger.tiles import TILE_WIDTH, TileName, width_in_tree

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
    new: list[Path] = []
    outdated: list[Path] = []
    for name in _tiles(checkpoint.size):
        path = folder / name.path
        if not path.exists():
            write_atomically(path, signed.tile(tx, name))
            new.append(path)
        partial = path.with_name(path.name + ".p")
        if name.width == TILE_WIDTH and partial.exists():
            outdated.append(partial)
    for sha256 in tx.execute(select(public_file.c.sha256).order_by(public_file.c.sha256)).scalars().all():
        path = folder / "data" / sha256
        if not path.exists():
            write_atomically(path, documents.public_file(tx, sha256))
            new.append(path)
    for each in sorted({path.parent for path in new}):
        _sync_up_to(each, folder)
    write_atomically(folder / VKEY_PATH, vkeys.encode())
    write_atomically(folder / CHECKPOINT_PATH, note.encode())
    sync_folder(folder)
    for partial in outdated:
        shutil.rmtree(partial)
    return Exported(checkpoint.size, len(new))


def _tiles(size: int) -> Iterator[TileName]:
    for level in (None, *range(8)):
        number = 0
        while width := width_in_tree(level, number, size):
            yield TileName(level, number, width)
            number += 1


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
