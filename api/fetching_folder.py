"""Fetching files from a folder that others write to: only complete ones, each as it was at one moment."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import IO

from api.fetching import PIECE, Found, Limits, has_settled, stays
from ledger.errors import Conflict
from scoring.pulls import FolderPlace


@contextmanager
def folder_files(place: FolderPlace, inbox: Path, limits: Limits) -> Iterator[list[Found]]:
    """Give the complete files of a folder below the inbox, by name; links are left alone.

    Raises Conflict: pull_folder_missing where there is no such folder, or it lies elsewhere, and pull_unreadable.
    """
    try:
        ready = _ready(place, inbox)
    except OSError as error:  # such as a folder that belongs to somebody else
        raise Conflict("pull_unreadable", name=place.folder, reason=error.strerror) from None
    yield [Found(path.name, partial(_fetch, path, limits)) for path in ready]


def _ready(place: FolderPlace, inbox: Path) -> list[Path]:
    folder = (inbox / place.folder).resolve()
    if not folder.is_dir() or not folder.is_relative_to(inbox.resolve()):
        raise Conflict("pull_folder_missing", folder=place.folder)
    return [path for path in sorted(folder.iterdir()) if _is_ready(path, place)]


def _is_ready(path: Path, place: FolderPlace) -> bool:
    if not fnmatchcase(path.name, place.files):
        return False
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return False
        if place.marker is not None:
            return path.with_name(path.name + place.marker).exists()
        return has_settled(found.st_mtime, time.time())
    except FileNotFoundError:  # taken away since the folder was read
        return False


def _fetch(path: Path, limits: Limits, mark: str | None, target: IO[bytes]) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise Conflict("pull_unreadable", name=path.name, reason=error.strerror) from None
    with os.fdopen(descriptor, "rb") as file:
        before = _mark(os.fstat(descriptor))
        if before == mark:
            return None
        limits.copy(iter(lambda: file.read(PIECE), b""), target)
        return stays(before, _mark(os.fstat(descriptor)))


def _mark(found: os.stat_result) -> str:
    return f"{found.st_size}-{found.st_mtime_ns}"
