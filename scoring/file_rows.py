"""The rows of a file between its reading and its taking in, in constant memory."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from queue import Full, Queue
from threading import Event
from typing import Protocol

from scoring.chunks import Chunk
from scoring.columns import Format, ParsedRow, RefusedRow
from scoring.rows import RowFault, SourceRow
from scoring.spool import Spool

CHUNKS_AHEAD = 2
WAIT_SECONDS = 0.1


class ReadingEnded(Exception):
    """Nobody asks for the rows any more."""


class GoodRows(Protocol):
    """Good rows of a file; those of one that is still read can be asked for once."""

    def append(self, chunk: Chunk) -> None:
        """Add the good rows of a chunk."""

    def __len__(self) -> int:
        """Return how many there are, or were."""

    def __iter__(self) -> Iterator[ParsedRow]:
        """Give them row by row."""

    def chunks(self) -> Iterator[Chunk]:
        """Give them as they were added; raises what ended the reading."""


class KeptRows:
    """Good rows that are kept, to be asked for as often as needed."""

    def __init__(self, form: Format, name: str) -> None:
        """Begin with none."""
        self._form = form
        self._name = name
        self._spool = Spool()
        self._count = 0

    def append(self, chunk: Chunk) -> None:
        """Add rows."""
        if chunk.lines:
            self._spool.append(chunk[:4])
            self._count += len(chunk.lines)

    def __len__(self) -> int:
        """Count them."""
        return self._count

    def __iter__(self) -> Iterator[ParsedRow]:
        """Give them one by one."""
        return _one_by_one(self.chunks(), self._form, self._name)

    def chunks(self) -> Iterator[Chunk]:
        """Give them as they were added."""
        for headers, lines, cells, fields in self._spool:
            yield Chunk(tuple(headers), lines, cells, fields, [])


class ComingRows:
    """Good rows that one thread reads, a little ahead of another one that takes them in."""

    def __init__(self, form: Format, name: str) -> None:
        """Begin with none."""
        self._form = form
        self._name = name
        self._coming: Queue[Chunk | BaseException | None] = Queue(CHUNKS_AHEAD)
        self._unwanted = Event()
        self._count = 0

    def append(self, chunk: Chunk) -> None:
        """Add rows, and wait until there is room for them; raises ReadingEnded."""
        if chunk.lines:
            self._put(chunk)
            self._count += len(chunk.lines)

    def complete(self, error: BaseException | None = None) -> None:
        """Say that no more will follow, or why; raises ReadingEnded."""
        self._put(error)

    def end(self) -> None:
        """Let the reading end: nobody asks any more."""
        self._unwanted.set()

    def __len__(self) -> int:
        """Count those that were read so far."""
        return self._count

    def __iter__(self) -> Iterator[ParsedRow]:
        """Give them one by one."""
        return _one_by_one(self.chunks(), self._form, self._name)

    def chunks(self) -> Iterator[Chunk]:
        """Give them as they come."""
        while (coming := self._coming.get()) is not None:
            if isinstance(coming, BaseException):
                raise coming
            yield coming

    def _put(self, what: Chunk | BaseException | None) -> None:
        while not self._unwanted.is_set():
            try:
                return self._coming.put(what, timeout=WAIT_SECONDS)
            except Full:
                continue
        raise ReadingEnded


class BadRows:
    """Bad rows, to be asked for as often as needed."""

    def __init__(self, name: str) -> None:
        """Begin with none."""
        self._name = name
        self._spool = Spool()
        self._count = 0

    def extend(self, rows: Sequence[RefusedRow]) -> None:
        """Add rows."""
        if rows:
            told = [
                (row.source.line, dict(row.source.values), [astuple(fault) for fault in row.faults]) for row in rows
            ]
            self._spool.append(told)
            self._count += len(rows)

    def __len__(self) -> int:
        """Count them."""
        return self._count

    def __iter__(self) -> Iterator[RefusedRow]:
        """Give those that are there now, in their order."""
        for rows in self._spool:
            for line, values, faults in rows:
                yield RefusedRow(SourceRow(self._name, line, values), tuple(RowFault(*fault) for fault in faults))


def _one_by_one(chunks: Iterator[Chunk], form: Format, name: str) -> Iterator[ParsedRow]:
    for chunk in chunks:
        for place in range(len(chunk.lines)):
            values = {field: values[place] for field, values in chunk.fields.items()}
            yield ParsedRow(chunk.source(name, place), form.shape(values))
