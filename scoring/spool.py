"""JSON values kept in their order in a file of the system's, so that any number of them takes the same memory."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from threading import Condition
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
        self._changed = Condition()
        self._end = 0
        self._complete = False
        self._error: BaseException | None = None

    def append(self, value: Any) -> None:
        """Add a value."""
        written = orjson.dumps(value) + b"\n"
        with self._changed:
            self._file.seek(self._end)
            self._file.write(written)
            self._end += len(written)
            self._changed.notify_all()

    def complete(self, error: BaseException | None = None) -> None:
        """Say that no value will follow, or why."""
        with self._changed:
            self._complete, self._error = True, error
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Any]:
        """Give the values in their order, also those that are still to come; raises the error that ended them."""
        place = 0
        while place < (end := self._end_after(place)):
            while place < end:
                place, value = self._read(place)
                yield value
        if self._error is not None:
            raise self._error

    def now(self) -> Iterator[Any]:
        """Give the values that are there now."""
        place, end = 0, self._end
        while place < end:
            place, value = self._read(place)
            yield value

    def _end_after(self, place: int) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._complete or self._end > place)
            return self._end

    def _read(self, place: int) -> tuple[int, Any]:
        with self._changed:
            self._file.seek(place)
            line = self._file.readline()
        return place + len(line), orjson.loads(line)
