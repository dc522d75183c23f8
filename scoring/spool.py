"""JSON values kept in their order in a file of the system's, so that any number of them takes the same memory."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any

import orjson

MEMORY_BYTES = 4 << 20


class Spool:
    """Values go in one after the other, and all can be read as often as needed, by several threads too.

    The file has no name, so that nobody else can open it, and is gone with the spool.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._file = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115
        self._lock = Lock()
        self._end = 0

    def append(self, value: Any) -> None:
        """Add a value."""
        written = orjson.dumps(value) + b"\n"
        with self._lock:
            self._file.seek(self._end)
            self._file.write(written)
            self._end += len(written)

    def __iter__(self) -> Iterator[Any]:
        """Give the values that are there now, in their order."""
        place, end = 0, self._end
        while place < end:
            with self._lock:
                self._file.seek(place)
                line = self._file.readline()
            place += len(line)
            yield orjson.loads(line)
