"""Where the contents of documents lie: in the database, in a folder, or in a store that speaks S3.

A content is put before the transaction that seals its document commits, so a document never lacks it; what a
transaction that failed leaves behind is named by no document and opens nothing, since no salt is kept with it.
"""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ledger.errors import Conflict, Invalid

_KEY = re.compile("[0-9a-f]{32}")


class Storage(Protocol):
    """Contents by the ids of their documents. All raise Conflict("storage_failed")."""

    def put(self, key: str, content: bytes) -> None:
        """Keep a content, durably when it returns."""

    def get(self, key: str) -> bytes | None:
        """Return a content; None where there is none."""

    def delete(self, key: str) -> None:
        """Remove a content, if it is there."""


class FolderStorage:
    """A folder of mode 0700 with one file for each document."""

    def __init__(self, folder: Path) -> None:
        """Make the folder unless it is there; raises Invalid("storage_open_to_others") where others can enter it."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            mode = folder.stat().st_mode
        except OSError as error:
            raise self._failed(error) from error
        if mode & 0o077:
            raise Invalid("storage_open_to_others", place=folder)

    def put(self, key: str, content: bytes) -> None:
        """Keep a content; its file is there whole or not at all."""
        new = self.folder / f".{secrets.token_hex(16)}"
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._file(key))
            self._sync()
        except OSError as error:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise self._failed(error) from error

    def get(self, key: str) -> bytes | None:
        """Return a content; None where there is none."""
        try:
            return self._file(key).read_bytes() if _KEY.fullmatch(key) else None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from error

    def delete(self, key: str) -> None:
        """Remove a content, if it is there."""
        try:
            self._file(key).unlink(missing_ok=True)
            self._sync()
        except OSError as error:
            raise self._failed(error) from error

    def _file(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("a document's id is 32 hexadecimal digits")
        return self.folder / key

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _failed(self, error: OSError) -> Conflict:
        return Conflict("storage_failed", place=self.folder, reason=error.strerror)


def open_storage(address: str) -> Storage | None:
    """Return the storage that a setting names: "database" (None), "folder:PATH" or "s3://BUCKET/PREFIX".

    Raises Invalid: storage_unknown, storage_open_to_others, storage_needs_s3; Conflict("storage_failed").
    """
    if address == "database":
        return None
    if address.startswith("folder:"):
        return FolderStorage(Path(address.removeprefix("folder:")))
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    if not address.startswith("s3://") or not bucket:
        raise Invalid("storage_unknown", field="documents")
    try:
        from ledger.s3 import S3Storage
    except ModuleNotFoundError:
        raise Invalid("storage_needs_s3") from None
    return S3Storage(bucket, prefix)
