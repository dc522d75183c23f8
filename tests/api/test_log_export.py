"""The log as static files: the same bytes as served, complete at every moment, and only ever continued."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.log_client import FolderLog
from api.log_export import Exported, export_log
from ledger import documents, log, signed
from ledger.database import Database
from ledger.errors import Conflict
from ledger.fsck import check_log
from ledger.log import NewEntry
from ledger.tiles import parse_tile_path
from tests.ledger.static_log import ORIGIN, SIGNER, VERIFIER

NOW = datetime(2026, 11, 23, 2, 16, 4, tzinfo=UTC)
CREATED = NewEntry("ledger.created", ORIGIN, body={"name": "A bureau", "vkey": SIGNER.verifier_key})
VKEYS = f"{SIGNER.verifier_key}\n"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


def grow(database: Database, size: int, subject: str = "s") -> None:
    """Append up to a size, each hundredth entry with a public file, and sign."""
    with database.write() as tx:
        new = []
        for seq in range(log.size(tx), size):
            body = {"file": documents.publish_file(tx, b"[%d]" % seq)} if seq % 100 == 50 else {}
            new.append(CREATED if seq == 0 else NewEntry("test.entry", subject, body=body))
        log.append(tx, NOW, new)
    with database.write() as tx:
        log.sign_checkpoint(tx, SIGNER)


def export(database: Database, folder: Path) -> Exported:
    with database.read() as tx:
        return export_log(tx, log.checkpoint(tx), VKEYS, folder)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_is_a_sound_log_of_the_bytes_that_are_served(database: Database, mirror: Path) -> None:
    grow(database, 600)
    assert export(database, mirror).size == 600
    assert list(check_log(FolderLog(mirror).read, [VERIFIER])) == []
    with database.read() as tx:
        for path, content in files(mirror).items():
            match path.split("/"):
                case ["checkpoint"]:
                    assert content.decode() == log.checkpoint(tx)
                case ["vkey"]:
                    assert content.decode() == VKEYS
                case ["data", name]:
                    assert content == documents.public_file(tx, name)
                case _:
                    assert content == signed.tile(tx, parse_tile_path(path))
    assert sorted(path for path in files(mirror) if path.startswith("tile")) == [
        "tile/0/000",
        "tile/0/001",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/000",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ]
    assert sum(path.startswith("data") for path in files(mirror)) == 6


def test_a_further_run_adds_what_is_new_and_writes_nothing_again(database: Database, mirror: Path) -> None:
    grow(database, 300)
    first = export(database, mirror)
    old = {path: (mirror / path).stat().st_mtime_ns for path in files(mirror)}
    assert first.written == len(old) - 2
    assert export(database, mirror) == Exported(300, 0)
    grow(database, 600)
    export(database, mirror)
    kept = {path: time for path, time in old.items() if path in files(mirror) and path not in ("checkpoint", "vkey")}
    assert {path: (mirror / path).stat().st_mtime_ns for path in kept} == kept
    assert list(check_log(FolderLog(mirror).read, [VERIFIER])) == []


def test_a_partial_tile_stays_until_its_full_one_is_there(database: Database, mirror: Path) -> None:
    for size in (10, 20, 256, 257):
        grow(database, size)
        export(database, mirror)
        partial = sorted(path for path in files(mirror) if path.startswith(("tile/0/000.p", "tile/entries/000.p")))
        if size < 256:
            expected = [
                f"tile/{kind}/000.p/{width}" for kind in ("0", "entries") for width in (10, 20) if width <= size
            ]
            assert partial == expected
        else:
            assert partial == []


def test_what_was_lost_from_the_folder_is_written_again(database: Database, mirror: Path) -> None:
    grow(database, 300)
    export(database, mirror)
    before = files(mirror)
    for path in ("tile/0/000", "tile/entries/001.p/44", next(path for path in before if path.startswith("data"))):
        (mirror / path).unlink()
    assert export(database, mirror).written == 3
    assert files(mirror) == before


def test_a_run_that_is_cut_off_leaves_the_old_log_whole(
    database: Database, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(database, 300)
    export(database, mirror)
    grow(database, 600)
    left = iter(range(3))
    whole = os.fsync

    def failing(descriptor: int) -> None:
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "no space left on device")
        whole(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="no space"):
            export(database, mirror)
    assert list(check_log(FolderLog(mirror).read, [VERIFIER])) == []
    assert [path for path in files(mirror) if "/." in path] == []


def test_a_folder_that_holds_another_log_is_refused(database: Database, mirror: Path, tmp_path: Path) -> None:
    grow(database, 10)
    export(database, mirror)
    other = mirror / "checkpoint"
    checkpoint = other.read_text()
    other.write_text(checkpoint.replace(ORIGIN, "other.example/log"))
    with pytest.raises(Conflict, match="export_of_another_log"):
        export(database, mirror)
    other.write_text(checkpoint.replace("\n10\n", "\n11\n"))
    with pytest.raises(Conflict, match="export_of_another_log"):
        export(database, mirror)
    other.write_text(checkpoint.replace("\n10\n", "\n9\n"))
    with pytest.raises(Conflict, match="export_of_another_log"):
        export(database, mirror)
    other.write_text("none")
    with pytest.raises(Conflict, match="export_unreadable"):
        export(database, mirror)
