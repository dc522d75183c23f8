"""Files that are there whole or not at all, whatever ends the process or the machine."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.errors import Conflict, Invalid


def write_atomically(path: Path, content: bytes) -> None:
    """Put a file in its place, durably, instead of any that is there; its name is durable after `sync_folder`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with new.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file of mode 0600 to write, which is in its place, durably, once the block has ended well.

    Raises Conflict("file_exists") rather than put it in the place of another one, Invalid("file_unwritable").
    """
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        if path.exists():
            raise FileExistsError
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _place(new, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise Conflict("file_exists", path=path) from None
    except OSError as error:
        raise Invalid("file_unwritable", path=path, reason=error.strerror) from None
    finally:
        new.unlink(missing_ok=True)


def _place(new: Path, path: Path) -> None:
    """Name a file finally; raises FileExistsError where the name is taken."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of many USB sticks
        if path.exists():
            raise FileExistsError from None
        new.rename(path)


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
