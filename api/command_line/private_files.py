"""Files that only their owner may read: bundles, refused rows, what a party of a ceremony keeps."""

import os
from pathlib import Path

from ledger.errors import Conflict, Invalid


def write_private(path: Path, content: bytes, replace: bool) -> None:
    """Write a file of mode 0600; raises Conflict("file_exists") unless it may be replaced, Invalid("file_unwritable").

    A file that is replaced is a new one, so that nobody who has the old one open reads on.
    """
    try:
        if replace:
            path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except FileExistsError:
        raise Conflict("file_exists", path=path) from None
    except OSError as error:
        raise Invalid("file_unwritable", path=path, reason=error.strerror) from None
